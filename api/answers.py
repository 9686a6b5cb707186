"""An answer to "which grid covers this point" as an object and as a sentence."""

from __future__ import annotations

import json
from typing import Any

from geo.errors import Words
from geo.locate.addresses import Home
from geo.locate.index import Answer

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_object(answer: Answer, *, lang: str, version: int) -> dict[str, Any]:
    """The answer as plain values for JSON: what it names is an object each, or null."""
    a = answer
    return {
        "status": a.status,
        "grid": grid_part(a),
        "community": community_part(a),
        "complex": complex_part(a),
        "building": building_part(a),
        "plan": plan_part(a),
        "as_of": a.as_of.isoformat(),
        "confidence": a.confidence,
        "reason": a.reason.text(lang),
        "index_version": version,
    }


def grid_part(place: Answer | Home) -> dict[str, Any] | None:
    """The grid of an answer, or of a building an answer names."""
    if place.grid_code is None:
        return None
    return {"code": place.grid_code, "name": place.grid_name, "kind": place.grid_kind}


def community_part(place: Answer | Home) -> dict[str, Any] | None:
    """Its community."""
    return (
        None if place.community_code is None else {"code": place.community_code, "name": place.community_name}
    )


def complex_part(place: Answer | Home) -> dict[str, Any] | None:
    """Its complex."""
    return None if place.complex_ref is None else {"ref": place.complex_ref, "name": place.complex_name}


def building_part(place: Answer | Home) -> dict[str, Any] | None:
    """The building itself."""
    return None if place.building_ref is None else {"ref": place.building_ref, "name": place.building_name}


def plan_part(place: Answer | Home) -> dict[str, Any] | None:
    """The plan its grid is of, with its days."""
    if place.plan_id is None:
        return None
    return {
        "id": place.plan_id,
        "version": place.plan_version,
        "valid_from": place.valid_from and place.valid_from.isoformat(),
        "valid_to": place.valid_to and place.valid_to.isoformat(),
    }


def as_json(answer: Answer, *, lang: str, version: int) -> bytes:
    """`as_object` as UTF-8 JSON."""
    return _encode(as_object(answer, lang=lang, version=version)).encode()


def sentence(answer: Answer, *, lang: str) -> str:
    """The answer as one sentence for a person."""
    a = answer
    if a.status == "outside":
        return Words("Outside: no community covers this point.", "不在范围内：没有社区覆盖该点。").text(lang)
    if a.status == "unplanned":
        return Words(
            f"In {a.community_name} ({a.community_code}), which has no published grid here on {a.as_of}.",
            f"位于{a.community_name}（{a.community_code}），但 {a.as_of} 此处没有已发布的网格。",
        ).text(lang)
    place_en = ", ".join(part for part in (a.building_name, a.complex_name, a.community_name) if part)
    place_zh = "".join(part for part in (a.community_name, a.complex_name, a.building_name) if part)
    end_en = "" if a.valid_to is None else f" until {a.valid_to}"
    end_zh = "" if a.valid_to is None else f"至 {a.valid_to} 前"
    unsure = a.confidence < 1
    return Words(
        f"{place_en} → {a.grid_name} {a.grid_code} (plan version {a.plan_version}, in force from {a.valid_from}{end_en})"
        + (f"; {a.reason.en}" if unsure else ""),
        f"{place_zh} → {a.grid_name} {a.grid_code}（方案第 {a.plan_version} 版，自 {a.valid_from} 起{end_zh}生效）"
        + (f"；{a.reason.zh}" if unsure else ""),
    ).text(lang)
