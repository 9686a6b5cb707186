"""What a text says around an address, for reading it without any register: labels before it, telephones, ways to go.

Lists and ranges are brought to one form here too: 301室、302室 and 一至三层 are said with a dash.
"""

from __future__ import annotations

import re

from geo.addresses.text.characters import NUMERALS, PLAIN
from geo.addresses.text.normalise import without_label
from geo.addresses.text.numerals import numbers_to_digits

_OF_ADDRESS = ("址", "地", "在")
"""Labels that end so say nothing but that an address follows."""
_N = f"[0-9{NUMERALS}]"
_PHONE = re.compile(
    r"[ ,]*(?:(?:联系)?电话|手机号?|TEL|邮编|邮政编码)?[ ,-]*(?<![0-9-])(?:(?:(?<=邮编[ ,-])|(?<=编码[ ,-]))[0-9]{6}|0[1-9][0-9]{1,2}-[0-9]{7,8}|400-?[0-9]{3}-?[0-9]{4}|(?<=[话机号L ,])[2-8][0-9]{6,7})(?![0-9]|-?[室号])"
)
_DISTANCE = re.compile(
    r"[ ,]*(?:[向往以偏]?[东西南北]{1,2}(?:侧|边|面|方向|行)?)?约?[0-9]+(?:-[0-9]+)?余?(?:米|公里|千米)(?:处|左右)?"
)
"""How far it is from what was said: 北50米, 东北8.3公里."""
_SPACED = re.compile(r"(?<![0-9])[0-9](?: [0-9]){2,3}(?= ?[室房户])")
_SIDE = re.compile(rf"(?<=[0-9{NUMERALS}号][楼层栋幢座])[东西南北][侧边面](?=[A-Z]?[0-9])")
"""In which part of a floor a room lies: 三楼西侧301."""
_ABOVE = re.compile(r"(?:(?<=[楼栋幢座])|(?<=[0-9]号))楼[上下](?![0-9]).*$")
_TO = re.compile(rf"(?<={_N})[至到](?=第?{_N}+[层楼室号栋幢])|(?<=[0-9])[和及与](?=[0-9]+[室号层楼铺])")
_ALSO = re.compile(r"(?<=[0-9]),(?=[A-Z][0-9])|(?<=[A-Z]),(?=[A-Z](?:,[A-Z])*[室座栋幢])")
_IN_CHINESE = re.compile(rf"[{NUMERALS}]+(?:,[{NUMERALS}]+)+(?=[层楼号室铺])")
"""A list in Chinese numerals: 三、四层."""
_AGAIN = re.compile(
    r"(?<=[0-9]) ?(室|号|铺|层|楼)(?:[-,]|(?<=室)和) ?(?=[0-9]+(?:-[0-9]+)? ?\1(?![楼院栋幢座门弄厂公]|[0-9]))"
)
"""The classifier said with each number of a list: 301室、302室."""
_SUB_PLATE = re.compile(r"(附[0-9]+)号-([0-9]{1,2})(?![0-9-])")
_BELOW_GROUND = re.compile(r"(?<![0-9A-Z馆-])-(?=1[层楼]|([23])[层楼](?!-?\1[0-9]{2}))")
_SEPARATOR = re.compile("[^0-9]-")

_TYPED = re.compile("(?<=号)付(?=[0-9])")
_ONE_AS_DASH = re.compile("(?<=[0-9])一(?=[0-9])")
_WORTH = re.compile(
    rf"[至到和及与付](?=第?{_N})|公里|[0-9余千]米|[室号铺层楼][-,]|-[1-3][层楼]|楼[上下]|[侧边面](?=[A-Z0-9])|[A-Z{NUMERALS}],|,[A-Z][0-9]|邮编|编码|[0-9](?: [0-9]|一[0-9]|[0-9]{{2}}-?[0-9]{{4}})"
)
"""In every text of which a pattern below changes something; most have none of these."""
_FORMS = (
    (_SIDE, ""),
    (_TO, "-"),
    (_ALSO, "-"),
    (_AGAIN, "-"),
    (_SUB_PLATE, r"\1-\2号"),
    (_TYPED, "附"),
    (_ONE_AS_DASH, "-"),
)


def without_asides(text: str) -> tuple[str, tuple[str, ...]]:
    """The address in `text` in plain characters, and what was said around it.

    >>> without_asides("租户：芙蓉苑3号楼301室、302室 电话029-12345678")
    ('芙蓉苑3号楼301-302室', ('租户', '电话029-12345678'))
    >>> without_asides("人民路与解放路交叉口北50米")
    ('人民路与解放路交叉口', ('北50米',))
    """
    aside: list[str] = []

    def set_aside(found: re.Match[str]) -> str:
        aside.append(found[0].strip(" ,-"))
        return " "

    text, label = without_label(text)
    if label and not label.endswith(_OF_ADDRESS):
        aside.append(label)
    plain = text.translate(PLAIN)
    if _WORTH.search(plain) is not None:
        plain = _SPACED.sub(lambda run: run[0].replace(" ", ""), _PHONE.sub(set_aside, plain))
        plain = _ABOVE.sub(set_aside, _DISTANCE.sub(set_aside, plain))
        plain = _IN_CHINESE.sub(lambda run: numbers_to_digits(run[0]).replace(",", "-"), plain)
        for pattern, form in _FORMS:
            plain = pattern.sub(form, plain)
        below = _BELOW_GROUND.search(plain)
        if below is not None and _SEPARATOR.search(plain, 0, below.start()) is None:
            plain = (
                f"{plain[: below.start()]}负{plain[below.end() :]}"  # where dashes part levels none is a sign
            )
    return plain.strip(), tuple(aside)
