"""Commands about what is said of a plan: comments, a public consultation, remarks of the public and their answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli.procedure import PlanNumber
from api.cli.sheeting import Approval, Exempt
from api.cli.shell import shell, writable
from geo.errors import InputError, Words
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from datetime import date

    from api.cli.shell import Shell

VerdictWord = Literal["adopted", "declined", "noted"]
ViaWord = Literal["counter", "phone", "letter", "online", "meeting"]
_HEADS = "number day from grid text verdict answer", "序号 日期 途径 网格 内容 处理结果 答复"


def note(
    ctx: typer.Context,
    plan: PlanNumber,
    text: Annotated[
        str, typer.Argument(metavar="内容  TEXT", help="不写提意见人的姓名电话  Not who said it")
    ],
    grid: Annotated[str | None, typer.Option(help="所涉网格的编码或名称  The grid it is about")] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(help="位置 经度,纬度；多次给出则为一条线  LON,LAT; several are a line"),
    ] = None,
    via: Annotated[
        ViaWord | None,
        typer.Option(
            help="公示意见的途径：counter 窗口、phone 电话、letter 信函、online 网络、meeting 座谈；内部批注不填  "
            "How a remark of the public came in"
        ),
    ] = None,
    on: Annotated[str | None, typer.Option(help="提出日期；默认今天  The day it was said; today")] = None,
) -> None:
    """Keep a comment on a plan, a grid, a spot or a line; with --via, a remark of the public on a day the plan was shown."""
    from layers.plans.notes import Note, add_note

    run = shell(ctx)
    said = Note(text, grid, tuple(_place(one) for one in at or ()), via, run.day(on))
    with run.store() as store:
        number = add_note(store, OPERATOR, plan, said, actor=run.actor, now=run.now)
    run.say(f"plan {plan}: kept as note {number}", f"方案 {plan}：已登记为 {number} 号意见")


def notes(
    ctx: typer.Context,
    plan: PlanNumber,
    out: Annotated[Path | None, typer.Option(help="写入 .csv 表格  Write a .csv table")] = None,
) -> None:
    """What was said of a plan and what was made of it; the days on which it is shown to the public."""
    from api.answers.plan_notes import notes_csv, notes_rows, tell_notes

    run = shell(ctx)
    if out is not None and out.suffix.lower() != ".csv":
        raise InputError(f"{out.name}: notes are written as .csv", f"{out.name}：意见表写为 .csv 文件")
    with run.store() as store:
        if out is not None:
            from layers.files.atomic import drafted

            table = notes_csv(store, OPERATOR, plan, run.lang)
            with drafted(writable(out)) as draft:
                draft.write_text(table, encoding="utf-8-sig", newline="")
            run.say(f"notes → {out}", f"意见表 → {out}")
            return
        rows = [row[:7] for row in notes_rows(store, OPERATOR, plan, run.lang)]
        shown = tell_notes(store, OPERATOR, plan, run.today)["consultation"]
    run.table(*Words(*_HEADS).text(run.lang).split(), rows=rows)
    if shown is not None:
        run.say(
            f"shown to the public {shown['first_day']} to {shown['last_day']} ({shown['state']})",
            f"公示期 {shown['first_day']} 至 {shown['last_day']}（{_STATES[shown['state']]}）",
        )


_STATES = {"coming": "未开始", "open": "进行中", "over": "已期满", "ended": "已提前结束"}


def answer(
    ctx: typer.Context,
    plan: PlanNumber,
    number: Annotated[int, typer.Argument(metavar="序号  NUMBER", help="见 wangge plan notes")],
    verdict: Annotated[
        VerdictWord, typer.Argument(metavar="结果", help="adopted 采纳、declined 不采纳、noted 已处理")
    ],
    text: Annotated[str | None, typer.Option(help="答复；不采纳公示意见须填写  The answer")] = None,
) -> None:
    """Say what was made of a note."""
    from layers.plans.notes import VERDICTS, answer_note

    run = shell(ctx)
    with run.store() as store:
        answer_note(store, OPERATOR, plan, number, verdict, text, actor=run.actor, now=run.now)
    said = VERDICTS[verdict]
    run.say(f"plan {plan}, note {number}: {said.en}", f"方案 {plan} 第 {number} 号意见：{said.zh}")


def consult(
    ctx: typer.Context,
    plan: PlanNumber,
    until: Annotated[str, typer.Option(help="公示截止日 YYYY-MM-DD  The last day")],
    how: Annotated[str, typer.Option(help="意见反映的方式与地点  How and where one answers")],
    begin: Annotated[
        str | None, typer.Option("--from", help="起始日；默认今天  The first day; today")
    ] = None,
    approval: Approval = None,
    exempt: Exempt = None,
) -> None:
    """A submitted or approved plan is shown to the public for some days; it is published after that."""
    from layers.plans.consulting import open_consultation

    run = shell(ctx)
    first, last = run.day(begin), run.day(until)
    with run.store() as store:
        open_consultation(
            store,
            OPERATOR,
            plan,
            first_day=first,
            last_day=last,
            how=how,
            approval=approval,
            exemption=exempt,
            actor=run.actor,
            now=run.now,
        )
    _told_days(run, plan, first, last)


def _told_days(run: Shell, plan: int, first: date, last: date) -> None:
    run.say(
        f"plan {plan} is shown from {first} to {last}; the page to hand out: wangge plan notice {plan} --out notice.html",
        f"方案 {plan} 公示期 {first} 至 {last}；公示网页：wangge plan notice {plan} --out 公示.html",
    )


def consult_end(
    ctx: typer.Context,
    plan: PlanNumber,
    reason: Annotated[str, typer.Option(help="为什么提前结束  Why")],
) -> None:
    """What is shown to the public ends before its last day."""
    from layers.plans.consulting import end_consultation

    run = shell(ctx)
    with run.store() as store:
        end_consultation(store, OPERATOR, plan, reason=reason, actor=run.actor, now=run.now)
    run.say(f"plan {plan} is shown no longer", f"方案 {plan} 已结束公示")


def notice(
    ctx: typer.Context,
    plan: PlanNumber,
    out: Annotated[Path, typer.Option(help="输出 .html  Where it goes")],
) -> None:
    """The page of a consultation as one file that works offline: for a website or a screen in the hall."""
    from api.answers.notice_page import draw_notice
    from api.cli.showing import write_page

    run = shell(ctx)
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{out.name}: the page is written as .html", f"{out.name}：公示网页写为 .html 文件")
    with run.store() as store:
        page = draw_notice(store, OPERATOR, plan, today=None, lang=run.lang)
    write_page(run, page, out)


def _place(text: str) -> tuple[float, float]:
    lon, comma, lat = text.partition(",")
    try:
        return float(lon), float(lat if comma else "")
    except ValueError:
        raise InputError(
            f"--at {text}: write LON,LAT in degrees, such as 108.71,34.33",
            f"--at {text}：应写作 经度,纬度，例如 108.71,34.33",
        ) from None
