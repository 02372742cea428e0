"""What the metal tests share."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """A directory for the images of this run."""
    return tmp_path_factory.mktemp("images")
