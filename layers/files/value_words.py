"""The words that ordinary files have for our values, so that they are read without a mapping file and written for people."""

from __future__ import annotations

from geo.frames import USES
from layers.files.synonyms import plain


def _table(groups: dict[str, str]) -> dict[str, str]:
    return {plain(word): ours for ours, words in groups.items() for word in words.split()}


_USE_WORDS = _table(
    {
        "residential": "住宅 居住 居民楼 住宅楼 民居 民房 自建房 宿舍 公寓 别墅 城镇住宅 成套住宅 商住 商住两用 apartments residential house "
        "detached semidetached_house terrace dormitory bungalow farm cabin static_caravan block houseboat hut",
        "commercial": "商业 商铺 商务 办公 写字楼 酒店 宾馆 商业楼 商业服务 金融 市场 commercial office retail hotel bank shop mall "
        "supermarket kiosk marketplace restaurant cafe bar pub fast_food casino cinema nightclub tourism hostel "
        "craft fuel pharmacy guest_house",
        "public": "公共 公建 公共建筑 教育 学校 幼儿园 医院 医疗 卫生 机关 政府 行政 文化 体育 宗教 养老 党政机关 public school kindergarten "
        "university college hospital clinic government civic church cathedral chapel mosque temple synagogue shrine "
        "monastery place_of_worship museum library townhall theatre arts_centre embassy police fire_station prison "
        "courthouse train_station transportation stadium sports_hall sports_centre social_facility community_centre "
        "castle office=government office=diplomatic religious grandstand doctors amenity leisure nursing_home",
        "industrial": "工业 厂房 仓库 仓储 车间 工厂 industrial warehouse factory manufacture hangar works",
        "other": "其他 其它 附属 车库 配电房 门卫 garage garages shed roof carport greenhouse construction ruins tower service "
        "communications_tower attraction parking farm_auxiliary barn stable bridge utility pavilion atrium glasshouse "
        "entrance underpass_entrance ship railway transformer_tower toilets bunker military tourism=information "
        "tourism=attraction leisure=park leisure=garden leisure=bandstand amenity=toilets amenity=parking power man_made",
        "": "yes unknown 未知 不详",
    }
)
_ROAD_WORDS = _table(
    {
        "motorway": "高速 高速公路 motorway motorway_link",
        "trunk": "快速路 国道 trunk trunk_link",
        "primary": "主干路 主干道 省道 主路 primary primary_link",
        "secondary": "次干路 次干道 县道 secondary secondary_link",
        "tertiary": "支路 乡道 tertiary tertiary_link",
        "residential": "街巷 巷 居住区道路 residential living_street unclassified road",
        "service": "内部道路 小区道路 小区路 service track busway",
        "footway": "人行道 步道 步行街 绿道 footway path pedestrian steps cycleway bridleway corridor trail crossing",
        "rail": "铁路 轨道 rail railway light_rail subway narrow_gauge monorail funicular",
        "wall": "围墙 墙 栅栏 围栏 wall fence city_wall retaining_wall",
        "other": "其他 其它 ferry tram construction proposed platform abandoned elevator disused",
    }
)
_WATER_WORDS = _table(
    {
        "river": "河 河流 江 江河 river riverbank",
        "canal": "渠 运河 渠道 水渠 canal",
        "stream": "溪 小溪 溪流 stream",
        "lake": "湖 湖泊 水库 池塘 坑塘 水塘 lake pond reservoir basin",
        "other": "其他 其它 water wetland swimming_pool ditch drain moat fountain dock wastewater",
    }
)
_STATION_WORDS = _table(
    {
        "party_service": "党群服务中心 党群服务站 党群中心 社区党群服务中心 党建服务中心",
        "pioneer_post": "先锋驿站 驿站 红色驿站 心心秦家",
        "day_care": "日间照料 日间照料中心 日间照料站 养老服务站 居家养老",
        "clinic": "卫生服务站 卫生室 社区卫生服务站 社区卫生服务中心 诊所",
        "police_room": "警务室 社区警务室 派出所",
        "other": "其他 其它",
    }
)
_COMMUNITY_WORDS = _table(
    {
        "urban": "社区 城市社区 城市 居委会 城镇",
        "village": "村 行政村 农村 村委会",
        "mixed": "混合社区 混合 混合型社区",
        "working": "工作片区 工作区",
    }
)
_GRID_WORDS = _table(
    {
        "base": "基础 基础网格 一般 一般网格 普通网格 综合网格",
        "exclusive": "专属 专属网格 专属网格(单位)",
        "micro": "微网格 微 微格",
    }
)
_POPULATION_WORDS = _table(
    {
        "registered": "户籍 户籍人口 户籍户 户籍人员 人户一致 人户分离 空挂户 空挂 本地户籍 户籍居民",
        "owner": "产权 产权人 业主 房主 产权户 房东",
        "resident": "常住 常住人口 常住户 常住人员 常住居民 实有 实有人口 自住 居住 现住",
        "floating": "流动 流动人口 流动人员 外来 外来人口 暂住 暂住人口 寄住 寄住人口 租住 租户 租客 承租 出租",
        "unstated": "不详 未知 其他",
    }
)
_MEMBER_WORDS = _table(
    {
        "enrolled": "在册 在册党员 组织关系在册",
        "serving": "在职 在职党员 双报到党员 在职报到党员",
        "local": "在地 在地党员 报到党员 在地报到党员",
        "": "否 无 不是 群众 普通群众 非党员 非中共党员 共青团员 团员 少先队员 无党派 无党派人士 民主党派 民革 民盟 民建 民进 农工党 致公党 九三学社 台盟",
    }
)
_ALIAS_WORDS = _table(
    {
        "name": "小区 小区名 别名 曾用名 俗称 小区别名",
        "address": "门牌 门牌地址 道路门牌 地址",
        "road": "道路 路名 道路旧名 旧路名",
    }
)
_FLAG_WORDS = _table(
    {
        "yes": "viaduct aqueduct boardwalk cantilever movable covered trestle building_passage culvert avalanche_protector "
        "flooded 有 是",
        "no": "无 否",
    }
)
_VALUES = {
    ("buildings", "use"): _USE_WORDS,
    ("roads", "road_class"): _ROAD_WORDS,
    ("roads", "bridge"): _FLAG_WORDS,
    ("roads", "tunnel"): _FLAG_WORDS,
    ("buildings", "households_estimated"): _FLAG_WORDS,
    ("water", "kind"): _WATER_WORDS,
    ("stations", "kind"): _STATION_WORDS,
    ("communities", "kind"): _COMMUNITY_WORDS,
    ("grids", "kind"): _GRID_WORDS,
    ("residents", "population"): _POPULATION_WORDS,
    ("residents", "member"): _MEMBER_WORDS,
    ("residents", "centre"): _FLAG_WORDS,
    ("aliases", "kind"): _ALIAS_WORDS,
}
_KEY_USES = {"shop": "commercial", "office": "commercial", "craft": "commercial", "tourism": "commercial"}
_KEY_USES |= {"amenity": "public", "leisure": "public", "healthcare": "public", "building": "other"}


def value_of(layer: str, column: str, text: str) -> str | None:
    """Our value for what a file says; `""` where it says nothing; None where we do not know the word.

    >>> value_of("buildings", "use", "住宅"), value_of("buildings", "use", "amenity=school")
    ('residential', 'public')
    """
    words = _VALUES.get((layer, column))
    if words is None:
        return None
    word = plain(text)
    if word in words:
        return words[word]
    if (layer, column) != ("buildings", "use") or "=" not in word:
        return None
    key, value = word.split("=", 1)
    known = words.get(value)
    return known if known in USES else _KEY_USES.get(key)


def word_of(layer: str, column: str, ours: str) -> str:
    """The usual word for our value, which `value_of` reads again; the value itself where there is none.

    >>> word_of("buildings", "use", "residential"), word_of("stations", "kind", "图书角")
    ('住宅', '图书角')
    """
    return _WORDS.get((layer, column), {}).get(ours, ours)


_WORDS = {
    where: {ours: word for word, ours in reversed(words.items()) if ours} for where, words in _VALUES.items()
}
