"""Options that several commands share."""

from __future__ import annotations

import os
from typing import Annotated

import typer

Communities = Annotated[
    list[str] | None,
    typer.Option(
        "--community",
        help="社区编码，或街道、区县编码前缀；可重复；默认全部  Code or prefix of one, repeatable; all by default",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, max=256, help="进程数；默认按社区数与核数  Processes; by communities and cores"),
]
Scheduler = Annotated[
    str | None,
    typer.Option(help="Dask 集群调度器，如 tcp://主机:8786  A Dask cluster instead of processes here"),
]
AsOf = Annotated[
    str | None, typer.Option(help="日期 YYYY-MM-DD；默认今天  The day asked about; today by default")
]

_FEW_COMMUNITIES = 8
"""Below this, starting processes costs more than they save."""


def workers_for(communities: int, asked: int | None) -> int:
    """How many processes to start for so many communities.

    >>> workers_for(3, None), workers_for(3, 4)
    (1, 4)
    """
    if asked is not None:
        return asked
    return 1 if communities < _FEW_COMMUNITIES else os.cpu_count() or 1
