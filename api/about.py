"""What this program calls itself."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

NAME = "wangge"


def program_version() -> str:
    """The installed version; `0+checkout` when run from a checkout that was never installed."""
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "0+checkout"
