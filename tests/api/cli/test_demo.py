"""`wangge demo`: the journey from nothing to a map, twice, and never over somebody's data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_the_demo_ends_with_figures_a_map_and_an_answer_and_may_run_again(run: Any) -> None:
    for _ in range(2):
        done = run("demo", "--lang", "en")
        assert done.code == 0, done.err
        assert "communities" in done.out
        assert "today" in done.out
        assert "→ grid" in done.err or "→ new grids" in done.err
    page = Path("wangge-data/maps/grids.html").read_text("utf-8")
    assert "第一网格" in page
    line = next(line for line in done.out.splitlines() if line.startswith("wangge locate"))
    found = json.loads(run(*line.split()[1:], "--json").out)
    assert found["status"] == "matched"
    assert found["building"] is not None
    before = json.loads(run(*line.split()[1:], "--json", "--as-of", "2026-01-01").out)
    assert before["plan"]["version"] == 1  # the grids as they were
    assert "0 errors" in run("check", "--lang", "en").out


def test_the_demo_leaves_other_data_alone(run: Any, files: dict[str, Path]) -> None:
    own = Path("own.csv")
    own.write_text(
        files["communities"].read_text("utf-8").replace("9999010010", "6104020010"), encoding="utf-8"
    )
    assert run("import", "communities", str(own), "--crs", "EPSG:4490").code == 0
    done = run("demo", "--lang", "en")
    assert done.code == 2
    assert "WANGGE_HOME" in done.err
    assert run("export", "communities", "--out", "kept.geojson").code == 0
    assert len(json.loads(Path("kept.geojson").read_text())["features"]) == 2
