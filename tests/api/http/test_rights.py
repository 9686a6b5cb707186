"""Every route for every caller: the status the table of routes says, and nothing of an area that is not his. Made from the
table, so that a route without a row, without a sample or with a forgotten guard is found here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.app import ROOMS
from api.http import slowing
from api.http.guarded import GuardedRoute, guarded
from api.http.needs import DOORS, Door, Open
from api.http.rights_page import rights_page
from layers.accounts.accounts import Keeper, add_account, lock_account
from layers.accounts.sessions import key_of
from layers.accounts.tokens import make_token
from layers.imports.imports import import_frame
from layers.jobs.queue import JobQueue
from layers.rights.rights import GRANTABLE, SCOPES, Grant, Right
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import sessions, users
from layers.store.database import Store
from tests.layers import households, town

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
OPER = Keeper("cli:test")
STREET = town.WEST[:9]
AREAS = {"west": town.WEST, "east": town.EAST, "street": STREET}
OF_WEST, OF_EAST = (town.WEST, "西社区", "桂苑"), (town.EAST, "东社区", "兰苑")
"""What a text says only of the one community."""
WRITES = {"origin": "http://test", "content-type": "application/json"}
NO_ID = "0" * 16
STRANGER, FIRST, PERSON, PROGRAM = "stranger", "first password", "person", "program"


@dataclass(frozen=True)
class Who:
    """A caller of the matrix."""

    kind: str
    headers: dict[str, str] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[Right] = frozenset()
    area: str = ""

    def expected(self, door: Door) -> int:
        """401, 403, or 200 for whatever the route answers to those who may."""
        if door.need is Open.EVERYBODY:
            return 200
        if self.kind == STRANGER:
            return 401
        if door.need is Open.OWN:
            return 403 if self.kind == PROGRAM else 200
        if self.kind == FIRST:
            return 403
        if door.need is Open.MEMBERS:
            return 200
        has = door.need in self.scopes or any(grant.gives(door.need) for grant in self.grants)
        return 200 if has else 403


@dataclass(frozen=True)
class Sample:
    """What is asked of a route: about the west, and about the east."""

    statuses: tuple[int, ...] = (200,)
    """What those may hear who may ask."""
    asked: tuple[str, ...] = ("",)
    """Queries, or paths where the route has a part to fill in."""
    body: bytes | None = None


POINTS = ("?lon=108.7005&lat=34.3305", "?lon=108.7055&lat=34.3305")
TEXTS = ("?address=桂苑3号楼", "?address=兰苑2号楼")
CSV = "id,address\nw,桂苑3号楼\ne,兰苑2号楼\n".encode()
SAMPLES: dict[str, Sample] = {
    "GET /": Sample((307,)),
    "GET /health": Sample(),
    "GET /ready": Sample(),
    "GET /metrics": Sample(),
    "GET /signin": Sample(),
    "GET /signin/provider": Sample((404,)),
    "GET /signin/back": Sample((404,)),
    "GET /web/{name}": Sample(asked=("/web/shell.js",)),
    "GET /api/session": Sample(),
    "POST /api/session": Sample((422,), body=b"{}"),
    "DELETE /api/session": Sample((204,)),
    "PUT /api/session/password": Sample((422,), body=b'{"old_password": "x", "new_password": "short"}'),
    "GET /account": Sample(),
    "GET /openapi.json": Sample(),
    "GET /lookup": Sample(),
    "GET /api/locate": Sample(asked=(*POINTS, *TEXTS)),
    "POST /api/locate": Sample(body='{"address": "兰苑2号楼"}'.encode()),
    "POST /api/locate/batch": Sample(body=CSV),
    "GET /api/suggest": Sample(asked=("?q=桂", "?q=兰")),
    "GET /api/chain": Sample(
        (200, 404), asked=tuple(f"?kind=community&ref={code}" for code in (town.WEST, town.EAST))
    ),
    "GET /api/find": Sample(asked=("?q=桂苑", "?q=兰苑一期")),
    "GET /api/changes": Sample(),
    "GET /map": Sample(),
    "GET /api/maps/grids.html": Sample(),
    "GET /api/layers/{layer}": Sample(
        asked=tuple(
            f"/api/layers/{layer}?bbox=108,34,109,35"
            for layer in ("communities", "complexes", "grids", "buildings")
        )
    ),
    "GET /api/stations": Sample(),
    "GET /api/stations.{form}": Sample(asked=("/api/stations.geojson", "/api/stations.xlsx")),
    "GET /reach": Sample(),
    "GET /api/maps/reach.html": Sample(),
    "GET /api/maps/reach.json": Sample(),
    "GET /api/maps/stations.html": Sample(),
    "GET /api/maps/all.html": Sample(),
    "GET /api/maps/members.html": Sample(),
    "GET /api/maps/match.html": Sample((200, 409)),  # in some areas nobody is listed
    "GET /api/workload": Sample(),
    "POST /api/maps/reach.json": Sample((409,), body=b"{}"),
    "GET /api/reach": Sample((409,)),  # no street here; tests/api/test_reach.py narrows it by area
    "POST /api/reach": Sample((409,), body=b"{}"),
    "GET /api/reach/compare": Sample((409,), asked=("?before=2026-01-01",)),
    "POST /api/site": Sample((409,), body=b"{}"),
    "GET /plans": Sample(),
    "GET /api/plans": Sample(),
    "GET /api/rules": Sample(),
    "POST /api/plans": Sample((404,), body=b'{"plan": 999}'),
    **{
        f"GET /api/plans/{{plan}}{part}": Sample(
            (200, 404), asked=tuple(f"/api/plans/{plan}{part}" for plan in (1, 2))
        )
        for part in ("", "/cells", "/grids", "/checks", "/compare", "/edits", "/way", "/walked")
    },
    "POST /api/plans/{plan}/edits": Sample(
        (428,),
        asked=("/api/plans/1/edits", "/api/plans/2/edits"),
        body=b'{"operation": "lock", "grids": ["x"]}',
    ),
    **{
        f"POST /api/plans/{{plan}}/{how}": Sample(
            (428,), asked=(f"/api/plans/1/{how}", f"/api/plans/2/{how}")
        )
        for how in ("undo", "redo")
    },
    **{
        f"POST /api/plans/{{plan}}/{deed}": Sample((428,), asked=(f"/api/plans/1/{deed}",), body=b"{}")
        for deed in ("submit", "recall", "approve", "return")
    },
    "POST /api/plans/{plan}/walked": Sample(
        (404,),
        asked=("/api/plans/999/walked",),
        body='{"grid": "x", "by": "王某", "on": "2026-11-22"}'.encode(),
    ),
    "POST /api/plans/{plan}/walked/end": Sample(
        (404,), asked=("/api/plans/999/walked/end",), body=b'{"grid": "x"}'
    ),
    "POST /api/plans/{plan}/preview": Sample(
        (428,), asked=("/api/plans/1/preview",), body=b'{"operation": "lock", "grids": ["x"]}'
    ),
    "POST /api/plans/{plan}/publish": Sample(
        (428,), asked=("/api/plans/1/publish",), body=b'{"valid_from": "2026-12-01"}'
    ),
    "POST /api/plans/{plan}/withdraw": Sample(
        (404,), asked=("/api/plans/999/withdraw",), body='{"reason": "误发"}'.encode()
    ),
    "PUT /api/plans/{plan}/exceptions": Sample(
        (428,),
        asked=("/api/plans/1/exceptions",),
        body=b'{"rule": "holes", "reason": "x", "approver": "y"}',
    ),
    "POST /api/plans/{plan}/exceptions/end": Sample(
        (428,), asked=("/api/plans/1/exceptions/end",), body=b'{"rule": "holes"}'
    ),
    "GET /api/plans/{plan}/notes": Sample((200, 404), asked=("/api/plans/1/notes", "/api/plans/2/notes")),
    "GET /api/plans/{plan}/notes.csv": Sample(
        (200, 404), asked=("/api/plans/1/notes.csv", "/api/plans/2/notes.csv")
    ),
    "POST /api/plans/{plan}/notes": Sample((404,), asked=("/api/plans/999/notes",), body=b'{"text": "x"}'),
    "PUT /api/plans/{plan}/notes/{number}": Sample(
        (404,), asked=("/api/plans/999/notes/1",), body=b'{"verdict": "noted"}'
    ),
    "POST /api/plans/{plan}/consultation": Sample(
        (404,),
        asked=("/api/plans/999/consultation",),
        body=b'{"first_day": "2026-11-23", "last_day": "2026-11-29", "how": "x", "exemption": "x"}',
    ),
    "POST /api/plans/{plan}/consultation/end": Sample(
        (404,), asked=("/api/plans/999/consultation/end",), body=b'{"reason": "x"}'
    ),
    "GET /api/plans/{plan}/notice.html": Sample(
        (404,), asked=("/api/plans/1/notice.html", "/api/plans/2/notice.html")
    ),  # what it shows while it runs: tests/api/test_plan_notes.py
    "GET /api/notices": Sample(),
    "PUT /api/plans/{plan}/step": Sample((428,), asked=("/api/plans/1/step",), body=b'{"step": 0}'),
    "GET /api/session/places": Sample(),
    "GET /admin": Sample(),
    "GET /api/accounts": Sample(),
    "POST /api/accounts": Sample((422,), body=b'{"name": "x", "grants": []}'),
    "PUT /api/accounts/{name}/grants": Sample(
        (403, 404), asked=("/api/accounts/nobody/grants",), body=b'{"grants": [{"role": "viewer"}]}'
    ),
    **{
        f"POST /api/accounts/{{name}}/{deed}": Sample((404,), asked=(f"/api/accounts/nobody/{deed}",))
        for deed in ("lock", "open", "reset")
    },
    "GET /api/tokens": Sample(),
    "POST /api/tokens": Sample((422,), body=b'{"name": "x", "rights": [], "area": []}'),
    "DELETE /api/tokens/{number}": Sample((404,), asked=("/api/tokens/999",)),
    "GET /api/settings": Sample(),
    "PUT /api/settings": Sample((200, 403), body=b"{}"),
    "GET /audit": Sample(),
    "GET /api/audit": Sample(),
    "GET /api/audit.csv": Sample(),
    "GET /api/audit/verdict": Sample(),
    "GET /data": Sample(),
    "GET /api/jobs": Sample(),
    "GET /api/jobs/all": Sample(),
    "GET /api/jobs/events": Sample(),
    "GET /api/jobs/{job}": Sample((404,), asked=(f"/api/jobs/{NO_ID}",)),
    "DELETE /api/jobs/{job}": Sample((404,), asked=(f"/api/jobs/{NO_ID}",)),
    "POST /api/jobs/{job}/resume": Sample((404,), asked=(f"/api/jobs/{NO_ID}/resume",)),
    "GET /api/jobs/{job}/file": Sample((404,), asked=(f"/api/jobs/{NO_ID}/file",)),
    **{
        f"POST /api/jobs/{kind}": Sample((404,), body=b'{"communities": ["000000000000"]}')
        for kind in ("cells", "partition", "sheets", "papers")
    },
    "POST /api/jobs/export": Sample((404,), body=b'{"layer": "grids", "communities": ["000000000000"]}'),
    "POST /api/jobs/snapshot": Sample((202, 403), body=b"{}"),
    "GET /api/snapshots": Sample((200, 403)),
    "GET /api/snapshots/{version}/{name}": Sample((403, 404), asked=("/api/snapshots/9/grids.gpkg",)),
    "POST /api/jobs/match": Sample((202,), body=b"{}"),
    "POST /api/jobs/walk": Sample((404,), body=b'{"plan": 999}'),
    "GET /api/imports": Sample(),
    "GET /api/imports/layers": Sample(),
    "POST /api/imports": Sample((422,), asked=("?name=a.exe",), body=b"{}"),
    "POST /api/jobs/sheets/files": Sample((422,), asked=("?name=a.exe",), body=b"{}"),
    "DELETE /api/imports/{upload}": Sample((404,), asked=(f"/api/imports/{NO_ID}",)),
    **{
        f"POST /api/imports/{{upload}}/{what}": Sample(
            (404,), asked=(f"/api/imports/{NO_ID}/{what}",), body=b'{"layer": "stations"}'
        )
        for what in ("look", "load")
    },
    "POST /api/imports/{upload}/residents": Sample(
        (404,), asked=(f"/api/imports/{NO_ID}/residents",), body=b"{}"
    ),
    "GET /api/imports/undo": Sample((404,), asked=("?layer=water",)),
    "POST /api/imports/undo": Sample((404,), body=b'{"layer": "water"}'),
    "GET /review": Sample(),
    "GET /api/review": Sample(),
    "GET /api/review/list.xlsx": Sample(),
    "GET /api/review/rates": Sample(asked=("?by=complex", "?by=community", "?by=grid")),
    "POST /api/review/{record}": Sample(
        (404,), asked=("/api/review/zz",), body=b'{"building": null, "revision": 0}'
    ),
    "POST /api/review/{record}/undo": Sample((404,), asked=("/api/review/zz/undo",), body=b'{"revision": 0}'),
    "PUT /api/review/names": Sample((404,), body='{"complex": "none", "name": "月亮湾"}'.encode()),
}
"""By route as the table has it."""


def asked_of(route: str) -> list[tuple[str, str]]:
    """The requests of a sample, as method and address."""
    method, path = route.split(" ")
    return [(method, one if one.startswith("/") else path + one) for one in SAMPLES[route].asked]


def test_every_route_has_a_row_and_a_sample_and_every_row_a_route() -> None:
    made = [route for room in ROOMS for route in room.router.routes]
    assert [route for route in made if not isinstance(route, GuardedRoute)] == []
    named = {
        f"{method} {route.path}" for route in made if isinstance(route, APIRoute) for method in route.methods
    }
    close = {"GET /api/locate", "POST /api/locate"}  # right behind the doorway, asks the same table
    assert named | close == set(DOORS) == set(SAMPLES)


def test_no_route_is_built_without_a_row() -> None:
    router = APIRouter(route_class=guarded())
    with pytest.raises(LookupError, match=r"needs\.py what GET /new"):
        router.add_api_route("/new", lambda: None)


def test_the_page_of_rights_is_made_from_the_tables() -> None:
    page = Path(__file__).parents[3] / "docs" / "rights.md"
    assert page.read_text("utf-8") == rights_page(), "run ./dev rights"


class Office:
    """A server over the town, and how to come in."""

    def __init__(self, client: Any, store: Store) -> None:
        self.client, self.store = client, store
        self._made = 0

    def person(self, *grants: Grant, kind: str = PERSON, area: str = "") -> Who:
        """Somebody who is signed in and has changed his first password, unless he is to be without one of these."""
        self._made += 1
        name = f"p{self._made}"
        add_account(self.store, OPER, name, grants, now=NOW)
        began = NOW - timedelta(hours=1 if kind == STRANGER else 0)
        token = f"session-of-{name}"
        with self.store.writing(OPERATOR, actor="test", now=NOW) as unit:
            if kind != FIRST:
                unit.execute(users.update().where(users.c.name == name).values(must_change=False))
            (row,) = unit.execute(users.select().where(users.c.name == name)).all()
            held = {
                "user_id": row.id,
                "made_at": began,
                "seen_at": began,
                "ends_at": NOW + timedelta(hours=9),
            }
            unit.execute(sessions.insert().values(hash=key_of(token), **held))
        if kind == "locked":
            lock_account(self.store, OPER, name, locked=True, now=NOW)
            kind = STRANGER
        return Who(kind, {"cookie": f"wangge={token}"}, grants, area=area)

    def program(self, *scopes: Right, area: str = "") -> Who:
        """A program with a token."""
        token = make_token(self.store, OPER, "program", scopes, [area], days=9, now=NOW)
        return Who(PROGRAM, {"authorization": f"Bearer {token}"}, scopes=frozenset(scopes), area=area)

    def ask(self, who: Who, route: str, address: str, method: str) -> httpx.Response:
        """One request of the matrix."""
        body = SAMPLES[route].body
        headers = dict(who.headers)
        if method != "GET":
            headers |= WRITES | ({"content-type": "text/csv"} if body == CSV else {})
        call = {"GET": self.client.get, "POST": self.client.post, "PUT": self.client.put}.get(
            method, self.client.delete
        )
        answer: httpx.Response = call(address, headers=headers, **({} if body is None else {"content": body}))
        return answer


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    lasting_store: Callable[..., Store],
    run_app: Callable[..., Any],
    town_of: Any,
) -> Iterator[Office]:
    store = lasting_store(request, tmp_path_factory, "office")
    households.settle(store)
    households.move_in(store)
    households.match(store)
    queue = JobQueue(store, town_of(store).settings().home)
    queue.prepare()
    queue.close()
    stations = gpd.GeoDataFrame(
        {
            "ref": ["s1", "s2"],
            "name": ["西社区党群服务中心", "东社区党群服务中心"],
            "kind": ["party_service"] * 2,
        },
        geometry=gpd.points_from_xy([108.7005, 108.7055], [34.3305, 34.3305]),
        crs=4490,
    )
    import_frame(store, OPERATOR, "stations", stations, source="test", actor="test", now=NOW)
    add_account(store, OPER, "keeper", [Grant(Role.ADMIN, "")], now=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slowing, "FIRST_WAIT_S", 0.0)
        with run_app(town_of(store).app()) as client:
            yield Office(client, store)
    store.close()


def text_of(answer: httpx.Response) -> str:
    """What an answer says, inside a workbook too."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def go_through(office: Office, who: Who) -> dict[str, str]:
    """Ask every route and hold it against the table; what those who may were told, by route."""
    told: dict[str, str] = {}
    for route in sorted(DOORS, key=lambda route: route == "DELETE /api/session"):  # signing out comes last
        door, sample = DOORS[route], SAMPLES[route]
        for method, address in asked_of(route):
            answer = office.ask(who, route, address, method)
            expected = who.expected(door)
            led = answer.headers.get("location", "").partition("?")[0] if answer.status_code == 303 else None
            if expected == 200:
                assert answer.status_code in sample.statuses, (route, who, answer.text)
                told[route] = told.get(route, "") + text_of(answer)
            elif door.page and (expected == 401 or who.kind == FIRST):
                assert led == ("/signin" if expected == 401 else "/account"), (route, who)
            else:
                assert answer.status_code == expected, (route, who, answer.text)
                assert not any(word in text_of(answer) for word in OF_WEST + OF_EAST), (route, who)
    return told


DETAIL = {
    Role.STEWARD: (OfPeople.FULL, Purpose.MAINTENANCE),
    **dict.fromkeys((Role.PLANNER, Role.APPROVER), (OfPeople.BUILDING, Purpose.PLANNING)),
    **dict.fromkeys((Role.ADMIN, Role.AUDITOR, Role.LEADER, Role.VIEWER), (OfPeople.COUNTS, Purpose.DISPLAY)),
}
HOLDING = {
    "GET /api/locate",
    "POST /api/locate/batch",
    "GET /api/suggest",
    "GET /api/find",
    "GET /api/maps/grids.html",
    "GET /api/maps/reach.html",
    "GET /api/maps/reach.json",
    "GET /api/layers/{layer}",
    "GET /api/stations",
    "GET /api/stations.{form}",
    "GET /api/review/rates",
    "GET /api/plans",
}
"""Routes that tell of the west when asked there, and of the east."""
ECHOED = {"POST /api/locate", "POST /api/locate/batch", "GET /api/locate"}
"""Say again what an address was taken for, in words of who asked."""


@pytest.mark.parametrize("where", AREAS)
@pytest.mark.parametrize("role", GRANTABLE)
def test_every_route_for_every_role_inside_outside_and_above(office: Office, role: Role, where: str) -> None:
    area = AREAS[where]
    who = office.person(Grant(role, area, *DETAIL[role]), area=area)
    told = go_through(office, who)
    for route, text in told.items():
        if not isinstance(DOORS[route].need, Right):
            continue
        for place, words in ((town.WEST, OF_WEST), (town.EAST, OF_EAST)):
            own = place.startswith(area)
            known = [word for word in words if word in text]
            if route in HOLDING and own:
                assert known, (route, place)
            if not own:
                allowed = {words[2]} if route in ECHOED else set()
                assert set(known) <= allowed, (route, place)


@pytest.mark.parametrize("where", AREAS)
def test_every_route_for_a_steward_who_sees_households_masked(office: Office, where: str) -> None:
    """What the table says, and nowhere what an address says beyond the names of places."""
    who = office.person(
        Grant(Role.STEWARD, AREAS[where], OfPeople.MASKED, Purpose.MAINTENANCE), area=AREAS[where]
    )
    told = go_through(office, who)
    households_told = [route for route in told if DOORS[route].need is Right.HOUSEHOLDS]
    assert {"GET /api/review", "GET /api/review/list.xlsx"} <= set(households_told)
    assert not [route for route in told if DOORS[route].need is Right.REVIEW]
    for route in households_told:
        assert "月亮湾" not in told[route], route
        assert "兰苑2号楼" not in told[route], route  # as it was written; the register has 兰苑一期2号楼
        assert where == "west" or "兰苑一期" in told["GET /api/review"]


@pytest.mark.parametrize("scope", SCOPES)
def test_every_route_for_a_program(office: Office, scope: Right) -> None:
    go_through(office, office.program(scope, area=town.WEST))


def test_every_route_for_who_is_not_known(office: Office) -> None:
    grant = Grant(Role.STEWARD, "", OfPeople.FULL, Purpose.MAINTENANCE)
    for who in (
        Who(STRANGER),
        Who(STRANGER, {"cookie": "wangge=guess"}),
        Who(STRANGER, {"authorization": "Bearer wgt_guess"}),
        office.person(grant, kind=STRANGER),  # his session is over
        office.person(grant, kind="locked"),
    ):
        told = go_through(office, who) if "authorization" not in who.headers else {}
        assert not any(word in text for text in told.values() for word in OF_WEST + OF_EAST)


def test_a_wrong_token_opens_nothing(office: Office) -> None:
    who = Who(STRANGER, {"authorization": "Bearer wgt_guess"})
    for route, door in DOORS.items():
        if door.need is not Open.EVERYBODY:
            (method, address), *_ = asked_of(route)
            assert office.ask(who, route, address, method).status_code in (401, 303), route


def test_every_route_with_the_first_password(office: Office) -> None:
    grant = Grant(Role.STEWARD, "", OfPeople.FULL, Purpose.MAINTENANCE)
    go_through(office, office.person(grant, kind=FIRST))


def test_a_steward_who_may_see_counts_only_reviews_nothing(office: Office) -> None:
    go_through(office, office.person(Grant(Role.STEWARD, ""), area=""))


def test_bodies_of_those_who_may_not_are_not_read(office: Office) -> None:
    """However much is sent: the answer comes before it is asked for."""
    leader = office.person(Grant(Role.LEADER, ""))
    for route, door in DOORS.items():
        method, _ = route.split(" ")
        if method not in ("POST", "PUT") or door.need is Open.EVERYBODY:
            continue
        for who in (Who(STRANGER), leader):
            if who.expected(door) == 200:
                continue
            (_, address), *_ = asked_of(route)
            call = office.client.post if method == "POST" else office.client.put
            answer = call(address, headers=who.headers | WRITES, content=b"\x00" * 3_000_000)
            assert answer.status_code == who.expected(door), route


def test_a_server_that_serves_one_street_gives_nobody_more(
    store: Store, run_app: Callable[..., Any], town_of: Any
) -> None:
    households.settle(store)
    made = Office(None, store)
    everywhere, east = made.person(Grant(Role.LEADER, "")), made.person(Grant(Role.LEADER, town.EAST))
    with run_app(town_of(store).app(area=(town.WEST,))) as client:
        asked = {"url": "/api/locate" + POINTS[1], "headers": everywhere.headers}
        assert client.get(**asked).json()["status"] == "outside"
        refused = client.get("/api/locate?lang=en" + POINTS[0].replace("?", "&"), headers=east.headers)
        assert refused.status_code == 403
        assert "does not serve your area" in refused.json()["detail"]
