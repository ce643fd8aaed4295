# %% [markdown]
# # Adding a backend
#
# A backend is a class with a port's methods (`ggedit/ports.py`) and one row that registers it. An installed
# package names the row by an entry point (docs/backends.md); in one script it can be handed to the assembly.

# %%
from pathlib import Path

import numpy as np

from ggedit.assembly import Assembly
from ggedit.config import Settings, load_settings
from ggedit.core.geometry import Box
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture, decode_picture
from ggedit.core.turn import Stage, Tier
from ggedit.ports import MaskCandidate, MaskPrompt
from ggedit.registry import FIRST_PARTY, BackendSpec
from ggedit.session import EditSession


class RoundSegmenter:
    """Takes the ellipse that fills the box: right for lanterns, balls and coins."""

    def __init__(self, settings: Settings) -> None: ...

    def segment(self, picture: Picture, prompt: MaskPrompt) -> tuple[MaskCandidate, ...]:
        box = prompt.box or Box.whole(picture.extent)
        x1, y1, x2, y2 = box.pixels(picture.extent)
        ys, xs = np.ogrid[y1:y2, x1:x2]
        middle_x, middle_y = (x1 + x2 - 1) / 2, (y1 + y2 - 1) / 2
        inside = ((xs - middle_x) / (x2 - x1)) ** 2 + ((ys - middle_y) / (y2 - y1)) ** 2 <= 0.25
        return (MaskCandidate(Mask(picture.extent, x1, y1, inside), quality=0.5),)


# %%
row = BackendSpec(port="segmenter", name="round", target=f"{__name__}:RoundSegmenter", tier=Tier.EMBEDDED)
settings = load_settings({"GGEDIT_TIER": "embedded", "GGEDIT_SEGMENTER": "round"})
assembly = Assembly(settings, (*FIRST_PARTY, row))
print("segmenter:", assembly.backend("segmenter").name)

# %%
photo = decode_picture(Path("assets/eval/pictures/unwant_object.jpg").read_bytes())[0]
session = EditSession(photo, assembly.kit)
session.ask("make the yellow lantern blue")
for _event in session.run(until=Stage.SEGMENT, ask_user=False):
    pass
for id_ in session.draft.selection.targets(0):
    mask = session.draft.masks[id_]
    print(id_, f"fills {mask.area / mask.box.area:.2f} of its own box; a circle has {np.pi / 4:.2f}")
