"""Whether somebody who asked for long work may still have it done: what he was granted may have been taken away meanwhile."""

from __future__ import annotations

from geo.errors import NotAllowedError
from layers.accounts.accounts import KEEPER, find_user, grants_of
from layers.rights.rights import Right, viewer_for
from layers.rights.viewer import Viewer
from layers.store.database import Store

PERSON = "http:"
"""What the name of an account has before it where the history says who acted."""
TRIAL = "http:token"


def require_still(store: Store, actor: str, right: Right, viewer: Viewer) -> None:
    """Raise `NotAllowedError` unless the account that asked is there, not locked, and holds `right` in all of the area of
    `viewer`, as whom the work is done. Work of programs and of the machine itself is not asked about."""
    if not actor.startswith(PERSON) or actor == TRIAL:
        return
    with store.reading(KEEPER) as unit:
        user = find_user(unit, actor.removeprefix(PERSON))
        held = () if user is None or user.locked else grants_of(unit, user.id)
    area = viewer_for(held, right).area
    if not all(any(part.startswith(mine) for mine in area) for part in viewer.area):
        raise NotAllowedError(
            "whoever asked for this may see less now than it was asked for",
            "申请人现在的权限小于申请时的范围",
        )
