"""The palette stays apart for every eye, and text stays readable."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.plans.colouring import COLOURS
from maps.look import style

Array = NDArray[np.float64]

SIGHT = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""Machado, Oliveira and Fernandes 2009, full severity, on linear RGB."""


def linear(colours: list[str]) -> Array:
    values = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: Array) -> Array:
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.072175],
            [0.0193339, 0.119192, 0.9503041],
        ]
    )
    xyz = rgb @ to_xyz.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=-1)


def cie94(colours: Array) -> Array:
    delta = colours[:, None] - colours[None]
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    d_chroma = chroma[:, None] - chroma[None]
    d_hue_sq = np.maximum(delta[..., 1] ** 2 + delta[..., 2] ** 2 - d_chroma**2, 0)
    mean = np.sqrt(chroma[:, None] * chroma[None])
    return np.sqrt(
        delta[..., 0] ** 2 + (d_chroma / (1 + 0.045 * mean)) ** 2 + d_hue_sq / (1 + 0.015 * mean) ** 2
    )


def contrast(one: str, other: str) -> float:
    light, dark = sorted((linear([one, other]) @ [0.2126, 0.7152, 0.0722]).tolist(), reverse=True)
    return float((light + 0.05) / (dark + 0.05))


def test_there_are_as_many_fills_as_colour_numbers() -> None:
    assert len(style.FILLS) == len(style.OUTLINES) == COLOURS


@pytest.mark.parametrize("sight", SIGHT)
def test_fills_water_and_paper_stay_apart(sight: str) -> None:
    seen = np.clip(linear([*style.FILLS, style.WATER["fill"], style.PAPER]) @ np.array(SIGHT[sight]).T, 0, 1)
    distances = cie94(lab(seen)) + 1e3 * np.eye(COLOURS + 2)
    assert distances.min() > 5.0


def test_no_fill_looks_like_water() -> None:
    *fills, water = lab(linear([*style.FILLS, style.WATER["fill"]]))
    hue = np.degrees(np.arctan2(water[2], water[1]))
    for fill in fills:
        apart = abs((np.degrees(np.arctan2(fill[2], fill[1])) - hue + 180) % 360 - 180)
        assert apart > 30 or np.linalg.norm(fill - water) > 12


def test_fills_are_soft_and_of_near_equal_lightness() -> None:
    lightness = lab(linear(list(style.FILLS)))[:, 0]
    assert lightness.min() > 75
    assert np.ptp(lightness) < 12


@pytest.mark.parametrize("ink", [style.INK, style.SOFT_INK, style.AMBER, style.RED, style.ACCENT])
def test_text_is_readable_on_white(ink: str) -> None:
    assert contrast(ink, "#ffffff") >= 4.5


def test_outlines_are_darker_than_their_fills() -> None:
    for fill, outline in zip(style.FILLS, style.OUTLINES, strict=True):
        assert contrast(fill, outline) > 2.2
