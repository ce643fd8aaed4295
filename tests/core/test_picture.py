import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from ggedit.core import picture as module
from ggedit.core.errors import BadInput
from ggedit.core.picture import Picture, decode_picture, encode_picture, format_of

RNG = np.random.default_rng(1)
NOISE = RNG.integers(0, 256, (12, 20, 3), dtype=np.uint8)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def file_of(image: Image.Image, file_format: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def test_pixels_are_read_only_even_after_a_deep_copy():
    import copy

    picture = Picture(NOISE)
    for same in (picture, copy.deepcopy(picture), copy.copy(picture)):
        with pytest.raises(ValueError, match="read-only"):
            same.pixels[0, 0] = 0
    NOISE_BEFORE = NOISE[0, 0].copy()
    NOISE[0, 0] += 1
    assert (picture.pixels[0, 0] == NOISE_BEFORE).all()
    NOISE[0, 0] -= 1


def test_digest_tells_pixels_size_and_alpha_apart():
    flat = np.zeros((4, 6, 3), np.uint8)
    digests = {
        Picture(flat).digest,
        Picture(flat.reshape(6, 4, 3)).digest,
        Picture(flat + 1).digest,
        Picture(flat, np.zeros((4, 6), np.uint8)).digest,
    }
    assert len(digests) == 4


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(np.zeros((3, 3), np.uint8), id="grey array"),
        pytest.param(np.zeros((3, 3, 3), np.float32), id="floats"),
        pytest.param(np.zeros((0, 3, 3), np.uint8), id="0 rows"),
    ],
)
def test_other_arrays_are_refused(bad):
    with pytest.raises(BadInput):
        Picture(bad)


@pytest.mark.parametrize(
    ("mode", "note"),
    [
        ("L", "grey"),
        ("P", "palette"),
        ("CMYK", "CMYK"),
        ("I;16", "16-bit"),
        ("1", "black and white"),
        ("F", "floating"),
    ],
)
def test_other_modes_are_converted_once_and_said(mode, note):
    if mode == "I;16":
        image = Image.fromarray(np.full((5, 7), 40_000, np.uint16))
    else:
        image = (
            Image.fromarray(NOISE).convert("L").convert(mode) if mode == "F" else Image.fromarray(NOISE).convert(mode)
        )
    picture, notes = decode_picture(file_of(image, "TIFF"))
    assert picture.pixels.dtype == np.uint8
    assert note in " ".join(notes)
    if mode == "I;16":
        assert (picture.pixels == 40_000 >> 8).all()


def test_orientation_is_applied_and_reset():
    image = Image.fromarray(NOISE)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker"
    picture, notes = decode_picture(file_of(image, "PNG", exif=exif.tobytes()))
    assert picture.extent == (12, 20)
    assert (picture.pixels == np.rot90(NOISE, -1)).all()
    kept = Image.open(io.BytesIO(encode_picture(picture))).getexif()
    assert kept.get(0x010F) == "Maker"
    assert 0x0112 not in kept
    assert not notes


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_lossless_round_trip_keeps_pixels_alpha_icc_and_exif(file_format):
    alpha = RNG.integers(0, 256, NOISE.shape[:2], dtype=np.uint8)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    first = Picture(NOISE, alpha, SRGB, exif.tobytes())
    again, notes = decode_picture(encode_picture(first, file_format))
    assert again.digest == first.digest
    assert again.icc == SRGB
    assert b"Maker" in (again.exif or b"")
    assert not notes


def test_jpeg_drops_alpha_and_keeps_the_profile():
    content = encode_picture(Picture(NOISE, np.full(NOISE.shape[:2], 9, np.uint8), SRGB), "jpeg", quality=80)
    again, _ = decode_picture(content)
    assert again.alpha is None
    assert again.icc == SRGB


def test_transparent_palette_keeps_its_alpha():
    image = Image.fromarray(NOISE).quantize(8)
    image.info["transparency"] = 0
    picture, _ = decode_picture(file_of(image, "PNG", transparency=0))
    assert picture.alpha is not None
    assert set(np.unique(picture.alpha)) <= {0, 255}


def test_cmyk_loses_its_profile_and_says_so():
    content = file_of(Image.fromarray(NOISE).convert("CMYK"), "JPEG", icc_profile=b"x" * 16 + b"CMYK" + b"x" * 108)
    picture, notes = decode_picture(content)
    assert picture.icc is None
    assert any("profile" in note for note in notes)


def test_first_frame_of_an_animation_is_used_and_said():
    frames = [Image.fromarray(np.full((6, 6, 3), v, np.uint8)) for v in (10, 200)]
    content = file_of(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    picture, notes = decode_picture(content)
    assert (picture.pixels == 10).all()
    assert "first frame" in " ".join(notes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "empty", id="0 bytes"),
        pytest.param(b"hello, I am text", "not a picture", id="text"),
        pytest.param(file_of(Image.fromarray(NOISE))[:60], "(damaged|not a picture)", id="cut short"),
        pytest.param(file_of(Image.fromarray(np.repeat(NOISE, 50, 0)), "JPEG")[:900], "damaged", id="cut JPEG"),
    ],
)
def test_broken_files_get_one_sentence(content, words):
    with pytest.raises(BadInput, match=words):
        decode_picture(content, name="photo.png")


def test_too_many_pixels_are_refused_before_decoding(monkeypatch):
    monkeypatch.setattr(module, "MAX_PIXELS", 100)
    with pytest.raises(BadInput, match="megapixels"):
        decode_picture(file_of(Image.fromarray(NOISE)))


def test_one_pixel_is_a_picture():
    picture, _ = decode_picture(file_of(Image.fromarray(np.full((1, 1, 3), 7, np.uint8))))
    assert picture.extent == (1, 1)


def test_formats_are_known_by_their_ending():
    assert format_of("a.b.JPG") == "JPEG"
    with pytest.raises(BadInput, match="endings"):
        format_of("photo.xyz")
    with pytest.raises(BadInput, match="choose one of"):
        encode_picture(Picture(NOISE), "BMP")
