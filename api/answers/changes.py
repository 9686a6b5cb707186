"""What became of grids, as records: what the feed answers and what is sent to whoever asked to be told."""

from __future__ import annotations

from typing import Any

from layers.plans.feed import Change, Page


def page_record(page: Page) -> dict[str, Any]:
    """A page of the feed, plain JSON."""
    return {
        "changes": [_record(change) for change in page.changes],
        "next": str(page.next),
        "more": page.more,
    }


def _record(change: Change) -> dict[str, Any]:
    return {
        "cursor": str(change.cursor),
        "version": change.cursor.version,
        "action": change.action,
        "at": change.at.isoformat(),
        "valid_from": change.valid_from.isoformat(),
        "community": change.community_code,
        "grids": [
            {"code": g.code, "name": g.name, "kind": g.kind, "became": g.became, "how": g.how}
            for g in change.grids
        ],
        "unchanged": change.unchanged,
        "crosswalk": [one._asdict() for one in change.crosswalk],
    }
