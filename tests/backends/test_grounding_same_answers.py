"""One set of random weights of Swin-T's size in both libraries: the same boxes, the same logits.

In double precision: the networks sort their proposals by belief, and rounding would now and
then exchange two of the 900, which are then refined from other starting points.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("groundingdino")
pytest.importorskip("transformers")

from transformers import GroundingDinoForObjectDetection  # noqa: E402

from ggedit.backends.grounding.checkpoint import read_architecture, take_weights  # noqa: E402
from ggedit.backends.grounding.renaming import rename  # noqa: E402
from ggedit.backends.groundingdino import compute_input  # noqa: E402
from ggedit.backends.hf_detector import hf_config  # noqa: E402
from tests.tiny.detectors import SWIN_T, random_original, tokenizer  # noqa: E402

pytestmark = pytest.mark.slow

LOOKS = {
    "landscape": ((176, 256), ["red cup. lamp."]),
    "portrait": ((272, 160), ["a very old dog with a hat."]),
    "square, two texts": ((208, 208), ["cup.", "blue bird. tree. cat."]),
}


@pytest.fixture(scope="module")
def networks() -> Iterator[tuple[Any, Any]]:
    original = random_original(SWIN_T)
    state = original.state_dict()
    other = GroundingDinoForObjectDetection(hf_config(read_architecture(state))).eval()
    take_weights(other, rename(state), ignore=("swin.layernorm", "pooler"), what="the test's weights")
    yield original.double(), other.double()


def test_sizes_are_those_of_swin_t(networks: tuple[Any, Any]) -> None:
    assert read_architecture(networks[0].state_dict()) == SWIN_T
    assert round(sum(value.numel() for value in networks[0].parameters()) / 1e6) == 173


@pytest.mark.parametrize("look", LOOKS)
def test_same_boxes_and_logits(networks: tuple[Any, Any], look: str) -> None:
    (height, width), texts = LOOKS[look]
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    seen = compute_input(pixels, min(height, width), 1333).double().expand(len(texts), -1, -1, -1)
    asked = tokenizer()(texts, padding="longest", return_tensors="pt")
    with torch.inference_mode():
        one = networks[0](seen, captions=texts)
        two = networks[1](pixel_values=seen, **asked)
    assert one["pred_logits"].shape == two.logits.shape == (len(texts), 900, 256)
    known = torch.isfinite(one["pred_logits"])
    assert torch.equal(known, torch.isfinite(two.logits))
    assert (one["pred_logits"][known] - two.logits[known]).abs().max() < 1e-3
    assert (one["pred_boxes"] - two.pred_boxes).abs().max() < 1e-3
    assert one["pred_boxes"].std() > 0.05, "boxes that are all alike would prove nothing"
