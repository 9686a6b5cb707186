"""Names looked up as they were written: exactly, by sound, or with one slip. Digits and letters never slip.

A slip is one wrong, missing or doubled character or two neighbours swapped. Two names that share a core and
differ in their ending (丹泽苑, 丹泽花园) are different places, never slips of one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from geo.addresses.text.characters import NUMERALS, sound
from geo.addresses.text.names import Form, sounds_of, split_phase, split_suffix
from geo.addresses.text.words import NAME_CHARACTERS, SUFFIXES, TELLING

_LEAST_SLIPPED = 3
"""Shorter names are too easily another one."""
_NUMBERS = frozenset(f"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ{NUMERALS}")
_HARD = _NUMBERS | frozenset("东西南北中")
"""Characters that tell places apart; they are taken as written."""
_SUFFIXES = frozenset(SUFFIXES)
_BLANK = "\0"
_SWAPPED = 2


class How(IntEnum):
    """How a written name led to a name of the register."""

    EXACT = 0
    SOUND = 1
    SLIP = 2


class Hit(NamedTuple):
    """What a written name may be."""

    owners: frozenset[int]
    """Rows of the things so named."""
    form: Form
    how: How
    name: str
    """The spelling of the register that was found."""
    certain: bool
    """False when the written name may as well be a place the register does not know."""


class Names:
    """A table of spellings that tolerates the slips of people who type by sound."""

    def __init__(self, spellings: Iterable[tuple[str, Form, int]]) -> None:
        best: dict[str, tuple[Form, set[int]]] = {}
        for spelling, form, owner in spellings:
            known = best.get(spelling)
            if known is None or form < known[0]:
                best[spelling] = (form, {owner})
            elif form == known[0]:
                known[1].add(owner)
        self.exact: dict[str, tuple[Form, frozenset[int]]] = {
            spelling: (form, frozenset(owners)) for spelling, (form, owners) in best.items()
        }
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._masked: dict[str, list[str]] = defaultdict(list)
        self._shorter: dict[str, list[str]] = defaultdict(list)
        self._characters: set[str] = set(NAME_CHARACTERS)
        self._endings: set[str] = set()
        self._cores: set[str] = set()
        for spelling, (form, _) in self.exact.items():
            core, suffix = split_suffix(split_phase(spelling).base)
            if suffix:
                self._characters.update(core)
                self._endings.add(suffix)
                self._cores.add(core)
            if form is not Form.CORE and len(spelling) >= _LEAST_SLIPPED:
                for key in sounds_of(spelling):
                    self._by_sound[key].append(spelling)
                for i, char in enumerate(spelling):
                    if char not in _HARD:
                        self._masked[spelling[:i] + _BLANK + spelling[i + 1 :]].append(spelling)
                        if i >= len(core) or char not in TELLING:
                            self._shorter[spelling[:i] + spelling[i + 1 :]].append(spelling)

    def find(self, written: str) -> Hit | None:
        """What `written` is, exactly or with a slip; None when nothing is near."""
        known = self.exact.get(written)
        if known is not None:
            return Hit(known[1], known[0], How.EXACT, written, certain=True)
        if len(written) < _LEAST_SLIPPED - 1:
            return None
        return self._by_ear(written) or self._slipped(written)

    def _by_ear(self, written: str) -> Hit | None:
        near = self._by_sound.get(sound(written))
        if not near:
            return None
        near = [name for name in near if _same_hard(name, written)]
        if not near:
            return None
        return self._chosen(written, near, How.SOUND)

    def _slipped(self, written: str) -> Hit | None:
        near = list(dict.fromkeys(self._one_slip_from(written)))
        if not near:
            return None
        return self._chosen(written, near, How.SLIP)

    def _one_slip_from(self, written: str) -> Iterator[str]:
        """Known spellings one slip away."""
        exact = self.exact
        yield from self._shorter.get(written, ())
        for i, char in enumerate(written):
            doubled = i > 0 and written[i - 1] == char
            if doubled and char not in _HARD:
                shorter = written[:i] + written[i + 1 :]
                if shorter in exact and exact[shorter][0] is not Form.CORE:
                    yield shorter
            if i > 0 and not doubled:
                swapped = written[: i - 1] + char + written[i - 1] + written[i + 1 :]
                if swapped in exact and exact[swapped][0] is not Form.CORE and len(swapped) >= _LEAST_SLIPPED:
                    yield swapped
            if char not in _NUMBERS:
                yield from self._masked.get(written[:i] + _BLANK + written[i + 1 :], ())

    def _chosen(self, written: str, near: list[str], how: How) -> Hit | None:
        """The nearest of some near names; not certain when the written one may be another place."""
        fewest = min(_differing(name, written) for name in near)
        nearest = [name for name in near if _differing(name, written) == fewest]
        other = [name for name in nearest if self._is_another(name, written, how)]
        certain = not other
        kept = [name for name in nearest if name not in other] or nearest
        form = min(self.exact[name][0] for name in kept)
        owners = frozenset().union(*(self.exact[name][1] for name in kept))
        if len(kept) < len(nearest):
            certain = True
        return Hit(owners, form, how, kept[0], certain)

    def _is_another(self, name: str, written: str, how: How) -> bool:
        """Whether `written` is rather a place of its own than a slip of `name`."""
        base, phase = split_phase(name)
        written_base, written_phase = split_phase(written)
        core, suffix = split_suffix(base)
        if suffix and written_base.startswith(core):
            ending = written_base[len(core) :]
            real = self._endings if how is How.SOUND else _SUFFIXES
            apart = how is How.SLIP and not _ends_alike(ending, suffix)
            if ending != suffix and (ending in real or apart):
                return not (phase and phase == written_phase)
        elif split_suffix(written_base)[0] in self._cores:
            return True  # the core of another complex: an ending of that one which the register does not know
        if how is How.SLIP and written_phase and written_phase != phase:
            return True
        if how is How.SLIP and len(base) == len(written_base):
            wrong = [i for i, (a, b) in enumerate(zip(base, written_base, strict=True)) if a != b]
            return len(wrong) == 1 and wrong[0] < len(core) and written_base[wrong[0]] in self._characters
        return False


def _ends_alike(ending: str, suffix: str) -> bool:
    """Whether a written ending may be a slip of `suffix`: 各苑 of 名苑, but not 嘉府 of 嘉苑."""
    last = split_suffix("  " + ending)[1]
    return not last or suffix.endswith(last)


def _differing(name: str, written: str) -> int:
    """Wrong characters; one for a missing, doubled or swapped one."""
    if len(name) != len(written):
        return 1
    wrong = sum(a != b for a, b in zip(name, written, strict=True))
    return 1 if wrong == _SWAPPED and sorted(name) == sorted(written) else wrong


def _same_hard(name: str, written: str) -> bool:
    """Whether the characters that may not slip are the same in both."""
    if len(name) != len(written):
        return False
    return all(a == b or a not in _HARD or b not in _HARD for a, b in zip(name, written, strict=True))
