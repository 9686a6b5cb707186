"""What makes an answer less sure, beside the name and the door plate: how it was written, what the building lacks.

Doubts are bits of one number, because they are told for every address.
"""

from __future__ import annotations

from geo.errors import Words

WEAK, LETTERS, PINYIN, ORDER, NO_SUCH_UNIT, NO_SUCH_STOREY = (1 << bit for bit in range(6))
MOST_DOUBTS = 64
"""Every set of doubts is below it."""
_TOLD = (
    (WEAK, 0.001, Words("the building's number has no clear classifier", "楼栋号未写明量词")),
    (LETTERS, 0.01, Words("letters are read as digits", "字母按数字读")),
    (PINYIN, 0.001, Words("a name is written in pinyin", "名称以拼音书写")),
    (ORDER, 0.0005, Words("the levels stand in another order", "各级次序颠倒")),
    (NO_SUCH_UNIT, 0.1, Words("the building has no such unit", "该楼栋没有此单元")),
    (NO_SUCH_STOREY, 0.1, Words("the building has no such storey", "该楼栋没有此楼层")),
)


def doubt_share(doubts: int) -> float:
    """How much less sure doubts make an answer, 0–1.

    >>> doubt_share(0), doubt_share(NO_SUCH_UNIT | NO_SUCH_STOREY)
    (0.0, 0.2)
    """
    return sum([share for doubt, share, _ in _TOLD if doubts & doubt], 0.0)


def doubt_words(doubts: int) -> tuple[Words, ...]:
    """Doubts in words.

    >>> [str(words) for words in doubt_words(LETTERS)]
    ['letters are read as digits']
    """
    return tuple(words for doubt, _, words in _TOLD if doubts & doubt)
