"""Scripts and styles kept beside the code and written into every page, so that a page asks nobody for anything."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from geo.errors import FileError


@dataclass(frozen=True, slots=True)
class Asset:
    """One vendored file: what it is, under which licence, and the checksum of the file as published."""

    file: str
    name: str
    version: str
    licence: str
    licence_file: str
    source: str
    sha256: str


def read_static(name: str) -> str:
    """The text of one file of `maps/look/static`, with plain line ends as a browser reads it."""
    return _read_bytes(name).decode("utf-8").replace("\r\n", "\n")


def _read_bytes(name: str) -> bytes:
    return files("maps.look").joinpath("static", name).read_bytes()


@cache
def manifest() -> tuple[Asset, ...]:
    """Everything in `static/` that others wrote.

    >>> {asset.licence for asset in manifest()}
    {'BSD-2-Clause'}
    """
    return tuple(Asset(**entry) for entry in json.loads(read_static("manifest.json")))


@cache
def vendored(name: str) -> str:
    """A vendored file as it goes into a page: verified, with its licence on top, without outward links.

    Source-map hints, `url(...)` of images we do not use and links to home pages are taken out. Raises `FileError` when the file
    is not the one in the manifest.
    """
    asset = next(entry for entry in manifest() if entry.file == name)
    found = hashlib.sha256(_read_bytes(name)).hexdigest()
    if found != asset.sha256:
        raise FileError(
            f"maps/look/static/{name} is not {asset.name} {asset.version} as published "
            f"(sha256 {found[:12]}…); install Wangge again",
            f"maps/look/static/{name} 与 {asset.name} {asset.version} 发布的文件不符；请重新安装 Wangge",
        )
    text = re.sub(r"\s*//# sourceMappingURL=\S*", "", read_static(name))
    text = re.sub(r"url\([^)]*\)", "none", text)
    text = re.sub(r'href="https?://[^"]*"', 'href="#"', text)
    licence = read_static(asset.licence_file).replace("*/", "* /")
    return f"/*! {asset.name} {asset.version}, {asset.licence}\n{licence}*/\n{text}"
