"""No failure stops a run: an error in one job, a worker that is killed, on this machine and on a cluster."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from geo.errors import Fault, FrameError, InputError, WanggeError, Words
from geo.partition.ask import Ask
from geo.plans.rules import profile
from layers.plans.drawing import draw_plans
from layers.rights.viewer import OPERATOR
from layers.runs.steps import Step, each, steadily
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


def results(numbers: list[int], **options: object) -> dict[int, int | WanggeError]:
    found = list(steadily(square, numbers, **options))  # type: ignore[arg-type]
    assert sorted(job for job, _ in found) == sorted(numbers)
    return dict(found)


def test_one_process_tells_failures_and_goes_on() -> None:
    found = results([1, 3, 7, 2], workers=1)
    assert (found[1], found[2]) == (1, 4)
    assert isinstance(found[7], InputError)
    assert found[7].words == Words("seven is refused", "拒绝七")
    assert isinstance(found[3], WanggeError)
    assert "ZeroDivisionError: three" in found[3].words.en


def test_a_killed_worker_costs_only_its_own_job() -> None:
    found = results([*range(10, 14), 5, *range(14, 18)], workers=2)
    assert "died twice" in str(found[5])
    assert {n: r for n, r in found.items() if n != 5} == {n: n * n for n in range(10, 18)}


class Place(NamedTuple):
    """A job of `each`."""

    code: str
    name: str


def faulty(place: Place) -> str:
    """North fails in its worker, in a way nobody foresaw; south breaks a contract there."""
    if place.code == "north":
        raise KeyError("no such column")
    if place.code == "south":
        raise FrameError("buildings", [Fault(1, None, "", Words("bad", "坏"))])
    return place.code.upper()


@pytest.mark.parametrize("workers", [1, 2])
def test_whatever_goes_wrong_is_the_failed_step_of_one_community(workers: int) -> None:
    """In the worker, in keeping what it made, before it began; the others go on and all are counted."""

    def keep(place: Place, made: str) -> Step[str]:
        if place.code == "west":
            raise ZeroDivisionError("west")
        return Step(place.code, place.name, 0, 0, made)

    skipped: Step[str] = Step("hill", "山", 0, 0, error=Words("no cells", "没有基元"))
    jobs = [Place("north", "北"), skipped, Place("south", "南"), Place("west", "西"), Place("east", "东")]
    steps = list(each(faulty, jobs, keep, total=5, workers=workers))
    assert [(step.done, step.total) for step in steps] == [(n, 5) for n in range(1, 6)]
    came = {step.community_code: step for step in steps}
    assert came["east"].figures == "EAST"
    errors = {code: step.error.en for code, step in came.items() if step.error is not None}
    assert set(errors) == {"north", "south", "west", "hill"}
    assert "KeyError" in errors["north"]
    assert "1 fault(s)" in errors["south"]
    assert "ZeroDivisionError" in errors["west"]
    with pytest.raises(LookupError):
        _ = came["north"].figures


def test_without_dask_a_cluster_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="pip install distributed"):
        results([1], workers=1, scheduler="tcp://127.0.0.1:1")


@pytest.mark.parametrize(
    "scheduler", ["tcp://10.0.0.7:8786", "10.0.0.7:8786", "ucx://node:1", "tcp://127.0.0.1.evil.example:1"]
)
def test_nothing_goes_over_the_network_as_it_is(scheduler: str) -> None:
    with pytest.raises(InputError, match="tls://"):
        results([1], workers=1, scheduler=scheduler)


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_behind_certificates() -> None:
    import dask
    from distributed import LocalCluster
    from distributed.security import Security

    own = Security.temporary()
    known = {"ca-file": own.tls_ca_file, "client.cert": own.tls_client_cert, "client.key": own.tls_client_key}
    kind = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with LocalCluster(**kind, security=own, protocol="tls") as running:
        with pytest.raises(InputError, match="certificate"):
            results([2], workers=1, scheduler=running.scheduler_address)
        with dask.config.set({f"distributed.comm.tls.{name}": value for name, value in known.items()}):
            assert results([2], workers=1, scheduler=running.scheduler_address) == {2: 4}


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
    assert all(isinstance(found[n], WanggeError) for n in (3, 5, 7))
    assert "died twice" in str(found[5])
    assert {n: found[n] for n in (10, 11, 12, 13, 20)} == {n: n * n for n in (10, 11, 12, 13, 20)}


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_blames_no_neighbour_of_the_killer(cluster: str) -> None:
    """With a dozen jobs queued at two workers, some sit behind the killer and are blamed by the cluster at first."""
    numbers = [20, 21, 5, *range(22, 32)]
    found = results(numbers, workers=2, scheduler=cluster)
    assert "died twice" in str(found[5])
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
    assert [(step.error, step.figures.grids) for step in steps] == [(None, 2), (None, 2)]
    assert {step.community_code for step in steps} == {WEST, EAST}


def test_an_absent_cluster_is_told() -> None:
    with pytest.raises(InputError, match="no cluster answers"):
        results([1], workers=1, scheduler="tcp://127.0.0.1:9")
