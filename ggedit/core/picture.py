"""The working picture, and the one door through which files become pictures."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from .errors import BadInput
from .freeze import Frozen, read_only
from .geometry import Extent

MAX_PIXELS = 100_000_000
"""Larger pictures are refused: their masks alone would not fit beside the models."""

_ORIENTATION_TAG = 0x0112
_SAVE_OPTIONS: dict[str, dict[str, object]] = {
    "PNG": {"compress_level": 6},
    "JPEG": {"subsampling": 0},
    "WEBP": {"method": 4},
    "TIFF": {"compression": "tiff_deflate"},
}
LOSSLESS = frozenset({"PNG", "TIFF"})
_SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".tif": "TIFF", ".tiff": "TIFF"}


@dataclass(frozen=True, eq=False)
class Picture(Frozen):
    """A picture to edit.

    ``pixels``: uint8 (H, W, 3) RGB, upright, contiguous, read-only; ``alpha``: uint8 (H, W)
    or None; ``icc`` and ``exif``: the file's profile and metadata (orientation reset,
    thumbnail dropped), carried to every result.
    """

    pixels: npt.NDArray[np.uint8]
    alpha: npt.NDArray[np.uint8] | None = None
    icc: bytes | None = field(default=None, repr=False)
    exif: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        pixels = np.asarray(self.pixels)
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
            raise BadInput(f"A picture is uint8 (H, W, 3), got {pixels.dtype} {pixels.shape}.")
        object.__setattr__(self, "pixels", read_only(pixels, np.uint8))
        if self.alpha is not None:
            alpha = read_only(self.alpha, np.uint8)
            if alpha.shape != pixels.shape[:2]:
                raise BadInput(f"Alpha is {alpha.shape}, but the picture is {pixels.shape[:2]}.")
            object.__setattr__(self, "alpha", alpha)

    @property
    def extent(self) -> Extent:
        return Extent.of(self.pixels)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of size, pixels and alpha: the key under which perception is kept."""
        sha = hashlib.sha256(repr(self.pixels.shape).encode())
        sha.update(self.pixels.data)
        if self.alpha is not None:
            sha.update(self.alpha.data)
        return sha.hexdigest()

    def with_pixels(self, pixels: npt.NDArray[np.uint8]) -> Picture:
        """The same picture with other pixels of the same size; alpha and metadata stay."""
        if pixels.shape != self.pixels.shape:
            raise BadInput(f"New pixels are {pixels.shape}, the picture is {self.pixels.shape}.")
        return replace(self, pixels=pixels)

    def to_pillow(self) -> Image.Image:
        image = Image.fromarray(np.asarray(self.pixels))
        if self.alpha is not None:
            image.putalpha(Image.fromarray(np.asarray(self.alpha)))
        return image


def decode_picture(content: bytes, *, name: str = "the file") -> tuple[Picture, tuple[str, ...]]:
    """Read a picture from a file's bytes; also returns what was converted, in words.

    Animated files give their first frame; CMYK, 16-bit, grey and palette pictures are
    converted to 8-bit RGB once, here, and lose the profile that no longer fits.

    Raises:
        BadInput: empty, not a picture, truncated, or larger than ``MAX_PIXELS``.
    """
    if not content:
        raise BadInput(f"{name} is empty (0 bytes): choose a PNG, JPEG or WebP picture.")
    image = _open(content, name)
    if image.width * image.height > MAX_PIXELS:
        raise BadInput(
            f"{name} has {image.width * image.height / 1e6:.0f} megapixels; "
            f"the limit is {MAX_PIXELS // 10**6}: make it smaller first."
        )
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BadInput(f"{name} is damaged or cut short ({error}): export it again.") from None
    return picture_from_pillow(image)


def picture_from_pillow(image: Image.Image) -> tuple[Picture, tuple[str, ...]]:
    """An upright 8-bit picture from any Pillow image, and what was converted, in words."""
    notes: list[str] = []
    if getattr(image, "n_frames", 1) > 1:
        notes.append("The file is animated: only its first frame is edited.")
    exif, icc = image.getexif(), image.info.get("icc_profile")
    mode = image.mode
    upright = ImageOps.exif_transpose(image)
    rgb, alpha = _to_rgb(upright)
    if mode not in {"RGB", "RGBA"}:
        notes.append(f"The picture was converted from {_MODE_NAMES.get(mode, mode)} to 8-bit RGB.")
        if icc and not (mode == "P" and _is_rgb_profile(icc)):
            icc = None
            notes.append("Its colour profile no longer fits and was replaced by sRGB.")
    return Picture(rgb, alpha, icc, _clean_exif(exif)), tuple(notes)


def encode_picture(picture: Picture, file_format: str = "PNG", *, quality: int = 95) -> bytes:
    """The picture as a file's bytes, with its alpha, ICC profile and EXIF.

    Args:
        picture: what to save.
        file_format: PNG or TIFF (lossless), JPEG or WEBP (lossy; JPEG has no alpha).
        quality: 1 to 100, for lossy formats.

    Raises:
        BadInput: a format that is not offered.
    """
    file_format = file_format.upper()
    if file_format not in _SAVE_OPTIONS:
        raise BadInput(f"{file_format} is not offered; choose one of {', '.join(_SAVE_OPTIONS)}.")
    image = picture.to_pillow()
    if file_format == "JPEG" and image.mode == "RGBA":
        image = Image.fromarray(np.asarray(picture.pixels))
    options = dict(_SAVE_OPTIONS[file_format])
    if file_format not in LOSSLESS:
        options["quality"] = quality
    if picture.icc:
        options["icc_profile"] = picture.icc
    if picture.exif:
        options["exif"] = picture.exif
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def format_of(filename: str) -> str:
    """The format that a file name's suffix stands for.

    Raises:
        BadInput: an unknown suffix.
    """
    suffix = filename[filename.rfind(".") :].lower() if "." in filename else ""
    if suffix not in _SUFFIXES:
        raise BadInput(f"{filename}: use one of the endings {', '.join(_SUFFIXES)}.")
    return _SUFFIXES[suffix]


_MODE_NAMES = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey with transparency",
    "P": "a palette",
    "PA": "a palette with transparency",
    "CMYK": "CMYK",
    "YCbCr": "YCbCr",
    "LAB": "Lab",
    "HSV": "HSV",
    "I": "32-bit grey",
    "I;16": "16-bit grey",
    "F": "floating-point grey",
    "RGBX": "padded RGB",
    "RGBa": "premultiplied RGBA",
    "La": "premultiplied grey",
}


def _open(content: bytes, name: str) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(content))
        except Image.DecompressionBombError:
            raise BadInput(f"{name} is larger than {MAX_PIXELS // 10**6} megapixels: make it smaller first.") from None
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            raise BadInput(f"{name} {_what_is_wrong(content)}") from None


def _what_is_wrong(content: bytes) -> str:
    """Bytes 4 to 12 of a HEIC file name its brand (ISO/IEC 14496-12, 4.3)."""
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}:
        return "is a HEIC picture, which cannot be opened here: export it as JPEG or PNG first."
    return "is not a picture that can be read: choose a PNG, JPEG or WebP picture."


def _to_rgb(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        grey = _deep_grey_to_8_bit(np.asarray(image))
        return np.repeat(grey[..., None], 3, axis=2), None
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        rgba = np.asarray(image.convert("RGBA"))
        return rgba[..., :3], rgba[..., 3]
    if image.mode == "CMYK":
        return np.asarray(_cmyk_to_rgb(image)), None
    return np.asarray(image.convert("RGB")), None


def _deep_grey_to_8_bit(values: np.ndarray) -> np.ndarray:
    """16-bit integers by their high byte; anything else stretched over its own range."""
    if np.issubdtype(values.dtype, np.integer) and values.max(initial=0) > 255:
        return np.clip(values.astype(np.int64) >> 8, 0, 255).astype(np.uint8)
    if np.issubdtype(values.dtype, np.integer):
        return np.clip(values, 0, 255).astype(np.uint8)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return np.nan_to_num((values - low) / max(high - low, 1e-9) * 255).astype(np.uint8)


def _cmyk_to_rgb(image: Image.Image) -> Image.Image:
    """Through the embedded profile where it has a usable one, else the plain formula."""
    profile = image.info.get("icc_profile")
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _is_rgb_profile(icc: bytes) -> bool:
    """ICC.1:2022, 7.2.6: bytes 16 to 19 of the header name the data colour space."""
    return icc[16:20] == b"RGB "


def _clean_exif(exif: Image.Exif) -> bytes | None:
    """EXIF without orientation (already applied) and without the old thumbnail."""
    if not len(exif):
        return None
    exif.pop(_ORIENTATION_TAG, None)
    return exif.tobytes() or None
