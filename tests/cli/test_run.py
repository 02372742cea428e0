"""aether run: arguments and results, traps with their frames, limits, and what it says when it can not."""
import json
import subprocess

import pytest
from modules import (ADD, FUNC, HEADER, HOSTILE, HOSTILE_SHOWN, MEMORY, body, call, export, get, i32, i64, module, name_section,
                     section, u, vec)
from support import AETHER, aether, aether_json


@pytest.fixture
def write(tmp_path):
    def write_file(content, stem="module.wasm"):
        path = tmp_path / stem
        path.write_bytes(content)
        return path
    return write_file


@pytest.fixture(scope="module")
def identities(tmp_path_factory):
    """A module with a function for each type that gives its argument back."""
    path = tmp_path_factory.mktemp("run") / "identities.wasm"
    names = {"i": "i32", "I": "i64", "f": "f32", "F": "f64", "r": "funcref", "x": "externref"}
    path.write_bytes(module([(f"{t}>{t}", get(0)) for t in names], exports=[export(n, i) for i, n in enumerate(names.values())]))
    return path


def test_the_only_function_is_run(write):
    out, errors = aether("run", write(ADD), "2", "-40")

    assert (out, errors) == ("i32 -38\n", "")


def test_the_words_may_stand_in_any_order(write):
    path = write(ADD)

    assert aether("run", "--invoke", "add", path, "--fuel", "100", "1", "2")[0] == "i32 3\n"
    assert aether("run", path, "--invoke=add", "1", "--fuel", "100", "--", "2")[0] == "i32 3\n"


@pytest.mark.parametrize("kind, given, shown", [
    ("i32", "0", "0"), ("i32", "4294967295", "-1"), ("i32", "-2147483648", "-2147483648"), ("i32", "0x80000000", "-2147483648"),
    ("i32", "-0x1", "-1"), ("i32", "+7", "7"),
    ("i64", "18446744073709551615", "-1"), ("i64", "-9223372036854775808", "-9223372036854775808"), ("i64", "0x10", "16"),
    ("f32", "1.5", "1.5"), ("f32", "-0", "-0"), ("f32", "-.5", "-0.5"), ("f32", "0x1.8p3", "12"), ("f32", "1e-45", "1e-45"),
    ("f32", "0.1", "0.1"), ("f32", "16777217", "16777216"), ("f32", "inf", "inf"), ("f32", "-inf", "-inf"),
    ("f32", "nan", "nan"), ("f32", "-nan", "-nan"), ("f32", "nan:0x1", "nan:0x1"), ("f32", "nan:0x7fffff", "nan:0x7fffff"),
    ("f32", "3.4028235e38", "3.4028235e+38"),
    ("f64", "0.1", "0.1"), ("f64", "0x1p-1074", "5e-324"), ("f64", "1e308", "1e+308"), ("f64", "-nan:0x4", "-nan:0x4"),
    ("f64", "3.141592653589793", "3.141592653589793"),
    ("funcref", "null", "null"), ("externref", "null", "null"),
])
def test_a_value_goes_in_and_comes_out(identities, kind, given, shown):
    assert aether("run", identities, "--invoke", kind, given)[0] == f"{kind} {shown}\n"
    assert aether("run", identities, "--invoke", kind, shown)[0] == f"{kind} {shown}\n"
    assert aether_json("run", identities, "--invoke", kind, given)["results"] == [{"type": kind, "value": shown}]


@pytest.mark.parametrize("kind, given", [
    ("i32", "4294967296"), ("i32", "-2147483649"), ("i32", ""), ("i32", "x"), ("i32", "1 "), ("i32", " 1"), ("i32", "0x"),
    ("i32", "1.5"), ("i32", "+-1"), ("i32", "99999999999999999999999999"),
    ("i64", "18446744073709551616"), ("i64", "-9223372036854775809"),
    ("f32", "1e39"), ("f32", "3.4028236e38"), ("f32", "nan:0x800000"), ("f32", "nan:0x0"), ("f32", "nan:1"), ("f32", "nan(1)"),
    ("f32", "infinity"), ("f32", "1.5f"), ("f32", "."), ("f32", ""), ("f32", "+ 1"), ("f32", "nanx"),
    ("f64", "1e309"), ("f64", "nan:0x10000000000000"), ("f64", "1e"), ("f64", "0x"), ("f64", "9" * 400),
    ("funcref", "0"), ("externref", "5"),
])
def test_what_is_no_value_of_the_type_is_usage(identities, kind, given):
    out, errors = aether("run", identities, "--invoke", kind, "--", given, code=2)

    assert out == ""
    assert errors.startswith(f'aether: argument 1, of type {kind}, is "')
    assert len(errors.splitlines()) == 1


def test_a_hostile_argument_is_escaped(identities):
    assert '"\\1b[2J": it is no integer' in aether("run", identities, "--invoke", "i32", "\x1b[2J", code=2)[1]


def test_the_count_of_arguments_is_held_against_the_type(write):
    errors = aether("run", write(ADD), "1", code=2)[1]

    assert errors == 'aether: "add" is (func (param i32 i32) (result i32)): 1 arguments are given\n'


def test_start_is_run_before_any_other(write):
    two = module([(">i", i32(1)), (">i", i32(2))], exports=[export("a", 0), export("_start", 1)])

    assert aether("run", write(two))[0] == "i32 2\n"
    assert aether("run", write(two), "--invoke", "a")[0] == "i32 1\n"


def test_of_several_functions_one_has_to_be_named(write):
    several = write(module([(">", b""), ("i>", b"")], exports=[export("a", 0), export(HOSTILE, 1), export("m", 0, MEMORY)],
                           memory=b"\0\1"))

    for words in ([], ["--invoke", "none"], ["--invoke", "m"]):
        errors = aether("run", several, *words, code=2)[1]
        assert errors.splitlines()[1:] == ['    "a" (func)', f"    {HOSTILE_SHOWN} (func (param i32))"]


def test_a_module_that_exports_nothing_is_instantiated(write):
    assert aether("run", write(HEADER)) == ("", "")
    assert aether_json("run", write(HEADER))["outcome"] == "returned"
    assert "no function: 1 arguments" in aether("run", write(HEADER), "1", code=2)[1]
    assert aether("run", write(HEADER), "--invoke", "f", code=2)[1].endswith("    none\n")


DIVIDE = module([("i>i", i32(1) + get(0) + b"\x6d"), ("i>i", get(0) + call(0)), ("i>i", get(0) + call(1) + i32(1) + b"\x6a")],
                exports=[export("outer", 2)], tail=name_section({0: HOSTILE, 1: "middle"}))


def test_a_trap_is_told_with_every_frame(write):
    path = write(DIVIDE)
    code = DIVIDE.index(b"\x41\x01\x20\x00\x6d")

    out, errors = aether("run", path, "0", code=4)
    found = aether_json("run", path, "0", code=4)

    middle, outer = (DIVIDE.index(call(0) + b"\x0b"), DIVIDE.index(call(1) + b"\x41"))
    assert out == ""
    assert errors.splitlines() == [
        f"aether: {path}: trap: integer divide by zero", f"    at byte {code + 4} in function 0 {HOSTILE_SHOWN}",
        f'    at byte {middle} in function 1 "middle"', f'    at byte {outer} in function 2 "outer"']
    assert found["outcome"] == "trapped"
    assert (found["trap"], found["kind"]) == ("integer divide by zero", 2)
    assert found["trace"] == [{"function": 0, "name": HOSTILE, "offset": code + 4},
                              {"function": 1, "name": "middle", "offset": middle},
                              {"function": 2, "name": "outer", "offset": outer}]
    assert found["trace_is_cut"] is False


def test_endless_recursion_shows_the_innermost_frames(write):
    path = write(module([(">", call(0))], exports=[export("f", 0)]))

    lines = aether("run", path, code=4)[1].splitlines()
    found = aether_json("run", path, code=4)

    assert lines[0].endswith("trap: call stack exhausted")
    assert lines[1:-1] == [lines[1]] * 32
    assert lines[-1] == "    and more frames below"
    assert found["trace_is_cut"] is True
    assert len(found["trace"]) == 32


def test_a_trap_in_the_start_function_and_in_a_segment(write):
    starts = module([(">", b"\x00")], start=0)
    writes = module(memory=b"\0\1", datas=[b"\0" + i32(65536) + b"\x0b" + b"\1x"])

    assert "in function 0" in aether("run", write(starts), code=4)[1]
    assert "while active segments were applied" in aether("run", write(writes), code=4)[1]
    assert "function" not in aether_json("run", write(writes), code=4)["trace"][0]


LOOP = module([(">", b"\x03\x40\x0c\x00\x0b")], exports=[export("forever", 0)])


def test_fuel_ends_what_does_not_end_and_is_told(write):
    path = write(LOOP)

    errors = aether("run", "--fuel", "1000", "--stats", path, code=4)[1]
    found = aether_json("run", "--fuel", "1000", path, code=4)

    assert "trap: all fuel consumed" in errors
    assert errors.splitlines()[-1].startswith("aether: fuel ")
    assert 0 < found["fuel"] <= 1000
    assert found == aether_json("run", "--fuel", "1000", path, code=4)


def test_the_clock_ends_what_does_not_end(write):
    path = write(LOOP)

    assert aether("run", "--time-limit", "1", path, code=3) == (
        "", "aether: the run took longer than its time limit (--time-limit S)\n")
    assert aether_json("run", "--time-limit", "1", path, code=3)["outcome"] == "fault"
    assert "at most 86400 seconds" in aether("run", "--time-limit", "86401", path, code=2)[1]


def test_stats_of_a_run_that_returns(write):
    path = write(ADD)

    out, errors = aether("run", "--stats", path, "1", "2")

    assert out == "i32 3\n"
    assert errors.splitlines()[0].startswith("aether: box: ")
    assert errors.splitlines()[1].startswith("aether: fuel 4, memory 0 of 0 bytes, arena ")
    assert aether_json("run", path, "1", "2")["fuel"] == 4


GROW = module([("i>i", get(0) + b"\x40\x00")], exports=[export("grow", 0)], memory=b"\x00\x01")


def test_memory_grows_up_to_its_limit(write):
    path = write(GROW)

    assert aether("run", "--memory-max", "256KiB", path, "3")[0] == "i32 1\n"
    assert aether("run", "--memory-max", "256KiB", path, "4")[0] == "i32 -1\n"
    assert aether_json("run", path, "65535")["memory_bytes"] == 1 << 32
    assert "memory needs 65536 bytes, 65535 are allowed" in aether("run", "--memory-max", "65535", path, "0", code=1)[1]


def test_two_memories_have_their_limit_together(write):
    grow = [("i>i", get(0) + b"\x40" + bytes([memory])) for memory in (0, 1)]
    one = module(grow, exports=[export("first", 0), export("second", 1)], memory=b"\x00\x01")
    path = write(one.replace(b"\x05\x03\x01\x00\x01", b"\x05\x05\x02\x00\x01\x00\x01"))

    assert "memory needs 65536 bytes, 0 are allowed" in aether(
        "run", "--memory", "64KiB", "--invoke", "first", path, "0", code=1)[1]
    for name in ("first", "second"):
        assert aether("run", "--memory", "128KiB", "--invoke", name, path, "0")[0] == "i32 1\n"
        assert aether("run", "--memory", "256KiB", "--invoke", name, path, "1")[0] == "i32 1\n"
        assert aether("run", "--memory", "256KiB", "--invoke", name, path, "2")[0] == "i32 -1\n"


def test_the_stack_has_its_limit(write):
    path = write(ADD)

    assert "call stack exhausted" in aether("run", "--stack", "2", path, "1", "2", code=4)[1]
    assert aether("run", "--stack", "100", path, "1", "2")[0] == "i32 3\n"


def test_a_table_over_its_limit_is_refused(write):
    path = write(module([(">", b"")], exports=[export("f", 0)], table=b"\x00\x0a"))

    aether("run", "--table-max", "10", path)
    assert "tables need 10 elements, 9 are allowed" in aether("run", "--table-max", "9", path, code=1)[1]


@pytest.mark.parametrize("option, value", [
    ("--fuel", "9223372036854775808"), ("--fuel", "-1"), ("--fuel", "1KiB"), ("--stack", "18446744073709551615"),
    ("--memory-max", "x"), ("--heap-max", "18446744073709551615"), ("--table-max", "18446744073709551615"),
    ("--table-max", "0x"), ("--memory-max", "18446744073709551616"),
])
def test_limits_that_make_no_sense_are_usage(write, option, value):
    assert aether("run", option, value, write(ADD), "1", "2", code=2)[1] != ""


def test_limits_that_no_machine_has_are_a_failure_and_no_crash(write):
    done = subprocess.run([AETHER, "run", "--stack", "1000000000000000", write(ADD), "1", "2"], capture_output=True, text=True,
                          check=False)

    assert done.returncode == 3
    assert "no cell" in done.stderr


def test_imports_are_missing_and_listed(write):
    path = write(module([(">", b"")], imports=[("wasi_snapshot_preview1", "fd_write", "iiii>i"), ("env", HOSTILE, ">"),
                                               ("wasi_snapshot_preview1", "fd_wrote", ">")], exports=[export("_start", 3)]))

    out, errors = aether("run", path, code=126)
    found = aether_json("run", path, stream=2, code=126)

    assert out == ""
    assert errors.splitlines()[0].startswith(f"aether: {path}: nobody offers 2 of its imports")
    assert "--trap-unknown-imports" in errors
    assert errors.splitlines()[1:] == [f'    func "env" {HOSTILE_SHOWN} (func)', '    func "wasi_snapshot_preview1" "fd_wrote" (func)']
    assert found["outcome"] == "refused"
    assert found["verdict"] == "unlinkable"
    assert found["missing"][0] == {"kind": "func", "module": "env", "name": HOSTILE, "type": "(func)"}


def test_a_bare_module_is_offered_nothing(write):
    path = write(module([(">", b"")], imports=[("env", "f", "i>i")], exports=[export("_start", 1)]))

    errors = aether("run", path, code=1)[1]

    assert "neither a component nor of wasi_snapshot_preview1" in errors.splitlines()[0]
    assert errors.splitlines()[1] == '    func "env" "f" (func (param i32) (result i32))'
    assert aether_json("run", path, code=1)["missing"][0]["name"] == "f"


def test_an_unknown_import_traps_when_it_is_called_if_that_is_wanted(write):
    calls = write(module([("i>i", get(0) + b"\x04\x40" + call(0) + b"\x0b" + i32(7))], imports=[("env", "f", ">")],
                         exports=[export("g", 1)]))

    assert aether("run", "--trap-unknown-imports", calls, "0")[0] == "i32 7\n"
    errors = aether("run", "--trap-unknown-imports", calls, "1", code=4)[1]
    assert "trap: refused by the host: import that nobody offers was called" in errors


def test_a_refused_module_is_told_with_its_place(write):
    path = write(module([("i>i", get(0) + i64(0) + b"\x6a")], exports=[export("f", 0)]))

    errors = aether("run", path, "1", code=1)[1]
    found = aether_json("run", path, "1", code=1)

    assert f"(at byte {found['offset']})" in errors
    assert (found["outcome"], found["verdict"]) == ("refused", "invalid")
    assert "wat2wasm" in aether("run", write(b"(module)"), code=1)[1]


def test_several_results_have_a_line_each(write):
    path = write(module([(">iIF", i32(1) + i64(-2) + b"\x44" + bytes(8))], exports=[export("f", 0, FUNC)]))

    assert aether("run", path)[0] == "i32 1\ni64 -2\nf64 0\n"
    assert [r["type"] for r in aether_json("run", path)["results"]] == ["i32", "i64", "f64"]


def test_a_thousand_parameters(write):
    path = write(module([("i" * 1000 + ">i", get(999))], exports=[export("f", 0)]))

    assert aether("run", path, *range(1000))[0] == "i32 999\n"
    assert ": 999 arguments are given" in aether("run", path, *range(999), code=2)[1]


def test_files_that_are_not_there(tmp_path):
    assert "No such file" in aether("run", tmp_path / "none", code=3)[1]
    assert "too few files" in aether("run", code=2)[1]
    assert aether("run", "/dev/null", code=1)[1] != ""


def test_a_result_that_can_not_be_written_is_a_failure(write):
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([AETHER, "run", write(ADD), "1", "2"], stdout=full, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 3


def test_json_is_one_object_whatever_happens(write):
    cases = [(ADD, ["1", "2"], 0), (DIVIDE, ["0"], 4), (b"junk", [], 1), (HEADER + section(1, b"\x05"), [], 1)]
    for content, words, code in cases:
        out = aether("run", "--json", write(content), *words, code=code)[0]
        assert json.loads(out)["file"].endswith("module.wasm")
        assert out.endswith("}\n")


def raw_type(params, results):
    return b"\x60" + vec(params) + vec(results)


def raw_module(params, results, code, before=b""):
    """One exported function of types that tests/gen/wasm.py has no letters for; `before` are bytes of earlier types."""
    first = 0 if not before else 1
    return (HEADER + section(1, u(1 + first) + before + raw_type(params, results)) + section(3, vec([u(first)]))
            + section(7, vec([export("f", 0)])) + section(10, vec([body(code)])))


@pytest.mark.parametrize("given, shown", [
    ("i32x4:1,2,3,4", "i32x4:0x00000001,0x00000002,0x00000003,0x00000004"),
    ("i32x4:-1,0xff,0,4294967295", "i32x4:0xffffffff,0x000000ff,0x00000000,0xffffffff"),
    ("i8x16:" + ",".join(map(str, range(16))), "i32x4:0x03020100,0x07060504,0x0b0a0908,0x0f0e0d0c"),
    ("i16x8:1,2,3,4,5,6,7,-8", "i32x4:0x00020001,0x00040003,0x00060005,0xfff80007"),
    ("i64x2:-1,1", "i32x4:0xffffffff,0xffffffff,0x00000001,0x00000000"),
    ("f32x4:1,-0,inf,nan", "i32x4:0x3f800000,0x80000000,0x7f800000,0x7fc00000"),
    ("f64x2:1,-2", "i32x4:0x00000000,0x3ff00000,0x00000000,0xc0000000"),
])
def test_a_vector_goes_in_and_comes_out(write, given, shown):
    path = write(raw_module([b"\x7b", b"\x7f"], [b"\x7f", b"\x7b"], get(1) + get(0)))

    assert aether("run", path, given, "7")[0] == f"i32 7\nv128 {shown}\n"
    assert aether("run", path, shown, "7")[0] == f"i32 7\nv128 {shown}\n"


@pytest.mark.parametrize("given", ["1", "", "i32x4:", "i32x4:1,2,3", "i32x4:1,2,3,4,5", "i32x4:1,2,3,4,", "i32x4:1,,3,4", "i8x16:256",
                                   "i8x16:" + "256," * 15 + "0", "i64x2:1 ,2", "f64x2:1", "i32x4:" + "1" * 100 + ",2,3,4"])
def test_what_is_no_vector_is_usage(write, given):
    path = write(raw_module([b"\x7b"], [], b""))

    assert "argument 1, of type v128" in aether("run", path, given, code=2)[1]


STRUCT = b"\x5f\x00"


@pytest.mark.parametrize("result, code, shown", [
    (b"\x6c", b"\x41\x7f\xfb\x1c", "i31ref i31:-1"), (b"\x6e", i32(0x3FFFFFFF) + b"\xfb\x1c", "anyref i31:1073741823"),
    (b"\x6b", b"\xfb\x00\x00", "structref object"), (b"\x64\x00", b"\xfb\x00\x00", "(ref 0) object"),
    (b"\x63\x00", b"\xd0\x00", "(ref null 0) null"), (b"\x70", b"\xd2\x00", "funcref function"),
    (b"\x64\x01", b"\xd2\x00", "(ref 1) function"), (b"\x71", b"\xd0\x71", "nullref null"),
])
def test_references_are_shown_by_what_they_are(write, result, code, shown):
    path = write(raw_module([], [result], code, STRUCT))

    assert aether("run", path)[0] == shown + "\n"


def test_a_reference_that_may_not_be_null_is_refused(write):
    path = write(raw_module([b"\x64\x70"], [], b""))

    assert "of type (ref func)" in aether("run", path, "null", code=2)[1]


def test_a_full_heap_is_a_failure_with_the_way_out(write):
    """(array i32) kept in a global list of structs would be longer; one array over the limit will do."""
    path = write(raw_module([], [b"\x6a"], i32(1 << 20) + b"\xfb\x07\x00", b"\x5e\x7f\x01"))

    assert aether("run", path)[0] == "arrayref object\n"
    assert "--heap-max" in aether("run", "--heap-max", "1MiB", path, code=3)[1]
    assert aether_json("run", "--heap-max", "1MiB", path, code=3)["outcome"] == "fault"


def test_a_file_whose_name_is_an_escape_sequence_can_not_write_to_the_terminal(tmp_path):
    folder = tmp_path / "\x1b[31m\u202e"
    folder.mkdir()

    for command in ("run", "validate", "inspect"):
        assert aether(command, folder, code=3)[1].endswith("\\1b[31m\\e2\\80\\ae: Is a directory\n")
