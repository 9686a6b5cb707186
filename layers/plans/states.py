"""The states a plan goes through, and what they are called."""

from __future__ import annotations

from geo.errors import Words

DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"
PUBLISHED, RETIRED = "published", "retired"
SEALED = (PUBLISHED, RETIRED)
"""States in which nothing about a plan changes any more."""

STATES: dict[str, Words] = {
    DRAFT: Words("draft", "草稿"),
    SUBMITTED: Words("submitted", "已提交"),
    RETURNED: Words("returned", "已退回"),
    APPROVED: Words("approved", "已批准"),
    PUBLISHED: Words("published", "已发布"),
    RETIRED: Words("withdrawn", "已撤回"),
}
"""Each in words."""
