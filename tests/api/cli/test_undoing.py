"""`wangge imports`, `undo` and `end`: told before, asked, done, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from tests.api.cli.conftest import Run


@pytest.fixture
def loaded(run: Run, files: dict[str, Path]) -> Run:
    for layer, path in files.items():
        done = run("--lang", "en", "import", layer, str(path), "--crs", "EPSG:4490")
        assert done.code == 0
        assert f"wangge undo {layer}" in done.out
    return run


def test_the_last_import_is_told_and_taken_back(loaded: Run, tmp_path: Path) -> None:
    listed = loaded("--lang", "en", "imports").out
    assert "buildings.csv" in listed
    assert str(tmp_path) not in listed
    fewer = tmp_path / "new.csv"
    text = next(tmp_path.rglob("buildings.csv")).read_text("utf-8").replace(",180,", ",100,")
    fewer.write_text(text, "utf-8")
    assert loaded("import", "buildings", str(fewer), "--crs", "EPSG:4490").code == 0
    done = loaded("--lang", "en", "undo", "buildings", "--yes")
    assert done.code == 0, done.err
    assert "import of buildings, new.csv" in done.err
    assert "as before 6" in done.err
    assert "and 1 more" in done.err
    assert "batch 3 was taken back by batch 4" in done.out
    assert "taken back by 4" in loaded("--lang", "en", "imports", "--layer", "buildings").out
    assert loaded("--lang", "en", "history", "--limit", "1").out.count("undoes=3") == 1
    again = loaded("--lang", "en", "undo", "buildings", "--batch", "4", "--yes")
    assert again.code == 0, again.err
    exported = tmp_path / "out.csv"
    assert loaded("export", "buildings", "--out", str(exported)).code == 0
    assert ",100," in exported.read_text("utf-8-sig")


def test_an_undo_asks_first(loaded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: False)
    no = loaded("--lang", "en", "undo", "buildings")
    assert (no.code, "nothing was changed" in no.err) == (2, True)
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: True)
    assert loaded("undo", "buildings").code == 0


def test_what_stands_in_the_way_is_listed(loaded: Run) -> None:
    refused = loaded("--lang", "en", "undo", "communities", "--yes")
    assert refused.code == 2
    assert "in the way: communities 999901001001 甲社区: leaned on by buildings in it" in refused.err
    assert "cannot be taken back, nothing was changed" in refused.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("undo", "grids"), "no import of grids to take back"),
        (("undo", "nothing"), "no layer 'nothing'"),
        (("undo", "osm"), "no import of osm to take back"),
        (("end", "buildings", "b1", "--reason", " "), "say why"),
        (("end", "buildings", "b1", "--reason", "x", "--on", "tomorrow"), "is not a date"),
        (("end", "buildings", "b77", "--reason", "x"), "there is no b77 among the buildings"),
        (("end", "buildings", "b1"), "reason"),
    ],
)
def test_what_cannot_be_done_is_said(loaded: Run, args: tuple[str, ...], said: str) -> None:
    done = loaded("--lang", "en", *args, "--yes")
    assert (done.code, said in done.err) == (2, True), done.err


def test_a_building_ends_and_comes_back(planned: Run, tmp_path: Path) -> None:
    on = ("--on", "2026-07-01")
    done = planned("--lang", "en", "end", "buildings", "b1", "--reason", "已拆除", *on, "--yes")
    assert done.code == 0, done.err
    assert "buildings b1 1号楼" in done.err
    assert "leaned on by cells of the published plan 1" in done.err
    point = ("--lon", "108.7017", "--lat", "34.3051")
    assert "1号楼" not in planned("locate", *point).out
    assert "1号楼" in planned("locate", *point, "--as-of", "2026-06-30").out
    for day, there in (("2026-06-30", True), ("2026-07-01", False)):
        page = tmp_path / f"{day}.html"
        assert planned("map", "grids", "--out", str(page), "--as-of", day).code == 0
        assert ("1号楼" in page.read_text("utf-8")) == there, day
    assert "已拆除" in planned("--lang", "en", "imports", "--limit", "1").out
    assert planned("undo", "buildings", "--yes").code == 0
    assert "1号楼" in planned("locate", *point).out


def test_rows_that_left_the_file_are_told_with_what_leans_on_them(planned: Run, tmp_path: Path) -> None:
    path = next(tmp_path.rglob("buildings.csv"))
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], *lines[2:]]) + "\n", "utf-8")
    told = planned(
        "--lang", "en", "import", "buildings", str(path), "--crs", "EPSG:4490", "--replace", "--dry-run"
    )
    assert "no longer in the file: b1 1号楼" in told.err
    assert "leaned on by cells of the published plan 1" in told.err
    done = planned(
        "--lang", "en", "import", "buildings", str(path), "--crs", "EPSG:4490", "--replace", "--yes"
    )
    assert (done.code, "1 rows ended" in done.out) == (0, True)
    assert "no longer in the file: b1 1号楼" in done.err, "for scripts too, row by row"
