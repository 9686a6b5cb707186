"""The ways of writing an address that are measured: each method writes one record of its kind with the truth."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from writing_registers import Home

sys.path.insert(0, str(Path(__file__).parent.parent))

from geo.addresses.register.gazetteer import Areas
from geo.addresses.text.characters import sound, sounds

_TONES = str.maketrans("aeiou", "áěīòú")
_PLATE = re.compile(r"(.+?[路街巷道])(\d+号)$")


class Said(NamedTuple):
    """A record and its truth: building, unit and room; no building means that nothing may be matched."""

    text: str
    building: str
    unit: str
    room: str


class Ways:
    """Writes addresses of a register in the ways that are measured."""

    def __init__(self, homes: list[Home], areas: Areas, lone: pd.DataFrame, seed: int) -> None:
        self.homes, self.areas = homes, areas
        self.lone = lone
        self.plated = [home for home in homes if _PLATE.match(home.plate)]
        self.rng = np.random.default_rng(seed)
        self.own = {sound(home.name) for home in homes}
        self.kinds: list[Callable[[], Said | None]] = [
            self.reverse_blanks, self.reverse_commas, self.reverse_glued, self.reverse_postal, self.reverse_dashes,
            self.building_first, self.areas_last, self.bare_reversed, self.bare_room_first, self.name_last, self.pinyin_core, self.pinyin_whole,
            self.pinyin_inside, self.pinyin_syllables, self.pinyin_tones, self.pinyin_bare, self.pinyin_areas, self.pinyin_road, self.pinyin_reversed, self.pinyin_levels,
            self.letter_in_room, self.letter_at_end, self.letter_in_building, self.letter_first, self.letters_all, self.yi_as_dash, self.yi_and_dash,
            self.tower_letter_room, self.plate_run_together, self.city_without_shi, self.ground_floor,
            self.rooms_listed, self.foreign_reversed, self.foreign_pinyin, self.foreign_letters,
        ]  # fmt: skip

    def pick(self, options: Any) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def door(self, home: Home) -> tuple[Any, str, str]:
        """A building of a home with a unit and a room of it."""
        house = self.pick(home.houses)
        unit = "" if house.units <= 1 else str(int(self.rng.integers(house.units)) + 1)
        room = f"{int(self.rng.integers(house.floors)) + 1}{int(self.rng.integers(house.rooms)) + 1:02d}"
        return house, unit, room

    def areas_of(self, home: Home) -> list[str]:
        """Areas from small to large, as many as people care to write."""
        every = [
            home.community,
            home.street,
            self.areas.district,
            self.areas.city,
            self.areas.province,
        ]
        kept = self.pick([[0], [1], [0, 1], [1, 2], [1, 2, 3], [0, 1, 2, 3, 4], [2, 3], [2], []])
        return [every[i] for i in kept if every[i]]

    def marked(self, house: Any, unit: str, room: str) -> list[str]:
        """Room, unit and building, each with its classifier."""
        number = house.key + self.pick(["号楼", "栋", "幢", "#", "#楼"])
        of_unit = [unit + self.pick(["单元", "门", "单元"])] if unit else []
        return [room + self.pick(["室", "室", "号", "户"]), *of_unit, number]

    def reversed_levels(self, between: str) -> Said:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        levels = [*self.marked(house, unit, room), home.name, *self.areas_of(home)]
        return Said(between.join(levels), house.building_id, unit, room)

    # ------------------------------------------------------------ order

    def reverse_blanks(self) -> Said:
        return self.reversed_levels(self.pick([" ", "　", "  "]))

    def reverse_commas(self) -> Said:
        return self.reversed_levels(self.pick(["，", ",", ", ", "、", "；"]))

    def reverse_glued(self) -> Said:
        return self.reversed_levels("")

    def reverse_dashes(self) -> Said:
        return self.reversed_levels(self.pick(["-", " - ", "/", "·"]))

    def reverse_postal(self) -> Said:
        home = self.pick(self.plated)
        house, unit, room = self.door(home)
        road, plate = _parted(home.plate)
        levels = [*self.marked(house, unit, room), self.pick([home.name, home.name, ""]), plate, road]
        levels += [home.community, home.street, self.areas.district, self.areas.city, self.areas.province]
        return Said(self.pick([" ", "，", ","]).join(filter(None, levels)), house.building_id, unit, room)

    def building_first(self) -> Said:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        tail = "".join(reversed(self.marked(house, unit, room)))
        text = tail + self.pick([" ", "，", ""]) + home.name
        return Said(self.pick([text, f"{text} {home.street}"]), house.building_id, unit, room)

    def areas_last(self) -> Said:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        tail = "".join(reversed(self.marked(house, unit, room)))
        between = self.pick([" ", "，", ","])
        text = between.join([home.name + tail, home.street, self.areas.district, self.areas.city])
        return Said(text, house.building_id, unit, room)

    def bare_reversed(self) -> Said:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        tail = "-".join(filter(None, [house.key, unit, room]))
        text = self.pick([" ", "，"]).join([tail, home.name, *self.areas_of(home)])
        return Said(text, house.building_id, unit, room)

    def bare_room_first(self) -> Said:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        tail = self.pick(["-", " ", "，"]).join(filter(None, [room, unit, house.key]))
        text = self.pick([" ", "，"]).join([tail, home.name, *self.areas_of(home)])
        return Said(text, house.building_id, unit, room)

    def name_last(self) -> Said:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        levels = [*reversed(self.marked(house, unit, room)), home.name]
        front = [*reversed(self.areas_of(home))] or [home.street]
        return Said(self.pick([" ", "，", ""]).join(front + levels), house.building_id, unit, room)

    # ------------------------------------------------------------ pinyin

    def in_pinyin(self, write: Callable[[str], str], tail: str = "") -> Said:
        home = self.pick([home for home in self.homes if _all_han(home.name)])
        house, unit, room = self.door(home)
        front = "".join(reversed(self.areas_of(home)))
        last = tail or "".join(reversed(self.marked(house, unit, room)))
        if tail:
            last = self.pick(["-", " ", "/"]).join(filter(None, [house.key, unit, room]))
        return Said(front + write(home.name) + last, house.building_id, unit, room)

    def pinyin_core(self) -> Said:
        return self.in_pinyin(lambda name: self.cased(_spelt(name[:2])) + name[2:])

    def pinyin_whole(self) -> Said:
        return self.in_pinyin(lambda name: self.cased(_spelt(name)))

    def pinyin_inside(self) -> Said:
        def write(name: str) -> str:
            at = int(self.rng.integers(len(name)))
            end = at + int(self.rng.integers(1, 3))
            return name[:at] + self.cased(_spelt(name[at:end])) + name[end:]

        return self.in_pinyin(write)

    def pinyin_syllables(self) -> Said:
        return self.in_pinyin(
            lambda name: self.pick([" ", "'", " "]).join(self.cased(_spelt(char)) for char in name) + " "
        )

    def pinyin_tones(self) -> Said:
        return self.in_pinyin(lambda name: _spelt(name[:2]).translate(_TONES) + name[2:])

    def pinyin_bare(self) -> Said:
        return self.in_pinyin(lambda name: _spelt(name[:2]) + name[2:], tail="bare")

    def pinyin_areas(self) -> Said:
        home = self.pick([home for home in self.homes if _all_han(home.name)])
        house, unit, room = self.door(home)
        stem = home.street.removesuffix("街道").removesuffix("镇")
        street = self.cased(_spelt(stem)) + home.street[len(stem) :]
        tail = "".join(reversed(self.marked(house, unit, room)))
        name = self.pick([home.name, _spelt(home.name[:2]) + home.name[2:]])
        return Said(self.areas.district + street + name + tail, house.building_id, unit, room)

    def pinyin_road(self) -> Said:
        home = self.pick(self.plated)
        house, unit, room = self.door(home)
        road, plate = _parted(home.plate)
        written = self.cased(_spelt(road[:2])) + road[2:]
        tail = "".join(reversed(self.marked(house, unit, room)))
        return Said(f"{self.areas.district}{written}{plate}{home.name}{tail}", house.building_id, unit, room)

    def pinyin_reversed(self) -> Said:
        home = self.pick([home for home in self.homes if _all_han(home.name)])
        house, unit, room = self.door(home)
        name = _spelt(home.name[:2]) + home.name[2:]
        levels = [*self.marked(house, unit, room), name, *self.areas_of(home)]
        return Said(self.pick([" ", "，"]).join(levels), house.building_id, unit, room)

    def pinyin_levels(self) -> Said:
        home = self.pick([home for home in self.homes if _all_han(home.name)])
        house, unit, room = self.door(home)
        number = house.key + self.pick(
            ["haolou", "hao楼", "dong", "zhuang"] if house.key.isdecimal() else ["座"]
        )
        tail = f"{number}{unit + 'danyuan' if unit else ''}{room}{self.pick(['', 'shi', '室'])}"
        name = self.pick([home.name, _spelt(home.name[:2]) + home.name[2:]])
        return Said(home.street + name + tail, house.building_id, unit, room)

    def cased(self, text: str) -> str:
        return str(self.pick([text, text, text.upper(), text.capitalize()]))

    # ------------------------------------------------------------ letters and dashes

    def as_it_stands(self, change: Callable[[str, str, str], tuple[str, str, str] | None]) -> Said | None:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        changed = change(house.key, unit, room)
        if changed is None:
            return None
        key, of_unit, door = changed
        tail = f"{key}{self.pick(['号楼', '栋', '幢'])}{of_unit + '单元' if of_unit else ''}{door}"
        if self.rng.random() < 0.3 and not (key[0] in "lI" or of_unit[:1] in ("l", "I")):
            tail = "-".join(filter(None, [key, of_unit, door]))
        else:
            tail += self.pick(["", "室", "室"])
        front = "".join(reversed(self.areas_of(home)))
        return Said(front + home.name + tail, house.building_id, unit, room)

    def lettered(self, run: str, at: slice) -> str | None:
        part = run[at]
        written = "".join(
            self.pick(["O", "o"]) if char == "0" else self.pick(["l", "I"]) if char == "1" else char
            for char in part
        )
        return None if written == part else run[: at.start or 0] + written + run[at.stop or len(run) :]

    def letter_in_room(self) -> Said | None:
        def change(key: str, unit: str, room: str) -> tuple[str, str, str] | None:
            door = self.lettered(room, slice(1, len(room) - 1))
            return None if door is None else (key, unit, door)

        return self.as_it_stands(change)

    def letter_at_end(self) -> Said | None:
        def change(key: str, unit: str, room: str) -> tuple[str, str, str] | None:
            door = self.lettered(room, slice(len(room) - 1, len(room)))
            return None if door is None else (key, unit, door)

        return self.as_it_stands(change)

    def letter_in_building(self) -> Said | None:
        def change(key: str, unit: str, room: str) -> tuple[str, str, str] | None:
            if len(key) == 1 or not key.isdecimal():
                return None
            number = self.lettered(key, slice(1, len(key)))
            return None if number is None else (number, unit, room)

        return self.as_it_stands(change)

    def letter_first(self) -> Said | None:
        def change(key: str, unit: str, room: str) -> tuple[str, str, str] | None:
            door = self.lettered(room, slice(0, 1)) if unit else None
            return None if door is None else (key, unit, door)

        return self.as_it_stands(change)

    def letters_all(self) -> Said | None:
        def change(key: str, unit: str, room: str) -> tuple[str, str, str] | None:
            door = self.lettered(room, slice(0, len(room))) if unit else None
            return None if door is None or not any(map(str.isdecimal, door)) else (key, unit, door)

        return self.as_it_stands(change)

    def dashed(self, dashes: tuple[str, ...]) -> Said:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        parts = [part for part in (house.key, unit, room) if part]
        tail = parts[0] + "".join(dashes[min(i, len(dashes) - 1)] + part for i, part in enumerate(parts[1:]))
        front = "".join(reversed(self.areas_of(home)))
        return Said(front + home.name + tail, house.building_id, unit, room)

    def yi_as_dash(self) -> Said:
        return self.dashed(("一",))

    def yi_and_dash(self) -> Said:
        return self.dashed(self.pick([("一", "-"), ("-", "一"), ("ー", "一"), ("—", "一")]))

    # ------------------------------------------------------------ doors

    def tower_letter_room(self) -> Said | None:
        lone = self.pick(self.lone[self.lone.kind == "tower"].to_dict("records"))
        room = f"{self.pick('BCDE')}{int(self.rng.integers(1, 40))}{int(self.rng.integers(1, 30)):02d}"
        front = self.pick(["", self.areas.district, lone["street"]])
        return Said(
            front + lone["road_addresses"] + room + self.pick(["", "室"]), lone["building_id"], "", room
        )

    def plate_run_together(self) -> Said | None:
        lone = self.pick(self.lone[self.lone.kind == "two plates"].to_dict("records"))
        together = lone["road_addresses"].replace("-", "")
        room = f"{int(self.rng.integers(1, 7))}0{int(self.rng.integers(1, 5))}"
        front = self.pick(["", self.areas.district, self.areas.city + self.areas.district])
        return Said(f"{front}{together}{room}室", lone["building_id"], "", room)

    def city_without_shi(self) -> Said:
        home = self.pick(self.plated)
        house, unit, room = self.door(home)
        city, district = self.areas.city.removesuffix("市"), self.areas.district.rstrip("区县市")
        tail = "".join(reversed(self.marked(house, unit, room)))
        front = self.pick([city, city + district, city + self.areas.district])
        return Said(front + home.plate + self.pick(["", home.name]) + tail, house.building_id, unit, room)

    def ground_floor(self) -> Said:
        home = self.pick(self.homes)
        house, *_ = self.door(home)
        mark = self.pick(["号楼", "栋", "幢"])
        return Said(
            f"{home.street}{home.name}{house.key}{mark}{self.pick(['首层', '底层', '一层', '首层商铺'])}",
            house.building_id,
            "",
            "",
        )

    def rooms_listed(self) -> Said:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        rooms = [room, str(int(room) + 1), str(int(room) + 2)][: self.pick([2, 3])]
        ending = self.pick(["室", "", "号"])
        mark = self.pick(["号楼", "栋", "幢"])
        of_unit = unit + "单元" if unit else ""
        text = f"{home.street}{home.name}{house.key}{mark}{of_unit}{'、'.join(rooms)}{ending}"
        return Said(text, house.building_id, unit, room)

    # ------------------------------------------------------------ what the register has not

    def foreign_reversed(self) -> Said:
        home = self.pick(self.homes)
        house, unit, room = self.door(home)
        between = self.pick([" ", "，", "", "-"])
        if self.rng.random() < 0.5:
            levels = [*self.marked(house, unit, room), home.name, "渭城区", "成都市"]
        else:
            levels = [
                *self.marked(house, unit, room)[:-1],
                f"{int(self.rng.integers(141, 199))}号楼",
                home.name,
                home.street,
            ]
        return Said(between.join(levels), "", "", "")

    def foreign_pinyin(self) -> Said | None:
        home = self.pick([home for home in self.homes if _all_han(home.name)])
        house, unit, room = self.door(home)
        other = self.pick(["花园", "新村", "华庭", "名苑", "公寓", "里"])
        name = home.name[:2] + other
        if any(sound(name) in known or known in sound(name) for known in self.own):
            return None
        tail = "".join(reversed(self.marked(house, unit, room)))
        return Said(f"{self.areas.district}{_spelt(name[:2])}{other}{tail}", "", "", "")

    def foreign_letters(self) -> Said:
        home = self.pick(self.homes)
        number = f"{self.pick([141, 161, 181])}"
        return Said(f"{home.street}{home.name}{number[0]}{number[1]}{self.pick('lI')}号楼3O1室", "", "", "")


def _parted(address: str) -> tuple[str, str]:
    """Road and plate of a road address."""
    at = re.search("[0-9]", address)
    begin = len(address) if at is None else at.start()
    return address[:begin], address[begin:]


def _all_han(name: str) -> bool:
    return len(name) > 2 and all(sounds(char) != (char,) for char in name)


def _spelt(text: str) -> str:
    """Pinyin of a stretch, its syllables joined."""
    return sound(text).replace(" ", "")
