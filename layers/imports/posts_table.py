"""What a table of grids and their people says, row by row; see `layers.imports.posts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from geo.errors import InputError, Words
from geo.reach.chain import Link
from layers.imports.offices import MOST_CHARACTERS, OfficeTable
from layers.imports.places import Found, Places, several

TITLES: tuple[str, ...] = tuple(
    "网格长 副网格长 总网格长 网格员 专职网格员 兼职网格员 专属网格员 微网格长 微网格员 指导员 网格指导员 督导员 小区专员 小区长 楼栋长 楼长 单元长 联络员 党建指导员 社区民警 网格民警 家庭医生 物业经理 物业负责人 业委会主任 网格警员".split()  # noqa: SIM905
)
"""Duties known by their title; others are named with `--post`."""
PLACE_COLUMNS: dict[str, tuple[str, ...]] = {
    "grid_code": ("网格编码", "网格编号", "网格代码", "微网格编码"),
    "grid": ("网格名称", "网格", "所属网格", "grid_name"),
    "building": ("楼栋编号", "楼栋", "building_ref"),
    "complex": ("小区编号", "小区", "小区名称", "complex_ref", "complex_name"),
    "community_code": ("社区编码", "社区代码"),
    "community": ("社区", "社区名称", "所属社区", "村居"),
}
OTHER_COLUMNS: dict[str, tuple[str, ...]] = {
    "branch": ("党支部", "所属党支部", "网格党支部", "支部", "所在党支部"),
    "stations": ("服务站点", "站点", "所属站点", "驿站", "station"),
    "public": ("公示", "是否公示", "公开"),
}
LONG_COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("岗位", "职务", "岗位名称"),
    "holder": ("姓名", "人员", "人员姓名"),
    "phone": ("电话", "联系电话", "联系方式", "手机", "手机号"),
}
PHONE_ENDINGS = ("电话", "联系电话", "联系方式", "手机", "手机号", "手机号码", " phone")
YES, NO = {"是", "有", "全部", "yes", "y", "true", "1", "all"}, {"否", "无", "no", "n", "false", "0"}


@dataclass(frozen=True, slots=True)
class Said:
    """One row: where, and who holds what there."""

    place: tuple[Link, Found]
    held: list[tuple[str, str, str | None, bool]]
    """Title, holder, phone, whether posted for everybody."""
    titles: frozenset[str]
    """Duties the row speaks about, held or not."""
    branches: list[str] | None
    """Names or refs."""
    stations: list[Found] | None
    """None where the table does not say."""


def understood(read: OfficeTable, places: Places, titles: Sequence[str], *, posted: bool) -> list[Said]:
    """What each row says, in their order; faults of cells are kept in `read`. `posted`: names are posted for everybody where the
    table does not say. Raises `InputError` for a table without a place or a duty."""
    ours = read.pick({**PLACE_COLUMNS, **OTHER_COLUMNS})
    if not set(ours) & set(PLACE_COLUMNS):
        wanted, wanted_zh = "grid_code, or grid and community", "网格编码，或网格名称与所属社区"
        raise InputError(
            f"{read.name} names no place; it needs a column {wanted}; it has {', '.join(read.columns)}",
            f"{read.name} 中没有位置列；应有{wanted_zh}；现有：{'、'.join(read.columns)}",
        )
    rest = [column for column in read.columns if column not in ours.values()]
    long = OfficeTable(read.name, rest, []).pick(LONG_COLUMNS)
    duties = {column: column for column in rest if column in titles}
    phones = _phones(rest, duties)
    if {"title", "holder"} <= set(long):
        duties, phones = {}, {}
    elif not duties and not {"branch", "stations"} & set(ours):
        raise InputError(
            f"{read.name} has no column of a duty such as 网格长; name your own with --post; it has {', '.join(rest)}",
            f"{read.name} 中没有岗位列（如 网格长）；自定岗位请用 --post 指定；现有：{'、'.join(rest)}",
        )
    used = {*ours.values(), *duties, *phones.values(), *(long.values() if not duties else ())}
    ignored = [column for column in read.columns if column not in used]
    if ignored:
        read.notes.append(
            Words(
                f"columns not read: {', '.join(ignored)}; a duty of your own is named with --post",
                f"未读取的列：{'、'.join(ignored)}；自定岗位请用 --post 指定",
            )
        )
    found: list[Said] = []
    for number, cells in read.rows:
        place = _place(read, number, cells, ours, places)
        if place is None:
            continue
        held: list[tuple[str, str, str | None, bool]] = []
        public = _public(cells.get(ours.get("public", ""), ""), ours, posted=posted)
        if duties:
            for column in duties:
                held += _held(read, number, column, cells, phones.get(column), public)
            spoken = frozenset(duties)
        else:
            title = cells.get(long.get("title", ""), "")
            spoken = frozenset({title} if title else ())
            if title and len(title) <= MOST_CHARACTERS["title"] and long:
                entry = {title: cells.get(long["holder"], ""), "phone": cells.get(long.get("phone", ""), "")}
                held += _held(read, number, title, entry, "phone", public, shown=long["holder"])
        branches: list[str] | None = None
        stations: list[Found] | None = None
        if "branch" in ours and place[0] is Link.GRID:
            branches = several(cells.get(ours["branch"], ""))
        if "stations" in ours and place[0] is Link.GRID:
            stations = [
                one
                for text in several(cells.get(ours["stations"], ""))
                if (one := read.meaning(number, ours["stations"], text, places.station))
            ]
        found.append(Said(place, held, spoken, branches, stations))
    return found


def _phones(columns: Sequence[str], duties: dict[str, str]) -> dict[str, str]:
    """Duty → the column of its phone: named after it, or simply a phone right beside it."""
    found: dict[str, str] = {}
    for duty in duties:
        named = next((f"{duty}{end}" for end in PHONE_ENDINGS if f"{duty}{end}" in columns), None)
        after = columns.index(duty) + 1
        beside = columns[after] if after < len(columns) and columns[after] in PHONE_ENDINGS else None
        if named or beside:
            found[duty] = named or str(beside)
    return found


def _place(
    read: OfficeTable, number: int, cells: dict[str, str], ours: dict[str, str], places: Places
) -> tuple[Link, Found] | None:
    """The smallest place a row names."""
    said = {name: cells[column] for name, column in ours.items() if column in cells}
    community: Found | None = None
    for name in ("community_code", "community"):
        if name in said and community is None:
            community = read.meaning(number, ours[name], said[name], places.community)
            if community is None:
                return None
    of = None if community is None else community.ref
    for name, kind, look in (
        ("building", Link.BUILDING, places.building),
        ("grid_code", Link.GRID, places.grid),
        ("grid", Link.GRID, places.grid),
        ("complex", Link.COMPLEX, places.complex),
    ):
        if name in said:
            found = read.meaning(number, ours[name], said[name], look, of)
            if found is not None and of is not None and found.community_code != of:
                read.blame(
                    number,
                    ours[name],
                    said[name],
                    Words(
                        f"it lies in community {found.community_code}, not in {of}",
                        f"它属于社区 {found.community_code}，不是 {of}",
                    ),
                )
                return None
            return None if found is None else (kind, found)
    if community is None:
        read.blame(number, next(iter(ours.values())), "", Words("the row names no place", "此行没有写明位置"))
        return None
    return Link.COMMUNITY, replace(community, community_code=community.ref)


def _public(text: str, ours: dict[str, str], *, posted: bool) -> set[str] | bool:
    """Titles that are posted for everybody, or all or none."""
    if not text:
        return posted and "public" not in ours
    if text.lower() in YES | NO:
        return text.lower() in YES
    return set(several(text))


def _held(
    read: OfficeTable,
    number: int,
    title: str,
    cells: dict[str, str],
    phone_column: str | None,
    public: set[str] | bool,
    *,
    shown: str | None = None,
) -> list[tuple[str, str, str | None, bool]]:
    names = several(cells.get(title, ""))
    numbers = several(cells.get(phone_column, "")) if phone_column else []
    column = shown or title
    for name in names:
        if len(name) > MOST_CHARACTERS["holder"]:
            read.blame(number, column, "", Words("a name of more than 60 characters", "姓名超过 60 个字符"))
    if numbers and len(numbers) not in (1, len(names)):
        read.blame(
            number,
            phone_column or column,
            "",
            Words(
                f"{len(numbers)} phones beside {len(names)} names; give one for each",
                f"{len(names)} 个姓名对应 {len(numbers)} 个电话；请逐一对应",
            ),
        )
        return []
    if numbers and not names:
        read.blame(number, phone_column or column, "", Words("a phone of nobody", "有电话而没有姓名"))
    if any(len(one) > MOST_CHARACTERS["phone"] for one in numbers):
        read.blame(
            number,
            phone_column or column,
            "",
            Words("a phone of more than 40 characters", "电话超过 40 个字符"),
        )
        return []
    each = numbers if len(numbers) == len(names) else numbers * len(names) or [""] * len(names)
    open_to_all = public if isinstance(public, bool) else title in public
    return [(title, name, phone or None, open_to_all) for name, phone in zip(names, each, strict=True)]
