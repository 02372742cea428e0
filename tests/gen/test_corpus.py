"""Every module of tests/corpus/modules ends here as it ended in wasmtime: fuel, results, traps, memory."""
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
BUILD = ROOT / os.environ.get("B", "build")

from tests.oracle import compare, corpus  # noqa: E402
from tests.oracle.__main__ import run_ours  # noqa: E402

GOLDEN = corpus.read()


@pytest.fixture(scope="module")
def ours():
    paths = {str(corpus.FOLDER / name): name for name in GOLDEN}
    return {paths[path]: record for path, record in run_ours(str(BUILD / "bin/fuel_batch"), list(paths)).items()}


def test_every_module_of_the_corpus_has_a_record():
    assert sorted(GOLDEN) == sorted(path.name for path in corpus.FOLDER.glob("*.wasm"))


def test_the_corpus_holds_runs_of_every_sort():
    assert sum(record["load"] == "ok" and record["trap"] == 0 for record in GOLDEN.values()) >= 20
    assert len({record["trap"] for record in GOLDEN.values()}) >= 8
    assert {record["load"] for record in GOLDEN.values()} >= {"ok", "unlinkable", "limit"}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_it_ends_as_in_the_peer(name, ours):
    assert compare.compare(ours[name], GOLDEN[name]) in (compare.EQUAL, compare.EXCUSED)


def test_a_changed_record_is_seen():
    name = next(n for n, r in GOLDEN.items() if r["load"] == "ok" and r["trap"] == 0 and len(r["calls"]) > 1 and r["memory"])
    same = {**GOLDEN[name], "exact": True}
    assert compare.compare(same, GOLDEN[name]) == compare.EQUAL
    for field, value in (("fuel", 1), ("calls", []), ("memory", "0:"), ("trap", 1), ("load", "limit"), ("exact", False)):
        assert compare.compare({**same, field: value}, GOLDEN[name]).startswith(field)
