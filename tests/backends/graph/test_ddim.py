from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from ggedit.backends.graph.ddim import Timeline  # noqa: E402


def timeline(steps: int, prediction: str = "epsilon") -> Timeline:
    from diffusers import DDIMScheduler

    return Timeline.of(
        DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type=prediction),
        steps,
    )


def test_fifty_steps_are_twenty_apart_and_end_clean() -> None:
    line = timeline(50)
    assert line.times[:2] == (980, 960) and line.times[-1] == 0
    assert len(line.alphas) == 51 and line.alphas[-1] == 1.0
    assert list(line.alphas) == sorted(line.alphas)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_a_perfect_network_leads_to_the_clean_latents(prediction: str) -> None:
    line = timeline(10, prediction)
    clean, noise = torch.randn(2, 1, 4, 6, 6, dtype=torch.float64)
    latents = line.noised(clean, noise, 0)
    for step in range(line.steps):
        signal, share = line.alphas[step] ** 0.5, (1 - line.alphas[step]) ** 0.5
        output = noise if prediction == "epsilon" else signal * noise - share * clean
        latents, aim = line.forward(latents, output, step)
        torch.testing.assert_close(aim, clean)
        torch.testing.assert_close(latents, line.noised(clean, noise, step + 1))
    torch.testing.assert_close(latents, clean)


def test_forward_is_diffusers_own_step_until_the_last() -> None:
    from diffusers import DDIMScheduler

    own = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False
    )
    own.set_timesteps(50)
    line = Timeline.of(own, 50)
    assert [int(t) for t in own.timesteps] == list(line.times)
    latents, output = torch.randn(2, 1, 4, 6, 6)
    for step in (0, 20, 48):
        theirs = own.step(output, line.times[step], latents)
        ours, clean = line.forward(latents, output, step)
        torch.testing.assert_close(ours, theirs.prev_sample)
        torch.testing.assert_close(clean, theirs.pred_original_sample)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_backward_undoes_forward_for_an_equal_output(prediction: str) -> None:
    line = timeline(20, prediction)
    if prediction == "epsilon":
        latents, output = torch.randn(2, 1, 4, 6, 6, dtype=torch.float64)
        after, _ = line.forward(latents, output, 7)
        torch.testing.assert_close(line.backward(after, output, 7), latents)
    clean = torch.randn(1, 4, 6, 6, dtype=torch.float64)
    assert line.backward(clean, torch.zeros_like(clean), 19).shape == clean.shape


def test_an_unknown_prediction_type_is_read_from_the_scheduler() -> None:
    config = SimpleNamespace(num_train_timesteps=1000, get=lambda name, default: default)
    line = Timeline.of(SimpleNamespace(config=config, alphas_cumprod=torch.linspace(0.99, 0.01, 1000)), 5)
    assert line.prediction == "epsilon" and line.times == (800, 600, 400, 200, 0)
