import numpy as np
import pytest

from ggedit.core.picture import Picture
from ggedit.evaluation.pixels import PSNR_OF_EQUAL_DB, changed_region, outside, reference_distance, seam

SIDE = 40


def flat(level: int = 100) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), level, np.uint8)


def square(first: int = 10, last: int = 30) -> np.ndarray:
    region = np.zeros((SIDE, SIDE), np.bool_)
    region[first:last, first:last] = True
    return region


def painted(level: int, region: np.ndarray) -> Picture:
    pixels = flat()
    pixels[region] = level
    return Picture(pixels)


def test_a_change_inside_the_allowed_region_changes_nothing_outside() -> None:
    found = outside(Picture(flat()), painted(200, square()), square())
    assert found == {
        "outside_psnr": PSNR_OF_EQUAL_DB,
        "outside_ssim": 1.0,
        "outside_l1": 0.0,
        "outside_max": 0.0,
        "outside_changed": 0.0,
    }


def test_a_change_outside_is_measured_in_decibels_levels_and_shares() -> None:
    region = square()
    found = outside(Picture(flat(100)), painted(110, ~region), region)
    assert found["outside_psnr"] == pytest.approx(10 * np.log10(255**2 / 100))
    assert found["outside_l1"] == pytest.approx(10 / 255)
    assert found["outside_max"] == 10
    assert found["outside_changed"] == 1.0
    assert found["outside_ssim"] < 1.0


def test_where_everything_may_change_nothing_is_measured() -> None:
    assert outside(Picture(flat()), Picture(flat(3)), np.ones((SIDE, SIDE), np.bool_)) == {}


@pytest.mark.parametrize(("level", "many"), [(100, 0), (102, 0), (103, 400), (20, 400)])
def test_small_differences_do_not_count_as_a_change(level: int, many: int) -> None:
    assert changed_region(Picture(flat()), painted(level, square())).sum() == many


def test_a_hard_edge_on_a_flat_ground_is_a_seam_and_a_colour_step() -> None:
    found = seam(Picture(flat()), painted(200, square()), square())
    assert found["seam_ratio"] > 50
    assert found["ring_step"] > 0.2


def test_an_edge_that_was_there_before_is_no_new_seam() -> None:
    region = square()
    found = seam(painted(200, region), painted(200, region), region)
    assert found == {"seam_ratio": pytest.approx(1.0), "ring_step": pytest.approx(0.0)}


def test_filling_a_thing_with_its_ground_takes_the_edge_away() -> None:
    found = seam(painted(200, square()), Picture(flat()), square())
    assert found["seam_ratio"] < 0.05
    assert found["ring_step"] < 0


@pytest.mark.parametrize("region", [np.zeros((SIDE, SIDE), np.bool_), np.ones((SIDE, SIDE), np.bool_)])
def test_without_an_outline_there_is_no_seam(region: np.ndarray) -> None:
    assert seam(Picture(flat()), Picture(flat(9)), region) == {}


def test_distance_to_the_wanted_picture() -> None:
    assert reference_distance(Picture(flat()), Picture(flat())) == {
        "reference_psnr": PSNR_OF_EQUAL_DB,
        "reference_ssim": 1.0,
    }
    assert reference_distance(Picture(flat(90)), Picture(flat()))["reference_psnr"] < 30
