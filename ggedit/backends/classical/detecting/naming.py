"""What the network's boxes are called when nobody has asked for anything."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .proposals import Floats, Proposals
from .vocabulary import ANIMALS, LABELS

_CLEAR_ANIMAL = 0.5
"""Less belief in one animal is shared among several: the network sees only that it is one."""


def compute_animal(proposals: Proposals) -> Floats:
    """Belief in [0, 1] that each box shows an animal of unclear kind; 0 where the kind is clear."""
    belief, kind = proposals.kinds.max(axis=1, initial=0.0), proposals.kinds.argmax(axis=1)
    unclear = (belief < _CLEAR_ANIMAL) & (kind >= ANIMALS.start) & (kind < ANIMALS.stop)
    shared = np.minimum(proposals.kinds[:, ANIMALS].sum(axis=1), proposals.objectness)
    return np.where(unclear, np.maximum(shared, belief), 0.0).astype(np.float32)


def name_proposals(proposals: Proposals) -> tuple[Floats, list[str]]:
    """Belief in [0, 1] and an everyday name for each box; an unclear animal is an "animal"."""
    belief, kind = proposals.kinds.max(axis=1, initial=0.0), proposals.kinds.argmax(axis=1)
    animal: npt.NDArray[np.float32] = compute_animal(proposals)
    labels = ["animal" if vague else LABELS[k] for vague, k in zip(animal > 0, kind, strict=True)]
    return np.where(animal > 0, animal, belief).astype(np.float32), labels
