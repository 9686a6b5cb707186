"""Names of a register written in pinyin, in whole or in part, as Chinese: songfeng华庭 is 松风华庭.

Tones and blanks do not count. The Chinese characters beside the letters must be those of the name. Where several
names sound alike each is tried.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from geo.addresses.register.gazetteer import Gazetteer
from geo.addresses.text.characters import sounds
from geo.addresses.text.names import Form, sounds_of

_RUN = re.compile("[A-Z]{2,}|(?<=[\u4e00-\u9fff])[AEO](?=[\u4e00-\u9fff])")
_BUILDING = re.compile("[0-9楼栋幢座号#-]|$")
_HAN = re.compile("[\u4e00-\u9fff]")
_MOST_AROUND = 8
"""So many characters of a name may stand in Chinese on either side of the letters."""
_MOST_WAYS = 4
_SYLLABLES = re.compile(
    "(?:(?:ZH|CH|SH|[BPMFDTNLGKHJQXRZCSYW])?(?:ANG|AN|AI|AO|A|ENG|EN|EI|ER|E|IANG|IONG|IAN|IAO|IA|IE|ING|IN|IU|I|ONG|OU|UANG|UAN|UAI|UA|UO|UI|UN|UE|U|VE|V)"
    "|[BPMFW]O)+"
)
_CLASSIFIERS = {
    "haolou": "号楼", "danyuan": "单元", "zhuang": "幢", "dong": "栋", "ceng": "层", "men": "门", "lou": "楼", "shi": "室", "hao": "号",
    "hu": "户",
}  # fmt: skip
_LEVEL = re.compile(f"(?<=[0-9\uff10-\uff19号]) ?({'|'.join(_CLASSIFIERS)})(?![A-Za-z])", re.IGNORECASE)
_LEAST_LETTERS = 3
"""So many characters and letters a name written so has at least."""


def levels_in_chinese(text: str) -> str:
    """A text with the classifiers in Chinese that follow its numbers in pinyin; the same text when there are none.

    >>> levels_in_chinese("furong苑3haolou 2danyuan501shi")
    'furong苑3号楼 2单元501室'
    """
    if _LEVEL.search(text) is None:
        return text
    return _LEVEL.sub(lambda found: _CLASSIFIERS[found[1].lower()], text)


def has_pinyin(text: str) -> bool:
    """Whether a stretch in capitals holds letters that are syllables of pinyin, alone or with the letter of a building.

    >>> has_pinyin("XIYUAN"), has_pinyin("SU舍"), has_pinyin("SOHO"), has_pinyin("A")
    (True, True, False, False)
    """
    runs = [run[0] for run in _RUN.finditer(text)]
    return any(_SYLLABLES.fullmatch(run) or (len(run) > 2 and _SYLLABLES.fullmatch(run[:-1])) for run in runs)


class Pinyin:
    """Turns pinyin in addresses into names of one gazetteer; its table is made when it is first asked."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._by_sound: dict[str, list[str]] | None = None

    def in_chinese(self, plain: str) -> list[str]:
        """The ways to read a normalised address with its pinyin as names; empty where there is none.

        >>> import pandas as pd
        >>> homes = pd.DataFrame({"complex_id": ["C1"], "name": ["松风华庭"]})
        >>> houses = pd.DataFrame({"building_id": ["B1"], "complex_id": ["C1"], "name": ["43栋"]})
        >>> Pinyin(Gazetteer.from_frames(homes, houses)).in_chinese("SONGFENG华庭43栋")
        ['松风华庭43栋']
        """
        ways = [plain]
        for _ in range(3):  # a road, an area and a complex at most
            ways = [again for way in ways for again in self._first_written(way) or [way]][:_MOST_WAYS]
        return [way for way in ways if way != plain]

    def _first_written(self, text: str) -> list[str]:
        """The text with its first pinyin that is a name written out, once for each name."""
        for run in _RUN.finditer(text):
            found = self._name_at(text, *run.span())
            if found is not None:
                start, end, names = found
                if text[start:end] in names:
                    continue
                return [text[:start] + name + text[end:] for name in names]
        return []

    def _name_at(self, text: str, start: int, end: int) -> tuple[int, int, list[str]] | None:
        """The longest name that holds the letters from `start` on, and where it is written."""
        table = self._table()
        first = start
        while first > 0 and start - first < _MOST_AROUND and _HAN.match(text[first - 1]):
            first -= 1
        last = end
        while last < len(text) and last - end < _MOST_AROUND and (_HAN.match(text[last])):
            last += 1
        stops = [*range(last, end - 1, -1)]
        if _BUILDING.match(text, end):  # the last letters may be a building: FURONGYUANB座
            stops += [end - 1, end - 2]
        for stop in stops:
            if stop <= start:
                break
            for begin in range(first, start + 1):
                if stop - begin < _LEAST_LETTERS:
                    break
                names = table.get("".join([sounds(char)[0] for char in text[begin:stop]]).upper())
                before, after = text[begin:start], text[end:stop]
                fitting = [name for name in names or () if name.startswith(before) and name.endswith(after)]
                if fitting:
                    return begin, stop, fitting[:_MOST_WAYS]
        return None

    def _table(self) -> dict[str, list[str]]:
        if self._by_sound is None:
            table: dict[str, list[str]] = defaultdict(list)
            for name in self._names():
                for key in sounds_of(name):
                    joined = key.replace(" ", "").upper()
                    for spelled in {joined, joined.replace("V", "U")}:
                        if name not in table[spelled]:
                            table[spelled].append(name)
            self._by_sound = dict(table)
        return self._by_sound

    def _names(self) -> Iterator[str]:
        """Names in full first, then what people shorten them to."""
        known = self._gazetteer.names.exact
        for form in Form:
            yield from (name for name, (how, _) in known.items() if how is form)
        yield from self._gazetteer.road_names.exact
        areas = self._gazetteer.areas
        yield from filter(None, (areas.district, areas.city, areas.province))
