"""The one way in which files of weights are read: numbers only, nothing in them is ever run."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import BackendUnavailable

if TYPE_CHECKING:
    from torch import Tensor

_WRAPPERS = ("model", "state_dict", "model_state_dict")
"""Keys under which training scripts put the weights beside other things."""
_PARALLEL = "module."
"""What torch's DataParallel puts before every name."""


def load_state(path: Path) -> dict[str, Tensor]:
    """Name -> tensor on the CPU, from a .safetensors file or one that torch saved.

    A file that torch saved is a pickle; it is read with torch's weights-only reader, which
    knows tensors and plain containers and refuses everything else, so no code in it runs.
    Large files stay on disk until a tensor is touched (memory-mapped) where their format
    allows it. Wrappers and the prefix of parallel training are taken off.

    Raises:
        BackendUnavailable: no such file, damaged, cut short, or it holds more than numbers.
    """
    if not path.is_file():
        raise BackendUnavailable(f"There is no file of weights at {path}: `ggedit models` says how to get it.")
    tensors = _plain(_read(path))
    if not tensors:
        raise BackendUnavailable(f"{path} holds no weights: choose the model's own file.")
    return tensors


def _read(path: Path) -> Any:
    import torch

    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except pickle.UnpicklingError:
        raise BackendUnavailable(
            f"{path} is damaged or holds program code, which is never run: fetch it again from its makers, "
            "as .safetensors where they have it."
        ) from None
    except MemoryError:
        raise
    except Exception as error:  # the readers raise whatever a damaged file makes them stumble over
        raise BackendUnavailable(
            f"{path} cannot be read as weights ({type(error).__name__}): it is damaged or cut short, fetch it again."
        ) from None


def _plain(content: Any) -> dict[str, Tensor]:
    """The tensors alone, under their own names."""
    import torch

    while isinstance(content, Mapping) and (inner := _wrapped(content)) is not None:
        content = inner
    if not isinstance(content, Mapping):
        return {}
    tensors = {str(name): value for name, value in content.items() if isinstance(value, torch.Tensor)}
    if tensors and all(name.startswith(_PARALLEL) for name in tensors):
        return {name.removeprefix(_PARALLEL): value for name, value in tensors.items()}
    return tensors


def _wrapped(content: Mapping[Any, Any]) -> Mapping[Any, Any] | None:
    found = (content[key] for key in _WRAPPERS if isinstance(content.get(key), Mapping))
    return next(found, None)
