"""What the map of grids says about the rules of the plans on it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from api.answers.grids_map import _shared_rules
from geo.plans.rules import Rules, profile


def plans(*rules: Rules) -> pd.DataFrame:
    return pd.DataFrame({"rules": [one.to_dict() for one in rules]})


def test_one_band_of_sizes_only_where_all_plans_share_it() -> None:
    """Rules are known by what they say: a town may keep its own figures under a name others use too."""
    national = profile("national")
    own = replace(national, max_households=national.max_households + 50)
    assert _shared_rules(plans(national, national)) == national
    assert _shared_rules(plans(national, own)) is None
    assert _shared_rules(plans(own, own)) == own
    assert _shared_rules(plans()) is None
