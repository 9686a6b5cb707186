"""What `api.routes.locate` takes and answers, as the OpenAPI document says it: by hand, because no framework reads it."""

from __future__ import annotations

from typing import Any

from api.answers.questions import MOST_ADDRESS_CHARACTERS
from api.http.question import DATUMS, LANGS
from api.http.schemas import Located, LocatedAddress, errors

PATH = "/api/locate"
_FIELDS: dict[str, tuple[str, dict[str, Any], Any]] = {
    "address": (
        "An address, instead of lon and lat",
        {"type": "string", "minLength": 1, "maxLength": MOST_ADDRESS_CHARACTERS},
        "芙蓉小区3号楼2单元501室",
    ),
    "lon": ("Degrees", {"type": "number", "minimum": -180, "maximum": 180}, 108.7),
    "lat": ("Degrees", {"type": "number", "minimum": -90, "maximum": 90}, 34.33),
    "crs": (
        "Datum of the coordinates; vendors' datums are taken back to CGCS2000",
        {"type": "string", "enum": list(DATUMS), "default": "EPSG:4490"},
        "EPSG:4490",
    ),
    "as_of": (
        "The day asked about; today in China when not given",
        {"type": "string", "format": "date"},
        "2026-11-22",
    ),
    "lang": (
        "Language of texts; else Accept-Language decides",
        {"type": "string", "enum": list(LANGS)},
        "zh",
    ),
}
_ANSWERS = {
    200: {
        "description": "The answer, also where nothing was found: see its status",
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": f"#/components/schemas/{name}"} for name in ("Located", "LocatedAddress")
                    ]
                }
            }
        },
    }
}
_ABOUT = """\
Give lon and lat, or address. A point on a shared edge goes to the grid with the smallest code, and `reason` says so. An \
address that fits several buildings gets candidates, never a guess; if one grid covers them all, `grid` is it."""


def describe(document: dict[str, Any]) -> None:
    """Put the route into an OpenAPI document, with the schemas of its answers."""
    schemas = document["components"]["schemas"]
    for model in (Located, LocatedAddress):
        made = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= made.pop("$defs", {})
        schemas[model.__name__] = made
    query = [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": said,
            "schema": schema,
            "example": example,
        }
        for name, (said, schema, example) in _FIELDS.items()
    ]
    members = {name: schema | {"description": said} for name, (said, schema, _) in _FIELDS.items()}
    summary = "Which grid covers a point or an address"
    document["paths"][PATH] = {
        "get": {
            "tags": ["locate"],
            "summary": summary,
            "description": _ABOUT,
            "operationId": "locate",
            "parameters": query,
            "responses": _texts(_ANSWERS | errors(422, 500, 503)),
        },
        "post": {
            "tags": ["locate"],
            "summary": f"{summary}, asked in the body",
            "description": f"The same question as a JSON object, for those whose proxies keep queries. {_ABOUT}",
            "operationId": "locate_post",
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "properties": members, "additionalProperties": False},
                        "example": {"address": "芙蓉小区3号楼2单元501室"},
                    }
                },
            },
            "responses": _texts(_ANSWERS | errors(400, 408, 413, 415, 422, 500, 503)),
        },
    }


def _texts(responses: dict[Any, Any]) -> dict[str, Any]:
    return {str(status): said for status, said in responses.items()}
