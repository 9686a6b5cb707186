"""The command that runs the server: serve."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from dataclasses import replace
from typing import Annotated, Any

import typer

from api.cli.shell import Shell, shell
from api.settings import PREFIX, Settings
from geo.errors import InputError, StoreError


def serve(
    ctx: typer.Context,
    host: Annotated[
        str | None, typer.Option(help="监听地址；默认仅本机  Address to listen on; this machine only")
    ] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="端口；默认 8000  Port")] = None,
    trial: Annotated[
        bool,
        typer.Option("--trial", help="本机试用：尚无账号时本机可直接查看  Look around here without accounts"),
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="进程数  Processes")] = None,
    workers_jobs: Annotated[
        int,
        typer.Option(min=0, max=16, help="同时启动的任务进程数，0 为不启动  Workers of jobs beside it"),
    ] = 1,
) -> None:
    """Run the server until it is stopped."""
    run = shell(ctx)
    given: dict[str, Any] = {"host": host, "port": port, "workers": workers}
    trial = trial or run.settings.trial
    settings = replace(
        run.settings, lang=run.lang, trial=trial, **{k: v for k, v in given.items() if v is not None}
    )
    serve_with(run, settings, workers_jobs=workers_jobs)


def serve_with(run: Shell, settings: Settings, *, workers_jobs: int = 1) -> None:
    """Serve with these settings, with `workers_jobs` workers of jobs beside; the embedded store is made ready first, once,
    not by each worker."""
    import uvicorn

    from api.cli.working import workers_beside
    from api.http.serving import FACTORY, options
    from api.logs import set_up_logs

    _require_free(settings.host, settings.port)
    if settings.database_url is None:
        with run.store():
            pass  # made and migrated
    _tell_access(run, settings)
    run.complain(f"http://{settings.host}:{settings.port}/")
    # workers are fresh processes: they read their settings from the environment
    os.environ |= {f"{PREFIX}HOME": str(settings.home.absolute()), f"{PREFIX}LANG": settings.lang}
    os.environ |= {f"{PREFIX}TRIAL": str(settings.trial), f"{PREFIX}HOST": settings.host}
    set_up_logs(settings)
    with workers_beside(settings, workers_jobs):
        uvicorn.run(FACTORY, factory=True, **options(settings))


def _tell_access(run: Shell, settings: Settings) -> None:
    """Say who may come in; a store that is away is told by the server itself."""
    from api.cli.access import access
    from layers.store.database import Store

    try:
        with closing(Store.open(url=settings.database_url, home=settings.home, keys=settings.keys)) as store:
            found = access(store, settings)
    except StoreError:
        return
    run.complain(found.said.text(run.lang))
    for advice in found.advice:
        run.complain(f"    → {advice.text(run.lang)}")


def _require_free(host: str, port: int) -> None:
    """Raise `InputError` when nothing can listen there; uvicorn would say so in a page of log."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise InputError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another --port or --host",
            f"无法监听 {host}:{port}：{error.strerror}；请换用其他 --port 或 --host",
        ) from error
