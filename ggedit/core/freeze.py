"""Immutability for values that hold arrays."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt


class Frozen:
    """Mixin for frozen values: a copy, shallow or deep, is the value itself.

    ``copy.deepcopy`` would hand back *writable* arrays, and web frameworks deep-copy the
    state they are given; an immutable value never needs copying.
    """

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Back from another process: arrays come out of a pickle writable."""
        for value in state.values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
        self.__dict__.update(state)


def read_only(array: npt.ArrayLike, dtype: npt.DTypeLike) -> np.ndarray:
    """``array`` as a contiguous, read-only array of ``dtype``.

    An array that could still be written through another reference is copied first.
    """
    source = np.asarray(array)
    frozen = np.ascontiguousarray(source, dtype=dtype)
    if frozen is source and source.flags.writeable:
        frozen = frozen.copy()
    frozen.flags.writeable = False
    return frozen
