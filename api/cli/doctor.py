"""The command that looks at everything a run needs: doctor."""

from __future__ import annotations

import typer

from api.cli.shell import shell


def doctor(ctx: typer.Context) -> None:
    """Look at everything a run needs, and say what to do about what is not there."""
    from api.cli.examining import examine

    run = shell(ctx)
    findings = examine(run.settings)
    marks = {"ok": "✓", "advice": "·", "broken": "✗"}
    for finding in findings:
        found = finding.found if isinstance(finding.found, str) else finding.found.text(run.lang)
        run.line(f"{marks[finding.state]} {finding.what.text(run.lang)}: {found}")
        if finding.remedy is not None:
            run.line(f"    → {finding.remedy.text(run.lang)}")
    broken = sum(finding.state == "broken" for finding in findings)
    if broken:
        run.say(f"{broken} needed things are broken", f"{broken} 项必需条件有问题")
        raise typer.Exit(1)
    run.say("everything needed is there", "必需条件均已满足")
