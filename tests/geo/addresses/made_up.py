"""A made-up register and made-up ways of writing its addresses, with their truth: nothing of it is shared with the
records the matcher is measured on. Names, words, endings and slips are drawn from lists of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import opencc
import pandas as pd

from geo.addresses.register.gazetteer import Areas, Gazetteer
from geo.addresses.text.characters import sounds
from geo.addresses.text.words import words

CORE = "滨枣樱岚岭墨轩昌曲映棠槐沐汀洛浦澄熙瑶璟皓盈碧禾秋竺筑芷荔莺菱萃蓉蔚蕙虹裕远逊邻郁铭颐馥骏鸿鹭麓黎"
ENDINGS = words("花园 家园 嘉园 佳苑 名苑 雅苑 新村 小区 公寓 华庭 豪庭 名都 新城 苑 里 府 山庄 大厦 雅居")
WHOLE = words(
    "锦绣江南 阳光水岸 金色港湾 水木清华 东方明珠 书香门第 左岸风情 枫林绿洲 八一小区 一品嘉苑 三里桥新村 十二街坊 五爱新村"
)
PHASES = (("一期", "二期", "三期"), ("东区", "西区"), ("A区", "B区", "C区"), ("南苑", "北苑"))
BRANDS = words("华锦 中梁 融信 金科")
WORKS = words("机床厂 棉纺厂 实验中学 铁路局 二轻局 第三医院")
WORKS_ENDINGS = words("家属院 宿舍 家属楼 生活区")
ROADS = words("文昌 解放 工农 康宁 学府 迎宾 滨河 望江 惠民 振兴 长青 育才 复兴 昆仑 黄河")
STREETS = words("望江街道 文昌街道 河东街道 柳林镇 康宁街道")
REMARKS = ("(出租)", "，电话联系", "【外来】", "(原棉纺厂)", " 已搬离", "(3人户)", "，快递放门口")
BEFORE = ("居住地址:", "现居住地址：", "【户籍】", "住址 ", "家住", "租住在")
BESIDE = ("斜对面", "旁边", "附近的", "对过", "正对面")
ELSEWHERE = ("四川省成都市锦江区", "杭州市西湖区", "苍梧市滨湖区柳林镇", "临山县河东街道", "江苏省南京市")
SHAPES = dict(zip("园苑村城庭府里居", "圆宛材诚廷俯理屈", strict=True))
JUNK = (
    "无",
    "同上",
    "待补充",
    "x",
    "......",
    "外地务工",
    "13900000000",
    "空挂",
    "😀",
    "<b>3</b>",
    "' OR 1=1 --",
    "",
)


class House(NamedTuple):
    """A building with what its doors are."""

    building_id: str
    complex_id: str
    key: str
    units: int
    floors: int
    rooms: int


@dataclass
class MadeUp:
    """A register with everything the writer of addresses needs."""

    complexes: pd.DataFrame
    buildings: pd.DataFrame
    roads: pd.DataFrame
    areas: Areas
    houses: dict[str, dict[str, House]]

    def gazetteer(self) -> Gazetteer:
        """The register, compiled."""
        return Gazetteer.from_frames(self.complexes, self.buildings, roads=self.roads, areas=self.areas)


def make_register(*, complexes: int, seed: int) -> MadeUp:
    """A district of `complexes` complexes; the same for the same seed."""
    rng = np.random.default_rng(seed)
    areas = Areas(
        "云岭省",
        "苍梧市",
        "河东区",
        tuple((street, ()) for street in STREETS),
        tuple(
            (f"{a}{b}社区", STREETS[i % len(STREETS)])
            for i, (a, b) in enumerate(zip(CORE[:25], CORE[20:45], strict=True))
        ),
    )
    roads = [(f"{stem}{side}路", f"{stem}路{side}段") for stem in ROADS for side in "东西"] + [
        (f"{stem}街", "") for stem in ROADS
    ]
    plates = iter(rng.permutation(len(roads) * 400).tolist())
    rows: list[dict[str, Any]] = []
    for base, phases, brand in _names(complexes, rng):
        community, street = areas.communities[int(rng.integers(len(areas.communities)))]
        for phase in phases:
            number = next(plates)
            address = (
                f"{roads[number % len(roads)][0]}{number // len(roads) + 1}号" if rng.random() < 0.8 else ""
            )
            alias = base.removeprefix(brand) + phase if brand else ""
            rows.append(
                {
                    "complex_id": f"X{len(rows):04d}", "name": base + phase, "base": base, "phase": phase, "street": street,
                    "community": community, "aliases": alias, "road_addresses": address,
                }
            )  # fmt: skip
    frame = pd.DataFrame(rows)
    houses: dict[str, dict[str, House]] = {}
    blocks: list[dict[str, Any]] = []
    for row in rows:
        houses[row["complex_id"]] = _houses(row["complex_id"], blocks, rng)
    return MadeUp(
        frame, pd.DataFrame(blocks), pd.DataFrame(roads, columns=["road", "old_name"]), areas, houses
    )


def _names(count: int, rng: np.random.Generator) -> list[tuple[str, tuple[str, ...], str]]:
    """Base name, phases and brand of each; no two cores are alike in all but tone."""
    taken: set[str] = set()
    found: list[tuple[str, tuple[str, ...], str]] = [(name, ("",), "") for name in WHOLE]
    found += [
        (work + ending, ("",), "") for work in WORKS for ending in rng.choice(WORKS_ENDINGS, 2, replace=False)
    ]
    while len(found) < count:
        core = "".join(rng.choice(list(CORE), 2, replace=False))
        spoken = " ".join(sounds(char)[0] for char in core)
        if spoken in taken:
            continue
        taken.add(spoken)
        for ending in rng.choice(ENDINGS, int(rng.choice([1, 1, 1, 2])), replace=False):
            brand = str(rng.choice(BRANDS)) if rng.random() < 0.08 else ""
            phases = PHASES[int(rng.integers(len(PHASES)))] if rng.random() < 0.2 and not brand else ("",)
            found.append((brand + core + ending, phases, brand))
    return found[:count]


def _houses(complex_id: str, blocks: list[dict[str, Any]], rng: np.random.Generator) -> dict[str, House]:
    style = str(rng.choice(["号楼", "幢", "栋", "座"]))
    letters = style == "座"
    found: dict[str, House] = {}
    for i in range(int(rng.integers(3, 9 if letters else 30))):
        key = "ABCDEFGH"[i] if letters else str(i + 1)
        units, floors, rooms = (
            int(rng.integers(1, 5)),
            int(rng.choice([6, 6, 11, 18, 26])),
            int(rng.integers(2, 5)),
        )
        house = House(f"H{len(blocks):05d}", complex_id, key, units, floors, rooms)
        found[key] = house
        blocks.append(
            {
                "building_id": house.building_id, "complex_id": complex_id, "name": key + style, "no_unit": int(units == 1),
                "units": units, "floors": floors, "rooms_per_floor": rooms, "grid_id": f"G{len(blocks) // 12:03d}",
            }
        )  # fmt: skip
    return found


class Writer:
    """Writes addresses of a register as people do; every record carries its truth."""

    def __init__(self, made: MadeUp, *, seed: int) -> None:
        self.made = made
        self.rng = np.random.default_rng(seed)
        self.rows = made.complexes.to_dict("records")
        self.by_base: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.spoken: set[str] = set()
        for row in self.rows:
            self.by_base[row["base"]].append(row)
            for name in (row["name"], row["base"], *filter(None, [row["aliases"]])):
                self.spoken.add(_spoken(name))
        self.known = {name for row in self.rows for name in (row["name"], row["base"], row["aliases"])}
        self.homophones: dict[str, list[str]] = defaultdict(list)
        for char in "一乙以花华化家加佳嘉夹园元原圆苑院渊远村存寸城成程诚庭廷停亭里理李礼府夫扶福浮小晓校笑区去曲屈公工宫供滨宾彬兰栏篮洛落骆水谁河和荷何":
            self.homophones[sounds(char)[0]].append(char)
        self.to_traditional = opencc.OpenCC("s2t").convert

    def pick(self, options: Any) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def records(self, count: int) -> pd.DataFrame:
        """`count` records: id, text, status, building_id, unit, room, candidates, kind."""
        kinds: list[Callable[[], dict[str, Any] | None]] = [
            self.clean, self.clean, self.clean, self.alias, self.door_plate, self.both, self.homophone, self.slip, self.remark,
            self.landmark, self.no_phase, self.phase_form, self.unknown_ending, self.unknown_core, self.elsewhere, self.unknown_plate,
            self.unknown_building, self.no_building, self.conflict, self.junk,
        ]  # fmt: skip
        found: list[dict[str, Any]] = []
        while len(found) < count:
            make = self.pick(kinds)
            record = make()
            if record is not None:
                found.append({"id": f"T{len(found):06d}", **record, "kind": make.__name__})
        return pd.DataFrame(found)

    # ------------------------------------------------------------ pieces

    def front(self, row: dict[str, Any]) -> str:
        whole = f"云岭省苍梧市河东区{row['street']}{row['community']}"
        return str(
            self.pick(
                [
                    whole,
                    "苍梧市河东区",
                    "河东区" + row["street"],
                    row["community"],
                    "",
                    "苍梧市河东区" + row["community"],
                ]
            )
        )

    def house(self, row: dict[str, Any]) -> House:
        return self.pick(list(self.made.houses[row["complex_id"]].values()))

    def door(self, house: House) -> tuple[str, str, str]:
        """The tail with its unit and room."""
        unit = "" if house.units == 1 else str(int(self.rng.integers(house.units)) + 1)
        room = f"{int(self.rng.integers(house.floors)) + 1}{int(self.rng.integers(house.rooms)) + 1:02d}"
        key, mark = house.key, str(self.pick(["号楼", "栋", "幢", "#", "座", "#楼"]))
        unit_word = str(self.pick(["单元", "门", "单"]))
        if self.rng.random() < 0.15 and key.isdigit():
            key = "".join(_chinese(int(key)))
            mark = "号楼"
        if self.rng.random() < 0.3:
            dash = str(self.pick(["-", "—", "/", "－", "~"]))
            return dash.join(part for part in (house.key, unit, room) if part), unit, room
        return (
            f"{key}{mark}{unit + unit_word if unit else ''}{room}{self.pick(['室', '', '户', '号'])}",
            unit,
            room,
        )

    def said(self, text: str) -> str:
        """The text with the typist's habits."""
        roll = self.rng.random()
        if roll < 0.1:
            return text.translate({c: c + 0xFEE0 for c in range(0x30, 0x3A)})
        if roll < 0.2:
            return str(self.to_traditional(text))
        return text

    def matched(
        self, row: dict[str, Any], name: str, *, front: str | None = None, back: str = ""
    ) -> dict[str, Any]:
        house = self.house(row)
        tail, unit, room = self.door(house)
        text = self.said((self.front(row) if front is None else front) + name + tail + back)
        return {
            "text": text,
            "status": "matched",
            "building_id": house.building_id,
            "unit": unit,
            "room": room,
            "candidates": "",
        }

    def nobody(self, text: str) -> dict[str, Any]:
        return {"text": text, "status": "none", "building_id": "", "unit": "", "room": "", "candidates": ""}

    # ------------------------------------------------------------ kinds

    def clean(self) -> dict[str, Any]:
        row = self.pick(self.rows)
        return self.matched(row, row["name"])

    def alias(self) -> dict[str, Any] | None:
        row = self.pick(self.rows)
        return self.matched(row, row["aliases"]) if row["aliases"] else None

    def door_plate(self) -> dict[str, Any] | None:
        row = self.pick(self.rows)
        address = row["road_addresses"]
        if not address:
            return None
        if self.rng.random() < 0.3:
            for road, old in self.made.roads.itertuples(index=False):
                if old and address.startswith(road):
                    address = address.replace(road, old)
        return self.matched(row, address + self.pick(["", "院", "院内"]))

    def both(self) -> dict[str, Any] | None:
        row = self.pick(self.rows)
        return self.matched(row, row["road_addresses"] + row["name"]) if row["road_addresses"] else None

    def homophone(self) -> dict[str, Any] | None:
        row = self.pick(self.rows)
        name = row["name"]
        at = int(self.rng.integers(len(name)))
        others = [c for c in self.homophones.get(sounds(name[at])[0], ()) if c != name[at]]
        if not others or name[at] in "一二三ABC东西南北":
            return None
        written = name[:at] + self.pick(others) + name[at + 1 :]
        return (
            self.matched(row, written)
            if written not in self.known and not written.endswith(tuple(ENDINGS))
            else None
        )

    def slip(self) -> dict[str, Any] | None:
        row = self.pick(self.rows)
        name, base = row["name"], row["base"]
        at = int(self.rng.integers(1, len(base)))
        kind = self.pick(["shape", "double", "swap"])
        if kind == "shape" and name[at] in SHAPES:
            written = name[:at] + SHAPES[name[at]] + name[at + 1 :]
        elif kind == "double":
            written = name[: at + 1] + name[at:]
        elif kind == "swap" and name[at] != name[at - 1]:
            written = name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]
        else:
            return None
        return self.matched(row, written) if written not in self.known else None

    def remark(self) -> dict[str, Any]:
        row = self.pick(self.rows)
        if self.rng.random() < 0.5:
            return self.matched(row, row["name"], front=str(self.pick(BEFORE)) + self.front(row))
        return self.matched(row, row["name"], back=str(self.pick(REMARKS)))

    def landmark(self) -> dict[str, Any]:
        row, other = self.pick(self.rows), self.pick(self.rows)
        if self.rng.random() < 0.5:
            return self.matched(row, other["name"] + self.pick(BESIDE) + row["name"])
        return self.matched(row, row["name"], back=f"（{other['name']}{self.pick(BESIDE)}）")

    def no_phase(self) -> dict[str, Any] | None:
        row = self.pick(self.rows)
        if not row["phase"]:
            return None
        house = self.house(row)
        fits = [
            h for r in self.by_base[row["base"]] if (h := self.made.houses[r["complex_id"]].get(house.key))
        ]
        tail, unit, room = self.door(house)
        record = {"text": "河东区" + row["base"] + tail, "unit": unit, "room": room}
        if len(fits) == 1:
            return {**record, "status": "matched", "building_id": house.building_id, "candidates": ""}
        return {
            **record,
            "status": "ambiguous",
            "building_id": "",
            "candidates": "|".join(h.building_id for h in fits),
        }

    def phase_form(self) -> dict[str, Any] | None:
        row = self.pick(self.rows)
        base, phase = row["base"], row["phase"]
        if not phase:
            return None
        forms = [f"{base}（{phase}）", f"{base}-{phase}", f"{base} {phase}", f"{phase}{base}"]
        if phase.endswith("期"):
            forms.append(f"{base}{'一二三'.index(phase[0]) + 1}期")
        return self.matched(row, str(self.pick(forms)))

    def unknown_ending(self) -> dict[str, Any] | None:
        row = self.pick(self.rows)
        ending = next((e for e in sorted(ENDINGS, key=len, reverse=True) if row["base"].endswith(e)), None)
        if ending is None:
            return None
        name = row["base"].removesuffix(ending) + self.pick([e for e in ENDINGS if e != ending])
        if name in self.known or _spoken(name) in self.spoken:
            return None
        return self.nobody(self.matched(row, name)["text"])

    def unknown_core(self) -> dict[str, Any] | None:
        """Another name of the same kind, one character away from a known one."""
        row = self.pick(self.rows)
        if row["base"][0] not in CORE or row["base"][1] not in CORE:
            return None
        char = self.pick(CORE)
        name = (
            self.pick([char + row["base"][1:], row["base"][0] + char + row["base"][2:], char + row["base"]])
            + row["phase"]
        )
        if name in self.known or _spoken(name) in self.spoken or char in row["base"]:
            return None
        return self.nobody(self.matched(row, name)["text"])

    def elsewhere(self) -> dict[str, Any]:
        row = self.pick(self.rows)
        return self.nobody(self.matched(row, row["name"], front=str(self.pick(ELSEWHERE)))["text"])

    def unknown_plate(self) -> dict[str, Any]:
        row = self.pick(self.rows)
        road = self.pick(list(self.made.roads.road))
        return self.nobody(self.matched(row, f"{road}{int(self.rng.integers(500, 900))}号院")["text"])

    def unknown_building(self) -> dict[str, Any]:
        row = self.pick(self.rows)
        return self.nobody(f"{self.front(row)}{row['name']}{int(self.rng.integers(41, 99))}号楼2单元301")

    def no_building(self) -> dict[str, Any]:
        row = self.pick(self.rows)
        fits = "|".join(h.building_id for h in self.made.houses[row["complex_id"]].values())
        text = self.front(row) + row["name"] + self.pick(["", "402室"])
        return {
            "text": text,
            "status": "ambiguous",
            "building_id": "",
            "unit": "",
            "room": "",
            "candidates": fits,
        }

    def conflict(self) -> dict[str, Any] | None:
        row, other = self.pick(self.rows), self.pick(self.rows)
        if not other["road_addresses"] or other["complex_id"] == row["complex_id"]:
            return None
        both = set(self.made.houses[row["complex_id"]]) & set(self.made.houses[other["complex_id"]])
        if not both:
            return None
        key = min(both)
        fits = [self.made.houses[r["complex_id"]][key].building_id for r in (row, other)]
        text = f"河东区{other['road_addresses']}{row['name']}{key}栋201"
        return {
            "text": text,
            "status": "ambiguous",
            "building_id": "",
            "unit": "",
            "room": "",
            "candidates": "|".join(fits),
        }

    def junk(self) -> dict[str, Any]:
        return self.nobody(str(self.pick(JUNK)))


def _spoken(name: str) -> str:
    return " ".join(sounds(char)[0] for char in name)


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    tens = "" if number < 20 else digits[number // 10]
    return tens + "十" + (digits[number % 10] if number % 10 else "")
