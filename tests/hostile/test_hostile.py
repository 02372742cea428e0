"""Every case of the catalogue in the sanitizers' build: the right verdict, in 2 s of processor time, in 256 MiB."""
import os
from pathlib import Path

import pytest

from tests.hostile import catalogue, runner

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("B", "build")
TOOL = str(BUILD / "san/bin/hostile_run")


@pytest.mark.parametrize("group", catalogue.GROUPS, ids=lambda group: "%s-%s" % (group.__module__.split(".")[-1],
                                                                               group.__name__))
def test_group(group):
    faults = [fault for case, record in runner.run(TOOL, group()) if (fault := runner.wrong(case, record))]

    assert faults == []


def test_the_judge_tells_verdicts_apart():
    refused = {"name": "x", "ms": 1, "kib": 1, "load": "INVALID", "why": "type mismatch"}
    returned = {"name": "x", "ms": 1, "kib": 1, "load": "OK", "start": "OK", "end": "returned", "values": [7]}

    assert runner.wrong(("x", b"", "invalid", "mismatch"), refused) is None
    assert "expected malformed" in runner.wrong(("x", b"", "malformed", ""), refused)
    assert "is not in" in runner.wrong(("x", b"", "invalid", "unknown"), refused)
    assert runner.wrong(("x", b"", "returned:7", ""), returned) is None
    assert runner.wrong(("x", b"", "returned:8", ""), returned) is not None
    assert "took" in runner.wrong(("x", b"", "any", ""), {**returned, "ms": 2001})
    assert "KiB" in runner.wrong(("x", b"", "any", ""), {**returned, "kib": 257 << 10})
    assert "died" in runner.wrong(("x", b"", "any", ""), {"name": "x", "ms": 1, "kib": 1, "died": "signal 11"})


def test_every_line_of_the_checklist_has_cases():
    names = {case[0].split("-")[0] for case in runner.cases_of(catalogue.GROUPS)}
    lines = {"D%d" % k for k in range(1, 14)} | {"V%d" % k for k in range(1, 19)} | {"I%d" % k for k in range(1, 6)}
    lines |= {"R%d" % k for k in range(1, 14)} - {"R2"}  # R2, an access over the end, is in R1's cases

    assert lines - names == set()
