# %% [markdown]
# # A Turn from request to result
#
# A request on a picture is a `Turn`: a row of cells that are filled from left to right. Each cell is
# immutable data that can be looked at. Runs on the embedded tier, from the repository's root.

# %%
from pathlib import Path

from ggedit.assembly import Assembly
from ggedit.config import load_settings
from ggedit.core.events import StageDone
from ggedit.core.picture import decode_picture, encode_picture
from ggedit.core.plan import step_kind
from ggedit.core.turn import Stage
from ggedit.session import EditSession

kit = Assembly(load_settings({"GGEDIT_TIER": "embedded"})).kit
photo = decode_picture(Path("assets/eval/pictures/flower.jpg").read_bytes())[0]
session = EditSession(photo, kit)
session.ask("make the orange flower purple", seed=7)

# %% [markdown]
# `run` is an iterator of events: nothing happens until it is asked for the next one. Here it goes as far as
# the plan. Where a choice is close it would stop and ask (an event `NeedsUser`); with `ask_user=False` it
# takes the likelier one and goes on.

# %%
for event in session.run(until=Stage.PLAN, ask_user=False):
    if isinstance(event, StageDone):
        print(f"{event.stage:8} {event.record.backend:24} {event.record.seconds_s:6.2f} s")

# %%
turn = session.draft
(clause,) = turn.instruction.clauses
print(clause.verb, "|", clause.target.phrase)
for id_ in turn.detections.ids:
    print(id_, [round(v) for v in turn.detections.box(id_).xyxy])
(flower,) = turn.selection.targets(0)
print("meant:", flower, "|", turn.masks[flower].area, "pixels")
print("steps:", [step_kind(step) for step in turn.plan.active])

# %% [markdown]
# The plan has been looked at; now it may run. Only pixels of the result's patches can differ from the photo.

# %%
for _event in session.run(ask_user=False):
    pass
result = session.draft.result
changed = (result.picture.pixels != photo.pixels).any(axis=2)
print(f"{changed.mean():.1%} of the pixels changed")
png = encode_picture(result.picture)

# %% [markdown]
# Accepted, the turn becomes part of the history; the next request starts from its picture and knows what was
# spoken of.

# %%
history = session.accept()
session.ask("blur the background")
for _event in session.run(ask_user=False):
    pass
session.accept()
print(len(session.history.path()), "turns")
print("undo gives back the purple flower:", session.undo().picture == result.picture)
