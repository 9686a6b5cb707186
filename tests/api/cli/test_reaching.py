"""`wangge reach` and `wangge site`, as typed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyogrio
import pytest
import sqlalchemy as sa

from layers.rights.viewer import OPERATOR
from layers.store.address_tables import residents
from layers.store.database import Store
from tests.api.cli.conftest import Run
from tests.layers import households
from tests.layers.reach.place import point, settle
from tests.maps.pages.test_grids import data_of


@pytest.fixture
def street(tmp_path: Path) -> None:
    """The place of `tests.layers.reach.place` in the store of the folder commands run in."""
    store = Store.open(home=tmp_path / "wangge-data")
    store.migrate()
    settle(store)
    store.close()


@pytest.mark.usefixtures("street")
def test_reach_says_who_is_not_reached_and_what_the_circle_would(run: Run, tmp_path: Path) -> None:
    said = run("reach", "--by", "community", "--out", "r.xlsx", "--lang", "en")
    assert said.code == 0
    assert "60 of 103 households (58.3%) walk to one of 1 stations within 15 minutes; 43 do not" in said.out
    assert "straight-line estimate" in said.out
    assert "circles of the norm: 800 m 29.1%, 1,000 m 58.3%" in said.out
    assert "4号楼" in said.out
    assert "3号楼" not in said.out
    book = pd.read_excel(tmp_path / "r.xlsx", sheet_name=None, engine="openpyxl")
    assert {name: len(sheet) for name, sheet in book.items()} == {"community": 2, "gaps": 2, "stations": 1}
    assert book["stations"]["households"].tolist() == [60]
    assert "直线估算" in run("reach", "--minutes", "20", "--profile", "elderly").out


@pytest.mark.usefixtures("street")
def test_two_days_are_told_side_by_side(run: Run, tmp_path: Path) -> None:
    lon, lat = map(str, point(1600))
    added = run(
        "station", "add", "s2", "--name", "乙站", "--lon", lon, "--lat", lat, "--opened", "2026-06-01"
    )
    assert added.code == 0
    said = run("reach", "--by", "community", "--beside", "2026-05-31", "--out", "r.xlsx", "--lang", "en")
    assert said.code == 0
    assert "2026-05-31: 60 (58.3%) → " in said.out
    assert "103 (100.0%), +43 households; homes and streets are today's on both days" in said.out
    table = pd.read_excel(tmp_path / "r.xlsx", sheet_name="two_days", engine="openpyxl")
    assert table[["reached_before", "reached", "more"]].to_numpy().tolist() == [[60, 60, 0], [0, 43, 43]]


@pytest.mark.usefixtures("street")
def test_reach_by_building_goes_to_a_map_layer(run: Run, tmp_path: Path) -> None:
    assert run("reach", "--out", "r.gpkg").code == 0
    table = pyogrio.read_dataframe(tmp_path / "r.gpkg")
    assert table.set_index("ref")["metres"].to_dict() == {
        "h0": 10.0,
        "h1": 410.0,
        "h2": 810.0,
        "h3": 1210.0,
        "h4": 1610.0,
    }


@pytest.mark.usefixtures("street")
def test_maps_are_pages(run: Run, tmp_path: Path) -> None:
    assert run("map", "reach", "--out", "r.html").code == 0
    assert "步行 15 分钟内" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert run("map", "stations", "--out", "s.html").code == 0
    assert "甲社区党群服务中心" in (tmp_path / "s.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("street")
def test_site_names_the_place_and_what_is_proved(run: Run, tmp_path: Path) -> None:
    lon, lat = point(1700)
    said = run("site", "--at", f"{lon},{lat}", "--out", "s.csv", "--lang", "en")
    assert said.code == 0
    assert "103 households reached (+43), proved best" in said.out
    assert len(pd.read_csv(tmp_path / "s.csv")) == 1
    alone = run("site", "--close", "s1", "--lang", "en")
    assert "now 0 of 103 households" in alone.out
    assert "now 60 of 103" in run("site", "--keep", "s1", "--lang", "en").out


@pytest.mark.usefixtures("street")
@pytest.mark.parametrize(
    "wrong",
    [
        ("reach", "--minutes", "0"),
        ("reach", "--close", "nobody"),
        ("reach", "--out", "r.doc"),
        ("map", "reach", "--out", "r.pdf"),
        ("site", "--at", "here"),
        ("site", "--keep", "nobody"),
        ("site", "--new", "0"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_2(run: Run, wrong: tuple[str, ...]) -> None:
    said = run(*wrong)
    assert said.code == 2
    assert said.err.splitlines()[-1].startswith("wangge: ")


def test_an_empty_store_says_what_to_import(run: Run) -> None:
    said = run("reach", "--lang", "en")
    assert said.code == 2
    assert "import buildings" in said.err


@pytest.fixture
def homes(tmp_path: Path) -> None:
    """The town of `tests.layers.households` with two member households in 桂苑3号楼, in the folder commands run in."""
    store = Store.open(home=tmp_path / "wangge-data")
    store.migrate()
    households.settle(store)
    households.move_in(store)
    households.match(store)
    found = store.writing(OPERATOR, actor="test", now=households.NOW)
    with found as unit:
        kept = unit.table(sa.select(residents.c.ref, residents.c.address))
        unit.record(action="test", detail={})
        for ref in kept.loc[kept["address"].str.startswith("桂苑3"), "ref"]:
            sealed = unit.sealer.seal_values(residents, ref, {"members": "local"})
            unit.execute(sa.update(residents).where(residents.c.ref == ref).values(**sealed))
    store.close()


@pytest.mark.usefixtures("homes")
def test_a_map_of_members_reads_them_on_record_and_one_to_hand_out_does_not(run: Run, tmp_path: Path) -> None:
    def reads() -> int:
        return run("history", "--lang", "en").out.count("read residents")

    before = reads()
    done = run("map", "members", "--out", "m.html")
    assert done.code == 0, done.err
    told = data_of((tmp_path / "m.html").read_text(encoding="utf-8"))
    assert [told["buildings"]["name"][row] for row in told["members"]["row"]] == ["3号楼"]
    assert told["members"]["told"] == ["<5"]
    assert reads() == before + 1
    done = run("map", "all", "--out", "all.html")
    assert done.code == 0, done.err
    told = data_of((tmp_path / "all.html").read_text(encoding="utf-8"))
    assert (len(told["members"]["row"]), len(told["grids"]["code"])) == (1, 3)
    assert "没有可步行的道路" in (tmp_path / "all.html").read_text(encoding="utf-8")
    assert reads() == before + 2
    refused = run("map", "all", "--public", "--out", "public.html")
    assert (refused.code, "--exempt" in refused.err) == (2, True)
    assert run("map", "all", "--exempt", "公示", "--out", "public.html").code == 0
    assert "公开使用（无审图号）：公示" in (tmp_path / "public.html").read_text(encoding="utf-8")
    assert "public-export" in run("history").out
    assert data_of((tmp_path / "public.html").read_text(encoding="utf-8"))["members"] is None
    assert reads() == before + 2


@pytest.mark.usefixtures("street")
def test_a_map_of_members_without_any_says_what_to_do(run: Run) -> None:
    done = run("map", "members", "--out", "m.html", "--lang", "en")
    assert done.code == 2
    assert "wangge match" in done.err
    assert run("map", "all", "--out", "all.html").code == 0
