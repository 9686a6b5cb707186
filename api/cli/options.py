"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from geo.errors import InputError

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

RulesName = Annotated[
    str | None,
    typer.Option(help="规则名称，见 wangge rules；默认 national  Profile or family, see wangge rules"),
]
RulesFile = Annotated[
    Path | None,
    typer.Option(
        help="自有规则文件（YAML/TOML）；默认工作目录的 rules.yaml  Own rules; rules.yaml by default"
    ),
]
NetWeights = Annotated[
    list[str] | None,
    typer.Option("--net", help="尽量不拆的现有网：名称=权重，可重复  Existing net to keep: NAME=WEIGHT"),
]
TimeLimit = Annotated[
    float,
    typer.Option(
        min=0.0, help="每个社区每个方案最多搜索秒数  Seconds of search per plan of a community, at most"
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="随机种子  Seed of the search")]

MANY = 8
"""Below this, starting processes costs more than they save."""


def workers_for(communities: int, asked: int | None) -> int:
    """How many processes to start for so many communities.

    >>> workers_for(3, None), workers_for(3, 4)
    (1, 4)
    """
    if asked is not None:
        return asked
    return 1 if communities < MANY else os.cpu_count() or 1


def refuse_both(workers: int | None, scheduler: str | None) -> None:
    """Raise `InputError` where processes here and a cluster are both asked for."""
    if workers is not None and scheduler is not None:
        raise InputError("give --workers or --scheduler, not both", "--workers 与 --scheduler 只能给一个")


def parse_nets(given: Sequence[str] | None) -> dict[str, float]:
    """Nets by name with their weights, from `NAME=WEIGHT` or `NAME` (weight 1). Raises `InputError`.

    >>> parse_nets(["civil=2", "police"])
    {'civil': 2.0, 'police': 1.0}
    """
    found: dict[str, float] = {}
    for text in given or ():
        name, has_weight, weight = text.partition("=")
        try:
            found[name] = float(weight) if has_weight else 1.0
        except ValueError:
            raise InputError(
                f"--net {text}: write NAME=WEIGHT, such as police=2",
                f"--net {text}：应写作 名称=权重，例如 police=2",
            ) from None
    return found
