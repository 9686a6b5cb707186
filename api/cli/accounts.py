"""Commands about who may come in: user add, list, grant, lock, reset, and tokens of machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.shell import Shell, shell
from api.clock import on_the_wall
from layers.rights.rights import GRANTABLE, OF_HOUSEHOLDS, SCOPES, Grant, Right, usual_sight
from layers.rights.viewer import OfPeople, Purpose, Role

if TYPE_CHECKING:
    from layers.accounts.accounts import Account, Keeper

_ROLES = "、".join(GRANTABLE)
_SCOPES = "、".join(right.value for right in SCOPES)

Name = Annotated[str, typer.Argument(help="账号名  Name of the account")]
Roles = Annotated[list[Role], typer.Option("--role", help=f"角色，可重复  Role: {_ROLES}")]
Areas = Annotated[
    list[str] | None,
    typer.Option("--area", help="区县、街道或社区编码，可重复；不填为全部  Area; everywhere when not given"),
]
People = Annotated[
    OfPeople | None,
    typer.Option(
        "--of-people", help="可见的人员信息；不填则按角色所需  How much of a person; what the role needs"
    ),
]
For = Annotated[
    Purpose,
    typer.Option("--purpose", help="查看住户的目的：maintenance 或 export  What households are read for"),
]


def add(
    ctx: typer.Context,
    name: Name,
    role: Roles,
    area: Areas = None,
    of_people: People = None,
    purpose: For = Purpose.DISPLAY,
) -> None:
    """Make an account."""
    from layers.accounts.accounts import add_account

    run = shell(ctx)
    given = _grants(role, area, of_people, purpose)
    with run.store() as store:
        password = add_account(store, _keeper(run), name, given, now=run.now)
    _tell_password(run, name, password)
    _tell_idle(run, given)


def list_all(ctx: typer.Context) -> None:
    """One line an account."""
    from layers.accounts.accounts import list_accounts

    run = shell(ctx)
    with run.store() as store:
        found = list_accounts(store, _keeper(run), now=run.now)
    run.table(
        run.text("account", "账号"),
        run.text("grants", "权限"),
        run.text("state", "状态"),
        rows=[
            (account.name, "; ".join(map(_grant_text, account.grants)), _state(run, account))
            for account in found
        ],
    )


def grant(
    ctx: typer.Context,
    name: Name,
    role: Roles,
    area: Areas = None,
    of_people: People = None,
    purpose: For = Purpose.DISPLAY,
) -> None:
    """Replace what an account was granted."""
    from layers.accounts.accounts import set_grants

    run = shell(ctx)
    given = _grants(role, area, of_people, purpose)
    with run.store() as store:
        set_grants(store, _keeper(run), name, given, now=run.now)
    granted = "; ".join(map(_grant_text, given))
    run.say(f"{name} was granted: {granted}", f"已授予 {name}：{granted}")
    _tell_idle(run, given)


def lock(
    ctx: typer.Context,
    name: Name,
    off: Annotated[bool, typer.Option("--off", help="解除锁定  Open it again")] = False,
) -> None:
    """Lock or open an account."""
    from layers.accounts.accounts import lock_account

    run = shell(ctx)
    with run.store() as store:
        lock_account(store, _keeper(run), name, locked=not off, now=run.now)
    if off:
        run.say(f"{name} is open", f"已解除 {name} 的锁定")
    else:
        run.say(f"{name} is locked and signed out", f"已锁定 {name} 并结束其登录")


def reset(ctx: typer.Context, name: Name) -> None:
    """A new first password."""
    from layers.accounts.accounts import reset_password

    run = shell(ctx)
    with run.store() as store:
        password = reset_password(store, _keeper(run), name, now=run.now)
    _tell_password(run, name, password)


def token(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="令牌用途  What the token is for, such as hotline-12345")],
    right: Annotated[list[Right], typer.Option("--right", help=f"权限，可重复  Rights: {_SCOPES}")],
    area: Areas = None,
    days: Annotated[int, typer.Option(min=1, help="有效天数  Days it lasts")] = 365,
) -> None:
    """Make a token."""
    from layers.accounts.tokens import make_token

    run = shell(ctx)
    with run.store() as store:
        made = make_token(store, _keeper(run), name, right, area or [""], days=days, now=run.now)
    run.line(made)
    run.complain(
        run.text(
            "shown once and kept as a hash only; programs send it as Authorization: Bearer TOKEN",
            "仅显示一次，系统只保存其摘要；程序请以 Authorization: Bearer 令牌 发送",
        )
    )


def tokens(ctx: typer.Context) -> None:
    """One line a token."""
    from layers.accounts.tokens import list_tokens

    run = shell(ctx)
    with run.store() as store:
        found = list_tokens(store, _keeper(run))
    run.table(
        run.text("number", "编号"),
        run.text("token", "令牌"),
        run.text("rights", "权限"),
        run.text("area", "范围"),
        run.text("ends", "到期"),
        run.text("state", "状态"),
        rows=[
            (
                one.number,
                one.name,
                " ".join(right.value for right in one.rights),
                " ".join(one.area) or run.text("everywhere", "全部"),
                one.ends_at.date(),
                run.text("over", "已失效") if one.over(run.now) else run.text("in force", "有效"),
            )
            for one in found
        ],
    )


def revoke(ctx: typer.Context, number: Annotated[int, typer.Argument(help="令牌编号  Its number")]) -> None:
    """End a token."""
    from layers.accounts.tokens import revoke_token

    run = shell(ctx)
    with run.store() as store:
        revoke_token(store, _keeper(run), number, now=run.now)
    run.say(f"token {number} is revoked", f"已吊销令牌 {number}")


def _keeper(run: Shell) -> Keeper:
    """Whoever has the machine keeps all accounts."""
    from layers.accounts.accounts import Keeper

    return Keeper(run.actor)


def _grants(
    roles: list[Role], areas: list[str] | None, of_people: OfPeople | None, purpose: Purpose
) -> list[Grant]:
    return [
        Grant(role, area, of_people or usual_sight(role), purpose) for role in roles for area in areas or [""]
    ]


def _tell_idle(run: Shell, grants: list[Grant]) -> None:
    """Say what a role could do and this grant does not let it."""
    for role, idle in dict.fromkeys((one.role, one.idle) for one in grants if one.idle):
        names = ", ".join(right.value for right in idle)
        run.complain(
            run.text(
                f"{role.value} without {names}: --of-people full --purpose maintenance gives review, --of-people masked with it households, --of-people building the rest",
                f"{role.value} 尚无 {names}：review 须 --of-people full --purpose maintenance，households 至少须 --of-people masked --purpose maintenance，其余须 --of-people building",
            )
        )


def _grant_text(one: Grant) -> str:
    detail = ""
    if one.of_people in OF_HOUSEHOLDS:
        detail = f" {one.of_people.value}/{one.purpose.value}"
    elif one.of_people is not usual_sight(one.role):
        detail = f" {one.of_people.value}"
    return f"{one.role.value}@{one.area or '*'}{detail}"


def _state(run: Shell, account: Account) -> str:
    if account.locked:
        return run.text("locked", "已锁定")
    if account.locked_until is not None:
        return run.text(
            f"locked until {on_the_wall(account.locked_until):%H:%M}",
            f"锁定至 {on_the_wall(account.locked_until):%H:%M}",
        )
    if account.must_change:
        return run.text("has its first password", "尚未修改首次密码")
    return run.text("open", "正常")


def _tell_password(run: Shell, name: str, password: str) -> None:
    run.say(
        f"first password of {name}: {password}   (shown once; it must be changed at the first sign-in)",
        f"{name} 的首次密码：{password}   （仅显示一次；首次登录须修改）",
    )
