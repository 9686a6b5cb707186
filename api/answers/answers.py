"""Answers as objects, one shape for points and one for addresses, and the one way they become JSON; an answer about a
point as a sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from geo.errors import Words
from geo.locate.homes import AddressAnswer, Home

if TYPE_CHECKING:
    from geo.locate.index import Answer

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_json(
    answer: Answer | AddressAnswer,
    *,
    lang: str,
    version: int,
    notes: Sequence[Words] = (),
    chain: dict[str, Any] | None = None,
) -> bytes:
    """`as_object` as UTF-8 JSON. What came in as half a character leaves as a question mark."""
    return _encode(as_object(answer, lang=lang, version=version, notes=notes, chain=chain)).encode(
        "utf-8", "replace"
    )


def as_object(
    answer: Answer | AddressAnswer,
    *,
    lang: str,
    version: int,
    notes: Sequence[Words] = (),
    chain: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The answer as plain values for JSON: what it names is an object each, or null. `version` is that of the index;
    `notes`, on how an address was read, go before its evidence; `chain` says whom the place finds
    (`api.answers.chain_answers`)."""
    if isinstance(answer, AddressAnswer):
        return _address_object(answer, lang, version, notes) | {"chain": chain}
    a = answer
    return {
        "status": a.status,
        "grid": grid_part(a),
        "micro_grid": None if a.micro_name is None else {"code": a.micro_code, "name": a.micro_name},
        "community": community_part(a),
        "complex": complex_part(a),
        "building": building_part(a),
        "plan": plan_part(a),
        "as_of": a.as_of.isoformat(),
        "confidence": a.confidence,
        "reason": a.reason.text(lang),
        "index_version": version,
        "chain": chain,
    }


def _address_object(a: AddressAnswer, lang: str, version: int, notes: Sequence[Words]) -> dict[str, Any]:
    home, place, covered = a.home, a.home or a.shared, a.grid
    return {
        "status": a.status,
        "level": a.level,
        "grid": None if covered is None else grid_part(covered),
        "micro_grid": None if a.micro is None else {"code": a.micro.code, "name": a.micro.name},
        "community": None if place is None else community_part(place),
        "complex": None if home is None else complex_part(home),
        "building": None if home is None else building_part(home),
        "unit": a.unit,
        "floor": a.floor,
        "room": a.room,
        "point": None if home is None else point_part(home),
        "plan": None if covered is None else plan_part(covered),
        "as_of": a.as_of.isoformat(),
        "confidence": round(a.confidence, 4),
        "reason": a.reason.text(lang),
        "evidence": [words.text(lang) for words in (*notes, *a.evidence)],
        "candidates": [candidate_part(candidate) for candidate in a.candidates],
        "candidate_count": a.candidate_count,
        "index_version": version,
    }


def candidate_part(home: Home) -> dict[str, Any]:
    """A building an address may mean, with what covers it."""
    return {
        "building": building_part(home),
        "complex": complex_part(home),
        "community": community_part(home),
        "grid": grid_part(home),
        "point": point_part(home),
    }


def point_part(home: Home) -> dict[str, float]:
    """A point inside the building, degrees, EPSG:4490."""
    return {"lon": round(home.lon, 7), "lat": round(home.lat, 7)}


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
    micro = "" if a.micro_name is None else f" · {a.micro_name} {a.micro_code or ''}".rstrip()
    unsure = a.confidence < 1
    return Words(
        f"{place_en} → {a.grid_name} {a.grid_code}{micro} (plan version {a.plan_version}, in force from {a.valid_from}{end_en})"
        + (f"; {a.reason.en}" if unsure else ""),
        f"{place_zh} → {a.grid_name} {a.grid_code}{micro}（方案第 {a.plan_version} 版，自 {a.valid_from} 起{end_zh}生效）"
        + (f"；{a.reason.zh}" if unsure else ""),
    ).text(lang)
