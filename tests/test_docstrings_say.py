"""Public functions say what they are given and give, in which units, and what they raise: counted, over 90 %.

Counted are functions and methods whose names begin with no underscore. The commands in `api/cli` are left out of the errors:
what they raise is printed as one line with exit code 2, by one place for all of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
AIM = 0.9

MEASURED = re.compile(
    r"NDArray|ndarray|GeoDataFrame|GeoSeries|DataFrame|Series|Geometry|Geometries|Polygon|Point|LineString"
    r"|\bInts\b|\bFloats\b|\bFlags\b"
)
"""Annotations of what has a unit, a CRS or a shape."""
SAID = re.compile(
    r"metre|degree|second|minute|EPSG|CRS|longitude|\blon\b|m²|hectare|household|people|pixel|millimetre"
    r"|\bbytes?\b|\bcells?\b|\brows?\b|columns?\b|\bper\b|\beach\b|index|label|position|\(n\b|×|local|fraction|number|\border\b",
    re.IGNORECASE,
)
RAISES = re.compile(r"\braises?\b|refus|\berrors?\b|`\w*Error`|\b4\d\d:", re.IGNORECASE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def public_functions() -> Iterator[tuple[str, Function]]:
    for top in ("geo", "layers", "maps", "api"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            bodies = [(node, "") for node in ast.parse(path.read_text(encoding="utf-8")).body]
            classes = [node for node, _ in bodies if isinstance(node, ast.ClassDef) and node.name[0] != "_"]
            bodies += [(node, f"{of.name}.") for of in classes for node in of.body]
            for node, owner in bodies:
                if isinstance(node, Function) and node.name[0] != "_":
                    yield f"{path.relative_to(ROOT)}:{node.lineno} {owner}{node.name}", node


def raises_itself(function: Function) -> bool:
    """Whether it raises something of its own, not counting what functions inside it do."""
    left: list[ast.AST] = [*function.body]
    while left:
        node = left.pop()
        if isinstance(node, ast.Raise) and node.exc is not None:
            return True
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            left.extend(ast.iter_child_nodes(node))
    return False


def annotations(function: Function) -> Iterator[str]:
    taken = [*function.args.args, *function.args.kwonlyargs]
    for said in (*(argument.annotation for argument in taken), function.returns):
        if said is not None:
            yield ast.unparse(said)


def silent(functions: list[tuple[str, Function]], says: re.Pattern[str]) -> list[str]:
    return [name for name, node in functions if not says.search(ast.get_docstring(node) or "")]


def test_every_public_function_has_a_docstring() -> None:
    assert [name for name, node in public_functions() if not ast.get_docstring(node)] == []


def test_functions_say_what_they_raise() -> None:
    raising = [(n, f) for n, f in public_functions() if raises_itself(f) and not n.startswith("api/cli/")]
    found = silent(raising, RAISES)
    assert len(raising) > 100
    assert len(found) <= (1 - AIM) * len(raising), found


def test_functions_of_geometry_and_arrays_say_their_units() -> None:
    measured = [(n, f) for n, f in public_functions() if any(map(MEASURED.search, annotations(f)))]
    found = silent(measured, SAID)
    assert len(measured) > 300
    assert len(found) <= (1 - AIM) * len(measured), found
