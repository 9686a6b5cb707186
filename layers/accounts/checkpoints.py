"""Where checkpoints of the audit are kept: a file only its owner reads, or the machine's system log; outside the store, so that
whoever cuts the end off the audit has to reach them too."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

from geo.errors import StoreError

SYSLOG = "syslog"
_DEVICE = Path("/dev/log")
_PORT = 514
_NOTICE_OF_SECURITY = 10 * 8 + 5
"""Facility authpriv, severity notice."""
_NAME = "wangge"
_WAIT_S = 5.0


def keep(line: str, place: str) -> None:
    """Write one checkpoint to `place`: a path, `syslog` (this machine's), or `syslog://HOST:PORT` (by UDP).

    Raises `StoreError` where it cannot be written.
    """
    try:
        if place == SYSLOG:
            _log(line, socket.AF_UNIX, str(_DEVICE))
        elif place.startswith(f"{SYSLOG}://"):
            host, _, port = place.removeprefix(f"{SYSLOG}://").rpartition(":")
            _log(line, socket.AF_INET, (host or port, int(port) if host else _PORT))
        else:
            _append(line, Path(place))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise StoreError(
            f"a checkpoint of the audit cannot be written to {place}: {why}",
            f"审计检查点无法写入 {place}：{why}",
        ) from error


def kept(path: Path) -> Iterator[str]:
    """The checkpoints in a file, whatever a system log wrote before each. Raises `StoreError` for a file that cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                begin = line.find("{")
                if begin >= 0:
                    yield line[begin:].strip()
    except OSError as error:
        why = error.strerror or error
        raise StoreError(f"cannot read {path}: {why}", f"无法读取 {path}：{why}") from error


def _append(line: str, path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _log(line: str, family: socket.AddressFamily, address: str | tuple[str, int]) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as device:
        device.settimeout(_WAIT_S)
        device.sendto(f"<{_NOTICE_OF_SECURITY}>{_NAME}: {line}".encode(), address)
