"""Areas, roads and door plates by the form of their names alone, for reading an address without any register."""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.addresses.text.characters import NUMERALS
from geo.addresses.text.cities import city_before_road, two_cities
from geo.addresses.text.numerals import numbers_to_digits
from geo.addresses.text.words import CITY_OF_NAME, NO_DISTRICT, PREFIX, PROVINCE, PROVINCES, SUFFIXES, words

_HAN = "\u4e00-\u9fff"
_MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
_CITIES = words(
    "石家庄 太原 沈阳 大连 长春 哈尔滨 南京 苏州 无锡 常州 南通 徐州 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 台州 合肥 芜湖 福州 厦门 泉州 南昌 济南 青岛 烟台 "
    "郑州 洛阳 武汉 宜昌 长沙 广州 深圳 珠海 佛山 东莞 中山 惠州 南宁 桂林 海口 三亚 成都 绵阳 贵阳 昆明 拉萨 西安 咸阳 兰州 西宁 银川 乌鲁木齐 呼和浩特"
)
"""Cities often written without 市."""
_ZONES = rf"(?:(?![路街巷号弄镇乡村])[{_HAN}]){{0,12}}?(?:开发区|高新区|产业园区|工业园区|保税区|示范区|度假区|管理区)"
_CITY = re.compile(
    rf"((?:(?![区县街路社镇村巷号])[{_HAN}]){{2,7}}?(?:自治州|地区|盟)|(?:(?![区县街路社镇村巷号])[{_HAN}]){{2,4}}?市(?![场政委府局]))"
    rf"|({'|'.join(_CITIES)})(?!新区)(?=[{_HAN}]{{1,5}}?[区县市]|{_ZONES})"
)
_MAYBE_CITY = re.compile(".{1,8}?(?:[市州盟]|地区)")
_NAMED = (*PROVINCES, *_CITIES)
"""Told sooner than whether areas are said again."""
_NEW_AREAS = words(
    "浦东 滨海 雄安 两江 天府 贵安 西咸 江北 兰州 南沙 西海岸 金普 湘江 滇中 赣江 舟山群岛 郑东 东部"
)
_DISTRICT = re.compile(
    rf"((?:(?![街路社镇乡村巷号弄幢栋])[{_HAN}]){{1,6}}?(?:自治县|自治旗|新区|[区县旗]|市(?![场政委府局])))(?=[{_HAN}])(?![内里])"
)
_SIDE_DISTRICT = re.compile(
    rf"([{_HAN}]{{1,2}}[东西南北中新]区)(?=(?![{NUMERALS}])[{_HAN}]{{1,8}}?(?:街道|镇|乡|大道|路|街|巷))"
)
"""After a city 渝中区 is a district, where a street follows."""
_ZONE = re.compile(
    rf"((?:{'|'.join(_NEW_AREAS)})新区|(?:(?![路街巷号弄镇乡村])[{_HAN}]){{2,6}}?新区(?=[{_HAN}]{{1,8}}?(?:街道|镇|大道|路|街|巷))|{_ZONES})"
    rf"(?=[{_HAN}])(?!第?[东西南北中{NUMERALS}]{{1,3}}[区号栋幢座期楼])"
)
"""What is written in the place of a district and is run like one."""
_STREET = re.compile(
    rf"([{_HAN}]{{1,8}}?(?:街道办事处|街道办|街道|街办|镇|乡|苏木))(?![{_HAN}]{{0,1}}[路街巷]|[0-9](?![0-9]*号大?[路街]))"
)
_COMMUNITY = re.compile(
    rf"([{_HAN}]{{1,10}}?(?:社区居委会|社区居民委员会|社区|居委会|居民委员会|村民委员会|村委会|行政村|自然村|(?<!新)村(?![东西南北中]?[{NUMERALS}]?大?[路街巷道]|[里委]|小区|新区|花园|公寓)))"
)
_GROUP = re.compile(rf"([{_HAN}]{{0,4}}?[0-9{NUMERALS}]{{1,3}}(?:组|队|社(?!区)|生产队|村民小组))")
_NUMBER = rf"(?:[0-9]+[A-Z]?(?:[-至、][0-9]+[A-Z]?){{0,9}}|[{NUMERALS}]+)"
_COUNT = rf"(?:[0-9]+|[{NUMERALS}]+)"
_STEMS = "甲乙丙丁戊己"
_COUNTRY = "中国"
_FEW = 3
_LEAST_ROOM = 100
_BARE_PLATE = re.compile(
    rf"([0-9]+#|[0-9]{{1,4}}(?:-[0-9]{{1,2}})?)(?=$|[{_HAN}])(?![{NUMERALS}号楼栋幢座单门层室房户梯弄院塔排组米公路街巷])()"
)
"""A number right after a road, where no level follows."""
_PLATE = re.compile(
    rf"第?((?:[附特临增{_STEMS}])?{_NUMBER}[{_STEMS}]?(?:[附之]{_COUNT})?(?:号院|弄(?:[0-9{NUMERALS}]+支?弄)*|号(?![楼栋幢座厂仓库线馆]|门(?![面市店诊口外])|院|宿舍楼?[0-9])|支弄)"
    rf"(?:[附之]{_COUNT}(?:-{_COUNT})*号?|-[0-9]+号?|[{_STEMS}](?:号|(?=[0-9{NUMERALS}院]|$)(?![0-9{NUMERALS}]+[号栋幢座])))?)(院内|院里|大院|院|内)?"
)
_ROAD = re.compile(
    rf"((?:(?![室层幢栋座]|号(?!大?[路街巷道])|(?<=[0-9])楼)[{_HAN}A-Z0-9]){{1,12}}?(?:大道|大街|公路|[国省县]道|巷?胡同|(?<=[{NUMERALS}])条(?=[0-9]+号)|[路街巷](?![道口办坊]|[路街巷](?:[0-9]|$))|(?<=[东西南北中])[道段](?![0-9{_HAN}]*[道])|(?<!街)道(?=[0-9]+号))(?:[东西南北中]段|[东西南北中]?[0-9{NUMERALS}]+段|[东西南北中](?=[0-9])|(?!地)[{_HAN}]{{1,3}}段(?=[0-9])|[{NUMERALS}]{{1,3}}条(?:胡同|(?=[0-9]+号))|[0-9{NUMERALS}]{{1,3}}巷)?|[国省县]道[A-Z][0-9]+线?)"
)
_LANE = re.compile(
    rf"([{_HAN}]{{1,6}}?(?:新村|里|坊|弄|浜|塘|桥|头|湾|山|河|池|园|苑)?)(?=[0-9{NUMERALS}]+弄)"
)


class Place(NamedTuple):
    """The front of an address."""

    province: str
    city: str
    district: str
    street: str
    community: str
    road: str
    road_number: str
    lane: bool
    """The plate is that of a lane (弄): a 号 after it is a house."""
    rest: str
    """What follows."""
    beyond: str
    """A zone beside the district, a group of the village."""


def read_place(text: str) -> Place:
    """Areas, road and door plate that `text` (normalised) begins with, and the rest.

    >>> place = read_place("浙江省杭州市余杭区五常街道文一西路969号3幢5楼")
    >>> place.province, place.district, place.street, place.road, place.road_number, place.rest
    ('浙江省', '余杭区', '五常街道', '文一西路', '969', '3幢5楼')
    """
    found = PREFIX.match(text)
    rest = text[found.end() :] if found is not None else text
    if rest.startswith(_COUNTRY) and any(_areas(rest.removeprefix(_COUNTRY))[:2]):
        rest = rest.removeprefix(_COUNTRY)
    province, city, district, rest = _areas(rest)
    for _ in range(2):  # clerks repeat the areas
        if not (
            rest.startswith(_NAMED) or (district and rest.startswith(district)) or _MAYBE_CITY.match(rest)
        ):
            break
        again = _areas(rest)
        if not (again[0] or again[1] or (again[2] and again[2] == district)):
            break
        province, city, district = province or again[0], city or again[1], district or again[2]
        rest = again[3]
    zone, rest = _take(_ZONE, rest)
    if zone and not district:
        below = _DISTRICT.match(rest)
        if below is not None and below[1].endswith("县"):
            district, rest = below[1], rest[below.end() :]
        else:
            district, zone = zone, ""
    street, rest = _take(_STREET, rest)
    community, rest = _take(_COMMUNITY, rest)
    group, rest = _take(_GROUP, rest)
    road, number, rest = _road(rest, village=bool(group) or community.endswith("村"))
    plate = "" if number is None else number[0]
    lane = plate.endswith("弄")
    beyond = " ".join(part for part in (zone, group if community else "") if part)
    return Place(
        province, city, district, street, community or group, road, _plain(plate), lane, rest, beyond
    )


def _areas(text: str) -> tuple[str, str, str, str]:
    province = city = district = ""
    rest = text
    found = PROVINCE.match(rest)
    if found is not None:
        province, rest = found[0], rest[found.end() :]
    elif rest.startswith(PROVINCES):
        for name in PROVINCES:
            after = rest[len(name) :]
            if rest.startswith(name) and (_CITY.match(after) or all(city_before_road(after))):
                province, rest = name, rest[len(name) :]
                break
    found = _CITY.match(rest)
    if found is not None and (CITY_OF_NAME.search(found[0]) or not NO_DISTRICT.search(found[0])):
        city, rest = found[0], rest[found.end() :]
        large, small = two_cities(city)
        if small:  # 绍兴诸暨市
            return province, large, small, rest
    elif province.startswith(_MUNICIPALITIES):
        city = province
    found = _DISTRICT.match(rest)
    if found is not None and not NO_DISTRICT.search(found[1]) and not found[1].endswith(SUFFIXES):
        district, rest = found[1], rest[found.end() :]
    elif city:
        district, rest = _take(_SIDE_DISTRICT, rest)
    if not district:
        large, small = city_before_road(rest)
        if not (city and large):
            city, district, rest = city or large, small, rest[len(large) + len(small) :]
    return province, city, district, rest


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.match(text)
    return ("", text) if found is None else (found[1], text[found.end() :])


def _road(text: str, *, village: bool) -> tuple[str, tuple[str, str] | None, str]:
    """A road with its plate; a plate alone counts after a village."""
    road = ""
    found = _ROAD.match(text)
    if found is not None and not _is_name(text, found.end()):
        road, text = found[1], text[found.end() :]
        while (
            (more := _ROAD.match(text)) is not None
            and not _is_name(text, more.end())
            and _PLATE.match(text, more.end())
        ):
            road, text = more[1], text[more.end() :]
    elif (lane := _LANE.match(text)) is not None:
        road, text = lane[1], text[lane.end() :]
    if not road and not village:
        return "", None, text
    plate = _PLATE.match(text) or (_BARE_PLATE.match(text) if road else None)
    if plate is None or not _ascends(plate[1]):
        return road, None, text
    return road, (plate[1], plate[2] or ""), text[plate.end() :]


def _ascends(plate: str) -> bool:
    """Whether the plate is one, a pair, or a list of more that grows: 250、252、254号, not 3-2-501号."""
    numbers = [int(number) for number in re.findall("[0-9]+", plate)]
    few = len(numbers) < _FEW or numbers[-1] < _LEAST_ROOM or "附" in plate or "弄" in plate
    return few or numbers == sorted(set(numbers))


def _is_name(text: str, end: int) -> bool:
    """Whether the road is only the beginning of a name: 人民路小区."""
    if text[:end].endswith(("天街", "商业街")) and _PLATE.match(text, end) is None:
        return True
    return text.startswith(SUFFIXES, end) and not text[end : end + 1].isdigit()


def _plain(plate: str) -> str:
    """A plate without its classifier, in digits; lanes within lanes keep theirs."""
    bare = plate if plate.count("弄") > 1 else plate.removesuffix("弄").removesuffix("支")
    return numbers_to_digits(re.sub("号院?|#", "", bare))
