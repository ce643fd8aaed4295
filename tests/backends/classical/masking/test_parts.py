"""The segmenter's parts on arrays small enough to check by eye."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.classical.masking.hints import read_hints
from ggedit.backends.classical.masking.mixtures import fit_mixture
from ggedit.backends.classical.masking.proposals import Correction, by_place, by_surroundings, mended
from ggedit.backends.classical.masking.ranking import box_fit, collapsed, edge_contrast, ends_within, tidy
from ggedit.backends.classical.masking.superpixels import cheapest_cut, colour_way, make_superpixels
from ggedit.backends.classical.masking.views import View, edge_strength
from ggedit.backends.classical.windows import Window
from ggedit.core.geometry import Box
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.ports import MaskPrompt, Point

SIZE = 120
Y, X = np.mgrid[:SIZE, :SIZE]
ORANGE, DARK, GROUND = (200, 120, 60), (60, 60, 60), (90, 110, 130)


def disc(x: float, y: float, radius: float) -> np.ndarray:
    return np.hypot(X - x, Y - y) < radius


def view_of(*layers: tuple[np.ndarray, tuple[int, int, int]]) -> View:
    canvas = np.full((SIZE, SIZE, 3), GROUND, np.float64)
    for mask, colour in layers:
        canvas[mask] = colour
    canvas += np.random.default_rng(0).normal(0, 4, canvas.shape)
    picture = Picture(np.clip(canvas, 0, 255).astype(np.uint8))
    return View.of(picture, Window.whole(picture.extent), SIZE)


def iou(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def mend(view: View, before: np.ndarray, click: Point) -> np.ndarray:
    cells = make_superpixels(view.lab, 200)
    hints = read_hints(view, Box(5, 5, 115, 115), MaskPrompt(points=(click,)), cells)
    return mended(view, before, hints, Correction(*view.pixel(click.x, click.y), click.positive, cells))


def test_one_click_brings_back_a_whole_part() -> None:
    truth = disc(60, 60, 45)
    view = view_of((truth, ORANGE), (truth & (Y > 60), DARK))
    assert iou(mend(view, truth & (Y <= 60), Point(60, 80)), truth) > 0.95


def test_one_click_takes_away_a_whole_part() -> None:
    truth, other = disc(40, 60, 28), disc(95, 60, 18)
    view = view_of((truth, ORANGE), (other, DARK))
    assert iou(mend(view, truth | other, Point(95, 60, False)), truth) > 0.95


def test_mending_keeps_what_is_far_from_the_click() -> None:
    wrong = disc(60, 60, 40) & ~disc(30, 60, 6)
    view = view_of((disc(60, 60, 40), ORANGE))
    after = mend(view, wrong, Point(105, 60, False))
    assert np.array_equal(after[:, :60], wrong[:, :60])


def test_position_tells_a_thing_from_its_double() -> None:
    """Two discs of one colour, one of them outside the box: colour alone cannot part them."""
    truth = disc(40, 60, 25)
    view = view_of((truth, ORANGE), (disc(100, 60, 18), ORANGE))
    hints = read_hints(view, Box(12, 32, 68, 88), MaskPrompt(), None)
    assert iou(by_place(view, hints, make_superpixels(view.lab, 500)), truth) > 0.9


def test_what_goes_on_beyond_the_box_is_background() -> None:
    """A disc on a band that crosses the box: the band is reached from outside without a step."""
    truth, band = disc(60, 60, 22), np.abs(Y - 60) < 12
    view = view_of((band, DARK), (truth, ORANGE))
    hints = read_hints(view, Box(30, 30, 90, 90), MaskPrompt(), None)
    assert iou(by_surroundings(view, hints, make_superpixels(view.lab, 500)), truth) > 0.9


def test_a_box_without_outside_starts_from_everything() -> None:
    view = view_of((disc(60, 60, 30), ORANGE))
    hints = read_hints(view, Box(0, 0, SIZE, SIZE), MaskPrompt(), None)
    assert by_surroundings(view, hints, make_superpixels(view.lab, 500)).all()


def test_a_click_makes_its_superpixel_certain_and_no_other() -> None:
    view = view_of((disc(60, 60, 30), ORANGE))
    cells = make_superpixels(view.lab, 100)
    hints = read_hints(view, Box(20, 20, 100, 100), MaskPrompt(points=(Point(60, 60),)), cells)
    cell = cells.labels == cells.labels[60, 60]
    assert hints.thing[cell].all()
    assert hints.thing.sum() <= cell.sum() + 40
    assert not hints.ground.any()


def test_clicks_of_both_kinds_in_one_superpixel_share_it() -> None:
    view = view_of()
    cells = make_superpixels(view.lab, 4)
    prompt = MaskPrompt(points=(Point(20, 20), Point(32, 20, False)))
    hints = read_hints(view, Box(0, 0, 120, 120), prompt, cells)
    assert hints.thing[20, 20]
    assert hints.ground[20, 32]
    assert not (hints.thing & hints.ground).any()


def test_a_thin_stroke_survives_shrinking() -> None:
    picture = Picture(np.zeros((900, 900, 3), np.uint8))
    view = View.of(picture, Window.whole(picture.extent), 100)
    stroke = np.zeros((900, 900), bool)
    stroke[450, 100:800] = True
    assert view.shrink(Mask.of(stroke))[50, 12:88].all()


@pytest.mark.parametrize(
    ("radius", "clicked", "stays"),
    [(4, False, False), (4, True, True), (14, False, True)],
    ids=["speck", "clicked-speck", "part"],
)
def test_tidy_drops_specks(radius: int, *, clicked: bool, stays: bool) -> None:
    mask = disc(45, 60, 35) | disc(100, 60, radius)
    keep = np.zeros_like(mask)
    keep[60, 100] = clicked
    assert tidy(mask, keep)[60, 100] == stays


@pytest.mark.parametrize(("radius", "filled"), [(3, True), (12, False)], ids=["pinhole", "hole"])
def test_tidy_fills_pinholes(radius: int, *, filled: bool) -> None:
    mask = disc(60, 60, 40) & ~disc(60, 60, radius)
    assert tidy(mask, np.zeros_like(mask))[60, 60] == filled


def test_edge_contrast_prefers_the_true_edge() -> None:
    view = view_of((disc(60, 60, 35), ORANGE))
    strength = edge_strength(view.lab)
    scores = [edge_contrast(disc(60, 60, radius), strength) for radius in (25, 35, 45)]
    assert scores[1] == max(scores)
    assert scores[1] > 2 * scores[0]


@pytest.mark.parametrize(
    ("mask", "fit"),
    [(np.s_[2:8, 2:8], 1.0), (np.s_[2:8, 2:5], 0.5), (np.s_[0:0, 0:0], 0.0)],
    ids=["touches-all-sides", "half", "empty"],
)
def test_box_fit(mask: tuple[slice, slice], fit: float) -> None:
    box, found = np.zeros((10, 10), bool), np.zeros((10, 10), bool)
    box[2:8, 2:8] = True
    found[mask] = True
    assert box_fit(found, box) == pytest.approx(fit)
    assert collapsed(found, box) == (fit < 0.6)


def test_mixture_finds_two_clusters_by_weight() -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, 1, (300, 2)), rng.normal(10, 1, (100, 2))])
    mixture = fit_mixture(points, np.ones(400), 2, floor=0.01)
    order = np.argsort(mixture.mean[:, 0])
    assert np.allclose(mixture.mean[order], [[0, 0], [10, 10]], atol=0.3)
    assert np.allclose(mixture.weight[order], [0.75, 0.25], atol=0.01)
    low = mixture.log_density(np.array([[5.0, 5.0]]))[0]
    assert low < mixture.log_density(np.array([[0.0, 0.0]]))[0] - 5


def test_density_of_one_gaussian_is_the_textbook_one() -> None:
    points = np.array([[-1.0], [1.0]])
    mixture = fit_mixture(points, np.ones(2), 1, floor=0.0)
    assert mixture.log_density(np.array([[0.0]]))[0] == pytest.approx(-0.5 * np.log(2 * np.pi))


def test_cheapest_cut_is_the_cheapest_of_all() -> None:
    rng = np.random.default_rng(1)
    cells = make_superpixels(rng.random((3, 3, 3)).astype(np.float32), 9)
    count = len(cells)
    thing, ground = rng.integers(1, 9, count).astype(float), rng.integers(1, 9, count).astype(float)
    bond = rng.integers(1, 5, len(cells.pairs)).astype(float)

    def cost(labels: np.ndarray) -> float:
        parted = labels[cells.pairs[:, 0]] != labels[cells.pairs[:, 1]]
        return thing[labels].sum() + ground[~labels].sum() + bond[parted].sum()

    every = [np.array([(n >> k) & 1 for k in range(count)], bool) for n in range(2**count)]
    cut = cheapest_cut(cells, bond, cost_thing=thing, cost_ground=ground)
    assert cost(cut) == min(cost(labels) for labels in every)


def test_colour_way_goes_round_a_wall() -> None:
    """Through like colours the way stays cheap, however far; across a step it is not."""
    view = view_of((X > 60, ORANGE))
    cells = make_superpixels(view.lab, 100)
    source = np.zeros(len(cells), bool)
    source[cells.labels[10, 10]] = True
    way = colour_way(cells, source, step_cost=0.5)
    assert way[cells.labels[110, 30]] < way[cells.labels[10, 75]]


@pytest.mark.parametrize(
    ("mask", "box", "within"),
    [
        (np.s_[20:40, 20:40], np.s_[10:50, 10:50], True),
        (np.s_[10:40, 20:40], np.s_[10:50, 10:50], False),
        (np.s_[20:40, 20:50], np.s_[10:50, 10:50], False),
        (np.s_[0:40, 20:40], np.s_[0:50, 10:50], True),
        (np.s_[20:SIZE, 20:40], np.s_[10:SIZE, 10:50], True),
        (np.s_[0:0, 0:0], np.s_[10:50, 10:50], False),
    ],
    ids=["inside", "at the top", "at the right", "at the copy's top", "at the copy's bottom", "empty"],
)
def test_ends_within(mask: tuple[slice, slice], box: tuple[slice, slice], *, within: bool) -> None:
    planes = np.zeros((2, SIZE, SIZE), np.bool_)
    planes[0][mask], planes[1][box] = True, True
    assert ends_within(planes[0], planes[1]) is within
