"""What an address says of persons and must not be kept: names, telephones, numbers of papers and of accounts.

Numbers are known by their shape in any script of digits, names by the word before or after them, or by a number
beside them. Limits: a name that nothing marks may stay (`芙蓉苑张三`); one that runs into the address takes up to
one character of it along.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from geo.addresses.text.characters import NUMERALS as _NUMERALS
from geo.addresses.text.words import PROVINCES, SUFFIXES, words

_HAN = "\u3400-\u9fff"
_COMMON = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆"
    "郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易武乔贺赖龚庞樊兰殷施陶洪翟颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦柳邢岳齐梅莫庄辛祝涂祁耿牟卜詹苗凌"
    "费纪靳盛童欧甄项裴席屈鲍覃霍翁隋植甘薄柏阮桂闵柴冉辜饶刁瞿戚滕晋邬臧褚娄奚穆燕冀屠郜晏栾喻窦迟鄢卓艾巩稽虞卞竺冼楚佟栗匡桑谌岑习胥蔺"
)
"""Surnames that by themselves make a word of two or three characters a likely name."""
_SURNAMES = f"{_COMMON}安常文向路沿管谷时舒关曲成游阳卫查位蒙景单包司宁强华车房边吉丘古米池苑来苟全廉简盖符木党郎谈姬连宫都商计揭敖糜冷花仇蓝练仲乐封宗应台巫鞠僧荆银扬明沙伏保和衣官原解宇宦"
_COMPOUND = words("欧阳 司马 上官 诸葛 司徒 东方 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 端木 独孤 南宫 西门")
_SURNAME, _LIKELY = (
    f"(?:{'|'.join(_COMPOUND)}|[{''.join(dict.fromkeys(some))}])" for some in (_SURNAMES, _COMMON)
)
_GAP = r"[\s:：,，、;；.。/()（）\[\]【】\0-]"
_SEPARATE = r"[\s:：,，、;；/|()（）\[\]【】\0]"
_IS = r"[\s:：为是系叫]*[(（【\[]?\s*"
_NAMED = (
    "户主姓名|户主名|户主|户名|姓名|名字|联系人姓名|联系人|紧急联系人|收件人|收货人|收信人|业主姓名|产权人|所有权人|权利人|承租人|出租人|房主|房东|"
    "申请人|经办人|代办人|监护人|负责人|居住人|使用人|登记人|填表人|投诉人|来电人|报修人|当事人|被访人|网格员|楼长|单元长|联络员"
)
"""What stands before a name and nothing else."""
_MAYBE_NAMED = "业主|住户|租户|租客|房客|居民|党员|本人|家属|配偶|法人|户籍人|老人|残疾人|同住人|妻子|丈夫|儿子|女儿|父亲|母亲"
"""What may as well stand before an address."""
_TITLES = "先生|女士|小姐|太太|夫人|大爷|大妈|大娘|大叔|大姐|大哥|阿姨|师傅|老师|医生|奶奶|爷爷|叔叔|婶婶|同志|书记|主任"
_ADDRESS_BEGINS = (
    *PROVINCES, *words("现住 家住 住在 住址 住 地址 居住 户籍 电话 手机 联系 身份 证件 租住 暂住 的 家 在 男 女"),
)  # fmt: skip
_NO_NAME = re.compile(
    "(?:单元|单位|高层|多层|安置|安居|常住|常驻|空房|空户|空置|房屋|房号|房间|车库|车位|车棚|商铺|商住|商业|门面|平房|党员|边户|边套|"
    "全家|全部|时代|万达|金地|华府|后面|单身|单间|公寓|关门|来电|路口|成人|明天|和平|解放|古城|连廊|应急|官方|原住|乐居|都市|文明|康养)"
    "|.*[房室户层楼库面铺门院区园苑里村店厅号员住租空栋幢座街路巷道旁边侧址籍口位处所队厂司校站局部组间单市县镇乡府城庭]$"
)
"""Words that begin as a name may begin and are none."""
_PAPERS = "(?:公民)?(?:身份证|身份号|证件|护照|通行证|军官证|驾驶证|居住证|社保卡?|医保卡?|银行卡|信用卡|卡|账户?|车牌|ID|PASSPORT)"
_PHONES = "联系电话|联系方式|电话号码|电话|手机号码?|手机|座机|固话|传真|TEL|PHONE|MOBILE"
_CALLED = re.compile(rf"(?:{_PAPERS}|{_PHONES})(?:号码?|NO)?[\s.:：为是#]*$")
"""What stands before a number that is known by its shape."""
_NUMBERS = (
    ("papers", r"(?<!\d)\d{6}[ -]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dX*](?![\dA-Z])"),
    ("papers", r"(?<!\d)62\d{2}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)"),
    ("phones", r"(?<!\d)(?:\+?(?:00)?86[ -]?)?(?!\d{3}-(\d\d)\d\d-\1)1[3-9]\d[ -]?[\d*]{4}[ -]?[\d*]{4}(?![\d*])"),
    ("phones", r"(?<!\d)(?:\(0\d{2,3}\)|0[1-9]\d{1,2}[ -]?)\d{7,8}(?:[-转]\d{1,5})?(?!\d)|(?<!\d)[48]00[ -]?\d{3}[ -]?\d{4}(?!\d)"),
    ("papers", r"(?<!\d)\d{3,10}[*X]{4,}\d{0,4}[\dX](?!\d)|(?<!\d)\d{11,}X?(?![\dA-Z])"),
    ("papers", r"(?<![A-Z0-9])[A-Z]{1,2}\d{7,10}(?![A-Z0-9])"),
    ("papers", r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.]?(?=[A-Z0-9]*\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])"),
    ("phones", r"(?:微信号?|QQ号?|WX|VX)[\s:：为是]*[A-Z0-9_-]{5,}|[A-Z0-9._-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)+"),
    ("papers", rf"(?:{_PAPERS})(?:号码?|NO\.?)?[\s:：为是#]*(?=[A-Z0-9*]*\d)[A-Z0-9](?:[A-Z0-9*]|[ -](?=[A-Z0-9*])){{5,30}}"),
    ("phones", rf"(?:{_PHONES})[\s.:：为是]*\+?\d(?:[\d*]|[ -](?=[\d*])){{4,20}}(?:转\d+)?"),
    ("phones", r"(?<=[\s,，;；:：/(（、])[2-8]\d{6,7}(?=$|[\s,，;；/)）、])"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _NUMBERS)
_DIGITS = str.maketrans("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺", "001234567891234567891")
_SPOKEN = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){10,}(?![0-9])")
_HAS_NUMBER = re.compile(
    r"\d{7}|[\d*X]{8}|\d[ -]\d{3,4}[ -]\d{4}|@|[A-Z]{2}|[一二三四五六七八九零〇幺]{7}|[号机话信卡证照户][\s:：为是]*[A-Z+]?\d|[A-Z]\d{4}|[A-Z][·.][A-Z0-9]{5}|\d{4}[ -]\d{4}"
)
"""In every text in which a number may be found; most have none of these."""
_STRONG = re.compile(rf"(?:{_NAMED}){_IS}(?=[{_HAN}A-Z])")
_WEAK = re.compile(rf"(?:{_MAYBE_NAMED})(?:{_IS})(?={_SURNAME})")
_LATIN_NAME = re.compile(r"[A-Z]{2,}(?:[ .][A-Z]+){0,2}(?![0-9])")
_RUN = re.compile(f"[{_HAN}·*]+")
_TITLED = re.compile(
    rf"(?:(?<![{_HAN}])|(?<=[室号户楼层元栋幢座])){_SURNAME}[{_HAN}]{{0,2}}(?:{_TITLES})(?![{_HAN}]*[路街巷楼院])"
    rf"|(?:(?<![{_HAN}])|(?<=[室号户楼层元栋幢座]))[老小]?{_SURNAME}(?:某某?(?![{_HAN}]*[路街巷楼院])|(?:\*{{1,2}}|XX)(?![{_HAN}0-9A-Z*]))"
    rf"|{_SURNAME}(?:先生|女士|小姐|太太|大爷|大妈|阿姨|师傅)(?![路街巷楼院])"
)
_IN_ROLE = re.compile(rf"{_SURNAME}[{_HAN}·]{{1,3}}\s*[(（](?:{_NAMED}|{_MAYBE_NAMED})[)）]")
_TOKEN = re.compile(
    rf"(?:^|(?<={_SEPARATE}))({_LIKELY}[{_HAN}]{{1,2}}?)(?:的房子?|的家|家|租住?|住|收)?(?=$|{_SEPARATE})"
)
_FRONT = re.compile(rf"^\s*({_LIKELY}[{_HAN}]{{1,2}})[:：]")
_FIRST = re.compile(rf"^\s*({_LIKELY}[{_HAN}]{{1,2}})[,，、;；](?=[{_HAN}]{{2,}}[0-9{_NUMERALS}])")
"""Before an address of its own, with a pause: 张三，芙蓉苑3号楼."""
_PLACE_LIKE = re.compile("[都州山江海阳城河湖港岛湾宁安川西东南北中华苏]$|^高新$")
_HOME_OF = re.compile(
    rf"(?<=[0-9室户])({_LIKELY}[{_HAN}]{{1,2}})(?:的房子?|的家|家|租)(?=$|[{_SEPARATE[1:-1]}])"
)
"""Behind a room: 501室张三家."""
_BEFORE = re.compile(rf"(?:^|(?<={_SEPARATE})|(?<=[0-9A-Z室户]))({_LIKELY}[{_HAN}]{{1,2}}){_GAP}*$")
_AFTER = re.compile(rf"{_GAP}*({_LIKELY}[{_HAN}]{{1,2}})(?=$|{_SEPARATE})")
_TAIL_BEFORE = re.compile(r"(?:[0-9A-Z][室号户房]?|[一二三四五六七八九十]室)[\s,，、;；/(（]+$")
_EMPTY = re.compile(r"[(（【\[][\s,，、;；:：/|-]*[)）】\]]")
_DOUBLED = re.compile(r"([\s,，、;；])[\s,，、;；]+")
_ENDS = " \t\u3000,，、;；:：-/|"
_NAME = re.compile(rf"{_LIKELY}[{_HAN}]{{1,2}}")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_KEY = re.compile(
    r"\d{15}|\d{17}[\dX]|\+?(?:86)?-?1[3-9]\d{9}|\d{3,10}[*X]{4,}\d{0,4}[\dX]|1[3-9]\d\*{4}\d{4}|0\d{2,3}-?\d{7,8}|[EGDSPK]\d{8}|E[A-Z]\d{7}|[HMC](?!0)\d{8}|62\d{14,17}"
)


class Kept(NamedTuple):
    """An address without what it said of persons."""

    text: str
    names: int
    """How many names were cut out."""
    phones: int
    papers: int
    """Numbers of identity papers, passports, accounts and vehicles."""

    @property
    def cut(self) -> int:
        """How many parts were cut out in all."""
        return self.names + self.phones + self.papers


def without_persons(text: str) -> Kept:
    """`text` without names, telephones and numbers of papers; unchanged where it has none.

    >>> without_persons("户主张三，芙蓉苑3号楼501室 电话１３８００１３８０００ 610402198001011234")
    Kept(text='芙蓉苑3号楼501室', names=1, phones=1, papers=1)
    >>> without_persons("芙蓉苑3号楼2单元501室").cut
    0
    """
    shown = _INVISIBLE.sub("", text)
    shadow = _folded(shown)
    gone = bytearray(len(shown))
    counts = {"names": 0, "phones": 0, "papers": 0}

    def cut(kind: str, start: int, end: int) -> None:
        nonlocal shadow
        counts[kind] += 1
        gone[start:end] = b"\1" * (end - start)
        shadow = shadow[:start] + "\0" * (end - start) + shadow[end:]

    if _HAS_NUMBER.search(shadow) is not None:
        for kind, pattern in _PATTERNS:
            for found in pattern.finditer(shadow):
                called = _CALLED.search(shadow, 0, found.start())
                cut(kind, found.start() if called is None else called.start(), found.end())
        spoken = shadow.translate(_DIGITS)
        if spoken != shadow:
            for found in _SPOKEN.finditer(spoken):
                cut("phones", *found.span())
    for start, end in _names(shadow):
        if not any(gone[start:end]):
            cut("names", start, end)
    if not any(counts.values()):
        return Kept(text, 0, 0, 0)
    for at, char in enumerate(shadow):  # a name that stands alone beside what was cut
        if char == "\0" and (at == 0 or shadow[at - 1] != "\0"):
            for start, end in _beside(shadow, at):
                if not any(gone[start:end]):
                    cut("names", start, end)
    left = "".join(" " if out else char for char, out in zip(shown, gone, strict=True))
    left = _DOUBLED.sub(r"\1", _EMPTY.sub("", left)).strip(_ENDS)
    return Kept(left, counts["names"], counts["phones"], counts["papers"])


def is_personal_key(key: str) -> bool:
    """Whether a key is a number of a person: of an identity paper or a passport, of a telephone, of an account.

    >>> is_personal_key("61040219800101123X"), is_personal_key("138 0013 8000"), is_personal_key("3-2-501")
    (True, True, False)
    """
    return (
        _KEY.fullmatch(re.sub(r"\s|(?<=\d)-(?=\d{4}(?!\d))", "", _folded(_INVISIBLE.sub("", key))))
        is not None
    )


def is_name_like(text: str) -> bool:
    """Whether a word alone may be the name of a person.

    >>> is_name_like("张三"), is_name_like("党员"), is_name_like("空挂户")
    (True, False, False)
    """
    return _NAME.fullmatch(text) is not None and _NO_NAME.match(text) is None


def censored(value: str) -> str:
    """`value` as a list of faults may repeat it: with … for what it says of persons.

    >>> censored("芙蓉苑 13800138000"), censored("3-2-501")
    ('芙蓉苑 …', '3-2-501')
    """
    kept = without_persons(value)
    return f"{kept.text} …".strip() if kept.cut else "…" if is_personal_key(value) else value


class _Folded(dict[int, str]):
    """Code point to its plain form of one character; what is missing is worked out once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = unicodedata.normalize("NFKC", char).upper()
        if char.isdecimal():
            plain = str(unicodedata.decimal(char))
        folded = self[code] = plain if len(plain) == 1 else char
        return folded


_FOLDED = _Folded()


def _folded(text: str) -> str:
    """Full-width characters as their half-width ones, letters large, each in its place."""
    return text.translate(_FOLDED)


def _names(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand, with the word that tells them."""
    for found in _STRONG.finditer(text):
        length = _length(text, found.end(), strong=True)
        if length:
            yield found.start(), found.end() + length
    for found in _WEAK.finditer(text):
        length = _length(text, found.end(), strong=False)
        if length:
            yield found.start(), found.end() + length
    for pattern in (_TITLED, _IN_ROLE):
        for found in pattern.finditer(text):
            yield found.span()
    front = _FRONT.match(text)
    if front is not None and not _NO_NAME.match(front[1]):
        yield front.span()
    first = _FIRST.match(text)
    if first is not None and not _NO_NAME.match(first[1]) and not _PLACE_LIKE.search(first[1]):
        yield first.span(1)
    for found in _HOME_OF.finditer(text):
        if not _NO_NAME.match(found[1]):
            yield found.span()
    last = next(
        (found for found in _TOKEN.finditer(text) if not text[found.end() :].strip(_ENDS + "\0)）")), None
    )
    if last is not None and not _NO_NAME.match(last[1]) and _TAIL_BEFORE.search(text, 0, last.start()):
        yield last.span()


def _length(text: str, at: int, *, strong: bool) -> int:
    """How many characters from `at` on are a name; 0 when it is rather a place."""
    latin = _LATIN_NAME.match(text, at)
    if latin is not None:
        return len(latin[0]) if strong else 0
    found = _RUN.match(text, at)
    run = "" if found is None else found[0]
    surname = 2 if run.startswith(_COMPOUND) else 1
    known = surname == 2 or run[:1] in _SURNAMES
    most = surname + 2
    if len(run) < 2 or not (strong or known):
        return 0
    if len(run) <= most or (len(run) == most + 1 and not known and strong):
        after = text[at + len(run) : at + len(run) + 1]
        place = run.endswith(SUFFIXES) or (after.isdigit() and run[-1:] in "园苑村区里城庭府楼路街巷号院")
        return 0 if place else len(run)
    if any(place in run for place in ("小区", "社区", "街道")) and not (strong and known):
        return 0
    for length in (surname + 1, most):
        if run.startswith(_ADDRESS_BEGINS, length):
            return length
    return most if strong and known else 0


def _beside(text: str, at: int) -> Iterator[tuple[int, int]]:
    """A name that stands alone right before or after what was cut out at `at`."""
    before = _BEFORE.search(text, 0, at)
    if before is not None and not _NO_NAME.match(before[1]):
        yield before.span(1)
    after = _AFTER.match(text, len(text) - len(text[at:].lstrip("\0")))
    if after is not None and not _NO_NAME.match(after[1]):
        yield after.span(1)
