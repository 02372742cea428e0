"""Time to load is linear in the input: twice as much input takes about twice as long, whatever is in it.

Processor time, in the plain build; the better of some tries, because the machine has other things to do. Ten megabytes
take less than SECONDS. Memory is held to what module.h promises by tests/unit/wasm/test_decode.c.
"""
import os
from pathlib import Path

import pytest

from tests.hostile import linear, runner

RUN_ALONE = True
ROOT = Path(__file__).resolve().parents[2]
TOOL = str(ROOT / os.environ.get("B", "build") / "bin/hostile_run")
TRIES, RATIO, FLOOR_US, SECONDS_PER_10_MB = 4, 3.2, 4000, 1.0


def measure(name, module, tries):
    return min(record["load_us"] for _, record in
               runner.run(TOOL, [("%s-%d" % (name, k), module, "any", "") for k in range(tries)]))


@pytest.mark.parametrize("name,make,n", linear.SHAPES, ids=[shape[0] for shape in linear.SHAPES])
def test_shape(name, make, n):
    small, big = make(n), make(2 * n)
    (_, record), = runner.run(TOOL, [(name, small, "valid", "")])
    assert record.get("load") == "OK", record
    for tries in (1, 2, TRIES):
        short, long = measure(name, small, tries), measure(name, big, tries)
        per_10_mb = long / 1e6 * 10e6 / max(len(big), 1 << 20)
        if long <= max(short, FLOOR_US) * RATIO and per_10_mb <= SECONDS_PER_10_MB:
            return
    assert long <= max(short, FLOOR_US) * RATIO
    assert per_10_mb <= SECONDS_PER_10_MB
