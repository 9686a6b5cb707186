"""Commands that take back what was done to a layer: which imports there were, the last one undone, rows ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.shell import Shell, shell
from api.clock import on_the_wall
from geo.errors import InputError, Words
from layers.files.synonyms import TITLES
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.batches.ending import Ending
    from layers.batches.listing import Kept
    from layers.batches.undoing import Foreseen

_FIRST_SHOWN = 5
_HINDRANCES_SHOWN = 50
_LEANS_SHOWN = 50
_ACTIONS = {"import": Words("import", "导入"), "end": Words("end", "注销"), "undo": Words("undo", "撤销")}
_STEPS = {
    "removed": Words("removed", "移除"),
    "put back": Words("put back", "恢复"),
    "as before": Words("as before", "改回原值"),
}


def imports(
    ctx: typer.Context,
    layer: Annotated[str | None, typer.Option(help="只列此图层  Only of this layer")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多行数  Most rows")] = 20,
) -> None:
    """Who loaded which file when, how many rows it added, changed and ended, and what was taken back."""
    from layers.batches.listing import read_batches

    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        found = read_batches(unit, layer=layer)
    heads = Words(
        "batch|time|who|deed|layer|file|added|changed|ended|",
        "批次|时间|操作者|操作|图层|文件|新增|改动|移除|",
    )
    rows = [
        (
            kept.number,
            f"{on_the_wall(kept.at):%Y-%m-%d %H:%M}",
            kept.actor,
            _ACTIONS[kept.action].text(run.lang),
            _title(run, kept.layer),
            kept.source or kept.reason,
            kept.added,
            kept.changed,
            kept.ended,
            _state(run, kept),
        )
        for kept in found[:limit]
    ]
    run.table(*heads.text(run.lang).split("|"), rows=rows)
    left = len(found) - len(rows)
    if left:
        run.say(f"{left} older ones with --limit", f"更早的 {left} 条用 --limit 查看")


def _state(run: Shell, kept: Kept) -> str:
    said = []
    if kept.undoes is not None:
        said.append(run.text(f"takes back {kept.undoes}", f"撤销批次 {kept.undoes}"))
    if kept.taken_back_by is not None:
        said.append(run.text(f"taken back by {kept.taken_back_by}", f"已由批次 {kept.taken_back_by} 撤销"))
    return run.text("; ", "；").join(said)


def _title(run: Shell, layer: str) -> str:
    return run.text(layer, TITLES.get(layer, layer))


def take_back(
    ctx: typer.Context,
    layer: Annotated[str, typer.Argument(help="图层名称或 osm  A layer, or osm")],
    batch: Annotated[
        int | None,
        typer.Option(min=1, help="批次号，见 wangge imports  A certain batch, as wangge imports lists it"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问  Do not ask")] = False,
) -> None:
    """What the last import replaced comes back; what was changed since, or is leaned on by now, stands in its way."""
    from layers.batches.listing import GRIDS
    from layers.batches.undoing import foresee_undo, undo
    from layers.people.taking_back import RESIDENTS

    run = shell(ctx)
    _require_undoable(layer)
    if layer == RESIDENTS:
        _take_back_list(run, batch, yes=yes)
        return
    with run.store() as store:
        with store.reading(OPERATOR) as unit:
            seen = foresee_undo(unit, layer, number=batch, now=run.now)
        _tell_undo(run, seen)
        if not seen.hindrances and not yes:
            _ask(run, Words("take this back?", "确认撤销？"))
        done, closed = undo(store, OPERATOR, layer, number=seen.batch.number, actor=run.actor, now=run.now)
    if layer == GRIDS:
        run.say(
            f"batch {done.batch.number} was taken back by batch {closed.number}: its drafts are gone",
            f"批次 {done.batch.number} 已撤销（新批次 {closed.number}）：所生成的草案已删除",
        )
        return
    run.say(
        f"batch {done.batch.number} was taken back by batch {closed.number}; to have it again: "
        f"wangge undo {layer} --batch {closed.number}",
        f"批次 {done.batch.number} 已撤销（新批次 {closed.number}）；如需恢复：wangge undo {layer} --batch {closed.number}",
    )


def _take_back_list(run: Shell, batch: int | None, *, yes: bool) -> None:
    """The last list of residents, told in counts only."""
    from layers.people.taking_back import foresee_list, take_back_list

    with run.store() as store:
        with store.reading(OPERATOR) as unit:
            seen = foresee_list(unit, number=batch)
        _tell_batch(run, seen.batch)
        run.complain(run.text(f"  {seen.records:,} records removed", f"  移除 {seen.records:,} 条"))
        for words in (*seen.notes, *seen.hindrances):
            run.complain(words.text(run.lang))
        if not seen.hindrances and not yes:
            _ask(run, Words("take this back?", "确认撤销？"))
        done, closed, forgotten = take_back_list(
            store, OPERATOR, number=seen.batch.number, actor=run.actor, now=run.now
        )
    if not forgotten:
        run.complain(
            run.text(
                "somebody reads the store just now: its journal holds the removed rows until the next change",
                "当前有程序正在读取数据库：日志文件中的残留将在下次写入时清除",
            )
        )
    run.say(
        f"batch {done.batch.number} was taken back by batch {closed.number}: {done.records:,} records removed for good",
        f"批次 {done.batch.number} 已撤销（新批次 {closed.number}）：彻底删除 {done.records:,} 条",
    )


def _require_undoable(layer: str) -> None:
    from layers.batches.batch import OSM
    from layers.batches.ending import LAYER_NAMES
    from layers.batches.listing import GRIDS
    from layers.people.taking_back import RESIDENTS

    names = [*LAYER_NAMES, "aliases", GRIDS, RESIDENTS, OSM]
    if layer not in names:
        raise InputError(
            f"no layer {layer!r}; choose one of {', '.join(names)}",
            f"没有图层“{layer}”；可选：{'、'.join(names)}",
        )


def _tell_batch(run: Shell, kept: Kept) -> None:
    what, by = kept.source or kept.reason or "", f"{on_the_wall(kept.at):%Y-%m-%d %H:%M}"
    action = _ACTIONS[kept.action]
    run.complain(
        run.text(
            f"batch {kept.number}: {action.en} of {kept.layer}, {what}, by {kept.actor} on {by}",
            f"批次 {kept.number}：{action.zh}{_title(run, kept.layer)}，{what}，{kept.actor}，{by}",
        )
    )


def _tell_undo(run: Shell, seen: Foreseen) -> None:
    """What would be taken back: the batch, its rows by kind and the first by name, and what stands in the way."""
    _tell_batch(run, seen.batch)
    for layer, counts in seen.counts().items():
        told = [f"{_STEPS[step].text(run.lang)} {count:,}" for step, count in counts.items() if count]
        run.complain(f"  {_title(run, layer)}: {', '.join(told)}")
        for kind, count in counts.items():
            word = _STEPS[kind].text(run.lang)
            shown = [step for step in seen.steps if (step.layer, step.step) == (layer, kind)][:_FIRST_SHOWN]
            for step in shown:
                run.complain(f"    {word}  {step.key} {step.name}".rstrip())
            left = count - len(shown)
            if left:
                run.complain(run.text(f"    {word}  and {left:,} more", f"    {word}  另有 {left:,} 行"))
    for note in seen.notes:
        run.complain(note.text(run.lang))
    for hindrance in seen.hindrances[:_HINDRANCES_SHOWN]:
        name = f"{hindrance.key} {hindrance.name}".strip()
        run.complain(
            run.text(
                f"in the way: {hindrance.layer} {name}: {hindrance.words.en}",
                f"不能撤销：{_title(run, hindrance.layer)} {name}：{hindrance.words.zh}",
            )
        )


def _ask(run: Shell, question: Words) -> None:
    if not typer.confirm(question.text(run.lang), err=True):
        raise InputError("nothing was changed", "未做任何更改")


def end(
    ctx: typer.Context,
    layer: Annotated[str, typer.Argument(help="图层名称  A layer")],
    refs: Annotated[
        list[str], typer.Argument(metavar="编号...  KEY...", help="编号，可多个  Keys, one or more")
    ],
    reason: Annotated[str, typer.Option(help="理由，如 已拆除  Why, such as demolished")],
    on: Annotated[
        str | None,
        typer.Option(help="自何日起不再存在 YYYY-MM-DD；默认今天  The day from which they are gone"),
    ] = None,
    never_there: Annotated[
        bool,
        typer.Option("--never-there", help="误录，任何日期都不存在  A mistake: they are there on no day"),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问  Do not ask")] = False,
) -> None:
    """Ended rows are gone from look-ups, cells and new plans from the day, and stay for the days before."""
    from layers.batches.ending import end_rows, foresee_end

    run = shell(ctx)
    day = None if on is None else run.day(on)
    with run.store() as store:
        with store.reading(OPERATOR) as unit:
            seen = foresee_end(unit, layer, refs, now=run.now)
        _tell_end(run, seen)
        if not yes:
            count = len(seen.rows)
            _ask(run, Words(f"end these {count} rows?", f"注销以上 {count} 行？"))
        done, closed = end_rows(
            store,
            OPERATOR,
            layer,
            refs,
            reason=reason,
            on=day,
            never_there=never_there,
            actor=run.actor,
            now=run.now,
        )
    count = len(done.rows)
    run.say(
        f"{count} {layer} ended (batch {closed.number}); to take it back: wangge undo {layer}",
        f"已注销{_title(run, layer)} {count} 行（批次 {closed.number}）；撤销：wangge undo {layer}",
    )


def _tell_end(run: Shell, seen: Ending) -> None:
    """One by one what would be ended, and what leans on it."""
    for key, name in seen.rows:
        run.complain(f"{_title(run, seen.layer)} {key} {name}".rstrip())
        leans = [lean for lean in seen.leans if lean.key == key]
        for lean in leans[:_LEANS_SHOWN]:
            run.complain(run.text(f"  leaned on by {lean.words.en}", f"  仍被引用：{lean.words.zh}"))
