"""Reading of the neutral instance format: the shape of its JSON is checked here, value by value.

{"name": str, "lo": number, "hi": number, "k": int | absent, "current": [label per node] | absent,
 "nodes": [{"id": 0..n-1, "x": m, "y": m, "households": int, "area": m2, "complex": str | null}],
 "edges": [{"a": id, "b": id, "shared_m": m, "barrier": bool}],
 "published": {"objective": str, ...} or a list of them | absent}
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NoReturn

from geo.errors import InputError

_NODE_NUMBERS = ("x", "y", "households")
_GOALS = {
    "cut_edges": "cut-edges",
    "cut_length": "cut-length",
    "hop_median": "hop-median",
    "moi_medoid_miles": "patrol",
    "max_p": "most-grids",
}
"""Published figures and the goal (`geo.partition.problem.problem.Goal`) they belong to."""
_MAX_FAULTS = 5

Fault = tuple[str, str]
"""One fault in English and Chinese."""


def checked_instance(instance: Mapping[str, Any]) -> tuple[dict[str, Any], list[Hashable]]:
    """The instance as columns in order of node id, and each node's complex. Raises `InputError` with the faults."""
    if not isinstance(instance, Mapping):
        raise InputError("an instance must be a JSON object", "实例应为 JSON 对象")
    faults: list[Fault] = []
    faults += [
        (f"{key} {instance.get(key)!r} is not a number", f"{key} {instance.get(key)!r} 不是数字")
        for key in ("lo", "hi")
        if not _is_number(instance.get(key))
    ]
    k = instance.get("k")
    if k is not None and (isinstance(k, bool) or not isinstance(k, int)):
        faults.append((f"k {k!r} is not a whole number", f"k {k!r} 不是整数"))
    nodes = _records(instance, "nodes", faults)
    edges = _records(instance, "edges", faults)
    _node_faults(nodes, faults)
    _edge_faults(edges, faults)
    if faults:
        raise_faults(faults)
    nodes = sorted(nodes, key=lambda node: node["id"])
    columns: dict[str, Any] = {
        "name": str(instance.get("name") or ""),
        "lo": instance["lo"],
        "hi": instance["hi"],
        "k": k,
        "nodes": {key: [node[key] for node in nodes] for key in _NODE_NUMBERS},
        "edges": {key: [edge[key] for edge in edges] for key in ("a", "b", "shared_m")},
        "current": _current(instance.get("current")),
    }
    columns["goal"] = _published_goal(instance.get("published"))
    both = all(_is_number(node.get("lon")) and _is_number(node.get("lat")) for node in nodes)
    columns["lon_lat"] = [(node["lon"], node["lat"]) for node in nodes] if both and nodes else None
    columns["nodes"]["area"] = [node.get("area") or 0.0 for node in nodes]
    columns["edges"]["barrier"] = [bool(edge.get("barrier", False)) for edge in edges]
    return columns, [node.get("complex") for node in nodes]


def _published_goal(published: Any) -> str | None:
    """The goal of the first published figure; None where nothing known is published."""
    records = published if isinstance(published, list) else [published]
    named = [record.get("objective") for record in records if isinstance(record, Mapping)]
    return next((_GOALS[name] for name in named if name in _GOALS), None)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _records(instance: Mapping[str, Any], key: str, faults: list[Fault]) -> list[Mapping[str, Any]]:
    records = instance.get(key)
    if not isinstance(records, list) or not all(isinstance(record, Mapping) for record in records):
        faults.append((f"{key} must be a list of objects", f"{key} 应为对象的列表"))
        return []
    return records


def _node_faults(nodes: list[Mapping[str, Any]], faults: list[Fault]) -> None:
    seen: set[int] = set()
    for place, node in enumerate(nodes):
        number = node.get("id")
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(nodes):
            faults.append(
                (
                    f"node {place} has id {number!r}; ids run from 0 to {len(nodes) - 1}",
                    f"第 {place} 个节点的 id 为 {number!r}；应为 0–{len(nodes) - 1}",
                )
            )
            continue
        if number in seen:
            faults.append((f"node id {number} is used twice", f"节点 id {number} 重复"))
        seen.add(number)
        faults += [
            (
                f"node {number}: {key} {node.get(key)!r} is not a number",
                f"节点 {number}：{key} {node.get(key)!r} 不是数字",
            )
            for key in _NODE_NUMBERS
            if not _is_number(node.get(key))
        ]
        if node.get("area") is not None and not _is_number(node["area"]):
            faults.append(
                (f"node {number}: area {node['area']!r} is not a number", f"节点 {number}：面积不是数字")
            )
        if not isinstance(node.get("complex"), (str, int, type(None))):
            faults.append(
                (f"node {number}: complex must be text or null", f"节点 {number}：complex 应为文本或 null")
            )


def _edge_faults(edges: list[Mapping[str, Any]], faults: list[Fault]) -> None:
    for place, edge in enumerate(edges):
        for end in "ab":
            value = edge.get(end)
            if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**62:
                faults.append(
                    (
                        f"edge {place}: {end} {value!r} is not a node id",
                        f"第 {place} 条边：{end} {value!r} 不是节点 id",
                    )
                )
        if not _is_number(edge.get("shared_m")):
            faults.append(
                (
                    f"edge {place}: shared_m {edge.get('shared_m')!r} is not a number",
                    f"第 {place} 条边：shared_m {edge.get('shared_m')!r} 不是数字",
                )
            )


def _current(labels: Any) -> list[int] | None:
    """Today's labels, any hashable, as numbers in order of first appearance."""
    if labels is None:
        return None
    if not isinstance(labels, list) or any(isinstance(label, (list, dict)) for label in labels):
        raise InputError(
            "current must be a list with one label per node", "current 应为每个节点一个标号的列表"
        )
    known: dict[Hashable, int] = {}
    return [known.setdefault(label, len(known)) for label in labels]


def raise_faults(faults: Sequence[Fault]) -> NoReturn:
    """Raise one `InputError` that tells the first five faults and how many more there are."""
    shown, more = faults[:_MAX_FAULTS], max(0, len(faults) - _MAX_FAULTS)
    raise InputError(
        "; ".join(en for en, _ in shown) + (f"; and {more} more" if more else ""),
        "；".join(zh for _, zh in shown) + (f"；另有 {more} 处" if more else ""),
    )
