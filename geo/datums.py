"""The datums of coordinates in degrees by all the names people give them. Loads nothing: commands name them in their help."""

from __future__ import annotations

from typing import Literal

Datum = Literal["EPSG:4490", "EPSG:4326", "gcj02", "bd09"]
"""CGCS2000 and WGS-84 (taken as equal: centimetres), Amap's and Tencent's GCJ-02, Baidu's BD-09."""
_NAMES: dict[str, Datum] = {
    **dict.fromkeys(("epsg4490", "4490", "cgcs2000", "2000", "国家2000", "天地图"), "EPSG:4490"),
    **dict.fromkeys(("epsg4326", "4326", "wgs84", "wgs1984", "crs84", "ogccrs84"), "EPSG:4326"),
    **dict.fromkeys(("gcj02", "gcj", "火星", "火星坐标", "火星坐标系", "高德", "腾讯"), "gcj02"),
    **dict.fromkeys(("bd09", "bd09ll", "百度", "百度坐标", "百度坐标系"), "bd09"),
}


def datum_of(text: str) -> Datum | None:
    """The datum that is meant, however it is written; None where it is none of these.

    >>> datum_of("GCJ-02"), datum_of("epsg:4326"), datum_of("CGCS2000"), datum_of("EPSG:4547")
    ('gcj02', 'EPSG:4326', 'EPSG:4490', None)
    """
    return _NAMES.get("".join(sign for sign in text.lower() if sign.isalnum()))
