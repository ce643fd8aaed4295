import numpy as np
import pytest

from ggedit.evaluation.statistics import compare, estimate


def test_the_interval_of_equal_values_has_no_width() -> None:
    found = estimate([0.5] * 7)
    assert (found.mean, found.low, found.high, found.count) == (0.5, 0.5, 0.5, 7)


def test_the_interval_holds_the_mean_and_is_as_wide_as_theory_says() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, 400)
    found = estimate(list(values))
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert found.mean == pytest.approx(values.mean())
    assert found.high - found.mean == pytest.approx(half, rel=0.1)
    assert found.mean - found.low == pytest.approx(half, rel=0.1)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [0.0, 1.0, 0.0, 1.0, 1.0]
    assert estimate(values, seed=3) == estimate(values, seed=3)


def test_nothing_cannot_be_averaged() -> None:
    with pytest.raises(ValueError, match="no values"):
        estimate([])


def test_only_common_cases_are_compared() -> None:
    found = compare({"a": 1.0, "b": 2.0, "x": 9.0}, {"a": 2.0, "b": 2.0, "y": 0.0})
    assert found is not None
    assert found.difference.mean == 0.5
    assert (found.larger, found.equal, found.smaller) == (1, 1, 0)
    assert compare({"a": 1.0}, {"b": 1.0}) is None


def test_a_steady_gain_is_significant_and_noise_is_not() -> None:
    rng = np.random.default_rng(0)
    base = {str(i): float(v) for i, v in enumerate(rng.normal(size=40))}
    better = {key: value + 1.0 + 0.1 * float(rng.normal()) for key, value in base.items()}
    noise = {key: value + float(rng.normal()) * 0.5 for key, value in base.items()}
    gain, nothing = compare(base, better), compare(base, noise)
    assert gain is not None and nothing is not None
    assert gain.p_value < 0.001
    assert gain.difference.low > 0.9
    assert nothing.p_value > 0.05
