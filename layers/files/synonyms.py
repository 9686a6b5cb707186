"""The names under which ordinary files keep our columns and values, so that they load without a mapping file."""

from __future__ import annotations

import re
import unicodedata

from geo.frames import CONTRACTS, TABLES, USES

TITLES = {
    "districts": "区县",
    "streets": "街道",
    "communities": "社区",
    "complexes": "小区",
    "buildings": "楼栋",
    "roads": "道路",
    "water": "水系",
    "stations": "站点",
    "grids": "网格",
    "residents": "居民",
    "aliases": "别名",
}
"""The layers in Chinese."""

_CODE = {
    "districts": ("区县编码", "区县代码", "区划代码", "行政区划代码", "编码", "代码", "adcode", "id"),
    "streets": ("街道编码", "街道代码", "镇街编码", "区划代码", "编码", "代码", "streetcode", "id"),
    "communities": (
        "社区编码",
        "社区代码",
        "村居编码",
        "区划代码",
        "统计用区划代码",
        "编码",
        "代码",
        "communitycode",
        "villagecode",
        "id",
    ),
    "grids": ("网格编码", "网格代码", "网格编号", "编码", "代码", "gridcode"),
}
_NAME = {
    "districts": ("区县名称", "区县", "名称"),
    "streets": ("街道名称", "镇街名称", "街道", "名称"),
    "communities": ("社区名称", "村居名称", "社区", "名称"),
    "complexes": ("小区名称", "小区名", "小区", "楼盘名称", "名称", "name:zh"),
    "buildings": (
        "楼栋名称",
        "楼名",
        "楼栋号",
        "楼号",
        "栋号",
        "幢号",
        "楼栋",
        "建筑名称",
        "建筑物名称",
        "名称",
        "name:zh",
    ),
    "roads": ("道路名称", "路名", "名称", "name:zh"),
    "water": ("水系名称", "河流名称", "名称", "name:zh"),
    "stations": ("站点名称", "驿站名称", "服务站点", "机构名称", "名称"),
    "grids": ("网格名称", "网格", "名称"),
}
_REF = {
    "complexes": ("小区编码", "小区编号", "小区代码", "complex_id"),
    "buildings": ("楼栋编码", "楼栋编号", "建筑编码", "建筑编号", "房屋编号", "building_id"),
    "roads": ("道路编码", "道路编号", "road_id"),
    "water": ("水系编码", "水系编号"),
    "stations": ("站点编码", "站点编号", "station_id"),
    "grids": ("网格编码", "网格编号", "网格代码", "code"),
}
_ANY_REF = ("编号", "编码", "代码", "序号", "id", "osm_id", "osmid", "@id", "fid", "gid", "objectid")
_COMMUNITY = (
    "社区编码",
    "社区代码",
    "所属社区编码",
    "所属社区代码",
    "村居编码",
    "communitycode",
    "community",
)
_SHARED = {
    "community_code": _COMMUNITY,
    "households": ("户数", "总户数", "住户数", "居民户数", "household"),
    "people": ("人口", "人数", "人口数", "常住人口", "总人口", "population"),
    "aliases": ("别名", "曾用名", "俗称", "alt_name", "alias"),
    "phase": ("期", "期数", "分期", "区"),
    "levels": (
        "层数",
        "楼层",
        "楼层数",
        "总层数",
        "地上层数",
        "building:levels",
        "building_levels",
        "floors",
        "floor",
    ),
    "height_m": ("高度", "建筑高度", "楼高", "height"),
    "units": ("单元数", "单元"),
    "households_estimated": ("户数估算",),
    "road_addresses": ("门牌地址", "道路门牌", "路牌地址", "标准地址", "地址", "建筑地址", "坐落", "address"),
    "complex_ref": ("小区编码", "小区编号", "小区代码", "所属小区编码", "complex"),
    "road_class": ("道路等级", "等级", "道路类型", "类型", "highway", "fclass", "class"),
    "bridge": ("桥", "桥梁", "是否桥梁", "is_bridge"),
    "tunnel": ("隧道", "是否隧道", "is_tunnel"),
    "household": (
        "户号",
        "户编号",
        "家庭编号",
        "户籍号",
        "户主编号",
        "household_key",
        "household_id",
        "hh_id",
        "id",
    ),
    "address": (
        *("现住址", "现居住地址", "现住地址", "居住地址", "实际居住地址", "现居地址", "常住地址", "居住地"),
        *("家庭住址", "住址", "家庭地址", "详细地址", "地址", "房屋地址", "坐落", "房屋坐落", "addr"),
        *("户籍地址", "户口地址", "户籍所在地", "户籍地"),
    ),
    "population": (
        "人口类型",
        "人口类别",
        "居住类型",
        "人员类型",
        "人户类型",
        "人员类别",
        "居民类别",
        "户口类型",
        "居住状态",
    ),
    "member": ("党员类型", "党员类别", "党员", "是否党员", "政治面貌"),
    "centre": ("中心户", "党员中心户", "centre_household"),
    "target": ("小区编码", "对象", "指向", "现名", "complex_ref"),
    "text": ("别名", "曾用名", "旧名", "门牌", "门牌地址", "alias"),
    "valid_from": ("启用日期", "起始日期", "from"),
    "valid_to": ("停用日期", "截止日期", "to"),
    "floor_area_m2": ("面积", "建筑面积", "用房面积", "floor_area", "area_m2"),
    "opening_hours": ("开放时间", "营业时间", "服务时间"),
}
_USE = ("用途", "建筑用途", "房屋用途", "使用性质", "建筑类型", "类型", "building", "fclass")
_KIND = {
    "communities": ("类型", "类别", "城乡分类"),
    "complexes": ("类型", "类别", "小区类型", "residential"),
    "water": ("类型", "类别", "class", "fclass", "waterway", "natural"),
    "stations": ("类型", "类别", "站点类型"),
    "grids": ("类型", "类别", "网格类型", "网格类别"),
    "aliases": ("类型", "类别", "别名类型"),
}

SEVERAL = frozenset({("buildings", "use")})
"""Columns that are put together from all synonyms a file has: the first that says something wins."""


def column_names(layer: str, column: str) -> tuple[str, ...]:
    """What files call `column` of `layer`, our own name first, in order of preference."""
    own: dict[str, tuple[str, ...]] = {
        "code": _CODE.get(layer, ()),
        "name": _NAME.get(layer, ()),
        "ref": _REF.get(layer, ()) + _ANY_REF,
        "use": _USE,
        "kind": _KIND.get(layer, ()),
    }
    return (column, *own.get(column, _SHARED.get(column, ())))


def known_names(layer: str) -> frozenset[str]:
    """All names, made plain, that columns of `layer` have in files, and those that other columns of lists have.

    >>> "户号" in known_names("residents"), "联系电话" in known_names("residents")
    (True, True)
    """
    columns = (CONTRACTS.get(layer) or TABLES[layer]).names
    return frozenset(plain(name) for column in columns for name in column_names(layer, column)) | _BESIDE


def plain(name: str) -> str:
    """A column name or value without what varies: width, case, spaces, underscores, a unit in brackets.

    >>> plain("户数（户）"), plain("Community_Code "), plain("建筑高度(m)")
    ('户数', 'communitycode', '建筑高度')
    """
    text = unicodedata.normalize("NFKC", name).strip().lower()
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|[\s_\-]+", "", text)


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


_BESIDE_US = (
    "序号 姓名 户主 户主姓名 性别 民族 年龄 出生日期 电话 联系电话 手机 手机号 手机号码 身份证号 身份证号码 公民身份号码 证件号码 与户主关系 "
    "备注 说明 建成年份 建成年代 建成时间 物业公司 物业 负责人 网格员 网格长 社区 小区 楼栋 单元 房号 室号 门牌 街道 面积 时间 日期"
)
_BESIDE = frozenset(plain(name) for name in _BESIDE_US.split())
"""What stands in headers of offices beside our columns; it tells a header from a record."""
