# %% [markdown]
# # Correcting by code
#
# Everything that a person can correct on the page is a value. A correction empties the cells behind the one
# that it changes; the next `run` fills them again, and only them.

# %%
from pathlib import Path

from ggedit.assembly import Assembly
from ggedit.config import load_settings
from ggedit.core.corrections import AddBox, ChooseCandidates, ClickPoint
from ggedit.core.events import StageDone
from ggedit.core.geometry import Box
from ggedit.core.picture import decode_picture
from ggedit.core.turn import Stage
from ggedit.session import EditSession


def run(until: Stage) -> list[str]:
    """The stages that really ran."""
    return [str(event.stage) for event in session.run(until=until, ask_user=False) if isinstance(event, StageDone)]


kit = Assembly(load_settings({"GGEDIT_TIER": "embedded"})).kit
photo = decode_picture(Path("assets/eval/pictures/coffee.png").read_bytes())[0]
session = EditSession(photo, kit)
session.ask("make the spoon green")
print("ran:", run(Stage.SEGMENT))

# %% [markdown]
# The box of the spoon, drawn by hand, and: this is what the first clause means.

# %%
session.correct(AddBox("spoon", Box(318, 62, 428, 330)))
added = session.draft.corrections[-1].id
run(Stage.SELECT)
session.correct(ChooseCandidates(0, (added,)))
print("ran:", run(Stage.SEGMENT))
before = session.draft.masks[added].area

# %% [markdown]
# A click on the handle belongs to it, one on the table does not. Only the outline is made anew.

# %%
session.correct(ClickPoint(added, 412, 90))
session.correct(ClickPoint(added, 470, 90, positive=False))
print("ran:", run(Stage.SEGMENT))
print("mask:", before, "->", session.draft.masks[added].area, "pixels")

# %%
print("ran:", run(Stage.EDIT))
changed = (session.draft.result.picture.pixels != photo.pixels).any(axis=2)
print(f"{changed.mean():.1%} of the pixels changed")

# %% [markdown]
# The last correction can be taken back; the corrections before it stay.

# %%
session.uncorrect()
print("ran:", run(Stage.SEGMENT), "|", session.corrections_to_undo, "corrections left")
