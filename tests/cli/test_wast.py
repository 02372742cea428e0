"""aether wast: the suite's files, right, wrong, broken and packed."""
import json
import subprocess

import pytest
from modules import ADD, HEADER
from support import AETHER, aether


def i32(number):
    return {"op": "i32.const", "args": [str(number)]}


def add_is(number, line=2):
    return {"type": "assert_return", "line": line, "expected": [i32(number)],
            "action": {"type": "invoke", "field": "add", "args": [i32(2), i32(3)]}}


MODULE = {"type": "module", "line": 1, "filename": "add.wasm", "module_type": "binary"}


@pytest.fixture
def write(tmp_path):
    (tmp_path / "add.wasm").write_bytes(ADD)
    (tmp_path / "broken.wasm").write_bytes(HEADER + b"\x01")

    def write_file(*commands, stem="x.json", text=None):
        path = tmp_path / stem
        path.write_text(json.dumps({"source_filename": "x.wast", "commands": commands}) if text is None else text)
        return path
    return write_file


def run(*words):
    process = subprocess.run([AETHER, "wast", *map(str, words)], capture_output=True, text=True, timeout=60, check=False)
    return process.returncode, process.stdout, process.stderr


def test_a_right_file_passes(write):
    path = write(MODULE, add_is(5))

    assert run(path) == (0, f"{path}: 1 passed, 0 failed, 0 skipped\n1 passed, 0 failed, 0 skipped\n", "")


def test_a_wrong_expectation_fails_and_says_what_differs(write):
    path = write(MODULE, add_is(5), add_is(6, line=7))

    code, out, _ = run(path, "--list-failures")

    assert code == 1
    assert out.splitlines() == [f'{path}:7: assert_return "add": result 0 is i32 0x5, expected i32 0x6',
                                f"{path}: 1 passed, 1 failed, 0 skipped", "1 passed, 1 failed, 0 skipped"]


def test_failures_and_skips_are_json_on_request(write):
    path = write(MODULE, add_is(6), {"type": "assert_malformed", "line": 9, "filename": "x.wat", "module_type": "text",
                                     "text": "unknown operator"})

    code, out, _ = run(path, "--json")
    lines = [json.loads(line) for line in out.splitlines()[:-1]]

    assert code == 1
    assert [(line.get("line"), line.get("result")) for line in lines] == [(2, "failed"), (9, "skipped"), (None, None)]
    assert lines[2] == {"file": str(path), "passed": 0, "failed": 1, "skipped": 1}


def test_many_files_have_one_sum(write):
    paths = [write(MODULE, add_is(5), stem="a.json"), write(MODULE, add_is(5), add_is(4), stem="b.json")]

    assert run(*paths)[1].splitlines()[-1] == "2 passed, 1 failed, 0 skipped"


def test_a_pack_runs_as_its_files_do(write, tmp_path):
    paths = [write(MODULE, add_is(5), stem="a.json"), write(MODULE, add_is(5), add_is(4), stem="b.json")]

    assert run(*paths, "--pack", tmp_path / "pack") == (0, "", "")

    assert run(tmp_path / "pack", "--list-failures") == run(*paths, "--list-failures")


def test_a_pack_that_is_cut_is_refused(write, tmp_path):
    run(write(MODULE, add_is(5)), "--pack", tmp_path / "pack")
    whole = (tmp_path / "pack").read_bytes()
    for cut in range(8, len(whole)):
        (tmp_path / "pack").write_bytes(whole[:cut])
        code, out, errors = run(tmp_path / "pack")
        assert (code, len(errors.splitlines())) == (1, 1), (cut, out, errors)


@pytest.mark.parametrize("text, sentence", [
    ("", "a value was expected (at byte 0)"),
    ('{"commands": [', "a value was expected (at byte 14)"),
    ('{"commands": [}', "a value was expected (at byte 14)"),
    ("[" * 33, "more than 32 levels (at byte 33)"),
    ("{}", 'has no "commands"; is it what wast2json made?'),
    ('{"commands": 1}', 'has no "commands"; is it what wast2json made?'),
])
def test_what_is_not_the_json_of_a_suite_is_one_sentence(write, text, sentence):
    path = write(text=text)

    code, out, errors = run(path)

    assert (code, out) == (1, "0 passed, 0 failed, 0 skipped\n")
    assert errors == f"aether: {path}: {sentence}\n"


@pytest.mark.parametrize("command, sentence", [
    ({"line": 3}, "line 3: a command without its type"),
    ({"type": "module"}, "line 0: a command without its line"),
    ({"type": "dance", "line": 3}, 'line 3: there is no command "dance"'),
    ({"type": "module", "line": 3}, 'line 3: a module without "filename"'),
    ({"type": "module", "line": 3, "filename": "../x"}, 'line 3: "filename" is not a name in the same folder'),
    ({"type": "module", "line": 3, "filename": "a\0b"}, 'line 3: "filename" is not a name in the same folder'),
    ({"type": "module", "line": 3, "filename": "x.wat", "module_type": "text"},
     "line 3: a module in the text format, which the converter did not take"),
    ({"type": "register", "line": 3}, 'line 3: a registration without "as"'),
    ({"type": "action", "line": 3}, 'line 3: an action without "type" or "field"'),
    ({"type": "action", "line": 3, "action": {"type": "set", "field": "x"}}, "line 3: an action that is neither invoke nor get"),
    ({"type": "action", "line": 3, "action": {"type": "invoke", "field": "x", "args": {}}}, "line 3: values are not an array"),
    ({"type": "action", "line": 3, "action": {"type": "invoke", "field": "x", "args": [{"op": "i32.const", "args": ["x"]}]}},
     "line 3: a value that is not understood"),
])
def test_a_command_that_is_not_understood_is_named_by_its_line(write, command, sentence):
    path = write(command)

    code, _, errors = run(path)

    assert code == 1
    assert errors == f"aether: {path}: {sentence}\n"


def test_a_module_that_is_not_there_is_said(write):
    path = write({**MODULE, "filename": "none.wasm"})

    code, _, errors = run(path)

    assert code == 1
    assert errors.splitlines()[1] == f"aether: {path}: line 1: its module could not be read"


def test_a_module_that_is_refused_fails_with_what_needs_it(write):
    path = write({**MODULE, "filename": "broken.wasm"}, add_is(5))

    code, out, _ = run(path, "--list-failures")

    assert code == 1
    assert "module: refused: " in out and '"add": its module was not instantiated' in out
    assert out.endswith("0 passed, 2 failed, 0 skipped\n")


def test_help_says_what_it_takes():
    assert "--list-failures" in aether("wast", "--help")[0]
