"""How hot loops are compiled, and their random numbers: both the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """`numba.njit` with the machine code kept on disk, beside the source or in the user's cache folder.

    Where neither can be written (a read-only container) the code is compiled once per process instead.
    Kept code is refreshed when its own file changes, not when a function it calls in another file does:
    after editing a kernel, delete `geo/partition/__pycache__`.
    """
    try:
        return cast("F", numba.njit(cache=True)(function))
    except RuntimeError:  # numba: "cannot cache function: no locator available"
        return cast("F", numba.njit(function))


_S12, _S25, _S27, _S11 = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(11)
_MULTIPLIER = np.uint64(0x2545F4914F6CDD1D)


def random_state(seed: int, *stream: int) -> NDArray[np.uint64]:
    """The state, shape (1,), of one stream of random numbers; never zero, independent of numba's own generator."""
    word = np.random.SeedSequence([seed, *stream]).generate_state(1, np.uint64)
    return np.asarray(word | np.uint64(1), np.uint64)


@compiled
def uniform(state: NDArray[np.uint64]) -> float:
    """The next random number in [0, 1): xorshift64* (Vigna 2016)."""
    x = state[0]
    x ^= x >> _S12
    x ^= x << _S25
    x ^= x >> _S27
    state[0] = x
    return float((x * _MULTIPLIER) >> _S11) * (1.0 / 9007199254740992.0)


@compiled
def below(state: NDArray[np.uint64], count: int) -> int:
    """A random whole number in [0, count)."""
    return int(uniform(state) * count)


@compiled
def accepts(state: NDArray[np.uint64], loss: float) -> bool:
    """Whether a loss of so many temperatures is accepted: with chance exp(-loss), near enough.

    (1 - loss / 1024) ** 1024 by ten squarings: only exact operations, so that every machine decides alike.
    """
    if loss <= 0:
        return True
    if loss >= 16:
        return False
    chance = 1.0 - loss / 1024
    for _ in range(10):
        chance *= chance
    return uniform(state) < chance
