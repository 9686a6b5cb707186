"""What people call buildings and complexes, for texts about plans."""

from __future__ import annotations

import pandas as pd

from geo.partition.ask import Names


def names_of(buildings: pd.DataFrame, complexes: pd.DataFrame) -> Names:
    """Names by reference: a building by its complex and its own name, else by its address, else by its reference.

    `buildings` have ref, name, complex_ref and road_addresses, `complexes` ref and name.
    """
    named = complexes[complexes["name"].notna()]
    of_complex = {str(ref): str(name) for ref, name in zip(named["ref"], named["name"], strict=True)}
    columns = ("ref", "name", "complex_ref", "road_addresses")
    texts = (buildings[column].astype(object).where(buildings[column].notna(), "") for column in columns)
    of_building = {
        str(ref): _title(str(ref), str(name), of_complex.get(str(home), ""), str(address))
        for ref, name, home, address in zip(*texts, strict=True)
    }
    return Names(of_building, of_complex)


def _title(ref: str, name: str, home: str, address: str) -> str:
    if name:
        return name if name.startswith(home) else f"{home}{name}"
    return address.split(";")[0].strip() or (f"{home} {ref}".strip())
