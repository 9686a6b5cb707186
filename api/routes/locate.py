"""Which grid covers a point or an address: one ASGI application right behind the doorway, for every way of asking.

Written for the server, not for the framework, because routing and reading of parameters would cost several times the
look-up itself; `api.routes.locate_described` says to OpenAPI what it takes and answers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from api.answers.answers import as_json
from api.answers.chain_answers import chain_object
from api.answers.found import found_object
from api.answers.questions import MOST_ADDRESS_CHARACTERS
from api.answers.suggestions import suggestions
from api.clock import today
from api.http.bodies import BODY, Body
from api.http.deps import AskedDay, AskedLang, Asking, Doors, InDoors
from api.http.find_schemas import FoundOut, Suggested
from api.http.guarded import guarded
from api.http.identity import VIEWER
from api.http.needs import door
from api.http.problems import RefusedError, lang_from
from api.http.queries import READ_AS_GBK, parameters
from api.http.question import Question, just_a_point, read_question
from api.http.schemas import errors
from api.routes.locate_described import PATH
from geo.datums import Datum, datum_of
from geo.errors import InputError, Words
from geo.locate.addresses import AddressLookup
from geo.locate.homes import AddressAnswer
from geo.locate.index import Answer
from geo.texts import require_sound
from layers.rights.rights import Right

_DOORS = {method: door(method, PATH) for method in ("GET", "POST")}
_JSON = [(b"content-type", b"application/json")]
_WAS_GBK = (
    Words(
        "the query was percent-encoded in GBK and read as such; send UTF-8",
        "请求参数为 GBK 编码，已按 GBK 识别；请改用 UTF-8",
    ),
)
_BODY = Words("the body", "请求内容")

Crs = Annotated[
    Datum,
    BeforeValidator(lambda said: datum_of(str(said)) or said),
    Query(description="Datum of the coordinates; vendors' datums are taken back to CGCS2000"),
]

Community = Annotated[
    str | None,
    Query(pattern=r"^\d{12}$", description="The community at hand; its places come first"),
]

router = APIRouter(prefix="/api", tags=["locate"], route_class=guarded())


async def locate(scope: Scope, _receive: Receive, send: Send) -> None:
    """The ASGI application; the body of a POST is read through the doorway's `Body`. Raises what the doorway turns into problems."""
    held = cast(Doors, scope["app"].state.doors)
    way_in = _DOORS.get(scope["method"])
    if way_in is None:
        raise HTTPException(405, headers={"Allow": "GET, HEAD, POST"})
    viewer = scope[VIEWER] = await held.identity.viewer(scope, way_in)
    asked = await _asked(held, scope)
    lookup = await held.published.addresses(viewer.area)
    body = await _answered(held, scope, lookup, asked, _WAS_GBK if READ_AS_GBK in scope else ())
    headers = [(b"content-length", b"%d" % len(body)), *_JSON]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _asked(held: Doors, scope: Scope) -> Question:
    accepted, lang, day = _accepted(scope), held.settings.lang, today(held.clock)
    posted = scope["method"] == "POST"
    if not posted and (point := just_a_point(scope["query_string"])) is not None:
        return Question(None, *point, day, lang_from(accepted, lang))
    given: list[tuple[str, Any]] = parameters(scope["query_string"])
    if posted:
        given += await _from_body(scope)
    return read_question(given, today=day, accepted=accepted, lang=lang)


async def _answered(
    held: Doors, scope: Scope, lookup: AddressLookup, asked: Question, notes: Sequence[Words]
) -> bytes:
    directory, version = held.published.directory, lookup.index.version
    duty = None if directory.empty else await held.identity.also(scope, Right.POSTS)
    found: Answer | AddressAnswer
    if asked.address is None:
        found, notes = lookup.index.locate(asked.lon, asked.lat, as_of=asked.as_of), ()
        if duty is None:
            return held.published.told(found, asked.lang, version)
    else:
        found = lookup.locate(asked.address, as_of=asked.as_of)
    chain = chain_object(directory, found, lang=asked.lang, duty=duty, keys=held.store.keys)
    return as_json(found, lang=asked.lang, version=version, notes=notes, chain=chain)


def _accepted(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"accept-language":
            return str(value, "latin-1")
    return ""


async def _from_body(scope: Scope) -> list[tuple[str, Any]]:
    """The members of the JSON object a POST brings."""
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    if kind.split(b";")[0].strip().lower() != b"application/json":
        raise RefusedError(
            415,
            Words("send a JSON object as application/json", "请以 application/json 发送一个 JSON 对象"),
        )
    sent = await cast(Body, scope[BODY]).whole()
    try:
        said = json.loads(sent, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        raise RefusedError(400, Words("the body is not JSON", "请求内容不是 JSON")) from None
    if not isinstance(said, _Pairs) or any(isinstance(value, list) for _, value in said):
        raise InputError(
            "the body must be a JSON object of plain values", "请求内容应为一个 JSON 对象，各成员为简单值"
        )
    require_sound([part for pair in said for part in pair], what=_BODY)
    return [(name, value) for name, value in said if value is not None]


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it was written, so that a member given twice is seen."""


@router.get("/suggest", responses=errors(422, 500, 503))
async def suggest(
    held: InDoors,
    viewer: Asking,
    _lang: AskedLang,
    q: Annotated[
        str, Query(min_length=1, max_length=MOST_ADDRESS_CHARACTERS, description="What was typed so far")
    ],
    limit: Annotated[int, Query(ge=1, le=20, description="Most suggestions")] = 8,
    here: Community = None,
) -> Suggested:
    """Grids, communities, complexes, buildings, stations, institutions and roads whose name, pinyin or initials go on from
    what was typed, best first. Never persons or their homes."""
    lookup = await held.published.addresses(viewer.area)
    return Suggested.of(suggestions(lookup, q, as_of=today(held.clock), here=here or "", limit=limit))


@router.get("/find", responses=errors(422, 500, 503))
async def find(
    held: InDoors,
    viewer: Asking,
    lang: AskedLang,
    as_of: AskedDay,
    q: Annotated[str, Query(min_length=1, max_length=MOST_ADDRESS_CHARACTERS, description="Any text")],
    here: Community = None,
) -> FoundOut:
    """What a text means that is no whole address: a grid, community, station, institution, road, complex, coordinates in any
    order and form, or how far an address goes. The best answer that can be given."""
    lookup = await held.published.addresses(viewer.area)
    return FoundOut.model_validate(found_object(lookup.find(q, as_of=as_of, here=here or ""), lang=lang))
