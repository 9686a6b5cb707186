"""What may be changed while the server runs, and by whom it was: kept in the store, so that every process follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from geo.errors import InputError, NotAllowedError, Words
from geo.texts import require_sound
from layers.accounts.accounts import KEEPER, Keeper
from layers.rights.rights import Right, viewer_for
from layers.store.account_tables import choices
from layers.store.database import Store
from layers.store.unit import Reading

LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES = 5, 120
LONGEST_NOTICE = 200
PUBLIC = (Right.LOOKUP.value, Right.DISPLAY.value)
"""What strangers may be given: rights that tell of no person."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen; None where nobody chose, and the settings of the server hold."""

    public: tuple[str, ...] | None = None
    """What strangers may do: some of `PUBLIC`."""
    idle_minutes: int = 30
    """A session ends so many minutes after its last use."""
    notice: str = ""
    """One line at the top of every page for whoever is signed in."""

    @property
    def idle(self) -> timedelta:
        """The same as a span."""
        return timedelta(minutes=self.idle_minutes)


_UNCHOSEN = Choices()


def read_choices(unit: Reading) -> Choices:
    """What holds now."""
    said = {row.name: row.value for row in unit.execute(sa.select(choices))}
    public = said.get("public")
    return Choices(
        public=None if public is None else tuple(public),
        idle_minutes=int(said.get("idle_minutes", _UNCHOSEN.idle_minutes)),
        notice=str(said.get("notice", "")),
    )


def find_choices(store: Store) -> Choices:
    """What holds now."""
    with store.reading(KEEPER) as unit:
        return read_choices(unit)


def choose(store: Store, keeper: Keeper, changed: Mapping[str, Any], *, now: datetime) -> Choices:
    """Choose anew what `changed` names (fields of `Choices`); audited. Raises `InputError` for what cannot be chosen,
    `NotAllowedError` for a keeper of a part: it holds for everybody."""
    if keeper.grants is not None and viewer_for(keeper.grants, Right.ACCOUNTS).area != ("",):
        raise NotAllowedError(
            "settings hold for everybody; only who keeps accounts everywhere changes them",
            "设置对所有人生效；仅管理全部辖区账号的人员可以修改",
        )
    with store.writing(KEEPER, actor=keeper.actor, now=now) as unit:
        chosen = replace(read_choices(unit), **changed)
        _require_sound(chosen)
        for name, value in asdict(chosen).items():
            if name in changed:
                unit.execute(choices.delete().where(choices.c.name == name))
                if value is not None:
                    kept = list(value) if isinstance(value, tuple) else value
                    unit.execute(choices.insert().values(name=name, value=kept, at=now, actor=keeper.actor))
        unit.raise_state("accounts")
        unit.record(action="settings", detail={name: changed[name] for name in sorted(changed)})
    return chosen


def _require_sound(chosen: Choices) -> None:
    if chosen.public is not None and not set(chosen.public) <= set(PUBLIC):
        listed = ", ".join(PUBLIC)
        raise InputError(f"strangers may be given {listed}", f"可对外开放的只有：{listed}")
    if not LEAST_IDLE_MINUTES <= chosen.idle_minutes <= MOST_IDLE_MINUTES:
        raise InputError(
            f"idle minutes: {LEAST_IDLE_MINUTES} to {MOST_IDLE_MINUTES}",
            f"空闲时限为 {LEAST_IDLE_MINUTES}–{MOST_IDLE_MINUTES} 分钟",
        )
    require_sound(chosen.notice, what=Words("the notice", "公告"))
    if len(chosen.notice) > LONGEST_NOTICE:
        raise InputError(
            f"a notice has {LONGEST_NOTICE} characters at most", f"公告不超过 {LONGEST_NOTICE} 个字符"
        )
