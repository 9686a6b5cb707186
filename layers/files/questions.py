"""Office tables as questions: a workbook, or a text table whose first line is no header, as the plain CSV that is asked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from geo.errors import FileError
from layers.files.confined import Bounds, confined
from layers.files.limits import DEFAULT, Limits
from layers.files.readers import read_rows
from layers.files.tables import SHAPE_NAMES

ID_NAMES = ("id", "编号", "序号", "record_id", "fid")
ADDRESS_NAMES = (
    *("address", "text", "现住址", "现居住地址", "现住地址", "居住地址", "实际居住地址", "居住地", "家庭住址", "住址"),
    *("详细地址", "地址", "房屋地址", "房屋坐落", "坐落", "户籍地址", "户口地址"),
)  # fmt: skip
"""What a column of addresses is called; where a table has several, the first of these is asked: where people live
before where they are registered."""
WORKBOOKS = (".xlsx", ".xls")


def as_csv(path: Path, *, limits: Limits = DEFAULT) -> bytes:
    """The records of an office table as CSV in UTF-8 under their own column names, read in a child process with bounds:
    titles, empty rows and sums are left out. Raises `FileError` for what cannot be read, or was read with faults."""
    return confined(Bounds.of(path), path.name, _as_csv, path, limits)


def _as_csv(path: Path, limits: Limits) -> bytes:
    known = {name: name for name in (*ID_NAMES, *ADDRESS_NAMES)}
    known |= {name: name for what in ("lon", "lat") for name in SHAPE_NAMES[what]}
    source = read_rows(path, layer="residents", names=known, limits=limits)
    if source.faults:
        first = source.faults[0]
        raise FileError(
            f"{path.name}, row {first.row}: {first.reason.en}",
            f"{path.name} 第 {first.row} 行：{first.reason.zh}",
        )
    table = source.frame.drop(columns="geometry")
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow([str(name).strip() for name in table.columns])
    lines.writerows(table.astype(object).where(table.notna(), "").itertuples(index=False))
    return written.getvalue().encode()
