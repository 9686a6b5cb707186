"""Many cells to many grids at once, new ones among them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from geo.errors import ConflictError, InputError
from geo.plans.edits import Draft, Numbering, divide


def arrange(draft: Draft, moves: Mapping[str, ArrayLike], numbering: Numbering) -> Draft:
    """`draft` with the cells of `moves` in these grids: a code or name of the draft, or `+1`, `+2` … for new grids, numbered
    in this order.

    Grids left without a cell go. Raises `ConflictError` at a lock, `InputError` for a cell named twice or a grid without
    one, `NotFoundError` for a grid the draft does not have.
    """
    cells: list[int] = []
    parts: list[int] = []
    owners: dict[int, str] = {}
    for part, key in enumerate(sorted(moves, key=lambda key: (len(key), key))):
        some = np.unique(np.asarray(moves[key], np.int64))
        if not len(some):
            raise InputError(f"no cell is named for {key}", f"{key} 没有指明任何基元")
        if not key.startswith("+"):
            label = draft.label_of(key)
            owners[part] = draft.grids[label].code
            some = some[draft.labels[some] != label]
            if len(some) and draft.grids[label].locked:
                raise ConflictError(f"grid {key} is locked; unlock it first", f"网格 {key} 已锁定；请先解锁")
        cells += some.tolist()
        parts += [part] * len(some)
    if len(set(cells)) < len(cells):
        raise InputError("a cell is named for two grids", "有基元同时划入两个网格")
    return divide(draft, cells, parts, owners, numbering) if cells else draft
