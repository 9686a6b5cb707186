"""What is said of a plan as doors show it: notes in their order, and the consultation about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import shapely

from api.answers.spreadsheet import csv_text
from geo.errors import Words
from layers.ground.regions import read_communities
from layers.plans.consulting import Consultation, newest, shown_on
from layers.plans.notes import VERDICTS, VIAS, read_notes
from layers.plans.plans import read_grids, read_plans
from layers.rights.viewer import Viewer
from layers.store.database import Store

Record = dict[str, Any]
_HEADS = (
    Words("number", "序号"),
    Words("day", "日期"),
    Words("came in", "途径"),
    Words("grid", "网格"),
    Words("text", "内容"),
    Words("verdict", "处理结果"),
    Words("answer", "答复"),
    Words("longitude", "经度"),
    Words("latitude", "纬度"),
)


def tell_notes(store: Store, viewer: Viewer, plan_id: int, today: date) -> Record:
    """The notes of a plan and its newest consultation. Raises `NotFoundError`."""
    with store.reading(viewer) as unit:
        notes, found = read_notes(unit, plan_id), newest(unit, plan_id)
    return {
        "plan": plan_id,
        "notes": [_note(row) for row in notes.itertuples(index=False)],
        "consultation": None if found is None else _consultation(found, today),
    }


def list_shown(store: Store, viewer: Viewer, today: date) -> list[Record]:
    """The plans shown to the public on a day in the viewer's area, the one that ends first before the others."""
    with store.reading(viewer) as unit:
        shown = shown_on(unit, today)
        plans = read_plans(unit, plan_ids=[one.plan_id for one in shown])
        codes = dict(zip(plans["id"].astype(int), plans["community_code"], strict=True))
        areas = read_communities(unit, codes=sorted(set(codes.values())))
    names = dict(zip(areas["code"], areas["name"], strict=True))
    return [
        {
            "plan": one.plan_id,
            "community": names.get(codes[one.plan_id]) or codes[one.plan_id],
            "first_day": one.first_day.isoformat(),
            "last_day": one.last_day.isoformat(),
        }
        for one in shown
    ]


def notes_csv(store: Store, viewer: Viewer, plan_id: int, lang: str) -> str:
    """The notes of a plan as a table for the file of the procedure. Raises `NotFoundError`."""
    rows = notes_rows(store, viewer, plan_id, lang)
    return csv_text([[head.text(lang) for head in _HEADS], *rows])


def notes_rows(store: Store, viewer: Viewer, plan_id: int, lang: str) -> list[Sequence[Any]]:
    """The same as rows: number, day, how it came in, grid, text, verdict, answer, longitude, latitude."""
    with store.reading(viewer) as unit:
        notes = read_notes(unit, plan_id)
        grids = read_grids(unit, plan_ids=[plan_id])
    names = dict(zip(grids["code"], grids["name"], strict=True))
    internal = Words("office", "内部").text(lang)
    rows: list[Sequence[Any]] = []
    for row in notes.itertuples(index=False):
        spot = (None, None) if row.geometry is None else row.geometry.coords[0]
        rows.append(
            (
                row.id,
                row.said_on.isoformat(),
                internal if pd.isna(row.via) else VIAS[row.via].text(lang),
                None if pd.isna(row.grid_code) else names.get(row.grid_code, row.grid_code),
                row.text,
                None if pd.isna(row.verdict) else VERDICTS[row.verdict].text(lang),
                None if pd.isna(row.answer) else row.answer,
                *spot,
            )
        )
    return rows


def _note(row: Any) -> Record:
    plain = {
        name: None if pd.isna(value := getattr(row, name)) else value
        for name in ("grid_code", "text", "via", "actor", "verdict", "answer", "answered_by")
    }
    return {
        "number": int(row.id),
        **plain,
        "said_on": row.said_on.isoformat(),
        "at": row.at.isoformat(),
        "answered_at": None if pd.isna(row.answered_at) else row.answered_at.isoformat(),
        "public": not pd.isna(row.consultation_id),
        "mark": [] if row.geometry is None else shapely.get_coordinates(row.geometry).tolist(),
    }


def _consultation(one: Consultation, today: date) -> Record:
    return {
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "how": one.how,
        "approval": one.approval,
        "exemption": one.exemption,
        "state": _state(one, today),
    }


def _state(one: Consultation, today: date) -> str:
    if one.ended:
        return "ended"
    if today < one.first_day:
        return "coming"
    return "open" if today <= one.last_day else "over"
