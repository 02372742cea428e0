"""tools/check_layers.py finds what it is for: each test builds a small tree and breaks one rule in it, or none."""
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = Path(__file__).resolve().parents[2] / "tools/check_layers.py"
LAYERS = """
include/aether : <free>
core/base      : <free>
core/crypto    : core/base <free> <bearssl>
core/wasm      : core/base include/aether <free>
metal          : core/base core/wasm include/aether <free>
cli            : core/base core/wasm <free> <libc>
"""


def check(tmp_path, files, layers=LAYERS):
    base = {"mk/layers.txt": layers, "core/base/bytes.h": "", "core/crypto/sha256.h": "", "core/wasm/module.h": "",
            "include/aether/gate.h": "", "metal/irq.h": "", "cli/options.h": ""}
    for name, text in {**base, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    run = subprocess.run([sys.executable, CHECK, tmp_path], capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def test_includes_that_point_down_pass(tmp_path):
    status, output = check(tmp_path, {
        "core/wasm/module.c": '#include "core/wasm/module.h"\n#include "core/base/bytes.h"\n#include "aether/gate.h"\n',
        "core/crypto/sha256.c": "#include <bearssl/bearssl_hash.h>\n#include <stdint.h>\n",
        "cli/main.c": '#include <stdio.h>\n#include "options.h"\n'})

    assert status == 0, output
    assert "0 forbidden" in output


@pytest.mark.parametrize("name,line", [
    ("core/base/up.c", '#include "core/wasm/module.h"'),  # base looks up
    ("core/wasm/up.c", '#include "core/crypto/sha256.h"'),  # the engine has no use for crypto
    ("core/wasm/up.c", '#  include "metal/irq.h"'),  # nobody includes metal
    ("cli/up.c", '#include "metal/irq.h"'),
    ("metal/up.c", '#include "cli/options.h"'),
    ("core/wasm/up.c", "#include <stdio.h>"),  # no libc in core
    ("core/base/up.c", "#include <bearssl/bearssl.h>"),
    ("include/aether/up.h", '#include "core/base/bytes.h"'),
    ("core/wasm/up.c", '#include "../crypto/sha256.h"'),  # a relative path is no way round
])
def test_an_include_that_points_up_fails(tmp_path, name, line):
    status, output = check(tmp_path, {name: "/* up */\n" + line + "\n"})

    assert status == 1
    assert f"{name}:2: " in output


def test_a_file_outside_every_layer_fails(tmp_path):
    status, output = check(tmp_path, {"newmodule/a.c": ""})

    assert status == 1
    assert "newmodule/a.c:1" in output


def test_an_include_of_nothing_fails(tmp_path):
    status, output = check(tmp_path, {"core/wasm/a.c": '#include "core/wasm/gone.h"\n'})

    assert status == 1
    assert "gone.h" in output


def test_a_layer_that_is_allowed_but_not_listed_fails(tmp_path):
    status, output = check(tmp_path, {}, LAYERS + "board : core/proof\n")

    assert status == 1
    assert "core/proof" in output
