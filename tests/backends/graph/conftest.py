from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")


@pytest.fixture(scope="session")
def network() -> Any:
    from ggedit.backends.graph.network import Network
    from ggedit.backends.placement import Placement
    from tests.tiny.diffusion import stable_diffusion

    return Network.of(stable_diffusion(), Placement(torch.device("cpu"), torch.float32))
