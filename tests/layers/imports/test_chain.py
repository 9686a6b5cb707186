"""The chain of organisations: tables of offices in, out and in again, with days, names sealed, walked from a place."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import sqlalchemy as sa

from geo.errors import InputError, StoreError
from geo.plans.rules import profile
from geo.reach.chain import Chain, Link, Spot
from layers.batches.undoing import undo
from layers.files.faults import FaultyFileError
from layers.files.writers import write_table
from layers.imports.imports import ImportReport, import_frame
from layers.imports.offices_out import organisations_table, posts_table
from layers.imports.organisations import import_organisations
from layers.imports.posts import import_posts
from layers.plans.adopting import adopt_grids
from layers.plans.publishing import publish
from layers.reach.chain import load_directory, told
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.chain_tables import posts
from layers.store.database import Store
from tests.layers import town

JAN, JUL = date(2026, 1, 1), date(2026, 7, 1)
GRID, OTHER = f"{town.WEST}001", f"{town.WEST}002"
SPOT = Spot(town.WEST, grid_code=GRID, building_ref="b00")
ORGANISATIONS = f"""类型,编号,名称,上级,社区,网格,楼栋,服务站点,联系户数,党员数,负责人,负责人电话,公示
网格党支部,Z1,第一党支部,,西社区,{GRID}、第二网格,,西站,,38,王书记,029-1,是
楼栋党小组,D1,一号楼党小组,第一党支部,西社区,,b00、b01,,,9,,,
党员中心户,X1,李家中心户,D1,{town.WEST},,b00,,12,,,,
"""
POSTS = f"""网格编号,网格名称,所属社区,党支部,服务站点,网格长,网格长电话,网格员,民情员,公示
{GRID},第一网格,西社区,第一党支部,西站,张三,029-1234,李四、王五,赵六,网格长
,第二网格,西社区,第一党支部,,张三,,,,
"""


@pytest.fixture
def settled(store: Store) -> Store:
    """The town with two grids in the west, in force from January, and a station."""
    town.settle(store)
    station = gpd.GeoDataFrame(
        {"ref": ["S1"], "name": ["西站"], "kind": "party_service"},
        geometry=[town.square(1, 1).centroid],
        crs=4490,
    )
    import_frame(store, OPERATOR, "stations", station, source="t", actor="t", now=town.NOW)
    made = adopt_grids(
        store,
        OPERATOR,
        town.drawn_grids((0, 2), (2, 2)),
        rules=profile("national"),
        source="t",
        actor="t",
        now=town.NOW,
    )
    publish(store, OPERATOR, plan_ids=made.plan_ids, valid_from=JAN, as_drawn=True, actor="t", now=town.NOW)
    return store


def put(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def load(
    store: Store, folder: Path, layer: str, text: str | Path, day: date = JAN, **more: object
) -> ImportReport:
    file = text if isinstance(text, Path) else put(folder, f"{layer}.csv", text)
    read = import_posts if layer == "posts" else import_organisations
    if layer == "posts":
        more.setdefault("more_titles", ("民情员",))
    return read(store, OPERATOR, file, day=day, actor="t", now=town.NOW, **more)  # type: ignore[arg-type]


def found(store: Store, day: date = JUL, spot: Spot = SPOT) -> Chain:
    return load_directory(store, OPERATOR).chain(spot, day)


def held(store: Store, chain: Chain) -> list[tuple[str, str | None, str | None]]:
    return [(post.title, *told(post, store.keys, calls_duty=True)) for post in chain.posts]


def test_an_address_finds_its_people_and_the_tree_is_walked_down_again(
    settled: Store, tmp_path: Path
) -> None:
    load(settled, tmp_path, "organisations", ORGANISATIONS)
    load(settled, tmp_path, "posts", POSTS)
    chain = found(settled)
    assert [one.ref for one in (*chain.branches, *chain.groups, *chain.centres, *chain.stations)] == [
        "Z1",
        "D1",
        "X1",
        "S1",
    ]
    assert held(settled, chain) == [
        ("民情员", "赵六", None),
        ("网格员", "李四", None),
        ("网格员", "王五", None),
        ("网格长", "张三", "029-1234"),
        ("党支部书记", "王书记", "029-1"),
    ]
    directory = load_directory(settled, OPERATOR)
    assert directory.under((Link.COMMUNITY, town.WEST), JUL) == [(Link.BRANCH, "Z1")]
    assert directory.under((Link.BRANCH, "Z1"), JUL) == [
        (Link.GRID, GRID),
        (Link.GRID, OTHER),
        (Link.GROUP, "D1"),
        (Link.STATION, "S1"),
    ]
    assert directory.under((Link.GROUP, "D1"), JUL) == [
        (Link.BUILDING, "b00"),
        (Link.BUILDING, "b01"),
        (Link.CENTRE, "X1"),
    ]
    assert not found(settled, date(2025, 12, 31)).branches
    other = found(settled, spot=Spot(town.WEST, grid_code=OTHER))
    assert [one.ref for one in other.branches] == ["Z1"]  # one branch, two grids
    assert not other.groups


def test_what_is_taken_out_and_brought_in_again_changes_nothing(settled: Store, tmp_path: Path) -> None:
    load(settled, tmp_path, "organisations", ORGANISATIONS)
    load(settled, tmp_path, "posts", POSTS)
    for lang in ("zh", "en"):
        for layer, table_of in (("posts", posts_table), ("organisations", organisations_table)):
            for ending in ("xlsx", "csv"):
                table = table_of(settled, OPERATOR, day=JUL, codes=[town.WEST], lang=lang)
                file = write_table(table, tmp_path / f"{layer}-{lang}.{ending}")
                again = load(settled, tmp_path, layer, file, day=JUL)
                assert (again.rows, again.added, again.updated, again.batch) == (len(table), 0, 0, None)
                assert len(table) == (2 if layer == "posts" else 3)


def test_a_change_has_its_day_and_can_be_taken_back(settled: Store, tmp_path: Path) -> None:
    load(settled, tmp_path, "posts", POSTS)
    later = POSTS.replace("李四、王五", "李四、孙七").replace(",第一党支部,西站", ",,")
    foreseen = load(settled, tmp_path, "posts", later, day=JUL, dry_run=True)
    done = load(settled, tmp_path, "posts", later, day=JUL)
    assert (foreseen.added, foreseen.updated) == (done.added, done.updated) == (1, 3)
    before, after = found(settled, date(2026, 6, 30)), found(settled, JUL)
    assert [h for t, h, _ in held(settled, before) if t == "网格员"] == ["李四", "王五"]
    assert [h for t, h, _ in held(settled, after) if t == "网格员"] == ["李四", "孙七"]
    assert (len(before.branches), len(after.branches), len(after.stations)) == (1, 0, 0)
    with pytest.raises(InputError, match="2026-07-01 already"):
        load(settled, tmp_path, "posts", POSTS, day=date(2026, 6, 1))
    undo(settled, OPERATOR, "posts", actor="t", now=town.NOW)
    assert held(settled, found(settled, JUL)) == held(settled, before)


def test_names_that_are_not_posted_are_sealed_and_told_to_nobody_without_the_keys(
    settled: Store, tmp_path: Path
) -> None:
    load(settled, tmp_path, "posts", POSTS)
    with settled.read() as conn:
        kept = {row.title: row.holder for row in conn.execute(sa.select(posts))}
    assert "赵六" not in str(kept)
    assert "李四" not in str(kept)
    stranger = [told(post, settled.keys, calls_duty=False) for post in found(settled).posts]
    assert [holder for holder, _ in stranger if holder] == ["张三"]
    leader = Viewer(Role.LEADER, ("",), Purpose.DISPLAY)
    table = posts_table(settled, leader, day=JUL, codes=[town.WEST], lang="zh")
    assert "赵六" not in table.to_csv()
    shutil.move(settled.keys.path or "", tmp_path / "away")
    with pytest.raises(StoreError, match="keys"):
        held(settled, found(settled))


def test_a_new_key_seals_the_names_of_posts_too(settled: Store, tmp_path: Path) -> None:
    load(settled, tmp_path, "posts", POSTS)
    before = held(settled, found(settled))
    settled.keys.rotate()
    assert [*settled.reseal()][-1][0] > 0
    with settled.read() as conn:
        kept = [(row.holder, row.phone) for row in conn.execute(sa.select(posts).where(~posts.c.public))]
    assert kept
    assert all(text is None or text.startswith("k2:") for pair in kept for text in pair)
    assert held(settled, found(settled)) == before
    assert [*settled.reseal()] == []


def test_a_row_for_each_post_and_posts_of_complexes_and_communities(settled: Store, tmp_path: Path) -> None:
    long = "岗位,姓名,电话,网格,社区\n指导员,周八,1,第一网格,西社区\n指导员,吴九,2,第一网格,西社区\n书记,郑十,3,,西社区\n"
    assert load(settled, tmp_path, "posts", long, posted=True).added == 3
    assert held(settled, found(settled)) == [
        ("指导员", "周八", "1"),
        ("指导员", "吴九", "2"),
        ("书记", "郑十", "3"),
    ]


def test_every_fault_of_a_table_is_told_at_once(settled: Store, tmp_path: Path) -> None:
    bad = (
        POSTS.replace(GRID, "999901001001077")
        .replace(",第二网格,西社区", ",第二网格,东社区")
        .replace("西站", "无站")
    )
    with pytest.raises(FaultyFileError) as told_of:
        load(settled, tmp_path, "posts", bad)
    assert [(fault.row, fault.column) for fault in told_of.value.faults] == [(2, "网格编号"), (3, "网格名称")]
    orphan = ORGANISATIONS.replace("楼栋党小组,D1", "什么,D1").replace(",b00,,12", ",无楼,,多少")
    with pytest.raises(FaultyFileError) as told_of:
        load(settled, tmp_path, "organisations", orphan)
    told_of_row = {(fault.row, fault.column) for fault in told_of.value.faults}
    assert told_of_row == {(3, "类型"), (4, "联系户数"), (4, "楼栋"), (4, "上级")}
    with pytest.raises(InputError, match="no column of a duty"):
        load(settled, tmp_path, "posts", "网格编号,户数\n1,2\n")
    with pytest.raises(InputError, match="no rows"):
        load(settled, tmp_path, "posts", "网格编号,网格长\n")


def test_organisations_that_left_the_table_end_only_when_that_is_meant(
    settled: Store, tmp_path: Path
) -> None:
    load(settled, tmp_path, "organisations", ORGANISATIONS)
    less = "\n".join(ORGANISATIONS.splitlines()[:2]) + "\n楼栋党小组,,二号楼党小组,Z1,西社区,,b10,,,,,,\n"
    assert load(settled, tmp_path, "organisations", less, day=JUL).updated == 0
    done = load(settled, tmp_path, "organisations", less, day=JUL, replace=True)
    assert (
        done.updated == 4
    )  # the group with its two buildings and its branch; centre households are not its kind
    assert [one.ref for one in load_directory(settled, OPERATOR).of_kind(Link.GROUP, JUL)] == [
        f"{town.WEST}D01"
    ]
    assert pd.notna(done.batch)
