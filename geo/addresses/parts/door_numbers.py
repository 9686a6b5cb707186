"""What the numbers of houses and doors look like, without any word around them."""

from __future__ import annotations

from geo.addresses.text.numerals import to_digits

_STEMS = "甲乙丙丁东西南北附增特"
LEAST_ROOM = 3
"""A lone number of so many digits is a room; a shorter one right after a name is a building."""


def are_neighbours(first: str, second: str) -> bool:
    """Whether two numbers are rooms of one floor: 1501-1502."""
    return len(first) >= LEAST_ROOM and first[:-2] == second[:-2]


def is_room_part(first: str, second: str) -> bool:
    """Whether two numbers are a room and its part: 301-A."""
    return len(first) >= LEAST_ROOM and first.isdigit() and second.isalpha()


def are_side_by_side(parts: list[str]) -> bool:
    """Whether numbers are rooms side by side: 1301、1302、1305, not 3-2-501."""
    same_length = len(parts) > 2 and len({len(part) for part in parts}) == 1 and len(parts[0]) > 1
    return same_length and parts == sorted(set(parts))


def plain_number(value: str) -> str:
    """Digits without leading zeros; letters stay."""
    return "-".join(_plain(part) for part in value.split("-"))


def _plain(part: str) -> str:
    stem = part[:1] if part[:1] in _STEMS and len(part) > 1 else ""
    number = part.removeprefix(stem)
    return stem + (to_digits(number).lstrip("0") or "0") if number else part
