"""What became of grids from one plan to another: kept, changed, split, merged, new or retired."""

from __future__ import annotations

import pandas as pd

from geo.errors import Words

FATES = {
    "kept": Words("kept as they are", "不变"),
    "changed": Words("changed", "调整"),
    "split": Words("split off", "拆分"),
    "merged": Words("merged", "合并"),
    "new": Words("new", "新设"),
    "retired": Words("retired", "撤销"),
}
"""In words."""
MOSTLY = 0.5
"""A grid lies mostly in another with more than this share of it, 0-1."""


def fates(codes: pd.DataFrame) -> pd.DataFrame:
    """One row a grid: code, fate, others (the codes it came from, or went to, the largest share first).

    `codes` is an old-to-new code list (`geo.plans.codes.crosswalk`). A grid of the new plan is `merged` when two old ones or
    more lie mostly in it, `split` when it lies mostly in an old one in which another does too, `kept` when it is all of the
    old grid of its code and nothing else, `changed` when it has an old code otherwise, else `new`. Old grids whose code ends
    are `retired`. Rows by code, new grids first.
    """
    table = codes[codes["old_code"].notna() & codes["new_code"].notna()]
    into = table[table["share_of_old"] > MOSTLY].groupby("new_code").size()
    within = table[table["share_of_new"] > MOSTLY]
    holds = within.groupby("old_code").size()
    home = dict(zip(within["new_code"], within["old_code"], strict=True))
    old, new = set(codes["old_code"].dropna()), set(codes["new_code"].dropna())
    rows = []
    for code in sorted(new):
        own = table[table["new_code"] == code].sort_values("share_of_new", ascending=False, kind="stable")
        whole = len(own) == 1 and own["old_code"].iloc[0] == code and own["share_of_old"].iloc[0] == 1.0
        if int(into.get(code, 0)) > 1:
            fate = "merged"
        elif int(holds.get(home.get(code), 0)) > 1:
            fate = "split"
        elif code in old:
            fate = "kept" if whole else "changed"
        else:
            fate = "new"
        rows.append((code, fate, own["old_code"].tolist()))
    for code in sorted(old - new):
        own = table[table["old_code"] == code].sort_values("share_of_old", ascending=False, kind="stable")
        rows.append((code, "retired", own["new_code"].tolist()))
    return pd.DataFrame(rows, columns=["code", "fate", "others"])
