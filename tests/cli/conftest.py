"""One site for a module's tests: keys are made once."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import support  # noqa: E402 (the path comes first)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return support.Site(tmp_path_factory.mktemp("site"))
