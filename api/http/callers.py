"""Who sent a request, once it is known: a person with a session, a program with a token, the holder of the review token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from geo.errors import NotAllowedError
from layers.accounts.sessions import Session
from layers.accounts.tokens import Token
from layers.rights.rights import Right, viewer_for, within
from layers.rights.viewer import Viewer


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
    _viewers: dict[Right, Viewer] = field(default_factory=dict, repr=False)

    def viewer(self, right: Right) -> Viewer:
        """He as he uses `right`. Raises `NotAllowedError` for a right he lacks, or has nowhere here."""
        found = self._viewers.get(right)
        if found is None:
            whole = self.as_viewer(right)
            area = within(whole.area, self.served)
            if not area:
                raise NotAllowedError(
                    "this server does not serve your area; ask whoever keeps it",
                    "本服务不包含您的辖区；请联系管理员",
                )
            found = self._viewers[right] = replace(whole, area=area)
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
