"""Layers as QGIS draws them: the styles a GeoPackage carries, in the colours of `maps.look.style`."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from maps.look.style import BUILDING, COMMUNITY, COMPLEX, FILLS, INK, OUTLINES, ROAD_CASING, WATER

_HEAD = '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">\n<qgis version="3.22" styleCategories="Symbology|Labeling">'


def qml(layer: str) -> str:
    """The style of a layer (grids, cells, districts, streets, communities, complexes, buildings, roads, water, stations) as QGIS reads it. Raises `LookupError` for
    another.

    >>> qml("grids").count("<category ")
    8
    """
    if layer == "grids":
        return _grids()
    symbols = {
        "communities": (_fill(None, COMMUNITY["line"], 0.7, dash="dash dot"), "name"),
        "districts": (_fill(None, COMMUNITY["line"], 1.2, dash="dash dot"), "name"),
        "streets": (_fill(None, COMMUNITY["line"], 1.0, dash="dash dot"), "name"),
        "complexes": (_fill(None, COMPLEX["line"], 0.2), None),
        "cells": (_fill(None, COMPLEX["line"], 0.1, dash="dot"), None),
        "stations": (_marker(INK, 2.4), "name"),
        "buildings": (_fill(BUILDING["fill"], BUILDING["line"], 0.1), None),
        "water": (_fill(WATER["fill"], WATER["line"], 0.1), None),
        "roads": (_line(ROAD_CASING, 0.4), None),
    }
    symbol, label = symbols[layer]
    return (
        f'{_HEAD}<renderer-v2 type="singleSymbol"><symbols>{symbol.format(name=0)}</symbols></renderer-v2>'
        f"{_labels(label)}</qgis>"
    )


def _grids() -> str:
    """One category a colour; neighbours never share one."""
    symbols = "".join(
        _fill(fill, line, 0.35).format(name=number)
        for number, (fill, line) in enumerate(zip(FILLS, OUTLINES, strict=True))
    )
    categories = "".join(
        f'<category value="{number}" label="{number}" symbol="{number}" render="true"/>'
        for number in range(len(FILLS))
    )
    return (
        f'{_HEAD}<renderer-v2 type="categorizedSymbol" attr="colour"><categories>{categories}</categories>'
        f"<symbols>{symbols}</symbols></renderer-v2>{_labels('name')}</qgis>"
    )


def _fill(fill: str | None, line: str, width_mm: float, *, dash: str = "solid") -> str:
    options = {
        "color": _rgba(fill or "#ffffff"),
        "style": "solid" if fill else "no",
        "outline_color": _rgba(line),
        "outline_style": dash,
        "outline_width": str(width_mm),
        "outline_width_unit": "MM",
    }
    return f'<symbol type="fill" name="{{name}}" alpha="1"><layer class="SimpleFill" enabled="1">{_map(options)}</layer></symbol>'


def _marker(fill: str, size_mm: float) -> str:
    options = {"name": "triangle", "color": _rgba(fill), "size": str(size_mm), "size_unit": "MM"}
    return (
        '<symbol type="marker" name="{name}" alpha="1">'
        f'<layer class="SimpleMarker" enabled="1">{_map(options)}</layer></symbol>'
    )


def _line(colour: str, width_mm: float) -> str:
    options = {"line_color": _rgba(colour), "line_width": str(width_mm), "line_width_unit": "MM"}
    return f'<symbol type="line" name="{{name}}" alpha="1"><layer class="SimpleLine" enabled="1">{_map(options)}</layer></symbol>'


def _map(options: dict[str, str]) -> str:
    rows = "".join(
        f'<Option type="QString" name="{key}" value={quoteattr(value)}/>' for key, value in options.items()
    )
    return f'<Option type="Map">{rows}</Option>'


def _labels(column: str | None) -> str:
    if column is None:
        return '<labeling type="none"/>'
    return (
        f'<labeling type="simple"><settings><text-style fieldName="{column}" fontFamily="Noto Sans CJK SC" fontSize="9" '
        f'textColor="{_rgba(INK)}"><text-buffer bufferDraw="1" bufferSize="0.8" bufferColor="255,255,255,255"/></text-style>'
        '<placement placement="1"/></settings></labeling>'
    )


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"
