"""What one row of a table of organisations says; see `layers.imports.organisations`."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.errors import Words
from geo.reach.chain import Link
from layers.imports.offices import MOST_CHARACTERS, OfficeTable
from layers.imports.places import Found, Places, several
from layers.imports.posts_table import YES

COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("类型", "类别", "组织类型"),
    "ref": ("编号", "编码", "组织编号"),
    "name": ("名称", "组织名称"),
    "parent": ("上级", "上级组织", "所属党支部", "所属党小组", "隶属"),
    "community": ("社区", "所属社区", "社区名称", "社区编码", "community_code"),
    "grids": ("网格", "服务网格", "覆盖网格", "所属网格", "网格编码"),
    "buildings": ("楼栋", "覆盖楼栋", "所在楼栋", "楼栋编号"),
    "stations": ("服务站点", "站点", "阵地"),
    "households": ("联系户数", "覆盖户数", "户数"),
    "members": ("党员数", "正式党员数", "党员人数"),
    "holder": ("负责人", "书记", "组长"),
    "phone": ("负责人电话", "电话", "联系电话"),
    "public": ("公示", "是否公示"),
}
KINDS = {
    "branch": ("网格党支部", "党支部", "支部", "联合党支部", "党总支", "党委"),
    "group": ("楼栋党小组", "党小组", "小组"),
    "centre": ("党员中心户", "中心户"),
}
LEADS = {"branch": "党支部书记", "group": "党小组长", "centre": "中心户长"}
"""The title of who answers for each kind."""
_MOST = 1_000_000


@dataclass
class Row:
    """One organisation as its row says it."""

    number: int
    kind: str
    ref: str | None
    name: str
    parent: str | None
    community: str
    households: int | None
    members: int | None
    heads: list[tuple[Link, Found]] = field(default_factory=list)
    stations: list[Found] = field(default_factory=list)
    holder: str | None = None
    phone: str | None = None
    public: bool = False


def read_row(
    read: OfficeTable, number: int, cells: dict[str, str], ours: dict[str, str], places: Places
) -> Row | None:
    """What a row says; None and a fault in `read` where it says nothing that can be kept."""
    said = {name: cells[column] for name, column in ours.items() if column in cells}
    kind = next(
        (kind for kind, words in KINDS.items() if said.get("kind", "").lower() in (kind, *words)), None
    )
    if kind is None:
        words = Words(
            "no kind of organisation; one of branch, group, centre",
            "不是组织类型；可填 网格党支部、楼栋党小组、党员中心户",
        )
        read.blame(number, ours["kind"], said.get("kind", ""), words)
        return None
    for name in ("name", "community"):
        if name not in said:
            read.blame(number, ours[name], "", Words("it is empty", "不能为空"))
            return None
    if len(said["name"]) > MOST_CHARACTERS["name"] or len(said.get("ref", "")) > 64:
        read.blame(number, ours["name"], said["name"], Words("the name or ref is too long", "名称或编号过长"))
        return None
    community = read.meaning(number, ours["community"], said["community"], places.community)
    if community is None:
        return None
    row = Row(
        number,
        kind,
        said.get("ref"),
        said["name"],
        said.get("parent"),
        community.ref,
        _count(read, number, ours.get("households", ""), said.get("households")),
        _count(read, number, ours.get("members", ""), said.get("members")),
        holder=said.get("holder"),
        phone=said.get("phone"),
        public=said.get("public", "").lower() in YES,
    )
    for name, to, look in (
        ("grids", Link.GRID, places.grid),
        ("buildings", Link.BUILDING, places.building),
    ):
        for text in several(said.get(name, "")):
            found = read.meaning(number, ours[name], text, look, community.ref)
            if found is not None and found.community_code != community.ref:
                words = Words("it lies in another community", "它属于另一社区")
                read.blame(number, ours[name], text, words)
            elif found is not None:
                row.heads.append((to, found))
    for text in several(said.get("stations", "")):
        found = read.meaning(number, ours["stations"], text, places.station)
        if found is not None:
            row.stations.append(found)
    return row


def _count(read: OfficeTable, number: int, column: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (0 <= value <= _MOST and value == int(value)):
        read.blame(number, column, text, Words("not a whole number of at least 0", "应为不小于 0 的整数"))
        return None
    return int(value)
