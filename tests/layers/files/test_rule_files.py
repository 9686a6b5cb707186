"""A tenant's own rules from a file."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from geo.errors import FileError, RulesError
from geo.plans.families import BOOK
from layers.files.rule_files import read_rules

ROOT = Path(__file__).parents[3]
YAML = "profiles:\n  本区:\n    based_on: national\n    min: 250\n    title: 本区规则\n"
TOML = "[profiles.ours]\nbased_on = 'national'\nmax = 450\n[families.all]\nother = 'ours'\n"


def test_yaml_and_toml_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(YAML, encoding="utf-8")
    (tmp_path / "b.toml").write_text(TOML, encoding="utf-8")
    assert read_rules(tmp_path / "a.yaml").profiles["本区"].min_households == 250
    assert read_rules(tmp_path / "b.toml").find("all").other.max_households == 450


def test_the_working_folder_may_hold_one(tmp_path: Path) -> None:
    assert "本区" not in read_rules(None, home=tmp_path).profiles
    (tmp_path / "rules.yaml").write_text(YAML, encoding="utf-8")
    assert "本区" in read_rules(None, home=tmp_path).profiles
    assert "national" in read_rules(None, home=tmp_path).profiles


@pytest.mark.parametrize(
    ("name", "text", "error", "said"),
    [
        ("r.yaml", "profiles: [", FileError, "cannot be read"),
        ("r.toml", "profiles = [", FileError, "cannot be read"),
        ("r.yaml", "- a", FileError, "no tables"),
        ("r.ini", "x", FileError, ".toml"),
        ("r.yaml", "profiles:\n  a:\n    max: x\n", RulesError, r"r\.yaml: a: max"),
    ],
)
def test_faults_name_the_file_and_the_entry(
    tmp_path: Path, name: str, text: str, error: type[Exception], said: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(error, match=said):
        read_rules(tmp_path / name)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no file"):
        read_rules(tmp_path / "none.yaml")


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_example_of_the_readme_is_sound(tmp_path: Path, readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    start = text.index("    profiles:\n")
    (tmp_path / "rules.yaml").write_text(dedent(text[start : text.index("\n## ", start)]), encoding="utf-8")
    book = read_rules(None, home=tmp_path)
    assert len(book.profiles) == len(BOOK.profiles) + 1
    assert len(book.families) == len(BOOK.families) + 1
