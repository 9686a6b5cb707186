"""An answer to "which grid covers this address" as an object and as a sentence."""

from __future__ import annotations

import json
from typing import Any

from api.answers import building_part, community_part, complex_part, grid_part, plan_part
from geo.errors import Words
from geo.locate.addresses import AddressAnswer, Home

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_object(answer: AddressAnswer, *, lang: str, version: int) -> dict[str, Any]:
    """The answer as plain values for JSON: what it names is an object each, or null."""
    a = answer
    home, place = a.home, a.home or a.shared
    covered = a.grid
    return {
        "status": a.status,
        "level": a.level,
        "grid": None if covered is None else grid_part(covered),
        "community": None if place is None else community_part(place),
        "complex": None if home is None else complex_part(home),
        "building": None if home is None else building_part(home),
        "unit": a.unit,
        "floor": a.floor,
        "room": a.room,
        "point": None if home is None else {"lon": round(home.lon, 7), "lat": round(home.lat, 7)},
        "plan": None if covered is None else plan_part(covered),
        "as_of": a.as_of.isoformat(),
        "confidence": round(a.confidence, 4),
        "reason": a.reason.text(lang),
        "evidence": [words.text(lang) for words in a.evidence],
        "candidates": [_candidate(candidate) for candidate in a.candidates],
        "candidate_count": a.candidate_count,
        "index_version": version,
    }


def as_json(answer: AddressAnswer, *, lang: str, version: int) -> bytes:
    """`as_object` as UTF-8 JSON. What came in as half a character leaves as a question mark."""
    return _encode(as_object(answer, lang=lang, version=version)).encode("utf-8", "replace")


def _candidate(home: Home) -> dict[str, Any]:
    return {
        "building": building_part(home),
        "complex": complex_part(home),
        "community": community_part(home),
        "grid": grid_part(home),
        "point": {"lon": round(home.lon, 7), "lat": round(home.lat, 7)},
    }


def sentence(answer: AddressAnswer, *, lang: str) -> str:
    """The answer as one sentence for a person, in the look of "芙蓉小区3号楼2单元501室 → 第七网格 610402005003007"."""
    a = answer
    if a.status == "none":
        return Words(f"Not found: {a.reason.en}.", f"未找到：{a.reason.zh}。").text(lang)
    if a.status == "ambiguous":
        names = [f"{c.complex_name or ''}{c.building_name or ''}" for c in a.candidates[:5]]
        grid = a.grid
        goes = "" if grid is None else f" → {grid.grid_name} {grid.grid_code}"
        return Words(
            f"{a.candidate_count} buildings fit: {', '.join(names)}{goes}; {a.reason.en}",
            f"有 {a.candidate_count} 栋楼符合：{'、'.join(names)}{goes}；{a.reason.zh}",
        ).text(lang)
    home = a.home
    assert home is not None  # noqa: S101  every other status names one building
    where = f"{home.complex_name or ''}{home.building_name or home.building_ref}"
    unit_zh = f"{a.unit}单元" if a.unit else ""
    room_zh = f"{a.room}室" if a.room else ""
    inner = "".join(f", {word} {value}" for word, value in (("unit", a.unit), ("room", a.room)) if value)
    if home.grid_code is None:
        return Words(f"{where}{inner}: {a.reason.en}.", f"{where}{unit_zh}{room_zh}：{a.reason.zh}。").text(
            lang
        )
    sure = f"{a.confidence:.0%}"
    end_en = "" if home.valid_to is None else f" until {home.valid_to}"
    end_zh = "" if home.valid_to is None else f"至 {home.valid_to} 前"
    return Words(
        f"{where}{inner} → {home.grid_name} {home.grid_code} ({home.community_name}; {sure} sure; plan version "
        f"{home.plan_version}, in force from {home.valid_from}{end_en})",
        f"{where}{unit_zh}{room_zh} → {home.grid_name} {home.grid_code}（{home.community_name}；把握 {sure}；方案第 "
        f"{home.plan_version} 版，自 {home.valid_from} 起{end_zh}生效）",
    ).text(lang)
