"""`docs/rights.md`, made from the tables the guard works by; `./dev rights` writes it, a test compares the two."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from api.http.needs import DOORS, Door, Open
from layers.rights.rights import GRANTABLE, NEEDS, RIGHTS_OF, SCOPES, Right
from layers.rights.viewer import OfPeople

_INTRODUCTION = """\
# Who may see what

Made from the code by `./dev rights`: change `api/http/needs.py` (routes) or `layers/rights/rights.py` (roles), not this page.

An account holds grants. Each names a role, an area (everywhere, or the code of a district, street or community), how much of
a person may be seen, and for households what for. A request is answered inside the areas of those grants that give the right
of its route, and inside what the server serves at all (`WANGGE_AREA`); what lies elsewhere is answered as if it were not
there. Tokens of programs name their rights and areas one by one. `WANGGE_PUBLIC` names what strangers may do: `lookup`,
`display`, both or nothing. Before the first account is made nothing is open, but in a trial on the machine itself (`wangge serve
--trial`): `lookup`, `display`, `figures`, and `households` and `review` for the holder of `WANGGE_REVIEW_TOKEN`.
"""
_OPEN = {
    Open.EVERYBODY: "everybody",
    Open.MEMBERS: "signed in, or a token",
    Open.OWN: "signed in, the first password too",
}
_REFUSED = """\
Who is not signed in is refused with 401, who lacks the right with 403, both before anything of the body is read; a person who
opens a page is led to `/signin`, or told so in a page. Whoever still has the password he was given is led to `/account` and may
change it, nothing else. Writes with a session must come from a page of this server (`Origin`), else 403.
"""


def rights_page() -> str:
    """The page as Markdown."""
    parts = [
        _INTRODUCTION,
        "## Rights\n",
        _rights(),
        "## Roles\n",
        _roles(),
        "## Routes\n",
        _routes(),
        _REFUSED,
    ]
    return "\n".join(parts)


def _rights() -> str:
    rows = [
        (f"`{right.value}`", purpose.value, of_people.value, "yes" if right in SCOPES else "no")
        for right, (purpose, of_people) in NEEDS.items()
    ]
    return _table(("right", "read for", "least of a person a grant must let see", "tokens"), rows)


def _roles() -> str:
    rows = []
    for role in GRANTABLE:
        held = RIGHTS_OF[role]
        marks = (_mark(right) if right in held else "" for right in Right)
        rows.append((role.value, *marks))
    return _table(("role", *(right.value for right in Right)), rows) + (
        "\n¹ where the grant lets see `full` for `maintenance`.\n² where it lets see `masked` or `full` for `maintenance`: "
        "masked, an address is its building, unit and floor (`3号楼2单元5**`), without key, kinds of members or a way to search "
        "or decide; in full only in the areas of grants that say so.\n"
    )


def _mark(right: Right) -> str:
    return {OfPeople.FULL: "yes ¹", OfPeople.MASKED: "yes ²"}.get(NEEDS[right][1], "yes")


def _routes() -> str:
    rows = [(f"`{route}`", _need(door), door.gives.en) for route, door in DOORS.items()]
    return _table(("route", "needs", "gives"), rows)


def _need(door: Door) -> str:
    return f"`{door.need.value}`" if isinstance(door.need, Right) else _OPEN[door.need]


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rights_page())
