"""The one table of what every route gives away and so needs of who asks: the guard, the OpenAPI document, `docs/rights.md`
and the test of every route and role are made from it. A route without a row cannot be built."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from geo.errors import Words
from layers.rights.rights import Right


class Open(Enum):
    """Needs that are no right: what the routes behind them give away tells of no place and nobody else."""

    EVERYBODY = "everybody"
    """Strangers too, always."""
    MEMBERS = "members"
    """Whoever is signed in, whatever he was granted, and every token."""
    OWN = "own"
    """Whoever is signed in, also before he has changed the password he was given; no token."""


Need = Right | Open


class Door(NamedTuple):
    """One route."""

    need: Need
    gives: Words
    page: bool = False
    """Opened by people in a browser: who may not is shown to the sign-in page or told so in a page."""
    asks_itself: bool = False
    """A page without data that asks for the review token while there are no accounts."""


DOORS: dict[str, Door] = {
    "GET /": Door(Open.EVERYBODY, Words("the way to the first page one may open", "转到可打开的首页")),
    "GET /health": Door(Open.EVERYBODY, Words("whether the process lives", "进程是否存活")),
    "GET /ready": Door(Open.EVERYBODY, Words("whether it can answer", "是否可以作答")),
    "GET /signin": Door(Open.EVERYBODY, Words("the page to sign in", "登录页")),
    "GET /web/{name}": Door(Open.EVERYBODY, Words("scripts and styles of the pages", "网页脚本与样式")),
    "GET /api/session": Door(Open.EVERYBODY, Words("who one is and what one may open", "当前账号与可用功能")),
    "POST /api/session": Door(Open.EVERYBODY, Words("a session for a password", "登录")),
    "DELETE /api/session": Door(Open.OWN, Words("the end of one's session", "退出登录")),
    "PUT /api/session/password": Door(Open.OWN, Words("a new password of one's own", "修改本人密码")),
    "GET /account": Door(Open.OWN, Words("the page of one's own account", "本人账号页"), page=True),
    "GET /openapi.json": Door(Open.MEMBERS, Words("the description of this interface", "接口说明")),
    "GET /lookup": Door(Right.LOOKUP, Words("the page 查询, without data", "查询页（不含数据）"), page=True),
    "GET /api/locate": Door(Right.LOOKUP, Words("the grid of a point or address", "点或地址所属网格")),
    "POST /api/locate": Door(Right.LOOKUP, Words("the same, asked in the body", "同上，以请求内容提问")),
    "POST /api/locate/batch": Door(Right.LOOKUP, Words("the same for a file", "批量查询")),
    "GET /api/suggest": Door(Right.LOOKUP, Words("names of complexes and buildings", "小区与楼栋名称提示")),
    "GET /map": Door(Right.DISPLAY, Words("the page 地图, without data", "地图页（不含数据）"), page=True),
    "GET /api/maps/grids.html": Door(
        Right.DISPLAY, Words("the map of grids in force", "现行网格图"), page=True
    ),
    "GET /api/layers/{layer}": Door(Right.DISPLAY, Words("outlines around a place", "某处周围的轮廓")),
    "GET /api/stations": Door(Right.DISPLAY, Words("stations as a list", "站点列表")),
    "GET /api/stations.{form}": Door(Right.DISPLAY, Words("stations as a file", "站点文件")),
    "GET /reach": Door(Right.FIGURES, Words("the page 覆盖, without data", "覆盖页（不含数据）"), page=True),
    "GET /api/maps/reach.html": Door(
        Right.FIGURES, Words("the map of stations and who walks to them", "站点与步行可达图"), page=True
    ),
    "GET /api/maps/reach.json": Door(Right.FIGURES, Words("the same map as data", "同上，数据")),
    "POST /api/maps/reach.json": Door(
        Right.FIGURES, Words("what changes tried out change in it", "试算后的图面变化")
    ),
    "GET /api/reach": Door(Right.FIGURES, Words("who walks to a station", "步行可达")),
    "POST /api/reach": Door(Right.FIGURES, Words("the same with changes tried out", "步行可达试算")),
    "POST /api/site": Door(Right.FIGURES, Words("places for new stations", "站点选址")),
    "GET /plans": Door(Right.PLANS, Words("the page 规划, without data", "规划页（不含数据）"), page=True),
    "GET /api/plans": Door(Right.PLANS, Words("plans as a list", "方案列表")),
    "POST /api/plans": Door(Right.EDIT, Words("a draft copied from a plan", "复制方案为草稿")),
    "GET /api/plans/{plan}": Door(Right.PLANS, Words("a plan with its grids", "方案及其网格")),
    "GET /api/plans/{plan}/cells": Door(Right.PLANS, Words("the cells of a plan", "方案的基元")),
    "GET /api/plans/{plan}/grids": Door(Right.PLANS, Words("the grids of a plan as drawn", "方案的网格轮廓")),
    "GET /api/plans/{plan}/checks": Door(Right.PLANS, Words("what is wrong with a plan", "方案检查结果")),
    "GET /api/plans/{plan}/edits": Door(Right.PLANS, Words("who edited what", "编辑记录")),
    "POST /api/plans/{plan}/edits": Door(Right.EDIT, Words("an edit of a draft", "编辑草稿")),
    "POST /api/plans/{plan}/undo": Door(Right.EDIT, Words("an edit taken back", "撤销编辑")),
    "POST /api/plans/{plan}/redo": Door(Right.EDIT, Words("an edit done again", "重做编辑")),
    "GET /api/plans/{plan}/way": Door(
        Right.PLANS, Words("who submitted, approved, sent back", "提交与审批记录")
    ),
    "POST /api/plans/{plan}/submit": Door(Right.EDIT, Words("a draft submitted", "提交草稿")),
    "POST /api/plans/{plan}/recall": Door(
        Right.EDIT, Words("a submitted plan taken back", "收回已提交的方案")
    ),
    "POST /api/plans/{plan}/approve": Door(Right.APPROVE, Words("a plan approved", "批准方案")),
    "POST /api/plans/{plan}/return": Door(Right.APPROVE, Words("a plan sent back", "退回方案")),
    "PUT /api/plans/{plan}/step": Door(Right.EDIT, Words("any step of the record", "回到任意一步")),
    "GET /review": Door(
        Right.REVIEW, Words("the page 数据, without data", "数据页（不含数据）"), page=True, asks_itself=True
    ),
    "GET /api/review": Door(Right.REVIEW, Words("addresses in doubt", "待核对地址")),
    "GET /api/review/list.xlsx": Door(Right.REVIEW, Words("the same as a workbook", "待核对表")),
    "GET /api/review/rates": Door(
        Right.REVIEW,
        Words("match rates; one kind of place beside another would give small counts away", "人房关联率"),
    ),
    "POST /api/review/{record}": Door(Right.REVIEW, Words("a decision about an address", "核对地址")),
    "POST /api/review/{record}/undo": Door(Right.REVIEW, Words("a decision taken back", "撤销核对")),
    "PUT /api/review/names": Door(Right.REVIEW, Words("another name of a complex", "登记小区别名")),
}
"""By method and path as the router has it."""


def door(method: str, path: str) -> Door:
    """The row of a route. Raises `LookupError` for one nobody declared."""
    found = DOORS.get(f"{method} {path}")
    if found is None:
        raise LookupError(f"say in api/http/needs.py what {method} {path} gives away and what it needs")
    return found
