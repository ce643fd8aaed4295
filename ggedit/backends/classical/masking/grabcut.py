"""OpenCV's grabCut, repeatable and without its exceptions.

Rother, Kolmogorov, Blake, "GrabCut", SIGGRAPH 2004.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ....core.masks import HardMask
from ..windows import Rgb

_SEED = 1

Trimap = npt.NDArray[np.uint8]
"""uint8 (h, w) of ``cv2.GC_BGD``, ``GC_FGD``, ``GC_PR_BGD`` and ``GC_PR_FGD``."""


def make_trimap(probable: HardMask, allowed: HardMask, *, thing: HardMask, ground: HardMask) -> Trimap:
    """Background outside ``allowed``, a guess inside it, certain pixels on top."""
    trimap = np.where(probable, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    trimap[~allowed] = cv2.GC_BGD
    trimap[ground] = cv2.GC_BGD
    trimap[thing] = cv2.GC_FGD
    return trimap


def run_grabcut(pixels: Rgb, trimap: Trimap, rounds: int) -> HardMask:
    """The thing's pixels, bool (h, w); the trimap's own guess where one side has no pixels.

    The same input gives the same mask, in any thread: its clustering draws from OpenCV's
    generator, of which every thread has its own, seeded here before each call.
    """
    guess = (trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD)
    if guess.all() or not guess.any():
        return guess
    labels = trimap.copy()
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(_SEED)
    try:
        cv2.grabCut(pixels, labels, None, *models, rounds, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    except cv2.error:
        return guess
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
