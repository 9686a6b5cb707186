"""The table of contents of the command line: each command's name, what it is for, and where its code lives.

The help of the whole program is made from this table alone. A command's module is imported when it is called: the
solver, the maps and the server take seconds to load, and `wangge --help` needs none of them. That module in its turn
imports what works inside its functions, so that the help of a command, and what it refuses, come at once too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from geo.errors import Words
from geo.frames import CONTRACTS, TABLES


class Entry(NamedTuple):
    """One command."""

    where: str
    """`module:function`, the module in this folder."""
    purpose: Words
    """Its line in the help."""


class Section(NamedTuple):
    """A command that holds commands, such as `wangge plan show`."""

    purpose: Words
    entries: Mapping[str, Entry]


_LAYERS = " ".join(CONTRACTS)
_LISTS = " ".join(TABLES)

_PLAN = {
    "show": Entry("plan:show", Words("A plan with its grids", "方案及其网格")),
    "new": Entry("plan:new", Words("A new draft from a template", "按模板新建草稿")),
    "copy": Entry("plan:copy", Words("A new draft with the same grids", "复制为新草稿")),
    "delete": Entry("plan:delete", Words("Throw drafts away", "删除草稿")),
    "submit": Entry(
        "procedure:submit", Words("Submit a draft; it is frozen then", "提交草稿，提交后不可修改")
    ),
    "recall": Entry("procedure:recall", Words("Take a submitted plan back", "收回已提交的方案")),
    "approve": Entry("procedure:approve", Words("Approve a submitted plan", "批准方案")),
    "return": Entry("procedure:send_back", Words("Send a plan back with a remark", "退回方案并说明意见")),
    "way": Entry("procedure:way", Words("Who submitted, approved, sent back", "查看提交、批准、退回记录")),
    "except": Entry("excepting:except_", Words("Let a finding stand, with reason", "把检查问题登记为例外")),
    "except-no-more": Entry("excepting:except_no_more", Words("Take an exception back", "取消例外")),
    "exceptions": Entry("excepting:exceptions", Words("What was allowed to stand", "列出例外")),
    "note": Entry("noting:note", Words("Keep a comment or a remark of the public", "登记批注或公示意见")),
    "notes": Entry("noting:notes", Words("What was said of a plan", "列出批注与公示意见")),
    "answer": Entry("noting:answer", Words("Say what was made of a note", "答复意见")),
    "consult": Entry("noting:consult", Words("Show a plan to the public", "方案公示")),
    "consult-end": Entry("noting:consult_end", Words("End that before its last day", "提前结束公示")),
    "notice": Entry("noting:notice", Words("The page the public sees", "生成公示网页")),
}
_EDIT = {
    "assign": Entry(
        "editing:assign", Words("Cells, buildings, complexes to a grid", "把基元、楼栋、小区划入网格")
    ),
    "create": Entry("editing:create", Words("A new grid of them", "用它们新建网格")),
    "merge": Entry("editing:merge", Words("Make several grids one", "合并网格")),
    "dissolve": Entry("editing:dissolve", Words("Give a grid to its neighbours", "撤销网格，归入相邻网格")),
    "split": Entry("editing:split", Words("Split a grid into even parts", "把网格均衡拆分")),
    "cut": Entry("cutting:cut", Words("Cut a grid along a drawn line", "沿画出的线切分网格")),
    "redraw": Entry("editing:redraw", Words("Have grids drawn again", "重新划分所选或未锁定的网格")),
    "mend": Entry("editing:mend", Words("Mend what a check found", "修补检查发现的问题")),
    "rename": Entry("editing:rename", Words("Rename a grid", "网格改名")),
    "kind": Entry("editing:kind", Words("Another kind for a grid", "更改网格类型")),
    "lock": Entry("editing:lock", Words("Keep grids as they are", "锁定网格")),
    "unlock": Entry("editing:unlock", Words("Let grids be changed again", "解锁网格")),
    "table": Entry(
        "editing:table", Words("Buildings to grids, out and in as a table", "楼栋归属表的导出与导入")
    ),
    "words": Entry("wording:words", Words("Grids in words, out and in", "以文字写明的网格范围，导出与导入")),
    "undo": Entry("editing:undo", Words("Back one step", "撤销一步")),
    "redo": Entry("editing:redo", Words("Forward one step", "重做一步")),
    "log": Entry("editing:log", Words("Who did what and when", "查看编辑记录")),
    "go": Entry("editing:go", Words("To any step of the record", "回到任意一步")),
    "copy": Entry("editing:copy", Words("A new draft as it was at a step", "把某一步另存为草稿")),
}
_MAP = {
    "grids": Entry("showing:grids", Words("The grids, one page that works offline", "网格图，单个离线网页")),
    "reach": Entry(
        "showing_reach:reach", Words("Who walks to a station, one offline page", "步行覆盖图，单个离线网页")
    ),
    "stations": Entry(
        "showing_reach:stations", Words("The stations, one offline page", "服务站点图，单个离线网页")
    ),
    "members": Entry(
        "showing_reach:members",
        Words("Buildings with member households, one offline page", "党员户分布图，单个离线网页"),
    ),
    "match": Entry(
        "showing_reach:rates",
        Words("How many residents were matched, one offline page", "人房关联率图，单个离线网页"),
    ),
    "all": Entry(
        "showing_reach:everything",
        Words("All of these in one page with switches", "以上各图合为一个网页，可开关图层"),
    ),
}
_STATION = {
    "add": Entry("stationing:add", Words("A new station, by point or address", "新增站点（按坐标或地址）")),
    "edit": Entry("stationing:edit", Words("Other values for a station", "修改站点")),
    "move": Entry("stationing:move", Words("To another place from a day on", "自某日起迁移站点")),
    "close": Entry("stationing:close", Words("No longer there from a day on", "自某日起关闭站点")),
}
_WORKLOAD = {
    "keep": Entry(
        "workloads:keep", Words("Locate a table of events and keep its counts", "批量定位事件表并计数入库")
    ),
    "show": Entry(
        "workloads:show", Words("Events by grid, hexagon, community, month", "按网格、六边形、社区、月份统计")
    ),
}
_USER = {
    "add": Entry(
        "accounts:add",
        Words("Make an account; its first password is shown once", "新建账号，显示一次首次密码"),
    ),
    "list": Entry("accounts:list_all", Words("List accounts", "列出账号")),
    "grant": Entry("accounts:grant", Words("Give an account other grants", "重新授予权限")),
    "lock": Entry("accounts:lock", Words("Lock an account; --off opens it", "锁定账号，--off 解除")),
    "reset": Entry("accounts:reset", Words("A new first password", "重置密码")),
    "token": Entry(
        "accounts:token", Words("Make a token for a program; shown once", "为程序新建令牌，只显示一次")
    ),
    "tokens": Entry("accounts:tokens", Words("List tokens", "列出令牌")),
    "revoke": Entry("accounts:revoke", Words("End a token", "吊销令牌")),
}
_HOOK = {
    "add": Entry(
        "hooking:add", Words("Have a system told; its secret is shown once", "新增推送，显示一次密钥")
    ),
    "list": Entry("hooking:list_all", Words("Who is told, and how far", "列出推送与进度")),
    "remove": Entry("hooking:remove", Words("Tell a system nothing more", "删除推送")),
    "open": Entry("hooking:open_again", Words("Try again after it failed", "失败后重新推送")),
}
_KEYS = {
    "new": Entry("keeping_keys:new", Words("Make the first key", "生成首个密钥")),
    "list": Entry("keeping_keys:list_keys", Words("Which keys there are", "列出密钥名")),
    "rotate": Entry(
        "keeping_keys:rotate", Words("A new key; everything personal sealed with it", "轮换密钥并重新加密")
    ),
}
_AUDIT = {
    "verify": Entry("auditing:verify", Words("Whether every row is as it was written", "校验审计链是否完整")),
    "list": Entry("auditing:list_rows", Words("The newest rows", "列出最近的审计记录")),
    "export": Entry("auditing:export", Words("All rows with their seals to a file", "导出审计记录")),
    "checkpoint": Entry(
        "auditing:checkpoint",
        Words("A signed line to keep outside the store", "生成检查点，保存到库外"),
    ),
}

_JOBS = {
    "list": Entry("jobs:list_all", Words("Who asked for what, how far it is", "列出任务与进度")),
    "show": Entry("jobs:show", Words("One job in full", "查看一项任务")),
    "add": Entry("jobs:add", Words("Have work done by a worker", "交由任务进程执行")),
    "cancel": Entry("jobs:cancel", Words("End a job", "取消任务")),
    "resume": Entry("jobs:resume", Words("Let a cancelled job go on", "继续已取消的任务")),
    "fetch": Entry("jobs:fetch", Words("Copy what a job made", "取出任务的结果")),
}

CONTENTS: Mapping[Words, Mapping[str, Entry | Section]] = {
    Words("Try it", "试用"): {
        "demo": Entry("demo:demo", Words("Everything on made-up data", "用虚构数据演示全流程")),
    },
    Words("Data", "数据"): {
        "import": Entry(
            "data:import_layer",
            Words(f"Import a file: osm, or one of {_LAYERS} {_LISTS} organisations posts", "导入图层文件"),
        ),
        "export": Entry(
            "exporting:export",
            Words(f"Export a layer: {_LAYERS} cells households organisations posts", "导出图层"),
        ),
        "imports": Entry(
            "undoing:imports", Words("The last imports, ends and undos", "列出最近的导入、注销与撤销")
        ),
        "undo": Entry(
            "undoing:take_back", Words("Take back the last import of a layer", "撤销图层的最近一次导入")
        ),
        "end": Entry(
            "undoing:end", Words("End rows of a layer, with the reason", "注销图层中的行，并注明理由")
        ),
    },
    Words("Planning", "规划"): {
        "rules": Entry("rules:list_rules", Words("List the rule profiles", "列出划分规则")),
        "cells": Entry("cells:cells", Words("Cut communities into cells", "把社区切成基元")),
        "partition": Entry(
            "partitioning:partition",
            Words("Group cells into grids (draft plans)", "划分网格（生成方案草稿）"),
        ),
        "merge-nets": Entry(
            "merging:merge_nets",
            Words("Merge existing nets into one plan", "多网合一：把各部门的网并为一张网"),
        ),
        "plans": Entry("plans:plans", Words("List the plans there are", "列出方案")),
        "plan": Section(Words("Show, copy or delete a plan", "查看、复制、删除一个方案"), _PLAN),
        "check": Entry("checking:check", Words("Check plans against their rules", "检查方案是否符合规则")),
        "edit": Section(Words("Change a draft step by step", "逐步修改草稿，可撤销"), _EDIT),
        "compare": Entry(
            "comparing:compare",
            Words("Compare plans, place them among random ones", "比较方案，或给方案在随机方案中排位"),
        ),
        "walked": Entry(
            "walking:walked", Words("Keep which stretches were walked on site", "录入、查看现场踏勘情况")
        ),
        "publish": Entry("publishing:publish", Words("Publish plans from a date", "发布方案并指定生效日期")),
        "withdraw": Entry(
            "withdrawing:withdraw",
            Words("Take back a publication that has not begun", "撤回尚未生效的发布"),
        ),
        "history": Entry("history:history", Words("Who changed what and when", "查看谁在何时做了什么")),
    },
    Words("Questions", "查询"): {
        "locate": Entry(
            "asking:locate", Words("Which grid covers an address or a point", "查询地址或坐标属于哪个网格")
        ),
        "suggest": Entry("asking:suggest", Words("What a name may go on to", "按名称、拼音或首字母提示地点")),
        "reach": Entry(
            "reaching:reach",
            Words("Who reaches a station on foot", "步行可达：谁在 15 分钟内到得了站点"),
        ),
        "chain": Entry(
            "chaining:chain",
            Words(
                "Branches, groups, stations and posts, up and down", "党支部、党小组、站点与岗位，上下查询"
            ),
        ),
        "advise": Entry(
            "advising:advise",
            Words("What is lacking in the chain, with the rule", "组织体系缺项与建议，注明依据"),
        ),
        "workload": Section(
            Words("Appeals, repairs, visits: where and how many", "诉求、维修、走访等工作量"), _WORKLOAD
        ),
        "station": Section(Words("Add, change, move or close a station", "站点的增改迁关"), _STATION),
        "site": Entry("siting:site", Words("Where the next stations should stand", "新站点选址")),
    },
    Words("Addresses and households", "地址与住户"): {
        "match": Entry("addresses:match", Words("Match addresses to buildings", "把地址匹配到楼栋")),
        "review": Entry(
            "reviewing:review",
            Words("Confirm, correct or explain addresses in doubt", "核对有疑问的地址"),
        ),
        "parse": Entry(
            "parsing:parse_",
            Words("The parts of an address, no register needed", "解析地址的各级要素，无需地名库"),
        ),
        "conflate": Entry(
            "registering:conflate_sources",
            Words("Compare with another source of complexes or buildings", "与另一来源的小区或楼栋比对"),
        ),
    },
    Words("Maps and sheets", "出图"): {
        "map": Section(Words("Draw a map", "绘制地图"), _MAP),
        "snapshot": Entry(
            "snapshotting:snapshot",
            Words("What is in force as files: GeoPackage, tiles, tables", "离线快照：GeoPackage、瓦片、表格"),
        ),
        "papers": Entry(
            "papers:papers",
            Words("The papers of a redraw in one zip", "网格调整材料：登记表、编码对照、对照图"),
        ),
        "walk-sheets": Entry(
            "walking:walk_sheets", Words("Sheets to walk outlines with, on site", "现场踏勘图与记录表")
        ),
        "sheets": Entry(
            "sheeting:sheets",
            Words("Sheets to print, one per community, grid or complex", "批量输出图纸"),
        ),
    },
    Words("Running it", "管理"): {
        "serve": Entry("running:serve", Words("Run the HTTP server", "启动 HTTP 服务")),
        "work": Entry("working:work", Words("Do long work that was asked for", "启动任务进程")),
        "jobs": Section(
            Words("Long work: what there is, end it, fetch it", "任务：查看、取消、取结果"), _JOBS
        ),
        "user": Section(Words("Accounts, grants and tokens", "账号、权限与令牌"), _USER),
        "hook": Section(Words("Systems told when grids change", "网格变更推送"), _HOOK),
        "keys": Section(Words("Secret keys of the store", "数据库密钥"), _KEYS),
        "forget": Entry("keeping_keys:forget", Words("Forget households for good", "彻底删除住户信息")),
        "audit": Section(Words("Who did and saw what", "审计"), _AUDIT),
        "backup": Entry("backing:backup", Words("The whole store in one file", "备份整个数据库")),
        "restore": Entry("backing:restore", Words("A backup into an empty store", "把备份恢复到空库")),
        "migrate": Entry(
            "migrating:migrate", Words("Bring the store to the newest schema", "升级数据库结构")
        ),
        "doctor": Entry(
            "doctor:doctor",
            Words("What is installed, reachable, migrated, and what to do", "检查运行环境"),
        ),
    },
}
"""All commands under their headings, in the order of the help."""
