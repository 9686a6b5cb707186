"""The labels of a plan: which grid each cell is in. The truth of a plan; whatever else it has is derived from them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import InputError

Labels = NDArray[np.int64]


def as_labels(labels: ArrayLike, cells: int) -> Labels:
    """`labels` as an int array of shape (cells,); -1 stands for a cell in no grid.

    Raises `InputError` for another length or for values that are not whole numbers.
    """
    array = np.asarray(labels)
    if array.shape != (cells,):
        raise InputError(
            f"{array.shape} labels for {cells} cells; give one label per cell in row order",
            f"基元 {cells} 个，标签形状为 {array.shape}；应按行序每个基元一个标签",
        )
    if cells and not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f"labels are of type {array.dtype}; they must be whole numbers",
            f"标签类型为 {array.dtype}；应为整数",
        )
    return array.astype(np.int64)
