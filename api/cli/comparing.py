"""`wangge compare`: plans of a community side by side, what moves between them, their place among random plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.plan_tables import figures_table
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.plans.comparing import Compared


def compare(
    ctx: typer.Context,
    plans: Annotated[
        list[int],
        typer.Argument(
            help="方案编号，同一社区；第一个为比较基准  Plans of one community; the first is the base"
        ),
    ],
    sample: Annotated[
        int,
        typer.Option(min=0, max=5000, help="与多少个随机可行方案比较，如 200  Random plans to compare with"),
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(help="新旧编码对照表 .xlsx 或 .csv  Old-to-new code list of the first two")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="随机种子  Seed of the random plans")] = 1,
) -> None:
    """Figures of plans under the rules of the first; grids that are exclusive or locked count in none."""
    run = shell(ctx)
    if out is not None and len(plans) < 2:
        raise InputError("--out needs two plans: the old and the new", "--out 需要两个方案：旧方案与新方案")
    from geo.plans.fates import FATES, fates
    from layers.files.writers import write_table
    from layers.plans.comparing import changes, compare_plans

    with run.store() as store:
        found = compare_plans(store, OPERATOR, plans, sample=sample, seed=seed)
        moves = [(other, *changes(store, OPERATOR, plans[0], other)) for other in plans[1:]]
    figures_table(run, [(one.plan_id, one.title, asdict(one.figures)) for one in found])
    for other, moved, _ in moves:
        run.say(
            f"from plan {plans[0]} to plan {other}: {moved:,} households change grid",
            f"由方案 {plans[0]} 改为方案 {other}：{moved:,} 户更换网格",
        )
    for _, _, codes in moves:
        counts = fates(codes)["fate"].value_counts()
        told = [(words, int(counts[fate])) for fate, words in FATES.items() if fate in counts]
        run.say(
            "grids " + ", ".join(f"{words.en} {count}" for words, count in told),
            "网格：" + "，".join(f"{words.zh} {count}" for words, count in told),
        )
    if sample:
        _say_places(run, found)
    if out is not None:
        write_table(moves[0][2], writable(out), sheet="codes", lang=run.lang)
        run.say(f"old and new codes → {out}", f"新旧编码对照 → {out}")


def _say_places(run: Shell, found: Sequence[Compared]) -> None:
    from geo.partition.problem.figures import COMPARED

    for one in found:
        parts = [
            (figure.title, one.places[figure.field]) for figure in COMPARED if figure.field in one.places
        ]
        en = ", ".join(f"{share:.0%} in {title.en}" for title, share in parts) or "no figure that differs"
        zh = "，".join(f"{title.zh}优于 {share:.0%}" for title, share in parts) or "各项指标均无差别"
        run.say(
            f"plan {one.plan_id} is better than, of {one.sampled} random plans: {en}",
            f"方案 {one.plan_id} 与 {one.sampled} 个随机方案相比：{zh}",
        )
