"""The generator keeps its promises: the same bytes every time, valid, of every kind."""
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
BUILD = ROOT / os.environ.get("B", "build")

from tests.gen import generate, mutate  # noqa: E402
from tests.gen.module import KINDS, pick_kind  # noqa: E402
from tests.gen.mutate import join, split  # noqa: E402
from tests.gen.rng import Rng  # noqa: E402

DIGEST = """
import hashlib
from tests.gen import generate, mutate
sha = hashlib.sha256()
for index in range(60):
    case = generate(9, index)
    sha.update(case.wasm + mutate(9, index, case.wasm))
print(sha.hexdigest())
"""


def verdicts(folder, modules):
    paths = []
    for index, data in enumerate(modules):
        path = folder / f"{index:04}.wasm"
        path.write_bytes(data)
        paths.append(str(path))
    done = subprocess.run([BUILD / "bin/aether", "validate", "--json", *paths], stdout=subprocess.PIPE, text=True)
    return [module["verdict"] for module in json.loads(done.stdout)]


def test_a_case_is_the_same_bytes_in_every_process():
    seen = set()
    for hash_seed in ("0", "1", "77"):
        env = dict(os.environ, PYTHONHASHSEED=hash_seed, PYTHONPATH=str(ROOT))
        done = subprocess.run([sys.executable, "-c", DIGEST], env=env, stdout=subprocess.PIPE, text=True, check=True)
        seen.add(done.stdout)
    assert len(seen) == 1


def test_cases_of_two_indices_or_seeds_differ():
    modules = [generate(seed, index, "plain").wasm for seed in (1, 2) for index in range(20)]
    assert len(set(modules)) == len(modules)


def test_every_kind_of_case_is_a_valid_module(tmp_path):
    modules = [generate(5, index, kind).wasm for _, _, kind in KINDS
               for index in range(1 if kind == "wide_stack" else 8)]
    assert set(verdicts(tmp_path, modules)) == {"valid"}


def test_any_makes_every_kind():
    assert {pick_kind(Rng(1, index), "any") for index in range(600)} == {kind for _, _, kind in KINDS}


def test_a_mutant_differs_and_most_are_refused(tmp_path):
    modules = [generate(6, index, "plain").wasm for index in range(150)]
    mutants = [mutate(6, index, data) for index, data in enumerate(modules)]
    assert all(a != b for a, b in zip(modules, mutants))
    refused = [verdict for verdict in verdicts(tmp_path, mutants) if verdict != "valid"]
    assert 0.5 < len(refused) / len(mutants) < 1.0
    assert len(set(refused)) >= 3


def test_sections_split_and_join_to_the_same_module():
    for index in range(50):
        data = generate(7, index, "plain").wasm
        assert join(split(data)) == data
