"""Rows of households with what is sealed in them opened, however they are selected."""

from __future__ import annotations

from typing import Any

import pandas as pd
import sqlalchemy as sa

from layers.rights.viewer import OPERATOR
from layers.store import chain
from layers.store.database import Store
from layers.store.rows import read_table
from layers.store.sealing import Sealer
from tests.layers import town


def unsealed(store: Store, statement: sa.Select[Any]) -> pd.DataFrame:
    """What a select gives, opened; it must name the rows of sealed columns. Nothing is audited."""
    with store.read() as conn:
        found = read_table(conn, statement)
        keys = chain.keys_of(conn, store.keys)
    opened = Sealer(keys).open_frame(found, list(statement.selected_columns))
    return opened.astype(object).where(opened.notna(), None)


def put(store: Store, table: sa.Table, **values: Any) -> None:
    """Add one row, sealed as it has to be."""
    with store.writing(OPERATOR, actor="test", now=town.NOW) as unit:
        unit.insert_frame(table, pd.DataFrame([values], dtype=object))
        unit.record(action="test", detail={})
