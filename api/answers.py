"""An answer to "which grid covers this point" as an object and as a sentence."""

from __future__ import annotations

import json
from typing import Any

from geo.errors import Words
from geo.locate.index import Answer

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_object(answer: Answer, *, lang: str, version: int) -> dict[str, Any]:
    """The answer as plain values for JSON: what it names is an object each, or null."""
    a = answer
    return {
        "status": a.status,
        "grid": None
        if a.grid_code is None
        else {"code": a.grid_code, "name": a.grid_name, "kind": a.grid_kind},
        "community": None
        if a.community_code is None
        else {"code": a.community_code, "name": a.community_name},
        "complex": None if a.complex_ref is None else {"ref": a.complex_ref, "name": a.complex_name},
        "building": None if a.building_ref is None else {"ref": a.building_ref, "name": a.building_name},
        "plan": None
        if a.plan_id is None
        else {
            "id": a.plan_id,
            "version": a.plan_version,
            "valid_from": a.valid_from and a.valid_from.isoformat(),
            "valid_to": a.valid_to and a.valid_to.isoformat(),
        },
        "as_of": a.as_of.isoformat(),
        "confidence": a.confidence,
        "reason": a.reason.text(lang),
        "index_version": version,
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
