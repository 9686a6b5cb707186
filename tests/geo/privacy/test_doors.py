"""Masked doors: what was hidden leaves no trace in what is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses.match.rooms import door_of
from geo.addresses.parts.tails import read_tail
from geo.addresses.register.gazetteer import Building
from geo.privacy.doors import HIDDEN, masked_door

BY_FLOOR = Building("B1", 0, "3号楼", "3", "G1", False, 3, 18, 4, False)
IN_SEQUENCE = Building("B1", 0, "3号楼", "3", "G1", False, 3, 6, 2, True)
FLOORS = st.integers(1, 99).map(str)
ANY = st.one_of(st.none(), st.text(max_size=8), st.from_regex(r"[0-9]{1,5}[A-Z]?", fullmatch=True))


@pytest.mark.parametrize(
    ("tail", "building", "shown"),
    [
        ("3号楼2单元501室", BY_FLOOR, "2单元5**"),
        ("3号楼2单元1502", BY_FLOOR, "2单元15**"),
        ("3-2-501", BY_FLOOR, "2单元5**"),
        ("3号楼2单元5楼东户", BY_FLOOR, "2单元"),
        ("3号楼2单元12号", IN_SEQUENCE, "2单元**"),
        ("3号楼2单元", BY_FLOOR, "2单元"),
        ("3号楼", BY_FLOOR, ""),
    ],
)
def test_what_stays_of_addresses_as_they_are_written(tail: str, building: Building, shown: str) -> None:
    assert masked_door(*door_of(building, read_tail(tail))).text == shown


@given(
    unit=st.sampled_from(["", "2", "12", "A"]), floor=FLOORS, one=st.integers(0, 99), other=st.integers(0, 99)
)
def test_rooms_of_one_floor_are_masked_alike(unit: str, floor: str, one: int, other: int) -> None:
    doors = {masked_door(unit, floor, f"{floor}{number:02}") for number in (one, other)}
    assert {door.room for door in doors} == {f"{floor}{HIDDEN}"}


@given(floor=FLOORS, one=st.integers(1, 99).map(str), other=st.integers(1, 99).map(str))
def test_rooms_within_a_floor_are_masked_alike(floor: str, one: str, other: str) -> None:
    assert masked_door("", floor, one) == masked_door("", floor, other)


@given(unit=ANY, room=ANY.filter(bool), other=ANY.filter(bool))
def test_nothing_of_a_room_stays_where_its_floor_is_not_known(unit: str, room: str, other: str) -> None:
    assert masked_door(unit, None, room) == masked_door(unit, "", other)
    assert masked_door(unit, None, room).room == HIDDEN


@given(unit=ANY, floor=ANY, room=ANY)
def test_no_free_text_stays(unit: str | None, floor: str | None, room: str | None) -> None:
    shown = masked_door(unit, floor, room)
    assert len(shown.unit) <= 3
    assert shown.unit in ("", unit)
    assert shown.room in ("", HIDDEN, f"{floor}{HIDDEN}")
    assert bool(shown.room) == bool(room)
