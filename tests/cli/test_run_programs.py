"""aether run: programs of preview 1 in a cell; tests/wasi/p1 has those that check themselves."""
import json
import os
import signal
import subprocess
import time

import pytest
from modules import HEADER, call, export, i32, module
from support import AETHER, BUILD, aether

PROGRAMS = BUILD / "wasi/p1"
WAYS = [[], ["--in-process"]]


@pytest.fixture
def write(tmp_path):
    def write_file(content, stem="program.wasm"):
        path = tmp_path / stem
        path.write_bytes(content)
        return path
    return write_file


@pytest.mark.parametrize("way", WAYS, ids=["cell", "in-process"])
@pytest.mark.parametrize("name", ["files", "paths", "descriptors", "directory", "clocks", "pointers"])
def test_a_program_finds_what_it_expects(tmp_path, name, way):
    out, errors = aether("run", *way, "--dir", f"{tmp_path}::/", PROGRAMS / f"{name}.wasm", stdin=subprocess.DEVNULL)

    assert (out, errors) == ("", "")


@pytest.mark.parametrize("way", WAYS, ids=["cell", "in-process"])
def test_words_behind_the_file_are_the_programs(way):
    words = ["--json", "--dir", "a b", "", "--", "-x", "\N{SNOWMAN}", "33"]

    out = aether("run", *way, "--env", "A=1", "--env", "B=x=y", "--env", "C=", PROGRAMS / "words.wasm", *words, code=33)[0]

    assert out.split("\n") == ["variables 3", "A=1", "B=x=y", "C=", f"arguments {len(words) + 1}", "words.wasm", *words, ""]


def test_a_variable_without_value_is_the_callers(monkeypatch):
    monkeypatch.setenv("HELD", "by the caller")

    out = aether("run", "--env", "HELD", PROGRAMS / "words.wasm", "0")[0]

    assert out.startswith("variables 1\nHELD=by the caller\n")
    assert "there is no such variable" in aether("run", "--env", "NONE_SUCH", PROGRAMS / "words.wasm", "0", code=2)[1]


def test_no_variable_is_given_unasked():
    assert aether("run", PROGRAMS / "words.wasm", "0")[0].startswith("variables 0\n")


@pytest.mark.parametrize("code", [0, 1, 2, 4, 42, 124, 126, 134, 255])
def test_the_exit_code_is_the_programs(code):
    assert aether("run", PROGRAMS / "words.wasm", code, code=code)[1] == ""


def test_json_of_a_program_does_not_disturb_its_output():
    out, errors = aether("run", "--json", PROGRAMS / "words.wasm", "7", code=7)

    found = json.loads(errors)
    assert out == "variables 0\narguments 2\nwords.wasm\n7\n"
    assert (found["outcome"], found["status"]) == ("exited", 7)
    assert found["fuel"] > 0


def test_streams_are_copied_whole():
    data = bytes(range(256)) * 20000
    done = subprocess.run([AETHER, "run", PROGRAMS / "cat.wasm"], input=data, capture_output=True, check=True)

    assert done.stdout == data


def test_a_reader_that_goes_ends_the_program():
    with subprocess.Popen([AETHER, "run", PROGRAMS / "cat.wasm"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(b"x" * 100)
        process.stdin.flush()
        assert process.stdout.read(100) == b"x" * 100
        process.stdout.close()
        process.stdin.write(b"y" * 100)
        process.stdin.close()
        assert process.wait(timeout=60) == 32


def test_a_program_may_wait_for_input_that_comes_late():
    with subprocess.Popen([AETHER, "run", PROGRAMS / "cat.wasm"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for word in (b"one", b"two"):
            process.stdin.write(word)
            process.stdin.flush()
            assert process.stdout.read(3) == word
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_the_time_limit_ends_a_program_that_waits(tmp_path):
    with subprocess.Popen([AETHER, "run", "--time-limit", "1", PROGRAMS / "cat.wasm"], stdin=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        assert process.wait(timeout=60) == 124
        assert b"time limit" in process.stderr.read()


def test_a_read_only_folder_stays_as_it_is(tmp_path):
    (tmp_path / "file").write_text("text")

    errors = aether("run", "--dir", f"{tmp_path}::/:ro", PROGRAMS / "files.wasm", code=1)[1]

    assert errors.endswith(": 69 where 0 was expected\n")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_without_a_folder_there_is_none():
    assert aether("run", PROGRAMS / "files.wasm", code=1)[1].endswith(": 8 where 0 was expected\n")


def test_a_folder_that_is_not_there_is_told(tmp_path):
    assert 'no directory "/' in aether("run", "--dir", f"{tmp_path / 'none'}::/", PROGRAMS / "files.wasm", code=3)[1]
    assert "HOST::GUEST" in aether("run", "--dir", "::/", PROGRAMS / "files.wasm", code=2)[1]


@pytest.mark.parametrize("suffix", [":rw", ":RO", ":r", "::ro", ":ro:ro"])
def test_what_is_not_ro_behind_a_folder_grants_nothing(tmp_path, suffix):
    out, errors = aether("run", "--dir", f"{tmp_path}::/{suffix}", PROGRAMS / "files.wasm", code=2)

    assert out == "" and "behind the guest's path stands :ro or nothing" in errors
    assert not list(tmp_path.iterdir())


def test_a_trap_of_a_program_is_told_with_its_own_exit_code(write):
    path = write(module([(">", b"\x00")], imports=[("wasi_snapshot_preview1", "proc_exit", "i>")], exports=[export("_start", 1)]))

    errors = aether("run", path, code=134)[1]

    assert errors.splitlines()[0] == f"aether: {path}: trap: unreachable"
    assert 'in function 1 "_start"' in errors
    assert json.loads(aether("run", "--json", path, code=134)[1])["trap"] == "unreachable"


def test_an_exit_ends_what_comes_after(write):
    path = write(module([(">", i32(9) + call(0) + b"\x00")], imports=[("wasi_snapshot_preview1", "proc_exit", "i>")],
                        exports=[export("_start", 1)]))

    assert aether("run", path, code=9) == ("", "")


def test_a_function_of_a_wrong_type_is_not_linked(write):
    path = write(module([(">", b"")], imports=[("wasi_snapshot_preview1", "proc_exit", ">")], exports=[export("_start", 1)]))

    assert '"wasi_snapshot_preview1"."proc_exit" is offered with another type' in aether("run", path, code=126)[1]


def test_fixed_clock_and_randomness_repeat(tmp_path):
    options = ["--fixed-clock", "0", "--fixed-random", "0x10", "--dir", f"{tmp_path}::/"]
    first = json.loads(aether("run", "--json", *options, PROGRAMS / "files.wasm")[1])
    second = json.loads(aether("run", "--json", *options, PROGRAMS / "files.wasm")[1])

    assert first["fuel"] == second["fuel"]
    for option, value in (("--fixed-clock", "yesterday"), ("--fixed-clock", "2026-13-01T00:00:00Z"), ("--fixed-random", "x")):
        assert option in aether("run", option, value, PROGRAMS / "files.wasm", code=2)[1]


def test_a_box_that_is_required_is_there_or_it_is_not_run():
    done = subprocess.run([AETHER, "run", "--require-isolation", "--stats", PROGRAMS / "words.wasm", "5"], capture_output=True,
                          text=True, check=False)

    assert done.returncode in (5, 3)
    assert ("box: " if done.returncode == 5 else "no cell") in done.stderr
    assert "--in-process has no isolation" in aether("run", "--in-process", "--require-isolation", "x.wasm", code=2)[1]


def test_a_killed_cell_is_a_failure_of_the_machine(tmp_path):
    with subprocess.Popen([AETHER, "run", PROGRAMS / "cat.wasm"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        process.stdin.write(b"x")
        process.stdin.flush()
        assert process.stdout.read(1) == b"x"
        children = [int(child) for child in open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii").read().split()]
        for child in children:
            os.kill(child, signal.SIGKILL)
        assert children
        time.sleep(0)
        assert process.wait(timeout=60) == 125
        assert b"aether: " in process.stderr.read()


def test_a_module_that_does_not_load_is_refused(write):
    assert aether("run", write(HEADER[:6]), code=1)[1].startswith("aether: ")
