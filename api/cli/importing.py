"""What the command `import` does with lists and extracts, and what it tells and asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from api.cli.shell import Shell
from geo.errors import InputError, Words
from layers.imports.lists import import_list
from layers.imports.osm import CommunityFrom, import_osm
from layers.imports.report import ImportReport
from layers.rights.viewer import OPERATOR


def agree(run: Shell, foreseen: ImportReport) -> frozenset[str]:
    """Tell one by one which rows would go, and ask; their keys. Raises `InputError` unless told to go on."""
    _tell_gone(run, foreseen)
    count = len(foreseen.gone)
    question = run.text(f"remove these {count:,} rows?", f"移除以上 {count:,} 行？")
    if count and not typer.confirm(question, err=True):
        raise InputError("nothing was removed and nothing loaded", "未移除，也未载入任何数据")
    return frozenset(key for key, _, _ in foreseen.gone)


def _tell_gone(run: Shell, done: ImportReport) -> None:
    leans: dict[str, list[Words]] = {}
    for lean in done.leans:
        leans.setdefault(lean.key, []).append(lean.words)
    for key, name, community in done.gone:
        run.complain(
            run.text(
                f"no longer in the file: {key} {name} ({community})",
                f"文件中已没有：{key} {name}（{community}）",
            )
        )
        for words in leans.get(key, ()):
            run.complain(run.text(f"  leaned on by {words.en}", f"  仍被引用：{words.zh}"))


def _tell_batch(run: Shell, done: ImportReport) -> None:
    """By which number it can be taken back."""
    if done.batch is not None:
        run.say(
            f"batch {done.batch}; to take it back: wangge undo {done.layer}",
            f"批次 {done.batch}；撤销：wangge undo {done.layer}",
        )


def tell(run: Shell, done: ImportReport, *, agreed: bool) -> None:
    """Print what an import did, or would do; rows that went one by one, unless they were told and `agreed` before."""
    for note in done.notes:
        run.complain(note.text(run.lang))
    if not agreed:
        _tell_gone(run, done)
    if done.faults_file is not None:
        run.say(f"remarks row by row: {done.faults_file}", f"逐行说明：{done.faults_file}")
    if done.changed:
        listed = run.text(", ", "、").join(f"{name} {count:,}" for name, count in done.changed.items())
        run.say(f"values changed: {listed}", f"各列改动数：{listed}")
    if done.left_out:
        run.say(f"{done.left_out:,} rows were left out", f"{done.left_out:,} 行未载入")
    if done.gone and not done.dry_run:
        run.say(f"{len(done.gone):,} rows ended", f"注销 {len(done.gone):,} 行")
    run.say(
        f"{'would load' if done.dry_run else 'loaded'} {done.rows:,} rows into {done.layer}: {done.added:,} new, "
        f"{done.updated:,} updated, {done.repaired:,} shapes repaired",
        f"{'将载入' if done.dry_run else '已载入'} {done.layer} {done.rows:,} 行：新增 {done.added:,}，"
        f"更新 {done.updated:,}，修复图形 {done.repaired:,}",
    )
    _tell_batch(run, done)


def load_list(
    run: Shell,
    layer: str,
    file: Path,
    mapping: Path | None,
    table: str | None,
    credit: str | None,
    *,
    whole: bool,
    good_rows: bool,
    dry_run: bool,
) -> None:
    """Load a list without shapes and say what came of it."""
    with run.store() as store:
        done: ImportReport = import_list(
            store,
            OPERATOR,
            layer,
            file,
            mapping=mapping,
            table=table,
            dry_run=dry_run,
            whole=whole,
            good_rows=good_rows,
            faults_dir=run.settings.faults,
            lang=run.lang,
            credit=credit,
            actor=run.actor,
            now=run.now,
        )
    for note in done.notes:
        run.complain(note.text(run.lang))
    if done.left_out:
        where = done.faults_file or ""
        run.say(f"{done.left_out:,} rows were left out: {where}", f"{done.left_out:,} 行未载入：{where}")
    if dry_run:
        run.say(f"would load {done.rows:,} records into {layer}", f"将载入 {layer} {done.rows:,} 条")
        return
    run.say(
        f"loaded {done.rows:,} records into {layer}: {done.added:,} new, {done.updated:,} replaced",
        f"已载入 {layer} {done.rows:,} 条：新增 {done.added:,}，更替 {done.updated:,}",
    )
    _tell_batch(run, done)


def load_office_table(
    run: Shell,
    layer: str,
    file: Path,
    table: str | None,
    since: str | None,
    titles: list[str],
    *,
    posted: bool,
    replace: bool,
    yes: bool,
    dry_run: bool,
) -> None:
    """Load a table of posts or organisations and say what begins and what ends."""
    from layers.imports.organisations import import_organisations
    from layers.imports.posts import import_posts

    if layer == "posts" and (replace or yes):
        raise InputError(
            "posts take no --replace: a row says all of its place, and other places stay as they are",
            "posts 不用 --replace：每行即该处的全部岗位，其他位置保持不变",
        )
    if layer == "organisations" and (titles or posted):
        raise InputError(
            "--post and --posted go with posts only; organisations have a column 公示",
            "--post、--posted 只能与 posts 同用；organisations 用“公示”列",
        )
    with run.store() as store:

        def load(*, dry_run: bool) -> ImportReport:
            common: dict[str, Any] = {
                "day": run.day(since),
                "table": table,
                "dry_run": dry_run,
                "lang": run.lang,
            }
            common |= {"faults_dir": run.settings.faults, "actor": run.actor, "now": run.now}
            if layer == "posts":
                return import_posts(store, OPERATOR, file, more_titles=titles, posted=posted, **common)
            return import_organisations(store, OPERATOR, file, replace=replace, **common)

        if replace and not dry_run and not yes:
            ends = load(dry_run=True).updated
            question = run.text(f"{ends:,} entries would end; go on?", f"将有 {ends:,} 项终止，继续？")
            if ends and not typer.confirm(question, err=True):
                raise InputError("nothing was changed", "未做任何更改")
        done = load(dry_run=dry_run)
    for note in done.notes:
        run.complain(note.text(run.lang))
    begin, end = ("would begin", "would end") if dry_run else ("begun", "ended")
    run.say(
        f"{done.rows:,} rows of {layer}: {done.added:,} entries {begin}, {done.updated:,} {end}",
        f"{layer} {done.rows:,} 行：{'将' if dry_run else ''}新增 {done.added:,} 项，{'将' if dry_run else ''}终止 {done.updated:,} 项",
    )
    _tell_batch(run, done)


def load_extract(run: Shell, file: Path, community_from: str | None, *, dry_run: bool) -> None:
    """Load an extract of OpenStreetMap and say what came of it. `community_from`: `admin`, `streets` or a file."""
    chosen: CommunityFrom = None
    if community_from == "admin":
        chosen = "admin"
    elif community_from == "streets":
        chosen = "streets"
    elif community_from is not None:
        chosen = Path(community_from)
    with run.store() as store:
        done = import_osm(
            store, OPERATOR, file, community_from=chosen, dry_run=dry_run, actor=run.actor, now=run.now
        )
    for note in done.notes:
        run.complain(note.text(run.lang))
    rows: list[tuple[object, ...]] = [
        (name, f"{written.added:,}", f"{written.updated:,}") for name, written in done.layers.items()
    ]
    run.table(run.text("layer", "图层"), run.text("new", "新增"), run.text("updated", "更新"), rows=rows)
    run.say(
        f"{'would load' if dry_run else 'loaded'} {done.source}; {len(done.communities)} communities from "
        f"{done.communities_from}",
        f"{'将载入' if dry_run else '已载入'} {done.source}；{len(done.communities)} 个社区来自 {done.communities_from}",
    )
    if done.batch is not None:
        run.say(
            f"batch {done.batch}; to take it back: wangge undo osm",
            f"批次 {done.batch}；撤销：wangge undo osm",
        )
