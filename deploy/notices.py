"""Whose work is in a folder of wheels, and under what licence, with the texts: python notices.py WHEELS > THIRD-PARTY.txt

What is vendored inside our own wheel is listed too. Fails for a wheel that names no licence.
"""

from __future__ import annotations

import email
import sys
import zipfile
from email.message import Message
from pathlib import Path

_TEXTS = ("LICEN", "COPYING", "NOTICE")
_OURS = "wangge"


def main(wheels: Path) -> int:
    """Write the notices; 1 when a wheel names no licence."""
    silent: list[str] = []
    for path in sorted(wheels.glob("*.whl"), key=lambda path: path.name.lower()):
        with zipfile.ZipFile(path) as wheel:
            name = next(one for one in wheel.namelist() if one.endswith(".dist-info/METADATA"))
            said = email.message_from_bytes(wheel.read(name))
            licence = licence_of(said)
            texts = texts_of(wheel, vendored=said["Name"] == _OURS)
        if not licence:
            silent.append(path.name)
        _write(f"{'=' * 78}\n{said['Name']} {said['Version']}\n{licence}\n{said.get('Home-page') or ''}\n")
        for title, text in texts:
            _write(f"\n--- {title}\n\n{text.strip()}\n")
        _write("\n")
    if silent:
        sys.stderr.write(f"no licence is named in {', '.join(silent)}; look it up before shipping it\n")
    return 1 if silent or not any(wheels.glob("*.whl")) else 0


def licence_of(said: Message) -> str:
    """The licence a wheel names: an expression, else its classifiers, else the first line of what it says."""
    expression = said.get("License-Expression")
    named = [
        one.split("::")[-1].strip() for one in said.get_all("Classifier", []) if one.startswith("License")
    ]
    words = (said.get("License") or "").strip().splitlines()
    return str(expression or "; ".join(named) or (words[0] if words else ""))


def texts_of(wheel: zipfile.ZipFile, *, vendored: bool) -> list[tuple[str, str]]:
    """The texts of licences in a wheel: beside its metadata; of our own wheel its own and those of what is vendored in it."""
    found = [
        one
        for one in wheel.namelist()
        if any(word in one.rsplit("/", 1)[-1].upper() for word in _TEXTS)
        and (vendored != (".dist-info/" in one) or one.endswith(".dist-info/licenses/LICENSE"))
        and not one.endswith((".py", ".pyc"))
    ]
    return [(one, wheel.read(one).decode("utf-8", "replace")) for one in found]


def _write(text: str) -> None:
    sys.stdout.write(text)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
