"""What a text may hold that enters from outside: the one check for files, queries, JSON bodies and options.

Refused are characters that no name or address needs and that do harm later: NUL and other controls (PostgreSQL
refuses them, terminals obey them), marks that turn the direction of writing (a name reads other than it is),
halves of characters, and code points that are none. What merely shows nothing, such as the zero-width space of
a web page, is taken out by `without_invisible`. Tab and line ends are allowed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from geo.errors import InputError, Words

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb"
_TURNS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\U000e0000-\U000e007f"
_NONE = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    chr(p << 16 | end) for p in range(17) for end in (0xFFFE, 0xFFFF)
)
_CONTROL, _TURN = re.compile(f"[{_CONTROLS}]"), re.compile(f"[{_TURNS}]")
_REFUSED = re.compile(f"[{_CONTROLS}{_TURNS}{_NONE}]")
SOUND_PATTERN = f"^[^{_CONTROLS}{_TURNS}{_NONE.replace(chr(0xD800) + '-' + chr(0xDFFF), '')}]*$"
"""The same as a pattern for a JSON Schema; halves of characters are left out, as UTF-8 cannot write them."""
_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b\u2060-\u2064\ufeff]|(?<![\u0600-\u06ff])[\u200c\u200d](?![\u0600-\u06ff])"
)

_CONTROL_WORDS = Words("the text holds a control character ({}); remove it", "文字中含控制字符（{}）；请删除")
_TURN_WORDS = Words(
    "the text holds a mark that turns the direction of writing ({}); remove it",
    "文字中含改变书写方向的不可见字符（{}）；请删除",
)
_NONE_WORDS = Words(
    "the text holds a code that is no character ({}); enter it again", "文字中含无效字符（{}）；请重新录入"
)


_RADICALS = str.maketrans(
    dict(
        zip(
            "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
            "厂乙乙乙亻冂几刀刂卜卩小小尢尢尢尢巳幺彑彐忄心扌攵旡日月歹母民氵水灬爪爪丬牛犭王疋目示礻竹糸纟网网网罒网羊羊羊老聿聿月臼艹艹艹虎衤西西见角角讠贝足车辶辶辶阝钅长长长门阜阝雨青韦页风飞食食食饣首马骨鬼鱼鸟卤麦黄黾齐齐齿齿龙龙龟龟龟",
            strict=True,
        )
    )
    | {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
)
_RADICAL = re.compile("[\u2e80-\u2fd5]")


def without_radicals(text: str) -> str:
    """`text` with characters in the place of the radicals (U+2E80-2FD5) that programs which copy out of a PDF leave there.

    >>> without_radicals("⻄关⼩区⻓乐坊")
    '西关小区长乐坊'
    """
    return text if _RADICAL.search(text) is None else text.translate(_RADICALS)


def flaw(text: str) -> Words | None:
    """Why `text` is refused, naming the first offending code point; None when it is sound.

    >>> flaw("芙蓉小区"), flaw("a\\x00b").en
    (None, 'the text holds a control character (U+0000); remove it')
    >>> flaw("3\\u202e号楼").zh
    '文字中含改变书写方向的不可见字符（U+202E）；请删除'
    """
    found = _REFUSED.search(text)
    if found is None:
        return None
    code = f"U+{ord(found[0]):04X}"
    words = (
        _CONTROL_WORDS if _CONTROL.match(found[0]) else _TURN_WORDS if _TURN.match(found[0]) else _NONE_WORDS
    )
    return Words(words.en.format(code), words.zh.format(code))


def flaws(texts: Iterable[object]) -> list[tuple[int, Words]]:
    """Position and reason of every refused text among `texts`; what is no text is passed over.

    >>> [i for i, _ in flaws(["好", None, "\\x1b[2J"])]
    [2]
    """
    return [
        (i, words)
        for i, text in enumerate(texts)
        if isinstance(text, str) and (words := flaw(text)) is not None
    ]


def require_sound(value: Any, *, what: Words) -> None:
    """Raise `InputError` when `value` (a text, or a JSON value with texts in it, keys too) holds a refused text.

    `what` names the thing to the caller: a parameter, a field, an option. Any depth is walked without recursion.

    >>> require_sound({"names": ["芙蓉小区"]}, what=Words("the body", "请求内容"))
    """
    waiting = [value]
    while waiting:
        at = waiting.pop()
        if isinstance(at, str):
            words = flaw(at)
            if words is not None:
                raise InputError(f"{what.en}: {words.en}", f"{what.zh}：{words.zh}")
        elif isinstance(at, dict):
            waiting += [*at.keys(), *at.values()]
        elif isinstance(at, (list, tuple, set, frozenset)):
            waiting += at


def without_invisible(text: str) -> str:
    """`text` without characters that show nothing and mean nothing: zero-width spaces, soft hyphens, byte order
    marks; joiners stay where they shape Arabic letters (Uyghur).

    >>> without_invisible("芙蓉\\u200b小区\\ufeff")
    '芙蓉小区'
    """
    return _INVISIBLE.sub("", text)


def shown(text: str, *, most: int = 60) -> str:
    """`text` fit to be repeated in a message: refused characters as `?`, at most `most` characters.

    >>> shown("a\\x1b[2J"), shown("长" * 5, most=3)
    ('a?[2J', '长长…')
    """
    safe = _REFUSED.sub("?", text)
    return safe if len(safe) <= most else safe[: most - 1] + "…"
