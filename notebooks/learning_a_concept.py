# %% [markdown]
# # Learning a concept
#
# A thing of one photo becomes a word of its own: a token row and a LoRA, learned with a masked loss and a
# loss on the cross attention. Here with a tiny network of random weights, so that it takes seconds on a CPU:
# it shows the steps and what they leave behind, not a likeness. With a real model it is
# `ggedit train concepts`, or *Learn* on the page. Needs the full tier (`pip install "ggedit[full]"`).

# %%
import tempfile
from pathlib import Path

import torch

from ggedit.backends.graph.network import Network
from ggedit.backends.placement import place
from ggedit.config import load_settings
from ggedit.core.picture import decode_picture
from ggedit.evaluation.cases import open_case_mask
from ggedit.training.concept_subjects import Subject
from ggedit.training.concepts import ConceptConfig, Learned, Wish, train
from ggedit.training.progress import Progress
from tests.tiny.diffusion import stable_diffusion

torch.manual_seed(0)
suite = Path("assets/eval")
photo = decode_picture((suite / "pictures" / "flower.jpg").read_bytes())[0]
mask = open_case_mask(suite / "masks" / "flower.png", photo.extent)
flower = Subject(node="flower-1", token="<flower-1>", noun="flower", mask=mask)

# %% [markdown]
# First the row alone is learned, then row and network together.

# %%
network = Network.of(stable_diffusion(), place(load_settings({"GGEDIT_DEVICE": "cpu"})))
config = ConceptConfig(rank=2, row_steps=3, lora_steps=3, crops=1, checkpointing=0)
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    wish = Wish(photo, (flower,), "tiny", folder / "classes", config)
    events = list(train(network, wish, folder / "set"))
    for event in events:
        if isinstance(event, Progress):
            print(f"step {event.step} of {event.steps}: loss {event.loss:.3f}")
    learned = events[-1]
    assert isinstance(learned, Learned)
    print("token:", learned.tokens)
    print("files:", sorted(file.name for file in learned.out.iterdir()))

# %% [markdown]
# The name of the set is made from everything that decides the outcome, so the same wish is found again and
# is not learned twice.

# %%
again = Wish(photo, (flower,), "tiny", Path("elsewhere"), config)
print("same wish, same name:", again.name == wish.name)
