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
    counts: float = 1.0
    """How much of a caller's pace a request takes."""


LIGHT = 0.005
"""What a look-up of one place counts: it takes a tenth of a millisecond, a map or a figure some ten to thirty."""

DOORS: dict[str, Door] = {
    "GET /": Door(Open.EVERYBODY, Words("the way to the first page one may open", "转到可打开的首页")),
    "GET /health": Door(Open.EVERYBODY, Words("whether the process lives", "进程是否存活")),
    "GET /ready": Door(Open.EVERYBODY, Words("whether it can answer", "是否可以作答")),
    "GET /metrics": Door(Right.METRICS, Words("figures of the server for monitoring", "运行监控指标")),
    "GET /signin": Door(Open.EVERYBODY, Words("the page to sign in", "登录页")),
    "GET /signin/provider": Door(
        Open.EVERYBODY, Words("the way to the organisation's own sign-in", "转到单位统一登录")
    ),
    "GET /signin/back": Door(
        Open.EVERYBODY, Words("a session for what the provider signed", "由单位统一登录返回")
    ),
    "GET /web/{name}": Door(Open.EVERYBODY, Words("scripts and styles of the pages", "网页脚本与样式")),
    "GET /api/session": Door(Open.EVERYBODY, Words("who one is and what one may open", "当前账号与可用功能")),
    "POST /api/session": Door(Open.EVERYBODY, Words("a session for a password", "登录")),
    "DELETE /api/session": Door(Open.OWN, Words("the end of one's session", "退出登录")),
    "PUT /api/session/password": Door(Open.OWN, Words("a new password of one's own", "修改本人密码")),
    "GET /api/session/places": Door(Open.OWN, Words("places of one's own area", "本人辖区的地名")),
    "GET /account": Door(Open.OWN, Words("the page of one's own account", "本人账号页"), page=True),
    "GET /openapi.json": Door(Open.MEMBERS, Words("the description of this interface", "接口说明")),
    "GET /lookup": Door(Right.LOOKUP, Words("the page 查询, without data", "查询页（不含数据）"), page=True),
    "GET /api/locate": Door(
        Right.LOOKUP, Words("the grid of a point or address", "点或地址所属网格"), counts=LIGHT
    ),
    "POST /api/locate": Door(
        Right.LOOKUP, Words("the same, asked in the body", "同上，以请求内容提问"), counts=LIGHT
    ),
    "POST /api/locate/batch": Door(Right.LOOKUP, Words("the same for a file", "批量查询")),
    "GET /api/chain": Door(
        Right.POSTS, Words("organisations and who holds which post", "组织体系与岗位人员")
    ),
    "GET /api/suggest": Door(Right.LOOKUP, Words("names of places", "地点名称提示")),
    "GET /api/find": Door(
        Right.LOOKUP, Words("what a name means: grid, community, station …", "按名称查找网格、社区、站点等")
    ),
    "GET /api/changes": Door(
        Right.LOOKUP, Words("which grids appeared, changed, ended", "网格的新设、调整与撤销")
    ),
    "GET /map": Door(Right.DISPLAY, Words("the page 地图, without data", "地图页（不含数据）"), page=True),
    "GET /api/maps/grids.html": Door(
        Right.DISPLAY, Words("the map of grids in force", "现行网格图"), page=True
    ),
    "GET /api/layers/{layer}": Door(Right.DISPLAY, Words("outlines around a place", "某处周围的轮廓")),
    "GET /api/stations": Door(Right.DISPLAY, Words("stations as a list", "站点列表")),
    "GET /api/stations.{form}": Door(Right.DISPLAY, Words("stations as a file", "站点文件")),
    "GET /reach": Door(Right.FIGURES, Words("the page 覆盖, without data", "覆盖页（不含数据）"), page=True),
    "GET /api/maps/stations.html": Door(Right.DISPLAY, Words("the map of stations", "站点图"), page=True),
    "GET /api/maps/all.html": Door(
        Right.FIGURES, Words("grids, stations and who walks to them in one map", "网格与覆盖总图"), page=True
    ),
    "GET /api/maps/members.html": Door(
        Right.REVIEW, Words("the map of member households", "党员户分布图"), page=True
    ),
    "GET /api/maps/match.html": Door(
        Right.HOUSEHOLDS, Words("the map of match rates", "人房关联率图"), page=True
    ),
    "GET /api/workload": Door(Right.FIGURES, Words("appeals, repairs, visits by place", "工作量统计")),
    "GET /api/maps/reach.html": Door(
        Right.FIGURES, Words("the map of stations and who walks to them", "站点与步行可达图"), page=True
    ),
    "GET /api/maps/reach.json": Door(Right.FIGURES, Words("the same map as data", "同上，数据")),
    "POST /api/maps/reach.json": Door(
        Right.FIGURES, Words("what changes tried out change in it", "试算后的图面变化")
    ),
    "GET /api/reach": Door(Right.FIGURES, Words("who walks to a station", "步行可达")),
    "GET /api/reach/compare": Door(Right.FIGURES, Words("the same on two days", "两个日期的步行可达对照")),
    "POST /api/reach": Door(Right.FIGURES, Words("the same with changes tried out", "步行可达试算")),
    "POST /api/site": Door(Right.FIGURES, Words("places for new stations", "站点选址")),
    "GET /plans": Door(Right.PLANS, Words("the page 规划, without data", "规划页（不含数据）"), page=True),
    "GET /api/plans": Door(Right.PLANS, Words("plans as a list", "方案列表")),
    "GET /api/rules": Door(Right.PLANS, Words("rules that plans may be drawn under", "可选的划分规则")),
    "POST /api/plans": Door(
        Right.EDIT, Words("a new draft: a copy, a template, drawn", "新建草稿：复制、模板或自动划分")
    ),
    "GET /api/plans/{plan}": Door(Right.PLANS, Words("a plan with its grids", "方案及其网格")),
    "GET /api/plans/{plan}/cells": Door(Right.PLANS, Words("the cells of a plan", "方案的基元")),
    "GET /api/plans/{plan}/grids": Door(Right.PLANS, Words("the grids of a plan as drawn", "方案的网格轮廓")),
    "GET /api/plans/{plan}/checks": Door(Right.PLANS, Words("what is wrong with a plan", "方案检查结果")),
    "GET /api/plans/{plan}/compare": Door(Right.PLANS, Words("what differs from another plan", "方案比较")),
    "GET /api/plans/{plan}/edits": Door(Right.PLANS, Words("who edited what", "编辑记录")),
    "POST /api/plans/{plan}/edits": Door(Right.EDIT, Words("an edit of a draft", "编辑草稿")),
    "POST /api/plans/{plan}/undo": Door(Right.EDIT, Words("an edit taken back", "撤销编辑")),
    "POST /api/plans/{plan}/redo": Door(Right.EDIT, Words("an edit done again", "重做编辑")),
    "POST /api/plans/{plan}/preview": Door(
        Right.EDIT, Words("an edit looked at before it is done", "编辑预览")
    ),
    "GET /api/plans/{plan}/way": Door(
        Right.PLANS, Words("who submitted, approved, sent back", "提交与审批记录")
    ),
    "GET /api/plans/{plan}/walked": Door(
        Right.PLANS, Words("which stretches of outlines were walked, and by whom", "现场踏勘记录")
    ),
    "POST /api/plans/{plan}/walked": Door(Right.EDIT, Words("stretches walked on site", "录入现场踏勘")),
    "POST /api/plans/{plan}/walked/end": Door(
        Right.EDIT, Words("what was typed of a walk taken back", "删除踏勘记录")
    ),
    "POST /api/plans/{plan}/submit": Door(Right.EDIT, Words("a draft submitted", "提交草稿")),
    "POST /api/plans/{plan}/recall": Door(
        Right.EDIT, Words("a submitted plan taken back", "收回已提交的方案")
    ),
    "POST /api/plans/{plan}/approve": Door(Right.APPROVE, Words("a plan approved", "批准方案")),
    "POST /api/plans/{plan}/return": Door(Right.APPROVE, Words("a plan sent back", "退回方案")),
    "POST /api/plans/{plan}/publish": Door(Right.APPROVE, Words("an approved plan in force", "发布方案")),
    "POST /api/plans/{plan}/withdraw": Door(
        Right.APPROVE, Words("a publication taken back before it begins", "撤回尚未生效的发布")
    ),
    "PUT /api/plans/{plan}/exceptions": Door(
        Right.EDIT, Words("a finding let stand, with reason and approver", "登记检查例外")
    ),
    "POST /api/plans/{plan}/exceptions/end": Door(
        Right.EDIT, Words("an exception taken back", "取消检查例外")
    ),
    "GET /api/plans/{plan}/notes": Door(Right.PLANS, Words("what was said of a plan", "方案批注与公示意见")),
    "GET /api/plans/{plan}/notes.csv": Door(Right.PLANS, Words("the same as a file", "同上，文件")),
    "POST /api/plans/{plan}/notes": Door(
        Right.PLANS, Words("a comment, or a remark of the public", "登记批注或公示意见")
    ),
    "PUT /api/plans/{plan}/notes/{number}": Door(Right.PLANS, Words("what was made of it", "答复意见")),
    "POST /api/plans/{plan}/consultation": Door(
        Right.APPROVE, Words("a plan shown to the public for some days", "方案公示")
    ),
    "POST /api/plans/{plan}/consultation/end": Door(Right.APPROVE, Words("no longer shown", "提前结束公示")),
    "GET /api/plans/{plan}/notice.html": Door(
        Right.DISPLAY,
        Words("the page of a plan shown to the public, without people", "公示页（不含人口数据）"),
        page=True,
    ),
    "GET /api/notices": Door(Right.DISPLAY, Words("plans shown to the public today", "公示中的方案")),
    "PUT /api/plans/{plan}/step": Door(Right.EDIT, Words("any step of the record", "回到任意一步")),
    "GET /data": Door(Right.LOAD, Words("the page 数据, without data", "数据页（不含数据）"), page=True),
    "GET /api/jobs": Door(Open.MEMBERS, Words("one's own long work", "本人的任务列表")),
    "GET /api/jobs/all": Door(Right.ACCOUNTS, Words("who asked for what long work", "全部任务的状态")),
    "GET /api/jobs/events": Door(Open.MEMBERS, Words("how one's own work goes on", "本人任务的进度")),
    "GET /api/jobs/{job}": Door(Open.MEMBERS, Words("one of one's own jobs", "本人的一项任务")),
    "DELETE /api/jobs/{job}": Door(Open.MEMBERS, Words("the end of one's own job", "取消本人的任务")),
    "POST /api/jobs/{job}/resume": Door(
        Open.MEMBERS, Words("one's own cancelled job going on", "继续本人已取消的任务")
    ),
    "GET /api/jobs/{job}/file": Door(
        Open.MEMBERS, Words("what one's own job made, within what one may see now", "下载本人任务的结果")
    ),
    "POST /api/jobs/cells": Door(Right.EDIT, Words("communities cut into cells", "切分基元")),
    "POST /api/jobs/partition": Door(Right.EDIT, Words("drafts of grids drawn", "划分网格")),
    "POST /api/jobs/match": Door(Right.REVIEW, Words("residents matched", "人房关联")),
    "POST /api/jobs/sheets": Door(Right.PLANS, Words("sheets printed", "批量出图")),
    "POST /api/jobs/sheets/files": Door(
        Right.PLANS, Words("a table of leaders or facts for sheets", "上传网格长名单或小区情况表")
    ),
    "POST /api/jobs/export": Door(Right.PLANS, Words("a layer as a file", "导出图层")),
    "POST /api/jobs/snapshot": Door(Right.PLANS, Words("the version in force as files", "离线快照")),
    "GET /api/snapshots": Door(Right.DISPLAY, Words("published versions as files", "离线快照列表")),
    "GET /api/snapshots/{version}/{name}": Door(
        Right.DISPLAY, Words("one of these, for who sees all that is served", "离线快照文件")
    ),
    "POST /api/jobs/papers": Door(Right.PLANS, Words("the papers of redraws", "网格调整材料")),
    "POST /api/jobs/walk": Door(Right.PLANS, Words("sheets for the walk on site", "现场踏勘图")),
    "GET /api/imports": Door(Right.LOAD, Words("what was loaded and taken back", "导入记录")),
    "GET /api/imports/layers": Door(Right.LOAD, Words("what files may hold", "可导入的图层与列")),
    "POST /api/imports": Door(Right.LOAD, Words("a file to look at and load", "上传文件")),
    "DELETE /api/imports/{upload}": Door(Right.LOAD, Words("a file that was sent removed", "移除上传的文件")),
    "POST /api/imports/{upload}/look": Door(Right.LOAD, Words("the first rows of one's file", "文件预览")),
    "POST /api/imports/{upload}/load": Door(
        Right.LOAD, Words("one's file tried or loaded", "试导入或载入文件")
    ),
    "POST /api/imports/{upload}/residents": Door(
        Right.REVIEW, Words("one's list of residents tried or loaded", "试导入或载入居民名单")
    ),
    "GET /api/imports/undo": Door(Right.LOAD, Words("what taking a load back would do", "撤销导入的影响")),
    "POST /api/imports/undo": Door(
        Right.LOAD, Words("the last load of a layer taken back", "撤销最近一次导入")
    ),
    "GET /review": Door(
        Right.HOUSEHOLDS,
        Words("the page 数据, without data", "数据页（不含数据）"),
        page=True,
        asks_itself=True,
    ),
    "GET /api/review": Door(Right.HOUSEHOLDS, Words("addresses in doubt", "待核对地址")),
    "GET /api/review/list.xlsx": Door(Right.HOUSEHOLDS, Words("the same as a workbook", "待核对表")),
    "GET /api/review/rates": Door(
        Right.HOUSEHOLDS,
        Words("match rates; one kind of place beside another would give small counts away", "人房关联率"),
    ),
    "POST /api/review/{record}": Door(Right.REVIEW, Words("a decision about an address", "核对地址")),
    "POST /api/review/{record}/undo": Door(Right.REVIEW, Words("a decision taken back", "撤销核对")),
    "PUT /api/review/names": Door(Right.REVIEW, Words("another name of a complex", "登记小区别名")),
    "GET /admin": Door(Right.ACCOUNTS, Words("the page 管理, without data", "管理页（不含数据）"), page=True),
    "GET /api/accounts": Door(Right.ACCOUNTS, Words("accounts and their grants", "账号与权限")),
    "POST /api/accounts": Door(Right.ACCOUNTS, Words("a new account", "新建账号")),
    "PUT /api/accounts/{name}/grants": Door(Right.ACCOUNTS, Words("other grants", "变更权限")),
    "POST /api/accounts/{name}/lock": Door(Right.ACCOUNTS, Words("an account locked", "锁定账号")),
    "POST /api/accounts/{name}/open": Door(Right.ACCOUNTS, Words("an account opened", "解除锁定")),
    "POST /api/accounts/{name}/reset": Door(Right.ACCOUNTS, Words("a new first password", "重置密码")),
    "GET /api/tokens": Door(Right.ACCOUNTS, Words("tokens of programs, without themselves", "程序令牌列表")),
    "POST /api/tokens": Door(Right.ACCOUNTS, Words("a new token", "新建令牌")),
    "DELETE /api/tokens/{number}": Door(Right.ACCOUNTS, Words("the end of a token", "吊销令牌")),
    "GET /api/settings": Door(Right.ACCOUNTS, Words("settings that may change", "可调设置")),
    "PUT /api/settings": Door(Right.ACCOUNTS, Words("settings changed", "修改设置")),
    "GET /audit": Door(Right.AUDIT, Words("the page 审计, without data", "审计页（不含数据）"), page=True),
    "GET /api/audit": Door(Right.AUDIT, Words("who did and saw what", "审计记录")),
    "GET /api/audit.csv": Door(Right.AUDIT, Words("the same as a file", "审计记录文件")),
    "GET /api/audit/verdict": Door(Right.AUDIT, Words("whether the record is whole", "审计链是否完整")),
}
"""By method and path as the router has it."""


def door(method: str, path: str) -> Door:
    """The row of a route. Raises `LookupError` for one nobody declared."""
    found = DOORS.get(f"{method} {path}")
    if found is None:
        raise LookupError(f"say in api/http/needs.py what {method} {path} gives away and what it needs")
    return found
