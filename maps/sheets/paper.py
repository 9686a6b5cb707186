"""Papers, and what of a place fits on them at a round scale."""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import InputError

PAPERS_MM: dict[str, tuple[float, float]] = {
    "A4": (210, 297),
    "A3": (297, 420),
    "A2": (420, 594),
    "A1": (594, 841),
    "A0": (841, 1189),
    "8K": (260, 370),
    "4K": (370, 520),
}
"""Short and long side. 8K and 4K are 8开 and 4开 of the usual 787 x 1092 mm sheet, trimmed."""
SCALES = (500, 750, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 7_500, 10_000, 15_000, 20_000, 25_000)
"""Round scales 1:n; beyond the last, multiples of it."""
MARGIN_MM = 10.0
GAP_MM = 6.5
_PANEL_SHARE = 0.24
_LEAST_PANEL_MM = 62.0
_MOST_PANEL_MM = 130.0
_AROUND = 1.06
"""How much more than the place itself the frame shows."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on paper: its upper left corner and its size, in millimetres; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower edge."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on one page."""

    width: float
    height: float
    map: Box
    panel: Box
    """Title, legend and table: right of the map on a lying page, under it on a standing one."""
    scale: int
    """n of 1:n."""


def paper_size(paper: str) -> tuple[float, float]:
    """Short and long side in mm. Raises `InputError` with the names there are.

    >>> paper_size("a3")
    (297, 420)
    """
    name = paper.upper().replace("开", "K")
    if name not in PAPERS_MM:
        names = ", ".join(PAPERS_MM)
        raise InputError(f"no paper {paper!r}; choose one of {names}", f"没有纸张“{paper}”；可选：{names}")
    return PAPERS_MM[name]


def fit(
    width_m: float,
    height_m: float,
    *,
    paper: str = "A3",
    standing: bool | None = None,
    scale: int | None = None,
    panel_share: float | None = None,
) -> Layout:
    """The page on which a place of so many metres is largest, at a round scale (or at `scale`).

    `panel_share` is how much of the longer side stands beside the map (0–1), about a quarter without.
    `standing` forces upright or lying paper; without it the one that allows the larger scale wins, lying before
    standing. Raises `InputError` for an unknown paper, or when the place does not fit at `scale`.

    >>> fit(700, 400).scale, fit(400, 700).map.height > fit(400, 700).map.width
    (3000, True)
    """
    short, long = paper_size(paper)
    panel_mm = _panel_mm(long) if panel_share is None else long * panel_share
    ways = [_lying(long, short, panel_mm), _upright(short, long, panel_mm)]
    if standing is not None:
        ways = [ways[1] if standing else ways[0]]
    needed = [
        max(width_m * _AROUND / frame.width, height_m * _AROUND / frame.height) * 1000 for _, frame, _ in ways
    ]
    best = needed.index(min(needed))
    chosen = _round_up(needed[best]) if scale is None else scale
    if scale is not None and scale < needed[best] / _AROUND:
        raise InputError(
            f"at 1:{scale} the place does not fit on {paper}; at 1:{_round_up(needed[best])} it does",
            f"{paper} 纸在 1:{scale} 下放不下；1:{_round_up(needed[best])} 可以",
        )
    (width, height), frame, panel = ways[best]
    return Layout(width, height, frame, panel, chosen)


def _round_up(needed: float) -> int:
    for scale in SCALES:
        if scale >= needed - 1e-9:
            return scale
    step = SCALES[-1]
    return int(-(-needed // step) * step)


def _panel_mm(side: float) -> float:
    return min(max(side * _PANEL_SHARE, _LEAST_PANEL_MM), _MOST_PANEL_MM)


def _lying(width: float, height: float, panel: float) -> tuple[tuple[float, float], Box, Box]:
    frame = Box(MARGIN_MM, MARGIN_MM, width - 2 * MARGIN_MM - GAP_MM - panel, height - 2 * MARGIN_MM)
    return (width, height), frame, Box(frame.right + GAP_MM, MARGIN_MM, panel, frame.height)


def _upright(width: float, height: float, panel: float) -> tuple[tuple[float, float], Box, Box]:
    frame = Box(MARGIN_MM, MARGIN_MM, width - 2 * MARGIN_MM, height - 2 * MARGIN_MM - GAP_MM - panel)
    return (width, height), frame, Box(MARGIN_MM, frame.bottom + GAP_MM, frame.width, panel)
