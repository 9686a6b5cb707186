"""Why an address was matched or not, in words, and how sure that makes us."""

from __future__ import annotations

from enum import IntEnum

from geo.addresses.match.doubts import MOST_DOUBTS, doubt_share, doubt_words
from geo.addresses.match.head import MOST_GROUNDS, Area, Door, Head
from geo.addresses.text.fuzzy import How
from geo.addresses.text.names import Form
from geo.errors import Words


class Outcome(IntEnum):
    """What became of one address."""

    MATCHED = 0
    SEVERAL = 1
    NO_BUILDING_SAID = 2
    CONFLICT = 3
    TWO_ADDRESSES = 4
    DOUBTFUL = 5
    TWO_DOUBTS = 6
    AFTER_PLATE = 7
    EMPTY = 8
    TOO_LONG = 9
    ELSEWHERE = 10
    NO_NAME = 11
    UNKNOWN_NAME = 12
    NEAR_NAME = 13
    UNKNOWN_PLATE = 14
    UNKNOWN_BUILDING = 15
    ROAD_ONLY = 16


_OUTCOMES = {
    Outcome.MATCHED: Words("one building fits", "唯一楼栋"),
    Outcome.SEVERAL: Words("several buildings fit", "多个楼栋都符合"),
    Outcome.NO_BUILDING_SAID: Words("no building is said", "未写楼栋"),
    Outcome.CONFLICT: Words("name and door plate are of different complexes", "小区名与门牌号属于不同小区"),
    Outcome.TWO_ADDRESSES: Words("there are two addresses in it", "其中有两个地址"),
    Outcome.DOUBTFUL: Words(
        "something unknown stands between complex and building", "小区与楼栋之间有不明文字"
    ),
    Outcome.TWO_DOUBTS: Words(
        "the name is not exact, and something else does not agree", "小区名不准确，且另有不符"
    ),
    Outcome.AFTER_PLATE: Words("something unknown follows the door plate", "门牌之后有不明文字"),
    Outcome.EMPTY: Words("the address is empty", "地址为空"),
    Outcome.TOO_LONG: Words("the text is too long for an address", "文字过长，不是地址"),
    Outcome.ELSEWHERE: Words("the address is in another district", "地址属于其他区县"),
    Outcome.NO_NAME: Words("neither complex nor door plate is named", "未写小区或门牌"),
    Outcome.UNKNOWN_NAME: Words("the complex is not in the register", "地名库中没有该小区"),
    Outcome.NEAR_NAME: Words("the register has a similar name, but not this one", "地名库中只有相似的小区名"),
    Outcome.UNKNOWN_PLATE: Words("the door plate is not in the register", "地名库中没有该门牌号"),
    Outcome.UNKNOWN_BUILDING: Words("there is no such building in it", "其中没有该楼栋"),
    Outcome.ROAD_ONLY: Words("only a road is named", "只写了道路"),
}

_HOW = {
    How.SOUND: Words("name found by its sound", "小区名按读音认出"),
    How.SLIP: Words("name found with one slip", "小区名有一字之误"),
}
_FORM = {
    Form.NO_PHASE: Words("phase not written", "未写分期"),
    Form.CORE: Words("short name", "小区简称"),
}
_DOOR = {
    Door.AGREES: Words("door plate agrees", "门牌号相符"),
    Door.ALONE: Words("found by its door plate", "按门牌号认出"),
    Door.UNKNOWN: Words("door plate not in the register", "门牌号不在地名库"),
}
_AREA = {
    Area.AGREES: Words("street or community agrees", "街道或社区相符"),
    Area.DIFFERS: Words("street or community differs", "街道或社区不符"),
}
_NARROWED = Words("street or community decides", "由街道或社区确定")
_LEAST_DOUBT = 0.0001
_HOW_DOUBT = {How.EXACT: 0.0, How.SOUND: 0.0004, How.SLIP: 0.0015}
_FORM_DOUBT = {Form.FULL: 0.0, Form.NO_PHASE: 0.0005, Form.CORE: 0.0008}
_DOOR_DOUBT = {Door.ALONE: 0.0001, Door.UNKNOWN: 0.005, Door.CONFLICT: 0.5}
_AREA_DOUBT, _DOUBLE_DOUBT = 0.001, 0.02
_REST = Words("something after the name is not understood", "小区名后有不明文字")


_reasons: dict[int, Words] = {}
_confidences: dict[int, float] = {}
"""Both are small: there are a few thousand grounds."""


def reason(outcome: Outcome, head: Head, *, doubts: int) -> Words:
    """The grounds of an answer in one line."""
    key = head.grounds + MOST_GROUNDS * (doubts + MOST_DOUBTS * outcome)
    known = _reasons.get(key)
    if known is None:
        said = grounds(outcome, head, doubts=doubts)
        known = Words("; ".join(one.en for one in said), "；".join(one.zh for one in said))
        _reasons[key] = known
    return known


def grounds(outcome: Outcome, head: Head, *, doubts: int) -> tuple[Words, ...]:
    """The grounds of an answer, the verdict last.

    >>> from geo.addresses.match.head import NO_HEAD
    >>> head = NO_HEAD._replace(form=Form.CORE, area=Area.AGREES)
    >>> [str(one) for one in grounds(Outcome.MATCHED, head, doubts=0)]
    ['short name', 'street or community agrees', 'one building fits']
    """
    if outcome >= Outcome.EMPTY and outcome is not Outcome.UNKNOWN_BUILDING:
        return (_OUTCOMES[outcome],)
    found = [
        _HOW.get(head.how),
        _FORM.get(head.form),
        _DOOR.get(head.door),
        _NARROWED if head.narrowed else _AREA.get(head.area),
        *doubt_words(doubts),
        _REST if head.left else None,
        _OUTCOMES[outcome],
    ]
    return tuple(one for one in found if one is not None)


def confidence(head: Head, *, doubts: int) -> float:
    """Chance that a match on these grounds is right, 0–1.

    >>> from geo.addresses.match.head import NO_HEAD
    >>> confidence(NO_HEAD, doubts=0)
    0.9999
    """
    key = head.grounds + MOST_GROUNDS * doubts
    known = _confidences.get(key)
    if known is None:
        doubt = _LEAST_DOUBT + _HOW_DOUBT[head.how] + _FORM_DOUBT[head.form] + _DOOR_DOUBT.get(head.door, 0.0)
        if head.area is Area.DIFFERS:
            doubt += _AREA_DOUBT if head.how is How.EXACT else _DOUBLE_DOUBT
        doubt += doubt_share(doubts) + (_DOUBLE_DOUBT if head.left else 0.0)
        known = _confidences[key] = round(1.0 - doubt, 4)
    return known


def evidence_of(head: Head, said: tuple[Words, ...]) -> tuple[Words, ...]:
    """The grounds with the very words of the address and of the register."""
    found: list[Words] = []
    if head.elsewhere:
        found.append(Words(f"{head.elsewhere} is another area", f"“{head.elsewhere}”属于其他地区"))
    if head.landmark:
        found.append(Words(f"{head.landmark} is a landmark, set aside", f"“{head.landmark}”是参照物，不计"))
    if head.name:
        found.append(
            Words(
                f"{head.written or head.name} is {head.name}", f"“{head.written or head.name}”即“{head.name}”"
            )
        )
    if head.near:
        found.append(
            Words(
                f"{head.written} is like {head.near}, but not it",
                f"“{head.written}”与“{head.near}”相似而不同",
            )
        )
    if head.road and head.plate:
        found.append(Words(f"door plate {head.road}{head.plate}号", f"门牌 {head.road}{head.plate}号"))
    return (*found, *said)
