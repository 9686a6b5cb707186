"""Names in texts about areas: what stands before them, what their brackets say, the names of a broken line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from geo.words.runs import BEGINS, is_count, parity_of

Bracket = Literal[
    "parity", "count", "planned", "less", "plus", "numbers", "sides", "section", "also", "nothing"
]
_PLANNED = re.compile(r"(?:规划|规划路|规划中|在建|筹|拟建|暂名|暂定名|未通车)(?:道路|名)?")
_LESS = re.compile(
    r"^(?:除了?|不包括|不包含|不含|剔除|扣除)(.+?)(?:除外|之外|以外|外)?$|^(.+?)(?:除外|不包括|不含|之外|以外)$"
)
_PLUS = re.compile(r"^(?:均|都|仅|只)?(?:包括|包含|含)(.+)$")
_NO_EDGE = re.compile(r"(?:不?包?含|不包括|包括)(?:本数|本路|该路|两侧)?")
_OLD = re.compile(r"(?:原名|原称|原|曾用名|旧称|又名|又称|俗称|现|即|今)(?=..)")
_FROM_TO = re.compile(
    "(?:自|从|由)?(.+?[路街道巷河])口?(?:-|至|到)(.+?[路街道巷河])口?(?:一段|段|路段|之间)?"
)
_SIDES = re.compile(r"以[东南西北]|^[东南西北](?:至|到|临|邻|以)|[东南西北]侧")
_TOWN = re.compile(
    r"^(.{2,6}?(?:街道办事处|街道|镇|乡)|.{2,6}?(?:新区|片区|开发区))(?:的|所辖|辖区内?|境内)?(?=.{2})(?!路|街|政府|中心|小学|中学)"
)
_IN_IT = re.compile(r"^(.{2,8}?)(?:区域内|辖区内|范围内)(.+)$")
_COMMUNITY = re.compile(r"^(.{2,7}?(?:社区|居委会|居委|村委会))(?:的|所辖|辖区内?|境内|内)(?=.{2})")
_ROAD_THEN = re.compile(
    r"^(.{1,7}?(?:大道|大街|路|街|巷|胡同|公路))(?![东西南北中上下]?[一二三]?段|[东西南北][路街巷]|以|两侧|小区$|社区|小学|中学|幼儿园|街道|村$)"
    r"(.{2,}(?:村|新村|苑|园|庭|邸|府|角|公寓|宿舍|大厦|广场|名城|花城|别墅|家属院))$"
)
_JOINED = re.compile(
    r"(?<=[路街道巷桥河江港浜线渠塘段弄])(?:过|连|接|转|沿|折向|折|至|到|、|向[东南西北]至?|[东南西北]转)(?=.{2})"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name with what stands around it."""

    name: str = ""
    within: str = ""
    also: tuple[str, ...] = ()
    planned: bool = False


def named(text: str) -> Named:
    """A name apart from the town, community or road before it.

    >>> named("江桥镇嘉禧社区").within, named("姚虹路虹四新村")
    ('江桥镇', Named(name='虹四新村', within='姚虹路', also=(), planned=False))
    """
    text = text.strip(":的、，")
    within = ""
    for pattern in (_TOWN, _COMMUNITY):
        found = pattern.match(text)
        if found is not None and len(text) - found.end() >= 2:
            within, text = within + found[1], text[found.end() :].lstrip("的")
    if within and text.startswith(("区域内", "辖区内", "范围内")):
        return Named(within, "", (text[3:],))
    inside = _IN_IT.match(text)
    if inside is not None and not re.search("[路街道巷河]$", inside[2]):
        return Named(inside[1], within, (inside[2],))
    on_road = _ROAD_THEN.match(text)
    if on_road is not None:
        within, text = within + on_road[1], on_road[2]
    return Named(text, within)


def route(name: str) -> str:
    """The lines of a broken line, joined by `-`: 甲路过乙桥连丙路.

    >>> route("甲路过乙桥连丙路"), route("练祁河-胜竹路"), route("过街楼路")
    ('甲路-乙桥-丙路', '练祁河-胜竹路', '过街楼路')
    """
    name = re.sub(r"(?<=[路街道巷河])[和与及](?=.{1,}[路街道巷河])", "-", re.sub("^(?:沿|由)", "", name))
    return _JOINED.sub("-", name).strip("-")


def bracket_of(inside: str) -> tuple[Bracket, str]:
    """What a bracket says, and of what.

    >>> bracket_of("除12号楼"), bracket_of("单号")[0], bracket_of("规划")[0], bracket_of("原桂花路")
    (('less', '12号楼'), 'parity', 'planned', ('also', '桂花路'))
    """
    inside = inside.strip("，、；: ")
    if not inside or _NO_EDGE.fullmatch(inside):
        return "nothing", inside
    if parity_of(inside):
        return "parity", inside
    if is_count(inside):
        return "count", inside
    if _PLANNED.fullmatch(inside):
        return "planned", inside
    if found := _LESS.match(inside):
        return "less", found[1] or found[2]
    if found := _PLUS.match(inside):
        return "plus", found[1]
    if _SIDES.search(inside):
        return "sides", inside
    if _FROM_TO.fullmatch(inside):
        return "section", inside
    begins = BEGINS.match(re.sub("^[单双]号:?", "", inside))
    if begins is not None and not re.search("[\u4e00-\u9fff]{3,}", re.sub("[单双]号|号楼|号院", "", inside)):
        return "numbers", inside
    return "also", inside[found.end() :] if (found := _OLD.match(inside)) else inside


def ends_of(inside: str) -> tuple[str, str]:
    """From where to where a stretch goes that stands in a bracket.

    >>> ends_of("解放路-建设路段")
    ('解放路', '建设路')
    """
    found = _FROM_TO.fullmatch(inside)
    return (found[1], found[2]) if found else ("", "")


def first_road(name: str) -> str:
    """The road that a name begins with, its part too: 凯旋中路 of 凯旋中路德胜路口.

    >>> first_road("凯旋中路德胜路口")
    '凯旋中路'
    """
    found = re.match(r".*?(?:大道|路|街|巷|道|河)(?:[东西南北中]段)?", name)
    return found[0] if found else name
