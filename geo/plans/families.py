"""Rules for many communities at once: families that choose a profile by a community's kind and size, and profiles
and families of one's own, read from a table (a YAML or TOML file of the tenant)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from geo.errors import InputError, RulesError, Words
from geo.plans.goals import GOALS, Weights
from geo.plans.rules import PROFILES, Crossing, Rules, Workload

DEFAULT_RULES = "national"
"""What is taken where nobody says which."""
MIXED_OVER = 3000
"""Mixed communities with more households have profiles of their own (Zhejiang)."""


@dataclass(frozen=True, slots=True)
class Family:
    """Profiles by kind of community."""

    name: str
    title: Words
    other: Rules
    """For every community that has no profile of its own below."""
    village: Rules | None = None
    """For rural villages (`communities.kind` is `village`)."""
    mixed: Rules | None = None
    """For mixed communities (`mixed`) with more than `mixed_over` households."""
    mixed_over: int = MIXED_OVER

    def choose(self, kind: str | None, households: int) -> Rules:
        """The rules for a community of this kind with so many households.

        >>> county = FAMILIES["county"]
        >>> county.choose("village", 900).name, county.choose("urban", 900).name, county.choose(None, 900).name
        ('county-rural', 'county-urban', 'county-urban')
        """
        if kind == "village" and self.village is not None:
            return self.village
        if kind == "mixed" and self.mixed is not None and households > self.mixed_over:
            return self.mixed
        return self.other

    def members(self) -> tuple[Rules, ...]:
        """The profiles it chooses from."""
        return tuple(r for r in (self.other, self.village, self.mixed) if r is not None)


FAMILIES = {
    family.name: family
    for family in (
        Family(
            "auto",
            Words("By kind: villages rural, large mixed 200-300, else national", "按社区类型自动选择"),
            PROFILES["national"],
            village=PROFILES["county-rural"],
            mixed=PROFILES["zhejiang-mixed"],
        ),
        Family(
            "zhejiang",
            Words("Zhejiang, by kind and size of the community", "浙江，按社区类型与规模"),
            PROFILES["zhejiang-plain"],
            mixed=PROFILES["zhejiang-mixed"],
        ),
        Family(
            "county",
            Words("County, villages and towns apart", "县域，区分城乡"),
            PROFILES["county-urban"],
            village=PROFILES["county-rural"],
        ),
    )
}


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All profiles and families there are to choose from, by name."""

    profiles: Mapping[str, Rules]
    families: Mapping[str, Family]

    def find(self, name: str) -> Family:
        """The family of this name, or one that always chooses the profile of this name.

        Raises `RulesError` with the names there are when there is neither.

        >>> BOOK.find("national").choose("village", 10).name
        'national'
        """
        if name in self.families:
            return self.families[name]
        if name in self.profiles:
            return always(self.profiles[name])
        names = ", ".join([*self.families, *self.profiles])
        raise RulesError(
            f"no rules {name!r}; choose one of {names}", f"没有名为“{name}”的规则；可选：{names}"
        )


BOOK = RuleBook(PROFILES, FAMILIES)
"""What ships with the program."""


DEFAULT_RULES = "national"
"""The family where nobody names one."""


def always(rules: Rules) -> Family:
    """The family that chooses `rules` for every community."""
    return Family(rules.name, rules.title, rules)


def read_book(tables: Mapping[str, Any]) -> RuleBook:
    """`BOOK` with the profiles and families of a tenant's table added; own names win over shipped ones.

    `tables` has `profiles` and `families`, each by name. A profile: `based_on` (a profile it copies), `title` (one
    text, or `en` and `zh`), `min`, `max`, `max_people`, `size_tolerance`, `years_ahead`, `workload` (household, person, building, event), `barriers` (free,
    costly, forbidden), `weights` or `order` (of goals), `keep_complexes`, `code_template`, `keep_code_share`,
    `grid_kind`. A family: `title`, `other`, `village`, `mixed` (names of profiles), `mixed_over`.
    Raises `RulesError` that lists every fault.

    >>> book = read_book({"profiles": {"ours": {"based_on": "national", "max": 450, "order": ["moved", "complexes"]}}})
    >>> book.find("ours").other.max_households, book.find("ours").other.weights.moved
    (450, 4.0)
    """
    faults: list[Words] = _unknown("", tables, ("profiles", "families"))
    profiles, families = dict(PROFILES), dict(FAMILIES)
    for name, values in _section(tables, "profiles", faults):
        try:
            profiles[name] = _profile(name, values, profiles)
        except InputError as error:
            faults.append(error.words)
    for name, values in _section(tables, "families", faults):
        try:
            families[name] = _family(name, values, profiles)
        except InputError as error:
            faults.append(error.words)
    if faults:
        raise RulesError(" | ".join(f.en for f in faults), " | ".join(f.zh for f in faults))
    return RuleBook(profiles, families)


def _section(
    tables: Mapping[str, Any], what: str, faults: list[Words]
) -> Sequence[tuple[str, Mapping[str, Any]]]:
    found = tables.get(what) or {}
    if isinstance(found, Mapping) and all(isinstance(each, Mapping) for each in found.values()):
        return [(str(name), values) for name, values in found.items()]
    faults.append(Words(f"{what} must be tables by name", f"{what} 应为按名称列出的表"))
    return []


_RENAMED = {"min": "min_households", "max": "max_households"}
_PLAIN = {
    "min_households": int,
    "max_households": int,
    "max_people": int,
    "size_tolerance": float,
    "years_ahead": int,
    "keep_complexes": bool,
    "code_template": str,
    "keep_code_share": float,
    "grid_kind": str,
}


def _profile(name: str, values: Mapping[str, Any], known: Mapping[str, Rules]) -> Rules:
    faults = _unknown(
        name,
        values,
        (
            "based_on",
            "title",
            "min",
            "max",
            *list(_PLAIN)[2:],
            "workload",
            "barriers",
            "weights",
            "order",
            "checks",
        ),
    )
    if faults:
        raise _joined(faults)
    base = known[_name_of(name, "based_on", values.get("based_on", "national"), known)]
    given: dict[str, Any] = {"name": name, "title": _title(name, values)}
    for key, kind in ((k, _PLAIN[_RENAMED.get(k, k)]) for k in values if _RENAMED.get(k, k) in _PLAIN):
        given[_RENAMED.get(key, key)] = _of_kind(name, key, values[key], kind)
    if "barriers" in values:
        choices = [str(crossing) for crossing in Crossing]
        given["barriers"] = Crossing(_name_of(name, "barriers", values["barriers"], choices))
    if "workload" in values:
        units = tuple(field.name for field in fields(Workload))
        given["workload"] = Workload(**{"household": 0.0} | _numbers(name, "workload", values, units))
    if "checks" in values:
        if not isinstance(values["checks"], Mapping):
            raise RulesError(f"{name}: checks must be a table", f"{name}：checks 应为一张表")
        given["checks"] = {**base.checks, **{str(rule): str(to) for rule, to in values["checks"].items()}}
    if "order" in values:
        order = values["order"]
        given["weights"] = Weights.in_order(
            [str(goal) for goal in (order if isinstance(order, list) else [order])]
        )
    if "weights" in values:
        given["weights"] = replace(
            given.get("weights", base.weights), **_numbers(name, "weights", values, GOALS)
        )
    return replace(base, **given)


def _family(name: str, values: Mapping[str, Any], profiles: Mapping[str, Rules]) -> Family:
    faults = _unknown(name, values, ("title", "other", "village", "mixed", "mixed_over"))
    if faults:
        raise _joined(faults)
    chosen = {
        key: profiles[_name_of(name, key, values[key], profiles)]
        for key in ("other", "village", "mixed")
        if key in values
    }
    over = int(_of_kind(name, "mixed_over", values.get("mixed_over", MIXED_OVER), int))
    return Family(name, _title(name, values), **{"other": PROFILES["national"]} | chosen, mixed_over=over)


def _title(name: str, values: Mapping[str, Any]) -> Words:
    title = values.get("title", name)
    if isinstance(title, Mapping):
        return Words(str(title.get("en", title.get("zh", name))), str(title.get("zh", title.get("en", name))))
    return Words(str(title), str(title))


def _name_of(name: str, key: str, value: Any, known: Mapping[str, Any] | Sequence[str]) -> str:
    if value not in known:
        choices = ", ".join(known)
        raise RulesError(
            f"{name}: {key} is {value!r}; use one of {choices}",
            f"{name}：{key} 为“{value}”；可用：{choices}",
        )
    return str(value)


def _of_kind(name: str, key: str, value: Any, kind: type) -> Any:
    fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        fits = True
    if not fits:
        what = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}[kind]
        what_zh = {int: "整数", float: "数字", bool: "true 或 false", str: "文字"}[kind]
        raise RulesError(f"{name}: {key} is {value!r}; it must be {what}", f"{name}：{key} 应为{what_zh}")
    return value


def _numbers(name: str, key: str, values: Mapping[str, Any], allowed: Sequence[str]) -> dict[str, float]:
    table = values[key]
    if not isinstance(table, Mapping):
        raise RulesError(f"{name}: {key} must be a table", f"{name}：{key} 应为一张表")
    faults = _unknown(f"{name}.{key}", table, allowed)
    if faults:
        raise _joined(faults)
    return {str(k): float(_of_kind(name, f"{key}.{k}", v, float)) for k, v in table.items()}


def _unknown(name: str, values: Mapping[str, Any], allowed: Sequence[str]) -> list[Words]:
    where = f"{name}: " if name else ""
    names = ", ".join(allowed)
    return [
        Words(f"{where}unknown entry {key!r}; use {names}", f"{where}未知项“{key}”；可用：{names}")
        for key in values
        if key not in allowed
    ]


def _joined(faults: Sequence[Words]) -> RulesError:
    return RulesError(" | ".join(f.en for f in faults), " | ".join(f.zh for f in faults))
