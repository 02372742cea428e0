"""tests/run.py and tests/steps.py count right: every way to fail is a failure, and the closing line says so."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def tree(tmp_path):
    """A project with the runner and nothing else."""
    (tmp_path / "tests/support").mkdir(parents=True)
    shutil.copy(TESTS / "run.py", tmp_path / "tests")
    shutil.copy(TESTS / "support/report_each.py", tmp_path / "tests/support")
    return tmp_path


def add_unit(tree, suite, script):
    """A unit test whose two binaries are the same shell script."""
    module, name = suite.split("/")
    source = tree / f"tests/unit/{module}/test_{name}.c"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text("")
    for folder in ("host", "san"):
        binary = tree / f"build/{folder}/tests/{module}/test_{name}"
        binary.parent.mkdir(parents=True, exist_ok=True)
        binary.write_text("#!/bin/sh\n" + script)
        binary.chmod(0o755)


def add_whole(tree, suite, text):
    folder, name = suite.split("/")
    path = tree / f"tests/{folder}/test_{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def run(tree, *arguments):
    env = {key: value for key, value in os.environ.items() if key not in ("B", "ONLY", "AETHER_TEST_REPORT", "PYTHONPATH")}
    done = subprocess.run([sys.executable, "tests/run.py", *arguments], cwd=tree, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()[-1] if done.stdout else "", done.stdout + done.stderr


def test_what_passes_is_counted_once_per_flavour(tree):
    add_unit(tree, "wasm/a", "echo 1..2; echo ok 1 - x; echo ok 2 - y")
    add_whole(tree, "cli/b", "def test_one(): pass\ndef test_two(): pass\n")

    assert run(tree)[:2] == (0, "6 passed, 0 failed, 0 skipped")


@pytest.mark.parametrize("script", [
    "echo 1..2; echo ok 1 - x; echo 'not ok 2 - y'; echo '# why'; exit 1",  # a failed test
    "echo 1..2; echo ok 1 - x; kill -SEGV $$",  # died after the first
    "echo 1..1; echo ok 1 - x; exit 1",  # e.g. a leak report at exit
    "exit 0",  # said nothing
    "echo 1..0",  # empty
])
def test_a_unit_binary_that_goes_wrong_fails(tree, script):
    add_unit(tree, "wasm/a", script)

    status, last, output = run(tree)

    assert status == 1
    assert re.fullmatch(r"\d+ passed, 2 failed, 0 skipped", last), output


def test_a_failure_is_shown_with_what_its_test_said_and_how_it_is_repeated(tree):
    add_unit(tree, "wasm/a", "echo 1..2; echo other; echo ok 1 - x; echo 'ERROR: bit 77'; echo 'not ok 2 - y'; echo '# why'; exit 1")

    output = run(tree, "--suite", "wasm/a")[2]

    assert "failed: y; again: make test T=wasm/a ONLY='y'\n       | ERROR: bit 77\n       | # why\n" in output
    assert "other" not in output


def test_a_binary_that_was_not_built_fails(tree):
    add_unit(tree, "wasm/a", "echo 1..1; echo ok 1 - x")
    (tree / "build/san/tests/wasm/test_a").unlink()

    assert run(tree)[:2] == (1, "1 passed, 1 failed, 0 skipped")


@pytest.mark.parametrize("text", [
    "def test_x(): assert 1 == 2\n",
    "import nothing_of_this_name\n",
    "import pytest\n@pytest.fixture\ndef broken(): raise OSError\ndef test_x(broken): pass\n",
    "import os\ndef test_x(): os._exit(0)\n",
    "def no_test(): pass\n",
])
def test_a_whole_program_file_that_goes_wrong_fails(tree, text):
    add_whole(tree, "cli/b", text)

    status, last, output = run(tree)

    assert status == 1
    assert re.fullmatch(r"\d+ passed, [1-9]\d* failed, 0 skipped", last), output


def test_a_skip_fails_unless_it_is_expected(tree):
    add_unit(tree, "wasm/a", "echo 1..1; echo 'not ok 1 # SKIP needs_kvm'")
    add_whole(tree, "cli/b", "import pytest\ndef test_x(): pytest.skip('why')\n")

    assert run(tree)[:2] == (1, "0 passed, 3 failed, 0 skipped")
    (tree / "tests/expected_skips.txt").write_text("wasm/a needs_kvm no KVM here\ncli/* test_x the reason\n")
    assert run(tree)[:2] == (0, "0 passed, 0 failed, 3 skipped")


def test_filters_narrow_and_a_filter_that_matches_nothing_fails(tree):
    add_unit(tree, "wasm/a", 'case "$ONLY" in x*) echo 1..1; echo ok 1 - x_1;; *) echo 1..0;; esac')
    add_whole(tree, "cli/b", "def test_x(): pass\ndef test_y(): assert False\n")

    assert run(tree, "--suite", "wasm/a", "--only", "x*")[:2] == (0, "2 passed, 0 failed, 0 skipped")
    assert run(tree, "--suite", "cli", "--only", "test_x")[:2] == (0, "1 passed, 0 failed, 0 skipped")
    assert run(tree, "--only", "z*")[:2] == (1, "0 passed, 1 failed, 0 skipped")
    assert run(tree, "--suite", "wasm/b")[:2] == (1, "0 passed, 1 failed, 0 skipped")


def test_steps_are_added_up_and_go_on_after_a_failure(tmp_path):
    (tmp_path / "Makefile").write_text(
        "a:\n\t@echo noise; echo 3 passed, 0 failed, 1 skipped\n"
        "b:\n\t@echo 2 passed, 2 failed, 0 skipped; exit 1\n"
        "c:\n\t@echo no closing line\n"
        "d:\n\t@false\n"
        "e:\n\t@echo 5 passed, 0 failed, 0 skipped; exit 1\n")

    done = subprocess.run([sys.executable, TESTS / "steps.py", "make", *"abcde"], cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "11 passed, 4 failed, 1 skipped"
