"""The small COCO detector as a network: letterboxed pixels in, raw boxes out.

yolov3-tiny (J. Redmon, A. Farhadi, "YOLOv3: An Incremental Improvement", 2018) with int8
weights. All boxes here are already in picture pixels; the network's own frame stays inside.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from ggedit.core.errors import BackendUnavailable
from ggedit.core.freeze import Frozen
from ggedit.core.geometry import Extent, Xyxy, clip_xyxy

if TYPE_CHECKING:
    import onnxruntime

Floats = npt.NDArray[np.float32]
Rgb = npt.NDArray[np.uint8]

STRIDE = 32
"""The input's sides are multiples of this."""
LOWEST = 0.0005
"""Candidates whose objectness is lower are never looked at. Almost nothing is left out on purpose:
the ranking decides (the gain is printed by benchmarks/grounding_embedded.py)."""

# Anchor sizes (width, height) in input pixels of the coarse and of the fine output, as the
# masks of yolov3-tiny.cfg select them.
_ANCHORS = (((81, 82), (135, 169), (344, 319)), ((10, 14), (23, 27), (37, 58)))
_GREY = 127


@dataclass(frozen=True, eq=False, slots=True)
class RawBoxes(Frozen):
    """Candidates of one picture, unordered, overlapping.

    xyxy: float32 (N, 4) in picture pixels, clipped. objectness: float32 (N,) in [0, 1].
    kinds: float32 (N, 80), probability of each COCO kind times objectness.
    """

    xyxy: Xyxy
    objectness: Floats
    kinds: Floats

    @classmethod
    def joined(cls, parts: list[RawBoxes]) -> RawBoxes:
        return cls(
            np.concatenate([p.xyxy for p in parts]),
            np.concatenate([p.objectness for p in parts]),
            np.concatenate([p.kinds for p in parts]),
        )

    def take(self, rows: npt.NDArray[np.intp]) -> RawBoxes:
        return RawBoxes(self.xyxy[rows], self.objectness[rows], self.kinds[rows])


@dataclass(frozen=True, slots=True)
class Frame:
    """How a picture lies in the network's input: scale, then offset in input pixels."""

    scale: float
    left: int
    top: int
    width: int
    height: int


class YoloNetwork:
    """The network, loaded when it is first asked.

    Its weights are turned back to float32 once, at load: that halves the time per picture
    (measured by benchmarks/grounding_embedded.py) for 25 MiB of memory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._session: onnxruntime.InferenceSession | None = None
        self._lock = threading.Lock()

    def compute_boxes(self, pixels: Rgb, longest: int, extent: Extent) -> RawBoxes:
        """All candidates of a picture letterboxed to ``longest``.

        Args:
            pixels: uint8 (h, w, 3) RGB, the picture or a smaller copy of it.
            longest: the longer side in the network's input, in pixels.
            extent: the size of the picture that the boxes are for.

        Raises:
            BackendUnavailable: the model file is missing.
        """
        canvas, frame = letterbox(pixels, longest)
        tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32) / 255
        outputs = self._loaded().run(None, {"x": tensor})
        found = RawBoxes.joined(
            [decode(np.asarray(o)[0], anchors, frame) for o, anchors in zip(outputs, _ANCHORS, strict=True)]
        )
        enlarge = np.array([extent.width / pixels.shape[1], extent.height / pixels.shape[0]] * 2, np.float32)
        return RawBoxes(clip_xyxy(found.xyxy * enlarge, extent), found.objectness, found.kinds)

    def _loaded(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._session is None:
                self._session = _load_session(self._path)
            return self._session


def _load_session(path: Path) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise BackendUnavailable(
            f"The detector's model {path} is missing: restore it from the repository or set GGEDIT_CHECKPOINTS."
        )
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.intra_op_num_threads = min(4, cv2.getNumberOfCPUs())
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def letterbox(pixels: Rgb, longest: int) -> tuple[Rgb, Frame]:
    """The picture scaled to ``longest`` and centred on grey, sides rounded up to ``STRIDE``."""
    height, width = pixels.shape[:2]
    scale = longest / max(height, width)
    w, h = max(1, round(width * scale)), max(1, round(height * scale))
    full_w, full_h = -(-w // STRIDE) * STRIDE, -(-h // STRIDE) * STRIDE
    left, top = (full_w - w) // 2, (full_h - h) // 2
    canvas = np.full((full_h, full_w, 3), _GREY, np.uint8)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas[top : top + h, left : left + w] = cv2.resize(pixels, (w, h), interpolation=how)
    return canvas, Frame(scale, left, top, full_w, full_h)


def decode(output: Floats, anchors: tuple[tuple[int, int], ...], frame: Frame) -> RawBoxes:
    """Boxes of one output, float32 (3 * 85, rows, columns), in the pixels given to ``letterbox``.

    YOLOv3, section 2.1: centre = (sigmoid(t_xy) + cell) * stride, size = anchor * exp(t_wh).
    """
    rows, columns = output.shape[1:]
    grid = output.reshape(len(anchors), -1, rows, columns)
    objectness = _sigmoid(grid[:, 4])
    which, y, x = np.nonzero(objectness > LOWEST)
    picked = grid[which, :, y, x]
    stride = np.array([frame.width / columns, frame.height / rows], np.float32)
    centre = (_sigmoid(picked[:, :2]) + np.stack([x, y], axis=1)) * stride
    size = np.exp(np.minimum(picked[:, 2:4], 8.0)) * np.array(anchors, np.float32)[which]
    corner = centre - np.array([frame.left, frame.top], np.float32)
    xyxy = np.concatenate([corner - size / 2, corner + size / 2], axis=1) / frame.scale
    believed = objectness[which, y, x]
    return RawBoxes(xyxy.astype(np.float32), believed, _sigmoid(picked[:, 5:]) * believed[:, None])


def _sigmoid(values: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(values, -30, 30)))).astype(np.float32)
