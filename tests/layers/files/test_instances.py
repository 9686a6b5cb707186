"""The neutral format on disk: round trip, and files that are not what they claim."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from geo.errors import FileError, InputError
from layers.files.instances import read_instance, write_labels

TWO = {
    "name": "两格",
    "lo": 1,
    "hi": 5,
    "nodes": [{"id": i, "x": i, "y": 0, "households": 3, "area": 1, "complex": "甲"} for i in range(2)],
    "edges": [{"a": 0, "b": 1, "shared_m": 1, "barrier": False}],
}


def test_an_instance_is_read_with_its_chinese_names(tmp_path: Path) -> None:
    path = tmp_path / "two.json"
    path.write_text(json.dumps(TWO, ensure_ascii=False), encoding="utf-8")
    problem = read_instance(path)
    assert (problem.name, problem.complexes, problem.n) == ("两格", ("甲",), 2)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "two.json"
    path.write_text(json.dumps(TWO), encoding="utf-8-sig")
    assert read_instance(path).n == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{", "两".encode("gbk"), b"[" * 100_000, b'{"lo": '],
    ids=["empty", "cut", "gbk", "deep", "half"],
)
def test_what_is_not_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(FileError, match="not JSON"):
        read_instance(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"cannot read .*none\.json"):
        read_instance(tmp_path / "none.json")


@pytest.mark.parametrize("value", [[], 3, None, {"lo": 1}])
def test_json_that_is_no_instance_is_refused(tmp_path: Path, value: object) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps(value))
    with pytest.raises(InputError):
        read_instance(path)


def test_a_sparse_file_that_claims_two_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(FileError, match="2147483648 bytes"):
        read_instance(path)


def test_labels_are_written_as_plain_whole_numbers(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    write_labels(path, np.array([2, 0, 1], np.int32))
    assert json.loads(path.read_text()) == [2, 0, 1]
    assert [entry.name for entry in tmp_path.iterdir()] == ["labels.json"]


def test_labels_that_cannot_be_written_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot write"):
        write_labels(tmp_path / "missing" / "labels.json", np.array([0]))
