"""An answer to "which grid covers this address" as a sentence."""

from __future__ import annotations

from geo.errors import Words
from geo.locate.homes import AddressAnswer


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
    micro = "" if a.micro is None else f" · {a.micro.name} {a.micro.code or ''}".rstrip()
    end_en = "" if home.valid_to is None else f" until {home.valid_to}"
    end_zh = "" if home.valid_to is None else f"至 {home.valid_to} 前"
    return Words(
        f"{where}{inner} → {home.grid_name} {home.grid_code}{micro} ({home.community_name}; {sure} sure; plan version "
        f"{home.plan_version}, in force from {home.valid_from}{end_en})",
        f"{where}{unit_zh}{room_zh} → {home.grid_name} {home.grid_code}{micro}（{home.community_name}；把握 {sure}；方案第 "
        f"{home.plan_version} 版，自 {home.valid_from} 起{end_zh}生效）",
    ).text(lang)
