"""Words of areas at the command line: texts taken apart, grids told in words and read from them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.editing import PlanNumber
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError, NotFoundError, Words
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from geo.words.clauses import Clause

_HEADS = (
    Words("clause", "句"),
    Words("says", "类别"),
    Words("within", "所在"),
    Words("name", "名称"),
    Words("numbers", "号码"),
    Words("side", "方位"),
    Words("relation", "关系"),
    Words("remark", "说明"),
)
_COLUMNS = (
    "id",
    "clause",
    "says",
    "within",
    "name",
    "numbers",
    "parity",
    "side",
    "relation",
    "group",
    "remark",
    "text",
)
_RELATIONS = {
    "less": Words("left out", "除外"),
    "only": Words("narrowed to", "仅限"),
    "plus": Words("with it", "包含"),
    "": Words("", ""),
}
_SIDES = {
    "east": "东", "west": "西", "south": "南", "north": "北", "both": "两侧",
    "northeast": "东北", "southeast": "东南", "northwest": "西北", "southwest": "西南",
}  # fmt: skip


def parse_areas(run: Shell, text: str | None, file: Path | None, out: Path | None) -> None:
    """Take one text about an area apart, or a file of them."""
    from geo.words.reading import read_areas

    if text is not None:
        rows = [
            tuple(_shown(run, clause, relation, at)) for at, clause, relation in _numbered(read_areas(text))
        ]
        if not rows:
            run.say("nothing about an area was read in this text", "这段文字中没有读出范围")
            return
        run.table(*(head.text(run.lang) for head in _HEADS), rows=rows)
        return
    assert file is not None and out is not None  # noqa: S101, PT018  the command checked it
    from api.answers.spreadsheet import csv_text
    from layers.files.addresses import KINDS, read_addresses, write_lines

    target = writable(out, read=file, kinds=KINDS)
    given = read_addresses(file)
    count = 0

    def lines() -> Iterator[str]:
        nonlocal count
        for key, one in zip(given.ids, given.texts, strict=True):
            found = [
                (key, *_record(clause, relation, at)) for at, clause, relation in _numbered(read_areas(one))
            ]
            count += len(found)
            yield csv_text(found)

    write_lines(target, _COLUMNS, lines(), sheet="parse", lang=run.lang)
    run.say(
        f"{len(given.texts):,} texts, {count:,} clauses → {out}",
        f"{len(given.texts):,} 段文字，{count:,} 句 → {out}",
    )


def _numbered(clauses: tuple[Clause, ...]) -> Iterator[tuple[int, Clause, str]]:
    from geo.words.clauses import flat

    for at, clause in enumerate(clauses, start=1):
        for inner, relation in flat([clause]):
            yield at, inner, relation


def _record(clause: Clause, relation: str, at: int) -> Iterator[Any]:
    yield from (
        at,
        clause.says.value,
        clause.within,
        clause.name,
        clause.numbers(),
        clause.parity,
        clause.side,
    )
    yield from (relation, clause.group if clause.side else "", _remark(clause, "zh"), clause.text)


def _shown(run: Shell, clause: Clause, relation: str, at: int) -> Iterator[str]:
    from geo.words.clauses import PARITY_WORDS, SAYS_WORDS

    parity = PARITY_WORDS[clause.parity].text(run.lang) if clause.parity else ""
    side = _SIDES.get(clause.side, clause.side) if run.lang == "zh" else clause.side
    yield from (str(at), SAYS_WORDS[clause.says].text(run.lang), clause.within, clause.name)
    yield from (
        clause.numbers() or parity,
        side,
        _RELATIONS[relation].text(run.lang),
        _remark(clause, run.lang),
    )


def _remark(clause: Clause, lang: str) -> str:
    said = []
    if clause.whole:
        said.append(Words("whole", "全部"))
    if clause.planned:
        said.append(Words("planned", "规划"))
    if clause.etc:
        said.append(Words("and more", "等"))
    begin, end = clause.span
    if begin or end:
        said.append(Words(f"from {begin} to {end}", f"{begin}至{end}"))
    said += [Words(also, also) for also in clause.also]
    return "；".join(words.text(lang) for words in said)


def export_words(
    run: Shell, out: Path, community: list[str] | None, as_of: str | None, plan: list[int] | None
) -> None:
    """Write the registration table of grids with their extent in words."""
    import pandas as pd

    from layers.files.writers import write_table
    from layers.ground.regions import community_codes
    from layers.plans.plans import read_grids
    from layers.words.tables import registered

    day = run.day(as_of)
    with run.store() as store, store.reading(OPERATOR) as unit:
        codes = community_codes(unit, prefixes=community)
        grids = read_grids(unit, as_of=None if plan else day, plan_ids=plan, codes=codes)
        if grids.empty:
            raise NotFoundError(
                f"no grids are in force on {day}; publish a plan, or name one with --plan",
                f"{day} 没有生效的网格；请先发布方案，或用 --plan 指定方案",
            )
        plans = sorted({int(number) for number in grids["plan_id"]})
        table = pd.concat([registered(unit, number, lang=run.lang) for number in plans], ignore_index=True)
    write_table(table, writable(out), sheet="grids", lang=run.lang)
    run.say(f"{len(table):,} grids in words → {out}", f"{len(table):,} 个网格的文字范围 → {out}")


def words(
    ctx: typer.Context,
    plan: PlanNumber,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[登记表]  [FILE]",
            help="网格编号或名称、所含小区楼栋  Grid by code or name, and its extent in words",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="写出 .xlsx 或 .csv  Write a file")] = None,
) -> None:
    """Grids in words: --out writes what each holds, a FILE is taken as one step. Buildings no words mean stay where they are."""
    run = shell(ctx)
    if (file is None) == (out is None):
        raise InputError(
            "give a FILE to take, or --out FILE to write", "请给出要读入的登记表，或用 --out 指定要写出的文件"
        )
    if out is not None:
        from layers.files.writers import write_table
        from layers.words.tables import registered

        with run.store() as store, store.reading(OPERATOR) as unit:
            table = registered(unit, plan, lang=run.lang)
        write_table(table, writable(out), sheet="grids", lang=run.lang)
        run.say(f"{len(table)} grids → {out}", f"{len(table)} 个网格 → {out}")
        return
    assert file is not None  # noqa: S101  one of the two
    from api.cli.editing import told_step
    from layers.imports.registrations import read_plan_words
    from layers.plans import editing

    with run.store() as store:
        operation, troubles = read_plan_words(store, OPERATOR, plan, file)
        for words_ in troubles:
            run.complain(words_.text(run.lang))
        done = editing.edit(store, OPERATOR, plan, operation, actor=run.actor, now=run.now)
    told_step(run, done)
