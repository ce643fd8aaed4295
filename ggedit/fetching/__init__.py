"""Getting model files onto this machine: what there is to get, from where, and whether it came whole."""

from .catalogue import Size, size_of
from .fetch import Fetched, Fetcher, Watching
from .manifest import HubModel, Manifest, ModelFile, load_manifest

__all__ = ["Fetched", "Fetcher", "HubModel", "Manifest", "ModelFile", "Size", "Watching", "load_manifest", "size_of"]
