"""The shared records with their truth: 20,000 made-up addresses over 8,732 buildings, read where they lie."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.addresses.match.resolve import Matcher
from layers.files.gazetteers import read_gazetteer
from tests.conftest import missing

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def answered(real_data: Path) -> pd.DataFrame:
    folder = real_data.parent / "addresses"
    if not folder.is_dir():
        missing(f"no address records at {folder}; put them beside the folder WANGGE_REAL_DATA names")
    records = pd.read_parquet(folder / "records_A.parquet")
    truth = pd.read_parquet(folder / "truth_A.parquet").fillna("")
    answers = Matcher(read_gazetteer(folder / "gazetteer_A")).match_many(records["text"].tolist())
    return truth.merge(records.join(answers.add_prefix("got_")), on="id")


def test_precision_and_recall(answered: pd.DataFrame) -> None:
    named = answered[answered.got_status == "matched"]
    right = named.status.eq("matched") & named.building_id.eq(named.got_building_id)
    assert right.mean() >= 0.9995
    assert right.sum() / answered.status.eq("matched").sum() >= 0.992
    assert (~right).sum() / len(answered) <= 0.0003
    assert abs(named.got_confidence.mean() - right.mean()) <= 0.002
    found = named[right]
    for level in ("unit", "room"):
        assert found[level].eq(found[f"got_{level}"]).mean() >= 0.999


def test_misses_and_candidates(answered: pd.DataFrame) -> None:
    nobody, several = (answered[answered.status == status] for status in ("none", "ambiguous"))
    assert nobody.got_status.eq("none").mean() >= 0.98
    assert several.got_status.ne("matched").mean() >= 0.998
    few = several[several.n_candidates.between(1, 20)]
    listed = [
        set(want.split("|")) <= set(got.split("|"))
        for want, got in zip(few.candidates, few.got_candidates, strict=True)
    ]
    assert sum(listed) / len(listed) >= 0.99
