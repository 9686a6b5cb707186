"""No failure stops a run: an error in one job, a worker that is killed, on this machine and on a cluster."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.errors import InputError, Words
from geo.partition.ask import Ask
from geo.plans.rules import profile
from layers.drawing import draw_plans
from layers.rights.viewer import OPERATOR
from layers.steady import steadily
from layers.store.database import Store
from tests.layers.town import EAST, NOW, WEST, settle


def square(number: int) -> int:
    """The job of these tests: 3 fails, 5 kills its process, 7 is refused."""
    if number == 3:
        raise ZeroDivisionError("three")
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 7:
        raise InputError("seven is refused", "拒绝七")
    return number * number


def results(numbers: list[int], **options: object) -> dict[int, int | Words]:
    found = list(steadily(square, numbers, **options))  # type: ignore[arg-type]
    assert sorted(job for job, _ in found) == sorted(numbers)
    return dict(found)


def test_one_process_tells_failures_and_goes_on() -> None:
    found = results([1, 3, 7, 2], workers=1)
    assert (found[1], found[2]) == (1, 4)
    assert found[7] == Words("seven is refused", "拒绝七")
    assert isinstance(found[3], Words)
    assert "ZeroDivisionError: three" in found[3].en


def test_a_killed_worker_costs_only_its_own_job() -> None:
    found = results([*range(10, 14), 5, *range(14, 18)], workers=2)
    assert isinstance(found[5], Words)
    assert "died twice" in found[5].en
    assert {n: r for n, r in found.items() if n != 5} == {n: n * n for n in range(10, 18)}


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a Dask cluster of two processes on this machine."""
    import dask
    from distributed import LocalCluster

    with (
        warnings.catch_warnings(),
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
    ):
        warnings.simplefilter("ignore")
        with LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as running:
            yield running.scheduler_address


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_does_the_same(cluster: str) -> None:
    found = results([*range(10, 14), 3, 5, 7, 20], workers=2, scheduler=cluster)
    assert all(isinstance(found[n], Words) for n in (3, 5, 7))
    assert "died twice" in found[5].en  # type: ignore[union-attr]
    assert {n: found[n] for n in (10, 11, 12, 13, 20)} == {n: n * n for n in (10, 11, 12, 13, 20)}


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_blames_no_neighbour_of_the_killer(cluster: str) -> None:
    """With a dozen jobs queued at two workers, some sit behind the killer and are blamed by the cluster at first."""
    numbers = [20, 21, 5, *range(22, 32)]
    found = results(numbers, workers=2, scheduler=cluster)
    assert "died twice" in found[5].en  # type: ignore[union-attr]
    assert {n: found[n] for n in numbers if n != 5} == {n: n * n for n in numbers if n != 5}


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_draws_plans(cluster: str, tmp_path: Path) -> None:
    store = Store.open(home=tmp_path)
    store.migrate()
    settle(store)
    steps = list(
        draw_plans(
            store,
            OPERATOR,
            rules=profile("national"),
            ask=Ask(time_limit_s=0.2),
            scheduler=cluster,
            actor="t",
            now=NOW,
        )
    )
    store.close()
    assert [(step.error, step.figures["grids"]) for step in steps] == [(None, 2), (None, 2)]
    assert {step.community_code for step in steps} == {WEST, EAST}


def test_an_absent_cluster_is_told() -> None:
    with pytest.raises(InputError, match="no cluster answers"):
        results([1], workers=1, scheduler="tcp://127.0.0.1:9")
