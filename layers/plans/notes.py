"""What is said of a plan: comments of colleagues and remarks of the public, about all of it, a grid, a spot or a line drawn
on the map, and what was made of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import geopandas as gpd
import sqlalchemy as sa
from shapely.geometry import LineString, Point

from geo.errors import ConflictError, InputError, NotFoundError, Words
from geo.texts import require_sound
from layers.plans.consulting import consultations_of
from layers.plans.days import china_day
from layers.plans.plans import read_grids, read_plans
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.procedure_tables import plan_notes
from layers.store.unit import Reading

Verdict = Literal["adopted", "declined", "noted"]
Via = Literal["counter", "phone", "letter", "online", "meeting"]
VERDICTS: dict[str, Words] = {
    "adopted": Words("adopted", "采纳"),
    "declined": Words("not adopted", "不采纳"),
    "noted": Words("dealt with", "已处理"),
}
"""What was made of a note, in words."""
VIAS: dict[str, Words] = {
    "counter": Words("at the counter", "窗口"),
    "phone": Words("by phone", "电话"),
    "letter": Words("by letter", "信函"),
    "online": Words("online", "网络"),
    "meeting": Words("at a meeting", "座谈"),
}
"""How a remark of the public reached the office, in words."""
LONGEST_NOTE = 2000
MOST_POINTS = 500
"""Of a drawn line."""
_OF_SOMEBODY = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?![\dXx])")
"""Numbers of mobile phones and identity cards."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something said of a plan."""

    text: str
    grid: str | None = None
    """Code or name of the grid it is about; None for the plan as a whole."""
    mark: tuple[tuple[float, float], ...] = ()
    """Where it is: one point (longitude, latitude in degrees, EPSG:4490), the points of a drawn line, or nothing."""
    via: Via | None = None
    """How a remark of the public came in; None for a comment of a colleague."""
    said_on: date | None = None
    """The day it was said; today where it is not told."""


def add_note(store: Store, viewer: Viewer, plan_id: int, note: Note, *, actor: str, now: datetime) -> int:
    """Keep what was said of a plan; the note's number. Who said a remark of the public is not kept.

    Raises `InputError` for a text that is empty, too long or holds a number that belongs to somebody, and for a mark that is
    none; `ConflictError` for a remark of a day on which the plan was not shown to the public; `NotFoundError` for a grid the plan
    does not have, or a plan the viewer does not see.
    """
    text, day = _sound_text(note.text), note.said_on or china_day(now)
    if day > china_day(now):
        raise InputError(f"{day} is still to come", f"{day} 尚未到来")
    geometry = _geometry(note.mark)
    with store.writing(viewer, actor=actor, now=now) as unit:
        (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
        values = {
            "plan_id": plan_id,
            "consultation_id": None if note.via is None else _heard_in(unit, plan_id, day),
            "grid_code": None if note.grid is None else _code(unit, plan_id, note.grid),
            "text": text,
            "via": note.via,
            "said_on": day,
            "actor": actor,
            "at": now,
            "geometry": geometry,
        }
        made = int(unit.execute(plan_notes.insert().values(values).returning(plan_notes.c.id)).scalar_one())
        detail = {"note": made, "grid": values["grid_code"], "via": note.via}
        unit.record(action="note", community_code=plan.community_code, plan_id=plan_id, detail=detail)
    return made


def answer_note(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    number: int,
    verdict: Verdict,
    answer: str | None = None,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Say what was made of a note; another answer takes the place of the one before, and the history tells of both.

    Raises `InputError` for a remark of the public that is not adopted without a word why; `NotFoundError`.
    """
    said = None if answer is None or not answer.strip() else _sound_text(answer)
    with store.writing(viewer, actor=actor, now=now) as unit:
        (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
        one = sa.and_(plan_notes.c.plan_id == plan_id, plan_notes.c.id == number)
        row = unit.execute(sa.select(plan_notes.c.consultation_id).where(one)).one_or_none()
        if row is None:
            raise NotFoundError(
                f"plan {plan_id} has no note {number}", f"方案 {plan_id} 没有 {number} 号意见"
            )
        if verdict == "declined" and row.consultation_id is not None and said is None:
            raise InputError(
                "say why the remark is not adopted; the answer is what people are told",
                "不采纳公示意见须说明理由，答复内容将告知公众",
            )
        unit.execute(
            plan_notes.update()
            .where(one)
            .values(verdict=verdict, answer=said, answered_by=actor, answered_at=now)
        )
        detail = {"note": number, "verdict": verdict, "answer": said}
        unit.record(
            action="note answered", community_code=plan.community_code, plan_id=plan_id, detail=detail
        )


def read_notes(unit: Reading, plan_id: int) -> gpd.GeoDataFrame:
    """What was said of a plan, one row a note in the order it was kept: id, consultation_id, grid_code, text, via, said_on,
    actor, at, verdict, answer, answered_by, answered_at, geometry (a point, a line or none; EPSG:4490). Raises `NotFoundError`."""
    read_plans(unit, plan_ids=[plan_id])
    return unit.frame(sa.select(plan_notes).where(plan_notes.c.plan_id == plan_id).order_by(plan_notes.c.id))


def _sound_text(text: str) -> str:
    said = text.strip()
    require_sound([said], what=Words("note", "意见"))
    if not 1 <= len(said) <= LONGEST_NOTE:
        raise InputError(
            f"write something, in at most {LONGEST_NOTE} characters", f"请填写内容，不超过 {LONGEST_NOTE} 字"
        )
    if _OF_SOMEBODY.search(said):
        raise InputError(
            "the text holds a number of a phone or an identity card; leave out who said it, it is not kept here",
            "内容中含手机号或身份证号；此处不保存提意见人的信息，请删去",
        )
    return said


def _geometry(mark: tuple[tuple[float, float], ...]) -> Point | LineString | None:
    if not mark:
        return None
    if len(mark) > MOST_POINTS or not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in mark):
        raise InputError(
            f"a mark is a point or a line of at most {MOST_POINTS} points, in degrees (longitude, latitude)",
            f"标注为一个点，或不超过 {MOST_POINTS} 个点的线，坐标为经度、纬度（度）",
        )
    points = [(round(lon, 9), round(lat, 9)) for lon, lat in mark]
    return Point(points[0]) if len(set(points)) == 1 else LineString(points)


def _code(unit: Reading, plan_id: int, grid: str) -> str:
    grids = read_grids(unit, plan_ids=[plan_id])
    found = grids.loc[(grids["code"] == grid) | (grids["name"] == grid), "code"]
    if found.empty:
        raise NotFoundError(
            f"plan {plan_id} has no grid {grid}; wangge plan show lists them",
            f"方案 {plan_id} 没有网格 {grid}；用 wangge plan show 查看",
        )
    return str(found.iloc[0])


def _heard_in(unit: Reading, plan_id: int, day: date) -> int:
    """The consultation a remark of a day belongs to."""
    found: list[Any] = [
        one.id for one in consultations_of(unit, [plan_id]) if one.first_day <= day <= one.last_day
    ]
    if not found:
        raise ConflictError(
            f"plan {plan_id} was not shown to the public on {day}; a remark is kept with the day it was said",
            f"方案 {plan_id} 在 {day} 没有公示；请按意见提出的日期登记",
        )
    return int(found[-1])
