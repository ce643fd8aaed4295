"""Settings: the only reader of the environment and of .env."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from dotenv import dotenv_values
from platformdirs import user_data_path

from .core.errors import BadInput

PORTS = (
    "parser",
    "detector",
    "segmenter",
    "describer",
    "sizer",
    "planner",
    "editor",
    "captions",
    "learner",
    "chat",
    "scorer",
    "store",
    "shelf",
)


_TRUTH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _setting(default: Any, meaning: str, env: str) -> Any:
    return field(default=default, metadata={"env": env, "meaning": meaning})


def _secret(meaning: str, env: str) -> Any:
    """A setting that no repr, log, page or session file may show."""
    return field(default="", repr=False, metadata={"env": env, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set from outside. Build it with ``load_settings``."""

    home: Path = _setting(
        user_data_path("ggedit", appauthor=False), "Folder for sessions, cut-outs and caches.", "GGEDIT_HOME"
    )
    checkpoints: Path = _setting(
        Path(__file__).resolve().parents[1] / "checkpoints", "Folder with model files.", "GGEDIT_CHECKPOINTS"
    )
    hub_home: Path = _setting(
        Path.home() / ".cache" / "huggingface", "Folder of Hugging Face; its cache is the folder hub in it.", "HF_HOME"
    )
    hub_cache: Path = _setting(
        Path.home() / ".cache" / "huggingface" / "hub", "Folder of the Hugging Face cache.", "HF_HUB_CACHE"
    )
    hub_endpoint: str = _setting("https://huggingface.co", "Address of the Hugging Face hub.", "HF_ENDPOINT")
    offline: bool = _setting(False, "true: `ggedit models fetch` downloads nothing.", "HF_HUB_OFFLINE")
    tier: str = _setting("auto", "auto, full or embedded: which backends may be chosen.", "GGEDIT_TIER")
    parser: str = _setting("auto", "Reads instructions: auto or a name from `ggedit models`.", "GGEDIT_PARSER")
    detector: str = _setting("auto", "Finds objects: auto or a name.", "GGEDIT_DETECTOR")
    segmenter: str = _setting("auto", "Cuts masks: auto or a name.", "GGEDIT_SEGMENTER")
    describer: str = _setting("auto", "Draws the scene graph: auto or a name.", "GGEDIT_DESCRIBER")
    sizer: str = _setting("auto", "Predicts the size of new things: auto or a name.", "GGEDIT_SIZER")
    planner: str = _setting("auto", "Makes the edit plan: auto or a name.", "GGEDIT_PLANNER")
    editor: str = _setting("auto", "Changes the pixels: auto or a name.", "GGEDIT_EDITOR")
    learner: str = _setting("auto", "Learns concepts from a picture: auto or a name.", "GGEDIT_LEARNER")
    captions: str = _setting("auto", "Reads captions as scene graphs: auto or a name.", "GGEDIT_CAPTIONS")
    chat: str = _setting(
        "auto", "Talks to a language model: openai lets pictures go to its server, auto does not.", "GGEDIT_CHAT"
    )
    scorer: str = _setting(
        "auto", "Learned measures of `ggedit eval`: auto (all that are there), none or a name.", "GGEDIT_SCORER"
    )
    store: str = _setting("auto", "Keeps sessions: auto or a name.", "GGEDIT_STORE")
    shelf: str = _setting("auto", "Keeps cut-outs: auto or a name.", "GGEDIT_SHELF")
    zero_gpu: bool = _setting(
        False, "true on Hugging Face's ZeroGPU, which sets it: a GPU is lent for each run.", "SPACES_ZERO_GPU"
    )
    gpu_seconds: int = _setting(120, "Longest run on a lent GPU, in seconds.", "GGEDIT_GPU_SECONDS")
    device: str = _setting("auto", "auto, cuda, mps or cpu, for full-tier backends.", "GGEDIT_DEVICE")
    dtype: str = _setting("auto", "auto, float32, float16 or bfloat16, for full-tier backends.", "GGEDIT_DTYPE")
    low_memory: bool = _setting(
        False,
        "true: slower and with less GPU memory (one model at a time, offload, tiling, slicing).",
        "GGEDIT_LOW_MEMORY",
    )
    detector_model: str = _setting(
        "IDEA-Research/grounding-dino-tiny",
        "Hub id, folder or original .pth of the transformers detector.",
        "GGEDIT_DETECTOR_MODEL",
    )
    detector_file: str = _setting(
        "auto",
        "GroundingDINO's .pth: auto for the makers' files in the folder of model files, or a path.",
        "GGEDIT_DETECTOR_FILE",
    )
    detector_side: int = _setting(
        0, "Shorter side of the picture in the detector, in pixels; 0 as it was trained (800).", "GGEDIT_DETECTOR_SIDE"
    )
    detector_vocabulary: str = _setting(
        "",
        "Text file of what the scene is searched for, one noun a line; empty: everyday nouns.",
        "GGEDIT_DETECTOR_VOCABULARY",
    )
    box_threshold: float = _setting(
        0.0, "Least belief in a detected box, 0 to 1; 0 for the model's own (0.25, OWLv2 0.1).", "GGEDIT_BOX_THRESHOLD"
    )
    text_threshold: float = _setting(
        0.0, "Least belief in the noun of a detected box, 0 to 1; 0 for the model's own.", "GGEDIT_TEXT_THRESHOLD"
    )
    segmenter_model: str = _setting(
        "facebook/sam2.1-hiera-small", "Hub id or folder of the transformers segmenter.", "GGEDIT_SEGMENTER_MODEL"
    )
    segmenter_file: str = _setting(
        "auto",
        "Segment Anything's .pth: auto for the best of the makers' files in the folder of model files, or a path.",
        "GGEDIT_SEGMENTER_FILE",
    )
    embeddings_mib: int = _setting(
        256, "Memory for pictures that the segmenter has looked at, in MiB.", "GGEDIT_EMBEDDINGS_MIB"
    )
    editor_model: str = _setting(
        "timbrooks/instruct-pix2pix", "Hub id or folder of the diffusers editing pipeline.", "GGEDIT_EDITOR_MODEL"
    )
    editor_size: int = _setting(
        0,
        "Side in pixels of the square that the editing model works near; 0: what it was trained at. "
        "Less: faster and coarser.",
        "GGEDIT_EDITOR_SIZE",
    )
    editor_steps: int = _setting(
        0, "Denoising steps of an edit; 0: as usual for the model. More: finer and slower.", "GGEDIT_EDITOR_STEPS"
    )
    editor_guidance: float = _setting(
        0.0,
        "Weight of the words, 1 to 30; 0: as usual for the model. More: closer to the words, harsher colours.",
        "GGEDIT_EDITOR_GUIDANCE",
    )
    editor_image_guidance: float = _setting(
        1.5,
        "Weight of the old picture, 1 to 5, for InstructPix2Pix. More: less changes.",
        "GGEDIT_EDITOR_IMAGE_GUIDANCE",
    )
    editor_guidance_from: float = _setting(
        0.0,
        "Share of the steps, 0 to 1, after which the weights count. Later: freer, and those steps cost a third.",
        "GGEDIT_EDITOR_GUIDANCE_FROM",
    )
    editor_guidance_to: float = _setting(
        1.0,
        "Share of the steps, 0 to 1, up to which the weights count. Earlier: softer detail, faster.",
        "GGEDIT_EDITOR_GUIDANCE_TO",
    )
    editor_blend_start: float = _setting(
        0.0,
        "Share of the steps, 0 to 1, after which the surroundings are held. Later: freer, and a rougher fit.",
        "GGEDIT_EDITOR_BLEND_START",
    )
    editor_scheduler: str = _setting(
        "",
        "Sampler: euler-a, euler, ddim, dpm++ or unipc; empty: the model's own. dpm++ needs the fewest steps.",
        "GGEDIT_EDITOR_SCHEDULER",
    )
    editor_variants: int = _setting(
        1,
        "Pictures drawn in one batch, of which the best comes first. More: better choice, more memory.",
        "GGEDIT_EDITOR_VARIANTS",
    )
    editor_safety: bool = _setting(
        True, "false: the model's own safety checker does not look at results.", "GGEDIT_EDITOR_SAFETY"
    )
    graph_model: str = _setting(
        "stable-diffusion-v1-5/stable-diffusion-v1-5",
        "Hub id or folder of the Stable Diffusion 1.x/2.x pipeline that learns concepts and edits graphs.",
        "GGEDIT_GRAPH_MODEL",
    )
    graph_steps: int = _setting(50, "Denoising steps of the graph editor.", "GGEDIT_GRAPH_STEPS")
    graph_guidance: float = _setting(7.5, "Weight of the words in the graph editor.", "GGEDIT_GRAPH_GUIDANCE")
    graph_samples: int = _setting(
        1, "How many samples the graph editor draws at once and ranks; more needs more memory.", "GGEDIT_GRAPH_SAMPLES"
    )
    clip_model: str = _setting(
        "openai/clip-vit-large-patch14", "Hub id or folder of the CLIP model of `ggedit eval`.", "GGEDIT_CLIP_MODEL"
    )
    dino_model: str = _setting(
        "facebook/dino-vits16", "Hub id or folder of the DINO model of `ggedit eval`.", "GGEDIT_DINO_MODEL"
    )
    chat_model: str = _setting("gpt-4o-mini", "Name of the language model at the server.", "GGEDIT_CHAT_MODEL")
    chat_timeout_s: int = _setting(
        120, "Longest wait for an answer of the language model, in seconds.", "GGEDIT_CHAT_TIMEOUT_S"
    )
    chat_tokens: int = _setting(4096, "Longest answer of the language model, in tokens.", "GGEDIT_CHAT_TOKENS")
    openai_base_url: str = _setting(
        "", "Address of a server that speaks OpenAI's protocol; empty: OpenAI itself.", "OPENAI_BASE_URL"
    )
    openai_api_key: str = _secret("Key for that server; a local one takes any word.", "OPENAI_API_KEY")
    history_mib: int = _setting(1024, "Memory for a session's history, in MiB.", "GGEDIT_HISTORY_MIB")
    host: str = _setting("127.0.0.1", "Address the page listens on; 0.0.0.0 for all.", "GGEDIT_HOST")
    port: int = _setting(7860, "Port the page listens on.", "GGEDIT_PORT")
    session_hours: int = _setting(
        24,
        "Hours a session of the page is kept after its last use; saved and loaded ones stay.",
        "GGEDIT_SESSION_HOURS",
    )
    sessions_mib: int = _setting(
        4096,
        "Memory for all open sessions of the page and of programs together, in MiB.",
        "GGEDIT_SESSIONS_MIB",
    )
    mcp: bool = _setting(False, "Also offer the endpoints for programs as MCP tools.", "GGEDIT_MCP")
    max_upload_mb: int = _setting(64, "Largest upload in MB.", "GGEDIT_MAX_UPLOAD_MB")

    def backend(self, port: str) -> str:
        """The name asked for on a port, or "auto"."""
        return str(getattr(self, port))


def load_settings(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Settings from .env (the file named, else ``.env`` in the working folder) and, stronger,
    from the environment.

    Raises:
        BadInput: a value that cannot be read; names the variable.
    """
    file = dotenv or Path(".env")
    values: dict[str, str | None] = dict(dotenv_values(file)) if file.is_file() else {}
    values.update(os.environ if environ is None else environ)
    hints = get_type_hints(Settings)
    given = {f.name: values[env_name(f)] for f in fields(Settings) if values.get(env_name(f))}
    if values.get("SYSTEM") == "spaces":
        given.setdefault("host", "0.0.0.0")  # a Space is reached from outside its container
    if "hub_home" in given and "hub_cache" not in given:
        given["hub_cache"] = str(Path(str(given["hub_home"])) / "hub")
    settings = Settings(**{name: _read(name, str(text), hints[name]) for name, text in given.items()})
    if settings.tier not in {"auto", "full", "embedded"}:
        raise BadInput(f"GGEDIT_TIER is {settings.tier!r}; it must be auto, full or embedded.")
    return settings


def env_name(setting: Field[Any]) -> str:
    """The environment variable of a setting."""
    return str(setting.metadata["env"])


def variable(name: str) -> str:
    """The environment variable of the setting called ``name``."""
    return next(env_name(f) for f in fields(Settings) if f.name == name)


def describe_settings() -> tuple[tuple[str, str, str], ...]:
    """(variable, default, meaning) of every setting, for .env.example and the help."""
    return tuple(
        (env_name(f), "" if f.default is MISSING else _shown(f.default), str(f.metadata["meaning"]))
        for f in fields(Settings)
    )


def settings_said(settings: Settings) -> dict[str, str]:
    """What was set otherwise than by default, by variable; keys and passwords are left out."""
    shown = (f for f in fields(settings) if f.repr and getattr(settings, f.name) != f.default)
    return {env_name(f): _shown(getattr(settings, f.name)) for f in shown}


def _shown(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)


def _read(name: str, text: str, kind: type) -> Any:
    try:
        if kind is bool:
            return _TRUTH[text.strip().lower()]
        return kind(Path(text).expanduser()) if kind is Path else kind(text)
    except (KeyError, ValueError):
        env = variable(name)
        wanted = "true or false" if kind is bool else f"a {kind.__name__}"
        raise BadInput(f"{env} is {text!r}; it must be {wanted}.") from None
