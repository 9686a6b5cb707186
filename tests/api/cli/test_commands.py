"""The commands on a small store: what they print and what they write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

IN_B1 = ("--lon", "108.7017", "--lat", "34.3051")


def test_locate_says_a_sentence_or_an_object(planned: Any) -> None:
    done = planned("locate", *IN_B1)
    assert done.code == 0
    assert done.out.startswith("甲社区1号楼 → ")
    assert "2026-06-01" in done.out
    english = planned("locate", *IN_B1, "--lang", "en").out
    assert english.startswith("1号楼, 甲社区 → ")
    found = json.loads(planned("locate", *IN_B1, "--json").out)
    assert found["community"] == {"code": "999901001001", "name": "甲社区"}
    assert found["grid"]["code"].startswith("999901001001")


def test_locate_outside_and_before_the_plan(planned: Any) -> None:
    assert planned("locate", "--lon", "1", "--lat", "2", "--lang", "en").out.startswith("Outside")
    before = planned("locate", *IN_B1, "--as-of", "2026-05-31", "--lang", "en")
    assert (before.code, "no published grid" in before.out) == (0, True)


def test_locate_answers_a_file_in_order(planned: Any, tmp_path: Path, read_csv: Any) -> None:
    Path("in.csv").write_bytes(
        "编号,经度,纬度\n乙,108.7137,34.3051\n坏,x,y\n甲,108.7017,34.3051\n".encode("gbk")
    )
    done = planned("locate", "--file", "in.csv", "--out", "deep/out.csv")
    assert done.code == 0
    assert "3" in done.out
    rows = read_csv(Path("deep/out.csv"))
    assert [(row["id"], row["status"], row["community"], row["building"]) for row in rows] == [
        ("乙", "matched", "乙社区", "5号楼"),
        ("坏", "error", "", ""),
        ("甲", "matched", "甲社区", "1号楼"),
    ]
    assert sorted(path.name for path in Path("deep").iterdir()) == ["out.csv"]


def test_locate_refuses_a_file_without_its_columns_and_writes_nothing(planned: Any) -> None:
    Path("in.csv").write_text("name,x,y\na,1,2\n")
    done = planned("locate", "--file", "in.csv", "--out", "out.csv", "--lang", "en")
    assert done.code == 2
    assert "'lon'" in done.err
    assert not Path("out.csv").exists()


def test_partition_made_grids_within_the_bounds_and_check_agrees(planned: Any) -> None:
    done = planned("check", "--lang", "en")
    assert done.code == 0
    assert "0 errors" in done.out
    assert planned("check", "--out", "found.csv").code == 0
    assert Path("found.csv").read_text("utf-8-sig").startswith("plan_id,community_code,severity,rule")
    assert planned("check", "--out", "found.xlsx").code == 0
    assert Path("found.xlsx").read_bytes().startswith(b"PK")
    assert planned("check", "--out", "found.pdf").code == 2
    assert planned("check", "--community", "999901001002").code == 0
    assert planned("check", "--community", "123", "--lang", "en").code == 2


def test_export_grids_has_the_registers_columns(planned: Any, read_csv: Any) -> None:
    assert planned("export", "grids", "--out", "grids.csv").code == 0
    rows = read_csv(Path("grids.csv"))
    assert list(rows[0])[:6] == ["code", "name", "kind", "community", "households", "valid_from"]
    assert sum(int(row["households"]) for row in rows) == 6 * 180
    assert {row["community"] for row in rows} == {"甲社区", "乙社区"}
    assert {row["valid_from"] for row in rows} == {"2026-06-01"}
    assert planned("export", "grids", "--as-of", "2026-05-31", "--out", "none.csv").code == 2


@pytest.mark.parametrize("layer", ["communities", "buildings", "roads", "stations", "water", "complexes"])
def test_export_other_layers(planned: Any, layer: str) -> None:
    done = planned("export", layer, "--out", f"{layer}.geojson")
    assert done.code == 0
    expected = {"communities": 2, "buildings": 6}.get(layer, 0)
    assert len(json.loads(Path(f"{layer}.geojson").read_text())["features"]) == expected


def test_export_cells(planned: Any, read_csv: Any) -> None:
    assert planned("export", "cells", "--out", "cells.csv").code == 0
    rows = read_csv(Path("cells.csv"))
    assert list(rows[0])[:3] == ["community_code", "cell", "kind"]
    assert sum(int(row["households"]) for row in rows) == 6 * 180
    assert planned("export", "cells", "--community", "999901001002", "--out", "one.gpkg").code == 0
    assert planned("export", "cells", "--plan", "1", "--out", "no.csv").code == 2
    assert planned("export", "cell", "--out", "no.csv", "--lang", "en").code == 2


def test_map_writes_one_page(planned: Any) -> None:
    done = planned("map", "grids", "--out", "maps/all.html", "--lang", "en")
    assert done.code == 0
    page = Path("maps/all.html").read_text("utf-8")
    assert "Internal working map" in page
    one = planned("map", "grids", "--out", "one.html", "--community", "999901001002")
    assert one.code == 0
    assert "甲社区" not in Path("one.html").read_text("utf-8")


def test_history_tells_who_did_what(planned: Any) -> None:
    done = planned("history", "--lang", "en")
    assert done.code == 0
    for word in ("publish", "import", "cli"):
        assert word in done.out
    assert planned("history", "--limit", "1").out.count("\n") == 2


def test_publishing_twice_is_refused(planned: Any) -> None:
    done = planned("publish", "--lang", "en")
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_a_second_plan_takes_over_on_its_day(planned: Any) -> None:
    assert (
        planned(
            "partition", "--community", "999901001001", "--rules", "county-urban", "--time-limit", "0.2"
        ).code
        == 0
    )
    assert planned("publish", "--from", "2026-09-01", "--lang", "en").code == 0
    old = json.loads(planned("locate", *IN_B1, "--as-of", "2026-08-31", "--json").out)
    new = json.loads(planned("locate", *IN_B1, "--as-of", "2026-09-01", "--json").out)
    assert (old["plan"]["version"], new["plan"]["version"]) == (1, 2)
    assert old["plan"]["valid_to"] == "2026-09-01"


def test_import_says_what_it_did_and_dry_run_does_nothing(run: Any, files: dict[str, Path]) -> None:
    tried = run(
        "import", "communities", str(files["communities"]), "--crs", "EPSG:4490", "--dry-run", "--lang", "en"
    )
    assert (tried.code, "would load 2 rows" in tried.out) == (0, True)
    assert run("export", "communities", "--out", "c.geojson").code == 0
    assert json.loads(Path("c.geojson").read_text())["features"] == []
    assert (
        "loaded 2 rows"
        in run("import", "communities", str(files["communities"]), "--crs", "EPSG:4490", "--lang", "en").out
    )
    assert (
        "2 updated"
        in run("import", "communities", str(files["communities"]), "--crs", "EPSG:4490", "--lang", "en").out
    )


def test_faults_of_an_import_are_listed_in_a_file(run: Any, files: dict[str, Path]) -> None:
    bad = Path("bad.csv")
    bad.write_text(files["communities"].read_text("utf-8").replace("999901001002", "12"), encoding="utf-8")
    done = run("import", "communities", str(bad), "--crs", "EPSG:4490", "--lang", "en")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert [path.suffix for path in Path("wangge-data/faults").iterdir()] == [".xlsx"]
    assert "faults" in done.err


def test_today_grids_become_plans(run: Any, files: dict[str, Path]) -> None:
    for layer in ("communities", "buildings"):
        assert run("import", layer, str(files[layer]), "--crs", "EPSG:4490").code == 0
    assert run("cells").code == 0
    grids = Path("grids.csv")
    shape = "POLYGON((108.70 34.30,108.72 34.30,108.72 34.31,108.70 34.31,108.70 34.30))"
    west = shape.replace("108.72", "108.71")
    grids.write_text(
        f'ref,name,kind,community_code,wkt\ng1,旧网格,base,999901001001,"{west}"\n', encoding="utf-8"
    )
    done = run("import", "grids", str(grids), "--crs", "EPSG:4490", "--lang", "en")
    assert done.code == 0, done.err
    assert run("publish").code == 0
    assert json.loads(run("locate", *IN_B1, "--json").out)["status"] == "matched"


def test_an_instance_is_solved_without_a_store(run: Any) -> None:
    nodes = [{"id": i, "x": 100 * i, "y": 0, "households": 2, "area": 1e4, "complex": None} for i in range(4)]
    edges = [{"a": i, "b": i + 1, "shared_m": 100, "barrier": False} for i in range(3)]
    Path("line.json").write_text(
        json.dumps({"name": "line", "source": "test", "lo": 2, "hi": 4, "nodes": nodes, "edges": edges})
    )
    done = run("partition", "--instance", "line.json", "--out", "labels.json", "--seed", "3", "--lang", "en")
    assert done.code == 0
    assert json.loads(Path("labels.json").read_text()) == [0, 0, 1, 1]
    assert "2 grids (at least 2)" in done.out
    assert not Path("wangge-data").exists()


def test_doctor_finds_everything_and_what_is_broken(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("history").code == 0  # makes the store
    done = run("doctor", "--lang", "en")
    assert "SQLite" in done.out
    assert "✓ Python" in done.out
    monkeypatch.setenv("WANGGE_DATABASE_URL", "postgresql://someone:secret-word@127.0.0.1:1/none")
    broken = run("doctor", "--lang", "en")
    assert broken.code == 1
    assert "✗ store" in broken.out
    assert "WANGGE_DATABASE_URL" in broken.out
    assert "secret-word" not in broken.out


def test_doctor_changes_nothing(run: Any) -> None:
    assert "made on first use" in run("doctor", "--lang", "en").out
    assert list(Path("wangge-data").iterdir()) == []


def test_doctor_names_server_and_postgis(run: Any, monkeypatch: pytest.MonkeyPatch, postgis_url: str) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", postgis_url)
    done = run("doctor", "--lang", "en")
    assert "PostgreSQL 1" in done.out
    assert "PostGIS 3" in done.out


def test_doctor_finds_a_folder_that_cannot_be_written(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").write_text("in the way")
    monkeypatch.setenv("WANGGE_HOME", "file")
    done = run("doctor", "--lang", "en")
    assert done.code == 1
    assert "✗ working folder" in done.out


def test_cells_without_communities_make_working_areas_and_say_so(run: Any, files: dict[str, Path]) -> None:
    assert run("import", "buildings", str(files["buildings"]), "--crs", "EPSG:4490").code == 0
    done = run("cells", "--lang", "en")
    assert done.code == 0
    assert "working areas were made" in done.err
    assert run("partition", "--time-limit", "0.2").code == 0
    assert run("publish").code == 0
    assert run("map", "grids", "--out", "map.html").code == 0
    page = Path("map.html").read_text("utf-8")
    assert "工作片区" in page
    assert "working areas" not in page
