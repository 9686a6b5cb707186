"""Rows of a layer that are no longer there: demolished, closed, merged into another, or never there at all.

An ended row leaves its layer, so cells, new plans, matching and look-ups of today do not know it; it is kept whole with
its day and reason, and look-ups and maps of days before have it (`layers.ground.ended`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from geo.errors import ConflictError, InputError, NotFoundError
from layers.batches.batch import Batch, Closed
from layers.batches.cell_sets import drop_cells
from layers.batches.leaning import Lean, leaning
from layers.plans.days import FIRST, china_day
from layers.rights.viewer import Viewer
from layers.store import copies
from layers.store import tables as t
from layers.store.database import Store
from layers.store.unit import Reading

LAYER_NAMES = tuple(t.LAYER_TABLES)
"""Layers whose rows end."""
_MOST_TOLD = 8
_MOST_REASON_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Ending:
    """What ending rows means."""

    layer: str
    rows: tuple[tuple[str, str], ...]
    """Key and name of each row, in the order asked for."""
    leans: tuple[Lean, ...]
    """What leans on them, by key."""


def foresee_end(unit: Reading, layer: str, keys: Sequence[str], *, now: datetime) -> Ending:
    """What ending the rows of `layer` with these keys means. Raises `NotFoundError` naming keys there are not, and
    `InputError` for a layer whose rows do not end."""
    if layer not in t.LAYER_TABLES:
        names, names_zh = ", ".join(t.LAYER_TABLES), "、".join(t.LAYER_TABLES)
        raise InputError(
            f"rows of {layer!r} cannot be ended; rows of {names} can",
            f"“{layer}”的行不能注销；可注销 {names_zh} 的行",
        )
    table, wanted = t.LAYER_TABLES[layer], list(dict.fromkeys(keys))
    there = copies.plain(table, copies.read_rows(unit, table, wanted))
    missing = [key for key in wanted if key not in there]
    if missing:
        listed, more = missing[:_MOST_TOLD], len(missing) - _MOST_TOLD
        also, also_zh = (f" and {more} more", f" 等 {len(missing)} 个") if more > 0 else ("", "")
        raise NotFoundError(
            f"there is no {', '.join(listed)}{also} among the {layer}",
            f"{layer} 中没有 {'、'.join(listed)}{also_zh}",
        )
    rows = tuple((key, there[key]["name"] or "") for key in wanted)
    leans = leaning(unit, layer, wanted, beside={layer: wanted}, today=china_day(now))
    return Ending(layer, rows, tuple(leans))


def end_rows(
    store: Store,
    viewer: Viewer,
    layer: str,
    keys: Sequence[str],
    *,
    reason: str,
    on: date | None = None,
    never_there: bool = False,
    actor: str,
    now: datetime,
) -> tuple[Ending, Closed]:
    """End rows of a layer from the day `on` (today in China by default), all or none; what was ended, and the batch.

    `never_there`: the rows were a mistake and are there on no day. Raises as `foresee_end` does, `InputError` for a
    missing reason or a day that has not come, and `ConflictError` for a community that has plans.
    """
    said = _reason(reason)
    day = _day(on, never_there, now)
    with store.writing(viewer, actor=actor, now=now) as unit:
        batch = Batch(unit, action="end", layer=layer, reason=said)
        ending = foresee_end(unit, layer, keys, now=now)
        held = [lean for lean in ending.leans if lean.holds]
        if held:
            told = "; ".join(f"{lean.key}: {lean.words.en}" for lean in held[:_MOST_TOLD])
            told_zh = "；".join(f"{lean.key}：{lean.words.zh}" for lean in held[:_MOST_TOLD])
            raise ConflictError(
                f"these cannot be ended, nothing was changed: {told}", f"无法注销，未做任何更改：{told_zh}"
            )
        wanted = [key for key, _ in ending.rows]
        if layer == "communities":
            drop_cells(unit, wanted)
        batch.end(t.LAYER_TABLES[layer], wanted, on=day, reason=None if never_there else said)
        closed = batch.close()
        detail = {"layer": layer, "batch": closed.number, "rows": wanted, "reason": said}
        detail |= {"never_there": True} if never_there else {"on": day.isoformat()}
        unit.record(action="end", detail=detail)
    return ending, closed


def _reason(text: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > _MOST_REASON_CHARACTERS:
        raise InputError(
            f"say why, in at most {_MOST_REASON_CHARACTERS} characters",
            f"请说明理由，至多 {_MOST_REASON_CHARACTERS} 个字符",
        )
    return said


def _day(on: date | None, never_there: bool, now: datetime) -> date:
    today = china_day(now)
    if on is not None and never_there:
        raise InputError(
            "what was never there ends on no day; leave the day out", "误录的行没有注销日期；请去掉日期"
        )
    if on is not None and on > today:
        raise InputError(
            f"{on} has not come; end the rows on that day, today they are still there",
            f"{on} 尚未到来；请在当日再注销，今天这些行仍然有效",
        )
    if on is not None and on < FIRST:
        raise InputError(
            f"nothing ended on {on}; give a day from {FIRST}", f"日期 {on} 有误；请给出 {FIRST} 之后的日期"
        )
    return on or today
