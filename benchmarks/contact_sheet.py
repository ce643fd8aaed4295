"""A finished turn on one sheet: input, candidate boxes, masks, result."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ggedit.core.selection import Role
from ggedit.core.turn import Turn

CELL_PX = 420
_CAPTION_PX = 22
_KEPT, _DROPPED, _SCENE = (64, 220, 120), (235, 90, 80), (120, 160, 235)


def make_sheet(turn: Turn) -> Image.Image:
    """Four pictures in a row with captions."""
    assert turn.result is not None
    cells = [
        (turn.ask.text or "graph edit", turn.picture.to_pillow().convert("RGB")),
        ("boxes: kept green, dropped red, others blue", _with_boxes(turn)),
        ("masks", _with_masks(turn)),
        ("result", turn.result.picture.to_pillow().convert("RGB")),
    ]
    height = round(CELL_PX * turn.picture.extent.height / turn.picture.extent.width)
    sheet = Image.new("RGB", (CELL_PX * len(cells), height + _CAPTION_PX), "white")
    draw = ImageDraw.Draw(sheet)
    for column, (caption, image) in enumerate(cells):
        sheet.paste(image.resize((CELL_PX, height), Image.Resampling.LANCZOS), (column * CELL_PX, _CAPTION_PX))
        draw.text((column * CELL_PX + 4, 3), caption, fill="black", font=ImageFont.load_default(14))
    return sheet


def _with_boxes(turn: Turn) -> Image.Image:
    image = turn.picture.to_pillow().convert("RGB")
    draw = ImageDraw.Draw(image)
    width = max(2, turn.picture.extent.longest // 250)
    assert turn.selection is not None and turn.detections is not None
    for choice in sorted(turn.selection.choices, key=lambda c: c.kept):
        colour = _DROPPED if not choice.kept else _SCENE if choice.role is Role.SCENE else _KEPT
        box = turn.detections.box(choice.id)
        draw.rectangle(box.xyxy, outline=colour, width=width)
        draw.text((box.x1 + 3, box.y1 + 2), choice.id, fill=colour, font=ImageFont.load_default(7 * width))
    return image


def _with_masks(turn: Turn) -> Image.Image:
    assert turn.selection is not None and turn.masks is not None
    pixels = turn.picture.pixels.astype(np.float32)
    kept = {c.id: c.role for c in turn.selection.choices if c.kept and c.role is not Role.SCENE}
    for id_, mask in zip(turn.masks.ids, turn.masks.items, strict=True):
        colour = np.array(_KEPT if kept.get(id_) is Role.TARGET else _SCENE, np.float32)
        window = pixels[mask.rows, mask.columns]
        window[mask.crop] = 0.45 * window[mask.crop] + 0.55 * colour
    return Image.fromarray(pixels.astype(np.uint8))
