"""The command that holds plans against their rules: check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Communities, Workers
from api.cli.plan_tables import MOST_FINDINGS, findings_table
from api.cli.shell import shell, writable
from layers.rights.viewer import OPERATOR


def check(
    ctx: typer.Context,
    community: Communities = None,
    plan: Annotated[list[int] | None, typer.Option(help="方案编号；可重复  Plan number, repeatable")] = None,
    out: Annotated[Path | None, typer.Option(help="结果写入 .xlsx 或 .csv  Write the list to a file")] = None,
    workers: Workers = None,
) -> None:
    """What is wrong with plans under the rules they were drawn with."""
    from layers.files.writers import write_table
    from layers.ground.regions import community_codes
    from layers.plans.checking import check_plans
    from layers.plans.plans import newest_plan_ids, read_plans

    run = shell(ctx)
    with run.store() as store:
        ids = plan
        if community is not None:
            with store.reading(OPERATOR) as unit:
                codes = community_codes(unit, prefixes=community)
                if plan is None:
                    ids = newest_plan_ids(unit, codes=codes)
                else:
                    ids = read_plans(unit, codes=codes, plan_ids=plan)["id"].tolist()
        found = check_plans(store, OPERATOR, today=run.today, plan_ids=ids, workers=workers or 1)
    severities = {name: int((found["severity"] == name).sum()) for name in ("error", "warning", "notice")}
    if out is not None:
        reasons = [words.text(run.lang) for words in found["reason"]]
        write_table(found.assign(reason=reasons), writable(out), sheet="findings", lang=run.lang)
    else:
        findings_table(run, found)
    left = 0 if out else max(0, len(found) - MOST_FINDINGS)
    where = (
        f" → {out}"
        if out
        else run.text(f"; {left} more with --out FILE", f"；另有 {left} 条，可用 --out 写入文件")
        if left
        else ""
    )
    run.say(
        f"{severities['error']} errors, {severities['warning']} warnings, {severities['notice']} notices{where}",
        f"错误 {severities['error']} 条，警告 {severities['warning']} 条，提示 {severities['notice']} 条{where}",
    )
