"""Every kind of file that a person may give by mistake, and those that need a word."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from tests.cli.conftest import HEIGHT, WIDTH, Run, printed


def noise(mode: str = "RGB") -> Image.Image:
    array = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    return Image.fromarray(array).convert(mode)


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def sixteen_bit() -> bytes:
    return encoded(
        Image.fromarray(np.linspace(0, 65535, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint16)), "PNG"
    )


def animated(file_format: str) -> bytes:
    frames = [noise(), noise("L").convert("RGB")]
    return encoded(frames[0], file_format, save_all=True, append_images=frames[1:], duration=50)


def too_large() -> bytes:
    return encoded(Image.new("1", (12_000, 9_000)), "PNG")


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty.png", lambda: b"", "is empty (0 bytes)"),
    ("text.png", lambda: b"hello, I am a letter", "not a picture that can be read"),
    ("cut.png", lambda: encoded(noise(), "PNG")[:4000], "damaged or cut short"),
    ("cut.jpg", lambda: encoded(noise(), "JPEG")[:4000], "damaged or cut short"),
    ("header.png", lambda: b"\x89PNG\r\n\x1a\n", "not a picture that can be read"),
    ("huge.png", too_large, "108 megapixels; the limit is 100"),
    ("photo.heic", lambda: b"\0\0\0\x18ftypheic" + bytes(200), "is a HEIC picture"),
]


@pytest.mark.parametrize(("name", "content", "message"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused_in_one_sentence(run: Run, name: str, content: Callable[[], bytes], message: str) -> None:
    Path(name).write_bytes(content())
    result = run("edit", name, "remove the cup", "-o", "out.png")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.startswith(f"ggedit: {name} ")
    assert len(result.stderr.strip().splitlines()) == 1
    assert not Path("out.png").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.png", "There is no file missing.png"),
        (".", "is a folder"),
        ("https://example.com/cat.png", "is a web address"),
        ("FILE:///etc/passwd", "is a web address"),
        ("x" * 5000, "cannot be read"),
        ("nul\0byte.png", "cannot be read"),
    ],
    ids=["missing", "folder", "https", "file url", "long name", "nul byte"],
)
def test_refused_names(run: Run, name: str, message: str) -> None:
    result = run("detect", name, "remove the cup")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


CONVERTED: list[tuple[str, Callable[[], bytes], str]] = [
    ("deep.png", sixteen_bit, "converted from 16-bit grey to 8-bit RGB"),
    ("print.jpg", lambda: encoded(noise("CMYK"), "JPEG"), "converted from CMYK"),
    ("palette.png", lambda: encoded(noise().quantize(16), "PNG"), "converted from a palette"),
    ("grey.png", lambda: encoded(noise("L"), "PNG"), "converted from grey"),
    ("moving.gif", lambda: animated("GIF"), "only its first frame"),
    ("moving.webp", lambda: animated("WEBP"), "only its first frame"),
]


@pytest.mark.parametrize(("name", "content", "message"), CONVERTED, ids=[row[0] for row in CONVERTED])
def test_converted_and_said(run: Run, name: str, content: Callable[[], bytes], message: str) -> None:
    Path(name).write_bytes(content())
    result = run("edit", name, "remove the cup", "-o", "out.png")
    assert printed(result)["outputs"] == ["out.png"]
    assert message in result.stderr
    assert Image.open("out.png").mode == "RGB"


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow was built without AVIF")
def test_avif_is_opened(run: Run) -> None:
    Path("photo.avif").write_bytes(encoded(noise(), "AVIF"))
    assert printed(run("edit", "photo.avif", "remove the cup", "-o", "out.png"))["outputs"] == ["out.png"]


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (2, 2)])
def test_tiny_pictures_end_in_a_result_or_a_sentence(run: Run, size: tuple[int, int]) -> None:
    Image.new("RGB", size, "red").save("tiny.png")
    result = run("edit", "tiny.png", "remove the cup", "-o", "out.png", "--yes")
    assert result.exit_code in (0, 4)
    assert "Traceback" not in result.output
    if result.exit_code == 0:
        assert Image.open("out.png").size == size
