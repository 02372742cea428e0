"""Names come from whoever made the module: what `aether` says of them holds no control bytes, and its JSON is JSON."""
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.hostile import decoder

ROOT = Path(__file__).resolve().parents[2]
AETHER = str(ROOT / os.environ.get("B", "build") / "bin/aether")
CASES = [case for case in decoder.names() if "D7-name-" in case[0] or "export" in case[0]]


def speaks_plainly(output):
    text = output.decode("utf-8")
    return all(char in "\n\t" or (ord(char) >= 0x20 and not 0x7F <= ord(char) <= 0x9F and char not in "\u202E\u2028\u2029")
               for char in text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_what_is_said_of_a_name_is_plain(case, tmp_path):
    path = tmp_path / "module.wasm"
    path.write_bytes(case[1])
    for command in (["validate"], ["run"], ["inspect"], ["inspect", "--json"], ["inspect", "--imports", "--exports"]):
        done = subprocess.run([AETHER, *command, str(path)], capture_output=True, timeout=20)

        assert done.returncode in (0, 1), done
        assert speaks_plainly(done.stdout + done.stderr), done
        if "--json" in command and done.returncode == 0:
            json.loads(done.stdout)
