"""A small HTTP load client for servers on this machine: keep-alive connections, prepared requests, latencies.

Written on `asyncio.Protocol` because a general client (httpx) is slower than the server it should measure.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run came to."""

    requests: int
    failures: int
    """Answers other than 200."""
    first_failure: bytes
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return self.requests / self.seconds


class _Connection(asyncio.Protocol):
    """One connection that asks, reads the whole answer, and asks again until the time is over."""

    def __init__(
        self, requests: Sequence[bytes], first: int, until: float, done: asyncio.Future[None]
    ) -> None:
        self.requests, self.next, self.until, self.done = requests, first, until, done
        self.latencies: list[float] = []
        self.failures: list[bytes] = []
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.asked = time.perf_counter()
        self.transport.write(self.requests[self.next % len(self.requests)])
        self.next += 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not _complete(self.buffer):
            return
        now = time.perf_counter()
        self.latencies.append(now - self.asked)
        if not self.buffer.startswith(b"HTTP/1.1 200"):
            self.failures.append(self.buffer[:500])
        self.buffer = b""
        if now < self.until:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if not self.done.done():
            self.done.set_result(None)


def _complete(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        return len(body) >= int(lower[at + 15 :].split(b"\r\n", 1)[0])
    return body.endswith(b"0\r\n\r\n")


async def _run(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Measured:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    clients = []
    for number in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        first = number * len(requests) // connections
        client = _Connection(requests, first, began + seconds, done)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)
        clients.append(client)
    await asyncio.wait_for(asyncio.gather(*(client.done for client in clients)), seconds + 30)
    took = time.perf_counter() - began
    latencies = np.concatenate([client.latencies for client in clients]) * 1000
    p50, p99 = np.percentile(latencies, [50, 99])
    failures = [failure for client in clients for failure in client.failures]
    first = failures[0] if failures else b""
    return Measured(len(latencies), len(failures), first, took, float(p50), float(p99))


def measure(
    port: int, paths: Sequence[str], *, connections: int, seconds: float, headers: str = ""
) -> Measured:
    """Ask 127.0.0.1:`port` for `paths` in turn over `connections` connections for `seconds`; `headers` are lines of each
    request's head, each with its end of line."""
    head = f"Host: 127.0.0.1\r\nAccept: */*\r\n{headers}\r\n"
    requests = [f"GET {path} HTTP/1.1\r\n{head}".encode() for path in paths]
    return asyncio.run(_run(port, requests, connections=connections, seconds=seconds))
