"""The box of a Linux cell, as `aether run` and the kernel tell of it: as whoever runs the tests, and, should that be root, as nobody.

What hostile code tries in a cell is tests/unit/node/test_cell.c; here its whole program runs without any privilege.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("B", "build")
AETHER = BUILD / "bin/aether"
HELLO = ROOT / "bench/cell/hello.wasm"
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]
ALWAYS = ["seccomp", "no-new-privs", "rlimits"]

as_nobody = pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None,
                               reason="only root can become nobody")


def run(*words, before=()):
    return subprocess.run([*before, *map(str, words)], capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def open_folder():
    """The programs where nobody can read them: the tree may be private."""
    folder = Path("/tmp") / f"aether-sandbox-{os.getpid()}"
    folder.mkdir(mode=0o755)
    for name in ("aether", "aether-cell", "hostile-cell"):
        shutil.copy(BUILD / "bin" / name, folder / name)
    shutil.copy(HELLO, folder / "hello.wasm")
    yield folder
    shutil.rmtree(folder)


def box_of(result):
    lines = [line for line in result.stderr.splitlines() if "box: " in line]
    assert len(lines) == 1, result.stderr
    has, _, without = lines[0].partition("box: ")[2].partition("; without: ")
    return has.split(", "), without.split(", ")


def test_a_component_says_hello_from_its_cell():
    result = run(AETHER, "run", HELLO)

    assert (result.returncode, result.stdout, result.stderr) == (0, "hello\n", "")


def test_a_run_tells_its_box():
    result = run(AETHER, "run", "--stats", HELLO)

    has, without = box_of(result)
    assert result.returncode == 0
    assert set(ALWAYS) <= set(has)
    assert not set(has) & set(without)


def test_required_isolation_is_all_there_or_the_run_is_refused():
    result = run(AETHER, "run", "--require-isolation", "--stats", HELLO)

    if result.returncode == 0:
        assert box_of(result)[1] == ["cgroup"]
        assert result.stdout == "hello\n"
    else:
        assert "required of the box and not to be had" in result.stderr
        assert result.stdout == ""


def test_without_its_cell_program_nothing_runs(tmp_path):
    shutil.copy(AETHER, tmp_path / "aether")

    result = run(tmp_path / "aether", "run", HELLO)

    assert result.returncode == 3
    assert "aether-cell can not be opened" in result.stderr
    assert result.stdout == ""


def test_a_cell_program_may_lie_in_libexec(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "libexec/aether").mkdir(parents=True)
    shutil.copy(AETHER, tmp_path / "bin/aether")
    shutil.copy(BUILD / "bin/aether-cell", tmp_path / "libexec/aether/aether-cell")

    result = run(tmp_path / "bin/aether", "run", HELLO)

    assert (result.returncode, result.stdout) == (0, "hello\n")


@as_nobody
def test_nobody_has_the_same_box(open_folder):
    result = run(open_folder / "aether", "run", "--stats", open_folder / "hello.wasm", before=NOBODY)

    has, _ = box_of(result)
    assert (result.returncode, result.stdout) == (0, "hello\n")
    assert set(ALWAYS) <= set(has)


@as_nobody
def test_hostile_cells_fare_no_better_under_a_gate_without_privileges(open_folder):
    shutil.copy(BUILD / "host/tests/node/test_cell", open_folder / "test_cell")
    (open_folder / "bin").mkdir()
    shutil.copy(BUILD / "bin/hostile-cell", open_folder / "bin/hostile-cell")
    (open_folder / "Makefile").write_text("not a program\n")

    result = subprocess.run([*NOBODY, "./test_cell"], cwd=open_folder, env={**os.environ, "B": str(open_folder), "ONLY": ""},
                            capture_output=True, text=True, timeout=170, check=False)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("before, lost", [
    (["unshare", "--user", "--map-root-user"], set()),
    (["unshare", "--user", "--map-root-user", "sh", "-c", "echo 0 >/proc/sys/user/max_user_namespaces; exec \"$@\"", "sh"],
     {"user-namespace"}),
    ([*NOBODY, "unshare", "--user"], set()),
])
def test_in_a_container_what_is_missing_is_told(open_folder, before, lost):
    if subprocess.run([*before, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no user namespace to play a container with")

    result = run(open_folder / "aether", "run", "--stats", open_folder / "hello.wasm", before=before)

    has, without = box_of(result)
    assert (result.returncode, result.stdout) == (0, "hello\n")
    assert set(ALWAYS) <= set(has)
    assert lost <= set(without)


def test_the_cell_program_has_no_libc_and_no_interpreter():
    """A static program at an address of the kernel's choosing, with nothing writable and executable."""
    headers = run("llvm-readelf-19", "-lW", BUILD / "bin/aether-cell").stdout
    symbols = run("llvm-readelf-19", "-dW", BUILD / "bin/aether-cell").stdout

    assert "DYN" in headers and "INTERP" not in headers
    assert "NEEDED" not in symbols
    assert "RWE" not in headers
    assert "GNU_RELRO" in headers


def test_a_run_leaves_no_dead_process_to_others():
    """In a container nobody may take them. Here a process adopts what the run leaves."""
    adopting = ("import ctypes, os, subprocess, sys\n"
                "assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0  # PR_SET_CHILD_SUBREAPER\n"
                "assert subprocess.run(sys.argv[1:], check=False).returncode == 0\n"
                "try:\n"
                "    os.waitpid(-1, 0)\n"
                "    sys.exit('a process was left')\n"
                "except ChildProcessError:\n"
                "    pass\n")

    result = run(sys.executable, "-c", adopting, AETHER, "run", HELLO)

    assert (result.returncode, result.stdout, result.stderr) == (0, "hello\n", "")


@as_nobody
def test_who_has_lower_limits_than_a_cell_can_run_one(open_folder):
    lower = ["prlimit", "--stack=1048576:1048576", "--"]

    result = run(open_folder / "aether", "run", "--stats", open_folder / "hello.wasm", before=[*NOBODY, *lower])

    assert (result.returncode, result.stdout) == (0, "hello\n"), result.stderr
    assert "rlimits" in box_of(result)[0]
