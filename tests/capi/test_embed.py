"""The example of the C API, built as an embedder builds it and run."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("B", "build")


def embed(flavour, *calls):
    program = BUILD / flavour / "bin" / "embed"
    return subprocess.run([program, ROOT / "tests/corpus/components/host.wasm", *calls], capture_output=True, text=True,
                          timeout=60, check=False)


@pytest.mark.parametrize("flavour", ["", "san"])
def test_the_example_shows_the_component_and_calls_it(flavour):
    done = embed(flavour, "sum(40, 2)", 'say("hello")')
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "import test:host/api@0.1.3" in lines
    assert "export sum: 2 parameters" in lines
    assert "sum(40, 2) -> 42" in lines
    assert 'say("hello") -> "hello"' in lines
    assert lines[-1].startswith("fuel: ") and int(lines[-1][6:]) > 0


def test_an_error_says_what_was_expected_where():
    done = embed("", "sum(40)")
    assert done.returncode == 1
    assert done.stderr == 'embed: sum(40): expected an argument for parameter "b"\n'


def test_a_trap_has_the_sentence_of_the_host():
    done = embed("", "fail()")
    assert done.returncode == 1
    assert done.stderr == "embed: fail(): this host does not do that\n"
