"""Who sent a request, once it is known: a person with a session, a program with a token, the holder of the review token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from geo.errors import NotAllowedError
from layers.accounts.sessions import Session
from layers.accounts.tokens import Token
from layers.rights.rights import Right, viewer_for, within
from layers.rights.viewer import Viewer

_OF_ACCOUNTS = frozenset({Right.ACCOUNTS, Right.AUDIT, Right.METRICS})
"""Rights that no choice of an area narrows."""
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is known, and what he may see of what this server serves."""

    actor: str
    """Who acts, for the history and the audit."""
    served: tuple[str, ...]
    """Code prefixes the server is set to serve: nobody sees more."""
    as_viewer: Callable[[Right], Viewer]
    """Raises `NotAllowedError` for a right he lacks."""
    session: Session | None = None
    """Of a person."""
    token: Token | None = None
    """Of a program."""
    _viewers: dict[tuple[Right, str], Viewer] = field(default_factory=dict, repr=False)

    def viewer(self, right: Right, *, chosen: str = "") -> Viewer:
        """He as he uses `right`, within the area he has `chosen` to look at, where he has it. Raises `NotAllowedError` for a
        right he lacks, or has nowhere here."""
        found = self._viewers.get((right, chosen))
        if found is None:
            whole = self.as_viewer(right)
            area = within(whole.area, self.served)
            if not area:
                raise NotAllowedError(
                    "this server does not serve your area; ask whoever keeps it",
                    "本服务不包含您的辖区；请联系管理员",
                )
            if chosen and right not in _OF_ACCOUNTS:
                area = within((chosen,), area) or area
            if len(self._viewers) > _MOST_KEPT:
                self._viewers.clear()
            found = self._viewers[right, chosen] = replace(whole, area=area)
        return found

    def may(self, right: Right) -> bool:
        """Whether he has `right` somewhere."""
        try:
            self.viewer(right)
        except NotAllowedError:
            return False
        return True


def person(session: Session, served: tuple[str, ...]) -> Caller:
    """Somebody who is signed in."""
    return Caller(
        f"http:{session.name}",
        served,
        lambda right: viewer_for(session.grants, right),
        session=session,
    )


def program(token: Token, served: tuple[str, ...]) -> Caller:
    """A program with a token."""
    return Caller(f"token:{token.name}", served, token.viewer, token=token)
