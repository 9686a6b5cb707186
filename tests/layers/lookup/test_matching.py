"""Many addresses in this process, in a pool and on a cluster: the same answers in the same order."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.errors import InputError
from layers.lookup.matching import match_lines, match_table
from layers.runs.steps import executor, helpers
from tests.geo.addresses.town import gazetteer

TEXTS = [
    "芙蓉苑3-2-501",
    "",
    "丹泽2幢",
    "海棠新城8栋",
    "芙蓉花园3号楼",
    "望江街道翠锦新城1号楼",
    "金瑞国际b座1502",
] * 3


def answers(pool: object, *, helping: int = 0) -> list[str]:
    ids = [str(i) for i in range(len(TEXTS))]
    found = list(match_lines(gazetteer(), ids, TEXTS, pool=pool, size=4, helping=helping))  # type: ignore[arg-type]
    assert sum(sum(lines.counts) for lines in found) == len(TEXTS)
    return "".join(lines.text for lines in found).splitlines()


def test_a_pool_answers_the_same() -> None:
    alone = answers(None)
    assert [line.split(",")[:2] for line in alone[:3]] == [
        ["0", "matched"],
        ["1", "none"],
        ["2", "ambiguous"],
    ]
    with executor(1) as pool:
        assert answers(pool) == alone
    with executor(2) as pool:
        assert answers(pool) == alone
        table = match_table(gazetteer(), TEXTS, pool=pool, size=4)
    pd.testing.assert_frame_equal(table, match_table(gazetteer(), TEXTS, pool=None))


def test_this_process_works_beside_its_helpers() -> None:
    with helpers(1) as none:
        assert none is None
    with helpers(2) as pool:
        assert answers(pool, helping=1) == answers(None)


@pytest.mark.filterwarnings("default")
def test_a_cluster_answers_the_same() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        executor(1, cluster.scheduler_address) as pool,
    ):
        assert answers(pool) == answers(None)


def test_nothing_is_nothing() -> None:
    assert list(match_lines(gazetteer(), [], [], pool=None)) == []
    assert match_table(gazetteer(), [], pool=None).empty


def test_an_id_starts_no_formula() -> None:
    lines = list(match_lines(gazetteer(), ["=1+1"], ["芙蓉苑"], pool=None))
    assert lines[0].text.startswith("'=1+1,ambiguous,")


@pytest.mark.parametrize("address", ["nowhere", "tcp://", "http://x"])
def test_a_bad_address_of_a_cluster_is_said(address: str) -> None:
    with pytest.raises(InputError, match="cluster"), executor(1, address):
        pass
