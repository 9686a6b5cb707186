"""The lie of the land: the plan is drawn straight, then bent as rivers and history bend real streets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EAST, NORTH = np.array([1.0, 0.0]), np.array([0.0, 1.0])
RIVER_HALF_WIDTH_M = 72.0
BANK_OFFSET_M = 118.0
"""The embankment roads run so far from the middle of the river."""


@dataclass(frozen=True, slots=True)
class Terrain:
    """A smooth bend of the plane, from the straight plan (metres) to metres around the centre.

    Long waves bend everything a little, the river and the railway wind and take the roads beside them
    along, and the whole is turned by `turn` radians. Amplitudes stay small against their wavelengths, so
    that the map is one to one: what does not cross in the plan does not cross on the ground.
    """

    turn: float
    phases: tuple[float, float, float, float]
    """Of the long wave in x, the long wave in y, the river and the railway, radians."""
    river_y: float
    rail_y: float

    @classmethod
    def drawn(cls, rng: np.random.Generator, *, river_y: float, rail_y: float) -> Terrain:
        """A terrain for a river and a railway at these heights of the plan."""
        phases = rng.uniform(0.0, 2.0 * math.pi, 4)
        turn = rng.uniform(math.radians(3.0), math.radians(9.0)) * (1 if rng.random() < 0.5 else -1)
        return cls(float(turn), tuple(float(p) for p in phases), river_y, rail_y)  # type: ignore[arg-type]

    def to_ground(self, xy: Array) -> Array:
        """Points of the plan, shape (n, 2), on the ground."""
        x, y = xy[:, 0], xy[:, 1]
        long_x, long_y, river, rail = self.phases
        wave = 190.0 * np.exp(-(((y - self.river_y) / 900.0) ** 2)) * np.sin(2 * math.pi * x / 4100.0 + river)
        sway = 90.0 * np.exp(-(((y - self.rail_y) / 700.0) ** 2)) * np.sin(2 * math.pi * x / 8000.0 + rail)
        bent_x = x + 120.0 * np.sin(2 * math.pi * y / 6500.0 + long_x)
        bent_y = y + 110.0 * np.sin(2 * math.pi * x / 7300.0 + long_y) + wave + sway
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        return np.column_stack([cos * bent_x - sin * bent_y, sin * bent_x + cos * bent_y])

    def east(self, xy: Array) -> Array:
        """The direction on the ground, radians, of what runs east in the plan at each point; shape (n,)."""
        step = self.to_ground(xy + EAST) - self.to_ground(xy - EAST)
        return np.asarray(np.arctan2(step[:, 1], step[:, 0]), dtype=np.float64)

    def lean(self, xy: Array) -> Array:
        """How far, metres per metre, what runs north in the plan drifts along `east`; shape (n,)."""
        angle = self.east(xy)
        north = self.to_ground(xy + NORTH) - self.to_ground(xy - NORTH)
        along = north[:, 0] * np.cos(angle) + north[:, 1] * np.sin(angle)
        away = -north[:, 0] * np.sin(angle) + north[:, 1] * np.cos(angle)
        return np.asarray(along / away, dtype=np.float64)
