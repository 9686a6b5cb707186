"""Roads of a register with their old names, and what stands at the door plates on them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geo.addresses.text.names import Form
from geo.addresses.text.normalise import normalise, plain_name
from geo.addresses.text.numerals import NUMBER, to_digits
from geo.addresses.text.spellings import parts_of

ROAD_ADDRESS = re.compile(rf"(.+?)({NUMBER}(?:-[0-9]+)?)号?(?:院|院内)?")


class DoorPlates:
    """What `geo.addresses.register.gazetteer.Gazetteer` keeps of roads, while it is gathered."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.old: dict[str, str] = {}
        self.doors: dict[tuple[int, str], set[int]] = defaultdict(set)
        self.owners: dict[int, set[int]] = defaultdict(set)

    @classmethod
    def of(cls, homes: Sequence[Mapping[str, Any]], roads: Iterable[Mapping[str, Any]]) -> DoorPlates:
        """The roads of the list (road, old_name) and of the road addresses of `homes`."""
        found = cls()
        for record in roads:
            found.names.setdefault(plain_name(record["road"]), len(found.names))
            for old in parts_of(record["old_name"]):
                found.old[plain_name(old)] = plain_name(record["road"])
        for row, home in enumerate(homes):
            for address in parts_of(home["road_addresses"]):
                match = ROAD_ADDRESS.fullmatch(normalise(address))
                if match is not None:
                    name = found.old.get(match[1], match[1])
                    road = found.names.setdefault(name, len(found.names))
                    found.doors[road, to_digits(match[2])].add(row)
                    found.owners[road].add(row)
        return found

    def spellings(self) -> Iterable[tuple[str, Form, int]]:
        """Every name of a road with its row."""
        for name, road in self.names.items():
            yield name, Form.FULL, road
        for old, name in self.old.items():
            if old not in self.names:
                yield old, Form.FULL, self.names[name]
