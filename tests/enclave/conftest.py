"""What the enclave's tests share; service.py and page.py do the work.

    tpm        a swtpm of the module's own, or a skip where there is none
    own_tpm    one for a test that stops it
    page       headlines on HTTPS as www.lemonde.fr
    aetherd    the service with --dev, without a TPM, that may fetch the page; one for a module
    server     the service of the module's `client`: its own, or else that one
    client     a connection to `server`, for one test; afterwards no app is loaded
"""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import page as page_module  # noqa: E402 (the path comes first)
import service  # noqa: E402


@pytest.fixture(scope="module")
def tpm(tmp_path_factory):
    if service.SWTPM is None:
        pytest.skip("swtpm is not installed")
    with service.Swtpm(tmp_path_factory.mktemp("tpm")) as running:
        yield running


@pytest.fixture
def own_tpm(tmp_path):
    if service.SWTPM is None:
        pytest.skip("swtpm is not installed")
    with service.Swtpm(tmp_path / "tpm") as running:
        yield running


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with page_module.Page(tmp_path_factory.mktemp("page")) as served:
        yield served


@pytest.fixture(scope="module")
def aetherd(tmp_path_factory, page):
    with service.Aetherd(tmp_path_factory.mktemp("aetherd"), egress=["www.lemonde.fr"], egress_ca=page.ca,
                         resolve=[page.resolve()]) as running:
        yield running


@pytest.fixture(scope="module")
def server(aetherd):
    return aetherd


@pytest.fixture
def client(server):
    with server.connect() as connected:
        yield connected
    with server.connect() as another:  # a test may have ended its own
        another.unload_all()
