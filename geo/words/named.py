"""Names and numbers of a community looked up: complexes, houses on roads and in villages, institutions."""

from __future__ import annotations

from geo.addresses.text.normalise import plain_name
from geo.words.clauses import Clause, Run
from geo.words.register import BUILDING_UNITS, NOBODY, Register, Rows, fits
from geo.words.runs import value_of
from geo.words.trouble import Meant, say

_UNIT = "单元"
_MOST_UNITS = 99
UNNAMED = ("无名楼栋", "楼栋")
"""Before the keys of buildings in brackets: 无名楼栋（#B-17）."""


def named_rows(row: int, clause: Clause, register: Register, meant: Meant) -> Rows:
    """The buildings that a place and its numbers mean, before anything is left out; what means none is told."""
    name = clause.name
    if name in UNNAMED and (clause.also or clause.runs):
        return _by_ref(row, clause, register, meant)
    complexes = register.complexes_named(name) if name else NOBODY
    if not complexes:
        for other in clause.also:
            complexes = complexes or register.complexes_named(other)
    if len(complexes) > 1 and clause.within:
        road = register.road(clause.within)
        near = frozenset(at for _, at in register.gates.get(road, ())) & complexes
        complexes = near or complexes
    if complexes:
        return _of_complexes(row, clause, complexes, register, meant)
    road = register.road(name)
    if clause.runs and (road in register.doors or road in register.gates):
        return _on_road(row, clause, register, meant)
    if clause.runs and not name:
        say(
            row,
            meant,
            "words-unknown",
            clause.text,
            "numbers without a name before them",
            "号码前没有小区或道路名称",
        )
        return NOBODY
    if not clause.runs:
        houses = register.names.get(plain_name(name), NOBODY)
        if houses:
            return houses
        if register.is_community(name):
            return frozenset(range(len(register.buildings)))
        if road in register.doors or road in register.gates:
            return _whole_road(road, register)
        institution = register.institution(name)
        if institution:
            return institution
    else:
        spelled = [register.names.get(plain_name(f"{name}{run.text()}"), NOBODY) for run in clause.runs]
        if all(spelled):
            return NOBODY.union(*spelled)
        if register.is_community(name):
            return _numbers_anywhere(row, clause, register, meant)
        listed = _named_with_numbers(row, clause, register, meant)
        if listed is not None:
            return listed
    planned = clause.planned
    say(
        row, meant, "words-unknown", clause.text,
        f"{name} is no complex, building, road with houses or institution of this community"
        + ("; it is only planned" if planned else ""),
        f"本社区没有名为“{name}”的小区、楼栋、有门牌的道路或单位" + ("（注明为规划）" if planned else ""),
    )  # fmt: skip
    return NOBODY


def _by_ref(row: int, clause: Clause, register: Register, meant: Meant) -> Rows:
    found: set[int] = set()
    for text in clause.also:
        for ref in text.replace("，", "、").split("、"):
            at = register.refs.get(ref.strip().removeprefix("#").upper())
            if at is None:
                say(
                    row,
                    meant,
                    "words-number",
                    ref,
                    f"there is no building {ref} here",
                    f"本社区没有编号为 {ref} 的楼栋",
                )
            else:
                found.add(at)
    return frozenset(found)


def _of_complexes(row: int, clause: Clause, complexes: Rows, register: Register, meant: Meant) -> Rows:
    if not clause.runs:
        return NOBODY.union(*(register.of_complex.get(at, NOBODY) for at in complexes))
    rows: set[int] = set()
    by_units, runs = _units_of(clause.runs)
    for within, units in by_units.items():
        rows |= _whole_by_units(row, clause, complexes, register, meant, within, units)
    for run in runs:
        if run.within or (
            run.unit and run.unit not in BUILDING_UNITS and run.unit not in ("号", "号院", "排")
        ):
            say(
                row, meant, "words-unplaced", f"{clause.name}{run.text()}",
                "a building cannot be divided between grids; name the whole building",
                "楼栋不可拆分到不同网格；请写整栋",
            )  # fmt: skip
            continue
        per = {at: register.numbered(at, run) for at in sorted(complexes)}
        hits = {at: found for at, (found, _) in per.items() if found}
        if run.unit == "号":
            hits = {at: frozenset(b for b in found if _is_door(register, b)) for at, found in hits.items()}
            hits = {at: found for at, found in hits.items() if found}
        if len(hits) > 1 and run.one:
            say(
                row, meant, "words-several", f"{clause.name}{run.text()}",
                f"{len(hits)} complexes of this name have it; name the phase",
                f"有 {len(hits)} 个同名小区（分期）都有此楼；请写明期别",
            )  # fmt: skip
            continue
        missing = [] if len(complexes) > 1 and hits else [m for _, (_, some) in per.items() for m in some]
        if not hits or missing:
            wanted = "、".join(dict.fromkeys(missing)) or run.text()
            say(
                row, meant, "words-number", f"{clause.name}{run.text()}",
                f"{clause.name} has no {wanted}", f"{clause.name}没有{wanted}",
            )  # fmt: skip
        rows |= NOBODY.union(*hits.values()) if hits else NOBODY
    return frozenset(rows)


def _units_of(runs: tuple[Run, ...]) -> tuple[dict[str, list[Run]], list[Run]]:
    """Units by the building they are of (1号楼1单元、2单元), and the other runs."""
    units: dict[str, list[Run]] = {}
    others: list[Run] = []
    within = ""
    for run in runs:
        within = run.within or (within if run.unit == _UNIT else "")
        if run.unit == _UNIT and within:
            units.setdefault(within, []).append(run)
        else:
            others.append(run)
    return units, others


def _whole_by_units(
    row: int, clause: Clause, complexes: Rows, register: Register, meant: Meant, within: str, units: list[Run]
) -> Rows:
    """The building whose every unit is said; a part of one is told, for a building is in one grid."""
    house = Run(within.rstrip("号楼栋幢座#"), within.rstrip("号楼栋幢座#"), "号楼")
    found = NOBODY.union(*(register.numbered(at, house)[0] for at in complexes))
    said = {
        n
        for run in units
        for n in range(value_of(run.first), min(value_of(run.last or run.first), _MOST_UNITS) + 1)
    }
    counts = [register.buildings["units"].iloc[at] for at in found]
    if len(found) == 1 and counts[0] == counts[0] and counts[0] and set(range(1, int(counts[0]) + 1)) <= said:
        return found
    listed = "、".join(run.text() for run in units)
    has = f"，{within}共 {int(counts[0])} 个单元" if len(found) == 1 and counts[0] == counts[0] else ""
    say(
        row, meant, "words-unplaced", f"{clause.name}{listed}",
        "a building cannot be divided between grids; name the whole building, and divide it into micro-grids",
        f"楼栋不可拆分到不同网格{has}；请写整栋，楼内另划微网格",
    )  # fmt: skip
    return NOBODY


def _is_door(register: Register, building: int) -> bool:
    """Whether a house is counted by 号 and not by 号楼: 3号 is no 3号楼."""
    name = str(register.buildings["name"].iloc[building])
    return name.endswith("号") or not any(name.endswith(unit) for unit in BUILDING_UNITS)


def _on_road(row: int, clause: Clause, register: Register, meant: Meant) -> Rows:
    rows: set[int] = set()
    for run in clause.runs:
        houses, gates = register.on_road(clause.name, run)
        found = set(houses).union(*(register.of_complex.get(at, NOBODY) for at in gates))
        if not found:
            say(
                row, meant, "words-number", f"{clause.name}{run.text()}",
                f"no house on {clause.name} has such a number", f"{clause.name}上没有{run.text()}",
            )  # fmt: skip
        rows |= found
    return frozenset(rows)


def _whole_road(road: str, register: Register) -> Rows:
    gates = (register.of_complex.get(at, NOBODY) for _, at in register.gates.get(road, ()))
    return frozenset(row for _, row in register.doors.get(road, ())).union(*gates)


def by_parity(register: Register, clause: Clause) -> Rows:
    """Houses on the odd or even side of a road."""
    run = Run("", "", "号", clause.parity)
    return register.on_road(clause.name, run)[0]


def _numbers_anywhere(row: int, clause: Clause, register: Register, meant: Meant) -> Rows:
    """Numbers of the community itself, as villages have them: 永乐村1组5号, or houses named by a number alone."""
    found: set[int] = set()
    for run in clause.runs:
        rows = frozenset(
            building
            for road in register.doors
            for building in register.on_road(road, run)[0]
            if run.within or run.unit in ("组", "队", "社")
        ) or register.names.get(run.text(), NOBODY)
        if not rows:
            say(
                row, meant, "words-number", f"{clause.name}{run.text()}",
                f"{clause.name} has no {run.text()}", f"{clause.name}没有{run.text()}",
            )  # fmt: skip
        found |= rows
    return frozenset(found)


def _named_with_numbers(row: int, clause: Clause, register: Register, meant: Meant) -> Rows | None:
    """Houses of no complex that are named with numbers (橡胶厂厂区1-3号厂房); None when none begins so."""
    plain = plain_name(clause.name)
    tail = plain_name("".join(text for text in clause.also if not text.startswith("#")))
    rows: set[int] = set()
    begun = False
    for called, some in register.names.items():
        rest = called.removeprefix(plain)
        if rest == called or not rest[:1].isdigit():
            continue
        begun = True
        number = value_of(rest)
        after = rest.lstrip("0123456789")
        for run in clause.runs:
            low, high = value_of(run.first), value_of(run.last) if run.last else 10**9
            if low <= number <= high and fits(number, run.parity) and after in (run.unit, run.unit + tail):
                rows |= some
    if not begun:
        return None
    if not rows:
        say(
            row, meant, "words-number", clause.text,
            f"{clause.name} has no {clause.numbers()}", f"{clause.name}没有{clause.numbers()}",
        )  # fmt: skip
    return frozenset(rows)
