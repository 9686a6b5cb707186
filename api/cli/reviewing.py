"""Commands for addresses in doubt: review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import Communities
from api.cli.shell import Shell, shell
from geo.errors import InputError
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.store.database import Store


def review(
    ctx: typer.Context,
    community: Communities = None,
    limit: Annotated[int, typer.Option("--list", min=1, max=10_000, help="列出条数  How many to list")] = 20,
    out: Annotated[Path | None, typer.Option(help="全部写入 .xlsx 或 .csv  All of them into a file")] = None,
    confirm: Annotated[
        str | None, typer.Option(help="确认：记录=候选序号  RECORD=NUMBER of the candidate that is right")
    ] = None,
    correct: Annotated[
        str | None, typer.Option(help="更正：记录=楼栋编号  RECORD=BUILDING that is right")
    ] = None,
    aside: Annotated[
        str | None, typer.Option(help="搁置：记录不属于本地  RECORD that is none of ours")
    ] = None,
    only_complex: Annotated[
        str | None, typer.Option("--complex", help="只到小区：记录=小区编号  RECORD=COMPLEX and no further")
    ] = None,
    undo: Annotated[str | None, typer.Option(help="撤销：记录  RECORD whose decision is taken back")] = None,
    unit: Annotated[str | None, typer.Option(help="单元（与确认或更正同用）  Unit, with the above")] = None,
    room: Annotated[str | None, typer.Option(help="室号（与确认或更正同用）  Room, with the above")] = None,
    alias: Annotated[
        str | None,
        typer.Option(help="小区别名：小区编号=别名  COMPLEX=NAME it also goes by; match again afterwards"),
    ] = None,
    alias_address: Annotated[
        str | None, typer.Option(help="小区门牌：小区编号=道路门牌  COMPLEX=ADDRESS it has on a road")
    ] = None,
    since: Annotated[str | None, typer.Option(help="别名启用日期  First day of the name, YYYY-MM-DD")] = None,
) -> None:
    """Without a deed, the addresses that want a person's eye, with candidates."""
    run = shell(ctx)
    deeds = [d for d in (confirm, correct, aside, only_complex, undo, alias, alias_address) if d is not None]
    if len(deeds) > 1:
        raise InputError(
            "one deed at a time: --confirm, --correct, --aside, --complex, --undo, --alias or --alias-address",
            "一次只做一件事：--confirm、--correct、--aside、--complex、--undo、--alias 或 --alias-address",
        )
    from api.cli.matching import write_doubts
    from layers.people.decisions import undo_decision

    with run.store() as store:
        if alias is not None or alias_address is not None:
            _learn(run, store, alias, alias_address, since)
        elif undo is not None:
            undo_decision(store, OPERATOR, undo, revision=None, actor=run.actor, now=run.now)
            run.say(f"{undo} waits again", f"{undo} 重新待核对")
        elif deeds:
            _decide(run, store, confirm, correct, aside, only_complex, unit, room)
        elif out is not None:
            write_doubts(run, store, out)
        else:
            _list(run, store, community, limit)


def _learn(run: Shell, store: Store, alias: str | None, address: str | None, since: str | None) -> None:
    from geo.days import day_of
    from layers.people.decisions import learn_name

    day = None if since is None else day_of(since)
    if since is not None and day is None:
        raise InputError(
            f"{since!r} is not a date; write YYYY-MM-DD", f"“{since}”不是日期；请写作 YYYY-MM-DD"
        )
    kind = "name" if alias is not None else "address"
    target, name = _two(alias or address or "")
    learn_name(store, OPERATOR, target, name, kind=kind, valid_from=day, actor=run.actor, now=run.now)
    run.say(
        f"{target} also goes by {name}; run wangge match",
        f"已登记 {target} 的别名“{name}”；请运行 wangge match",
    )


def _decide(
    run: Shell,
    store: Store,
    confirm: str | None,
    correct: str | None,
    aside: str | None,
    only_complex: str | None,
    unit: str | None,
    room: str | None,
) -> None:
    from layers.people.decisions import decide
    from layers.people.review import review_list

    building = home = None
    record, said = (aside, "") if aside is not None else _two(confirm or correct or only_complex or "")
    cases = review_list(store, OPERATOR, actor=run.actor, now=run.now).set_index("ref")
    if correct is not None:
        building = said
    elif only_complex is not None:
        home = said
    elif confirm is not None:
        offered = cases["candidate_refs"].get(record, [])
        if not said.isdigit() or not 1 <= int(said) <= len(offered):
            raise InputError(
                f"record {record} has {len(offered)} candidates, there is no {said}; see wangge review",
                f"记录 {record} 有 {len(offered)} 个候选，没有第 {said} 个；见 wangge review",
            )
        building = offered[int(said) - 1]
    done = decide(
        store,
        OPERATOR,
        record,
        revision=int(cases["revision"][record]) if record in cases.index else None,
        building_ref=building,
        complex_ref=home,
        unit=unit,
        room=room,
        actor=run.actor,
        now=run.now,
    )
    run.say(f"{record}: {done.decision}", f"{record}：{_DONE[done.decision]}")


_DONE = {"confirmed": "已确认", "corrected": "已更正", "complex": "已定到小区", "set_aside": "已搁置"}


def _two(text: str) -> tuple[str, str]:
    first, found, second = text.partition("=")
    if not found or not first.strip() or not second.strip():
        raise InputError(f"{text!r} must have the form A=B, as --help says", f"“{text}”应写作 A=B，见 --help")
    return first.strip(), second.strip()


def _list(run: Shell, store: Store, community: list[str] | None, limit: int) -> None:
    from layers.ground.regions import community_codes
    from layers.people.review import review_list

    codes = None
    if community is not None:
        with store.reading(OPERATOR) as unit:
            codes = community_codes(unit, prefixes=community)
    found = review_list(store, OPERATOR, actor=run.actor, now=run.now, codes=codes, limit=limit)
    if found.empty:
        run.say("nothing waits for review", "没有待核对的地址")
        return
    for row in found.itertuples(index=False):
        run.line(f"{row.ref}  {row.address}")
        run.line(f"    {row.reason_zh if run.lang == 'zh' else row.reason}")
        for number, (ref, name) in enumerate(zip(row.candidate_refs, row.candidate_names, strict=True), 1):
            run.line(f"    {number}  {name}  [{ref}]")
    run.say("wangge review --confirm RECORD=NUMBER", "用 wangge review --confirm 记录=序号 确认")
