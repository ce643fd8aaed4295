"""Which files of a hub repository a model needs: one format of each weight, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

_PICKLED = (".bin", ".pt", ".pth")
_NEEDED = (".safetensors", *_PICKLED, ".json", ".txt", ".model", ".jinja")
_OTHER_BUILDS = (".fp16.", ".fp32.", ".non_ema.", "-non-ema", ".int8.")
_NOT_THE_MODEL = ("training_args.bin", "optimizer.pt", "scheduler.pt", "rng_state.pth")


def needed_files(names: Iterable[str]) -> list[str]:
    """The files to fetch, in the repository's order.

    Weights come as safetensors where a folder has them; what torch pickled is left out then.
    Other builds of the same weights (half precision, without averaging), other libraries'
    formats, pictures and the single-file copies at the root of a diffusers repository too.
    """
    all_names = list(names)
    pipeline = "model_index.json" in all_names
    usable = [name for name in all_names if _usable(PurePosixPath(name), pipeline=pipeline)]
    safe = {PurePosixPath(name).parent for name in usable if name.endswith(".safetensors")}
    return [name for name in usable if not (name.endswith(_PICKLED) and PurePosixPath(name).parent in safe)]


def _usable(path: PurePosixPath, *, pipeline: bool) -> bool:
    if path.suffix not in _NEEDED or path.name in _NOT_THE_MODEL or path.name.startswith("."):
        return False
    if any(mark in path.name for mark in _OTHER_BUILDS):
        return False
    return not (pipeline and len(path.parts) == 1 and path.suffix != ".json")
