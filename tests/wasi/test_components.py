"""Components from start to end: aether run, a cell, WASI 0.2. The programs are tests/corpus/wasi/programs/*.wat."""
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AETHER = ROOT / os.environ.get("B", "build") / "bin/aether"
PROGRAMS = ROOT / "tests/corpus/wasi/programs"


def run(name, *options):
    """(exit code, stdout, stderr)"""
    done = subprocess.run([str(AETHER), "run", *options, str(PROGRAMS / name)], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(params=[(), ("--in-process",)], ids=["cell", "in-process"])
def where(request):
    return request.param


def test_exit_with_code_is_the_exit_code_and_says_nothing(where):
    assert run("exit_code.wasm", *where) == (42, "", "")


def test_an_err_of_run_is_exit_code_1_whatever_the_patch_version(where):
    assert run("returns_err.wasm", *where) == (1, "", "")


def test_every_unknown_import_is_named_and_nothing_runs(where):
    code, out, said = run("unknown_imports.wasm", *where)

    assert code not in (0, 1) and out == ""
    for name in ("nobody:knows/this@1.2.3\n", "wasi:cli/exit@0.2.12#exit-loudly\n", "nobody offers g\n", "3 imports"):
        assert name in said


def test_an_unknown_import_that_is_linked_traps_when_it_is_called(where):
    assert run("unknown_imports.wasm", "--trap-unknown-imports", *where) == (0, "", "")

    code, out, said = run("unknown_imports.wasm", "--trap-unknown-imports", "--invoke", "ask()", *where)

    assert code not in (0, 1) and out == ""
    assert "nobody:knows/this@1.2.3" in said


def test_the_frames_of_a_trap_tell_their_core_module(where):
    code, _, said = run("trap_inside.wasm", *where)
    payload = (PROGRAMS / "trap_inside.wasm").read_bytes()
    first = payload.index(b"\0asm\1\0\0\0")
    second = payload.index(b"\0asm\1\0\0\0", first + 1)
    frames = [line for line in said.splitlines() if line.startswith("    at byte")]

    assert code not in (0, 1) and "unreachable" in said
    assert [("deep" in line, "run" in line) for line in frames] == [(True, False), (False, True)]
    assert all(line.endswith(f"core module at byte {second}") for line in frames)


def test_memories_share_the_room_and_none_takes_it_all(where):
    memory = ("--memory", "64MiB", *where)

    assert run("two_memories.wasm", "--invoke", "first(400)", *memory)[:2] == (0, "1\n")
    assert run("two_memories.wasm", "--invoke", "second(400)", *memory)[:2] == (0, "1\n")
    assert run("two_memories.wasm", "--invoke", "second(1024)", *memory)[:2] == (0, "-1\n")
    assert run("two_memories.wasm", "--invoke", "small(3)", *memory)[:2] == (0, "1\n")
    assert run("two_memories.wasm", "--invoke", "small(4)", *memory)[:2] == (0, "-1\n")


def test_handles_that_are_dropped_come_back(where):
    code, out, _ = run("many_handles.wasm", "--invoke", "repeat(3000)", *where)

    assert code == 0 and 0 < int(out) < 10


def test_a_call_that_the_component_does_not_have_tells_those_it_has(where):
    code, out, said = run("two_memories.wasm", "--invoke", "third(1)", *where)

    assert code not in (0, 1) and out == ""
    assert '"third"' in said and all(f"    {name}\n" in said for name in ("first", "small", "second"))


def test_arguments_that_do_not_fit_are_told_before_anything_runs(where):
    for call in ("first()", "first(1, 2)", "first(-1)", 'first("x")', "first(1"):
        code, out, said = run("two_memories.wasm", "--invoke", call, *where)
        assert code not in (0, 1) and out == "" and said != "", call
