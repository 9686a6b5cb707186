"""An edit before it is done, as doors show it."""

from __future__ import annotations

import json

import pandas as pd

from api.answers.plan_answers import features, grid_row
from layers.plans.previewing import Preview, tell_take


def tell_preview(found: Preview) -> str:
    """What an edit would change, as JSON."""
    changed = found.changed
    said = {
        "plan": found.plan_id,
        "revision": found.revision,
        "changed": [grid_row(row, locked=bool(row.locked)) for row in changed.itertuples()],
        "before": found.before,
        "gone": list(found.gone),
        "cells": [list(pair) for pair in found.cells],
        "moved_households": found.moved_households,
        "take": tell_take(found.take),
    }
    shapes = features(pd.DataFrame({"label": changed["label"]}), changed.geometry)
    return f'{json.dumps(said, ensure_ascii=False)[:-1]}, "shapes": {shapes}}}'
