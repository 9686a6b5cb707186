"""What of a list of residents is kept: addresses without persons in them, keys that are nobody's number, faults that
repeat nothing of a person."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

import pandas as pd

from geo.addresses.text.persons import censored, is_name_like, is_personal_key, without_persons
from geo.errors import Fault, Words

_MOST_SHOWN = 20
_NUMBER_SHOWN = 6
"""So many digits of a faulty number are repeated; more may be a telephone's."""
_KEY = Words(
    "a number of a person (identity paper, passport, telephone or account) is no key of a household; number the "
    "households",
    "身份证号、护照号、电话或账号不能作为户号；请为各户另行编号",
)
_NOTHING_LEFT = Words(
    "nothing is left of the address when names, telephones and numbers of papers are cut out of it",
    "去除姓名、电话、证件号后地址为空",
)


def without_persons_in(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Words]]:
    """Rows of a list (contract `geo.frames.RESIDENTS`) with addresses that say nothing of persons, and how much was cut
    out, in words and without repeating it."""
    texts = frame["address"].tolist()
    kept = {text: without_persons(text) for text in set(texts) if isinstance(text, str)}
    cut = [kept[text] for text in texts if isinstance(text, str) and kept[text].cut]
    if not cut:
        return frame, []
    names, phones, papers = (sum(getattr(one, what) for one in cut) for what in ("names", "phones", "papers"))
    said = Words(
        f"cut out of {len(cut):,} addresses and not stored: {names:,} names, {phones:,} telephones, {papers:,} numbers "
        "of papers or accounts",
        f"已从 {len(cut):,} 条地址中去除、不保存：姓名 {names:,} 处、电话 {phones:,} 处、证件或账号 {papers:,} 处",
    )
    addresses = [kept[text].text if isinstance(text, str) else text for text in texts]
    clean = pd.Series(addresses, index=frame.index, dtype=frame["address"].dtype)
    return frame.assign(address=clean), [said]


def personal_faults(frame: pd.DataFrame, *, rows: Iterable[int], called: Mapping[str, str]) -> list[Fault]:
    """Rows whose household key is the number of a person, and those of whose address nothing is left without persons.

    `frame`: after `without_persons_in`; `rows`: their numbers in the file; `called`: what the file calls our columns.
    """
    faults = []
    keys = frame["household"].tolist()
    personal = {key: is_personal_key(key) for key in set(keys) if isinstance(key, str)}
    for row, key, address in zip(rows, keys, frame["address"].tolist(), strict=True):
        if isinstance(key, str) and personal[key]:
            faults.append(Fault(row, called.get("household", "household"), "", _KEY))
        if isinstance(address, str) and not address.strip():
            faults.append(Fault(row, called.get("address", "address"), "", _NOTHING_LEFT))
    return faults


def without_persons_told(faults: Iterable[Fault], *, hidden: Container[str | None] = ()) -> list[Fault]:
    """Faults of a list of residents as they may be shown: nothing of the columns `hidden` is repeated, and of others
    only what says nothing of a person.

    >>> why = Words("is not a number", "不是数字")
    >>> [f.value for f in without_persons_told([Fault(2, "people", "13800138000", why), Fault(3, "people", "两口", why)])]
    ['', '两口']
    """
    return [
        fault if fault.row is None else Fault(fault.row, fault.column, _shown(fault, hidden), fault.reason)
        for fault in faults
    ]


def _shown(fault: Fault, hidden: Container[str | None]) -> str:
    value = fault.value.strip()
    if fault.column in hidden or len(value) > _MOST_SHOWN:
        return ""
    if any(map(str.isdigit, value)):
        return value if value.isdigit() and len(value) <= _NUMBER_SHOWN else ""
    return "" if is_name_like(value) or censored(value) != value else value


def unknown_kinds(frame: pd.DataFrame, column: str, faults: list[Fault], *, called: str) -> list[Fault]:
    """Faults of words in a column of kinds, one for each word instead of one a row, with how to say what it means."""
    mine = [fault for fault in faults if fault.column == called and fault.row is not None]
    if not mine or column not in frame.columns:
        return faults
    words = pd.Series([fault.value for fault in mine], dtype=object)
    first = {value: fault.row for fault, value in reversed(list(zip(mine, words, strict=True)))}
    told = []
    for value, count in words.value_counts(sort=False).items():
        shown = value or "…"
        reason = Words(
            f"{count:,} rows say so, and what kind that is must be said: in a mapping file, values: {{{column}: {{{shown}: "
            f"KIND}}}}; {mine[0].reason.en}",
            f"共 {count:,} 行如此填写，须说明属于哪一类：在列映射文件中写 values: {{{column}: {{{shown}: 类别}}}}；"
            f"{mine[0].reason.zh}",
        )
        told.append(Fault(first[value], called, str(value), reason))
    return [fault for fault in faults if fault not in mine] + told
