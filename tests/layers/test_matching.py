"""Many addresses in this process, in a pool and on a cluster: the same answers in the same order."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.errors import InputError
from layers.matching import match_all
from layers.steps import executor
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


def answers(pool: object) -> pd.DataFrame:
    return pd.concat(match_all(gazetteer(), TEXTS, pool=pool, size=4), ignore_index=True)  # type: ignore[arg-type]


def test_a_pool_answers_the_same() -> None:
    alone = answers(None)
    assert len(alone) == len(TEXTS)
    with executor(1) as pool:
        pd.testing.assert_frame_equal(answers(pool), alone)
    with executor(2) as pool:
        pd.testing.assert_frame_equal(answers(pool), alone)


@pytest.mark.filterwarnings("default")
def test_a_cluster_answers_the_same() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        executor(1, cluster.scheduler_address) as pool,
    ):
        pd.testing.assert_frame_equal(answers(pool), answers(None))


def test_nothing_is_nothing() -> None:
    assert list(match_all(gazetteer(), [], pool=None)) == []


@pytest.mark.parametrize("address", ["nowhere", "tcp://", "http://x"])
def test_a_bad_address_of_a_cluster_is_said(address: str) -> None:
    with pytest.raises(InputError, match="cluster"), executor(1, address):
        pass
