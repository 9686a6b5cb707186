"""Reading in a child process: what it gives, what it takes too much of, how it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import geopandas as gpd
import pytest

from geo.errors import FileError, InputError
from layers.files.confined import Bounds, confined
from layers.files.limits import DEFAULT
from layers.files.mapping import read_mapping
from layers.files.readers import Source, read_source
from tests.layers.files.drawing import frame, house, write_geojson

MB = 1 << 20
WIDE = Bounds(512 * MB, 20, 20.0)


def hoard(megabytes: int) -> int:
    """Take memory and touch it."""
    return len(bytearray(megabytes * MB))


def spin() -> None:
    """Never come back."""
    while True:
        pass


def fall(number: int) -> None:
    """Die as a library does on a broken file."""
    os.kill(os.getpid(), number)


def refuse() -> None:
    """Say what is wrong."""
    raise InputError("wrong", "不对")


def whole() -> gpd.GeoDataFrame:
    """A frame, to see it arrive."""
    return frame([house(0, 0)], ref=["b"])


def test_what_is_read_arrives() -> None:
    assert confined(WIDE, "a", hoard, 1) == MB
    assert confined(WIDE, "a", whole).crs == "EPSG:4490"


def test_errors_arrive_in_both_languages() -> None:
    with pytest.raises(InputError) as caught:
        confined(WIDE, "a", refuse)
    assert (caught.value.words.en, caught.value.words.zh) == ("wrong", "不对")


def test_too_much_memory_is_told() -> None:
    with pytest.raises(FileError, match=r"big\.gpkg takes more than 512 MB of memory"):
        confined(WIDE, "big.gpkg", hoard, 4096)


def test_endless_work_ends() -> None:
    start = time.monotonic()
    with pytest.raises(FileError, match="more than 1 s of processor time"):
        confined(Bounds(512 * MB, 1, 30.0), "a", spin)
    assert time.monotonic() - start < 20


def test_waiting_ends() -> None:
    others = set(multiprocessing.active_children())  # workbenches of other tests of this process
    with pytest.raises(FileError, match="more than 1 s to read"):
        confined(Bounds(512 * MB, 60, 1.0), "a", time.sleep, 60)
    assert set(multiprocessing.active_children()) <= others


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_crash_is_told(number: int) -> None:
    with pytest.raises(FileError, match="the file is damaged"):
        confined(WIDE, "a", fall, number)


def test_beside_other_threads_a_fresh_process_is_used() -> None:
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert confined(Bounds(1024 * MB, 60, 60.0), "a", hoard, 1) == MB
    finally:
        stop.set()
        other.join()


def test_a_file_is_read_the_same(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "a.geojson", frame([house(0, 0), house(50, 0)], ref=["a", "b"]))
    here = read_source(path, layer="buildings")
    there: Source = confined(Bounds.of(path), path.name, read_source, path, layer="buildings", limits=DEFAULT)
    assert there.frame.equals(here.frame)
    assert there.rows.tolist() == here.rows.tolist()


def test_bounds_grow_with_the_file(tmp_path: Path) -> None:
    small, large = tmp_path / "a", tmp_path / "b"
    small.write_bytes(b"x")
    large.write_bytes(b"x" * (10 * MB))
    assert Bounds.of(large).memory_bytes > Bounds.of(small).memory_bytes
    assert Bounds.of(large).wall_s > Bounds.of(small).wall_s
    assert Bounds.of(tmp_path / "nothing") == Bounds.of(tmp_path / "nothing either")


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nname: *b\n",
        "values:\n  use:\n    x: &a {y: z}\n    w: *a\n",
        "name: &n 名称\nref: *n\n",
    ],
)
def test_a_mapping_that_repeats_itself_by_reference_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(FileError, match="aliases"):
        read_mapping(path)


@pytest.mark.parametrize("unit", ["{},", "[],"])
def test_a_collection_of_nothing_is_refused_in_bounds(tmp_path: Path, unit: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[' + unit * (24 * MB // len(unit)) + unit[:-1] + "]}"
    )
    with pytest.raises(FileError):
        confined(Bounds(700 * MB, 60, 60.0), path.name, read_source, path, layer="buildings")
