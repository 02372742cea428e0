"""aether inspect: what a module holds, for people and as JSON; names of anybody."""
import os
import subprocess

import pytest
from modules import (ADD, GLOBAL, HEADER, HOSTILE, HOSTILE_SHOWN, MEMORY, TABLE, custom, export, get, i32, module, name,
                     name_section, section, u, vec)
from support import AETHER, ROOT, aether, aether_json

LISTS = ["sections", "types", "imports", "exports", "functions", "tables", "memories", "globals", "tags", "segments", "limits",
         "custom"]


@pytest.fixture
def write(tmp_path):
    def write_file(content):
        path = tmp_path / "module.wasm"
        path.write_bytes(content)
        return path
    return write_file


RICH = module(
    [("ii>i", get(0) + get(1) + b"\x6a"), (">", b"", b"\x7e\x7e"), ("fF>IxrI", b"\x00")],
    imports=[("env", HOSTILE, "ii>i"), ("env", "log", "i>")],
    exports=[export("add", 2), export("mem", 0, MEMORY), export("t", 0, TABLE), export("g", 0, GLOBAL), export(HOSTILE, 3)],
    memory=b"\x01\x01\x10", table=b"\x00\x05", globals_=[b"\x7f\x01" + i32(7) + b"\x0b", b"\x7e\x00\x42\x00\x0b"], start=3,
    elems=[b"\x00" + i32(1) + b"\x0b" + vec([u(2), u(3)]), b"\x01\x00" + vec([u(2)])],
    datas=[b"\x00" + i32(0) + b"\x0b" + name("hello"), b"\x01" + name("bye")],
    tail=name_section({0: "log_it", 2: HOSTILE}, "a module")
    + custom("producers", vec([name("language") + vec([name("C11") + name(HOSTILE)])]))
    + custom("target_features", vec([b"+" + name("simd128"), b"-" + name("atomics")])))


def test_the_overview_shows_every_list_but_functions_and_segments(write):
    out, errors = aether("inspect", write(RICH))

    assert errors == ""
    for line in ('  0  (func (param i32 i32) (result i32))', '  3  (func (param f32 f64) (result i64 externref funcref i64))',
                 f'  func 0  "env" {HOSTILE_SHOWN}  (func (param i32 i32) (result i32))', '  memory 0  "mem"  (memory 1 16)',
                 '  table 0  "t"  (table 5 funcref)', '  global 0  "g"  (global (mut i32))', '  1  (global i64)',
                 "start function 3", f'  "language" "C11" {HOSTILE_SHOWN}', '  uses "simd128"', '  does without "atomics"',
                 '  module "a module" names of 2 functions', "  functions: 5 of 1000000"):
        assert f"\n{line}\n" in out
    assert "operators" not in out
    assert "segments (" not in out


def test_nothing_that_is_printed_moves_a_terminal(write):
    path = write(RICH)
    for options in ([], ["--json"], ["--functions"], ["--functions", "--json"]):
        out, _ = aether("inspect", path, *options)
        assert all(" " <= c <= "~" or c == "\n" for c in out)


def test_json_gives_names_back_as_they_are(write):
    found = aether_json("inspect", write(RICH), "--imports", "--exports", "--functions")

    assert found["imports"][0] == {"kind": "func", "index": 0, "module": "env", "name": HOSTILE,
                                   "type": "(func (param i32 i32) (result i32))"}
    assert found["exports"][4]["name"] == HOSTILE
    assert found["functions"][2]["name"] == HOSTILE
    assert found["functions"][0] == {"index": 0, "name": "log_it", "type": "(func (param i32 i32) (result i32))",
                                     "is_import": True}
    assert found["functions"][3]["operators"] == 1
    assert "name" not in found["functions"][3]


def test_sections_have_the_places_of_the_file(write):
    found = aether_json("inspect", write(RICH), "--sections")["sections"]

    at = len(HEADER)
    for item in found:
        assert item["offset"] == at
        assert RICH[at] == item["id"]
        at = at + 1 + len(u(item["bytes"] + (0 if item["id"] else 1 + len(item["name"])))) + item["bytes"] + \
            (0 if item["id"] else 1 + len(item["name"]))
    assert at == len(RICH)
    assert [item["name"] for item in found if item["id"] == 0] == ["name", "producers", "target_features"]


def test_segments_have_mode_and_size(write):
    found = aether_json("inspect", write(RICH), "--segments")

    assert found["elems"] == [{"index": 0, "mode": "active", "table": 0, "type": "(ref func)", "items": 2},
                              {"index": 1, "mode": "passive", "type": "(ref func)", "items": 1}]
    assert found["datas"] == [{"index": 0, "mode": "active", "memory": 0, "bytes": 5},
                              {"index": 1, "mode": "passive", "bytes": 3}]


@pytest.mark.parametrize("chosen", LISTS)
def test_a_list_alone_is_shown_alone(write, chosen):
    found = aether_json("inspect", write(RICH), f"--{chosen}")

    lists = {key for key, value in found.items() if isinstance(value, list)}
    assert lists == {"segments": {"elems", "datas"}, "custom": {"names", "producers", "target_features"}}.get(chosen, {chosen})


def test_limits_stand_beside_what_is_used(write):
    found = {row["what"]: row for row in aether_json("inspect", write(RICH), "--limits")["limits"]}

    assert found["functions"] == {"what": "functions", "used": 5, "limit": 1000000}
    assert found["bytes"]["used"] == len(RICH)
    assert found["locals of a function"]["used"] == 2
    assert all(row["used"] <= row["limit"] for row in found.values())


def test_a_broken_name_section_is_said_and_ignored(write):
    broken = module([(">", b"")], tail=custom("name", section(1, vec([u(0) + name("fine"), u(9)]))))

    out, _ = aether("inspect", write(broken), "--custom", "--functions")

    assert '  0  "fine"  (func)' in out
    assert ', broken: "' in out
    assert ", the rest is ignored\n" in out


@pytest.mark.parametrize("content", [b"", b"\x05", b"\xff\xff\xff\xff\x0f", b"\x01", b"\x01\x02ab\xff\xff", b"\x02\x01a\x05"])
def test_a_broken_custom_section_ends_its_list(write, content):
    found = aether_json("inspect", write(HEADER + custom("producers", content) + custom("target_features", content)), "--custom")

    assert found["verdict"] == "valid"


def test_a_refused_module_has_sections_and_a_sentence(write):
    broken = module([("i>i", b"\x42\x00")]) + b"\x0b\xff"

    out, errors = aether("inspect", write(broken), code=1)
    found = aether_json("inspect", write(broken), code=1)

    assert "  code  at byte " in out
    assert "types (" not in out
    assert "module.wasm: a section" in errors or "module.wasm: the size of a section is cut off" in errors
    assert found["verdict"] == "truncated"
    assert [item["section"] for item in found["sections"]] == ["type", "function", "code"]


def test_what_is_no_module_has_no_sections(write):
    for content in (b"", b"MZ\x90" + bytes(99), b"(module)"):
        found = aether_json("inspect", write(content), code=1)
        assert "sections" not in found
        assert found["reason"]


def test_a_missing_file_is_a_failure(tmp_path):
    assert "No such file" in aether("inspect", tmp_path / "none.wasm", code=3)[1]
    aether("inspect", code=2)
    aether("inspect", "a", "b", code=2)


def test_many_functions_with_names_take_no_time(write):
    count = 100000
    many = (HEADER + section(1, vec([b"\x60\0\0"])) + section(3, u(count) + b"\0" * count)
            + section(10, u(count) + b"\x02\0\x0b" * count) + name_section({i: f"f{i}" for i in range(count)}))

    out, _ = aether("inspect", write(many), "--functions")

    assert f'\n  {count - 1}  "f{count - 1}"  (func)' in out


def test_the_add_module_in_full(write):
    path = write(ADD)

    assert aether("inspect", path, "--types", "--exports")[0] == (
        f"{path}: valid, {len(ADD)} bytes\n\ntypes (1)\n  0  (func (param i32 i32) (result i32))\n\n"
        "exports (1)\n  func 0  \"add\"  (func (param i32 i32) (result i32))\n")


def code_lines(path, func):
    return [item["line"] for item in aether_json("inspect", path, "--code", func)["code"]]


def test_register_code_is_shown_by_index_export_and_name(write):
    path = write(RICH)

    lines = code_lines(path, 2)

    assert lines[0] == "function 2"
    assert lines[1].startswith("0\tENTER ")
    assert any("I32_ADD" in line for line in lines)
    assert lines == code_lines(path, "add") == code_lines(path, "0x2")
    assert code_lines(path, HOSTILE)[0] == "function 3"
    text = aether("inspect", path, "--code", "2")[0]
    assert [line.strip() for line in text.splitlines()[-len(lines):]] == lines
    assert "types (" not in text


def test_register_code_names_bytes_of_the_module(write):
    traps = module([("i>i", i32(1) + get(0) + b"\x6d")])

    lines = code_lines(write(traps), 0)

    assert [line for line in lines if f"@{len(traps) - 2}" in line][0].split("\t")[1].startswith("I32_DIV_S")


@pytest.mark.parametrize("func, why", [("0", "imported"), ("1", "imported"), ("5", "not there"), ("99999999999", "not there"),
                                       ("none", "no function has"), ("-1", "no function has"), ("", "no function has")])
def test_a_function_without_code_is_told(write, func, why):
    out, errors = aether("inspect", write(RICH), f"--code={func}", code=1)

    assert why in errors
    assert "ENTER" not in out


def test_a_name_section_may_name_functions_that_are_not_there(write):
    wrong = module([(">", b"")], tail=name_section({7: "ghost"}))

    assert "not there" in aether("inspect", write(wrong), "--code", "ghost", code=1)[1]


def test_types_of_objects_are_in_the_syntax_of_the_text_format(write):
    path = write(HEADER + section(1, vec([
        b"\x50\x00\x5f\x01\x7f\x00", b"\x4f\x01\x00\x5f\x02\x7f\x00\x77\x01",
        b"\x4e\x02" + b"\x50\x00\x5e\x63\x03\x01" + b"\x60\x02\x6e\x64\x02\x01\x63\x71",
        b"\x5e\x7e\x00", b"\x5e\x7e\x00"])))
    out, _ = aether("inspect", path, "--types")

    assert out.splitlines()[2:] == [
        "types (6)", "  0  (sub (struct (field i32)))", "  1  (sub final 0 (struct (field i32) (field (mut i16))))",
        "  2  (sub (array (mut (ref null 3))))  in the recursion group of 2",
        "  3  (func (param anyref (ref 2)) (result nullref))  in the recursion group of 2",
        "  4  (array i64)", "  5  (array i64)  the same as 4"]


def test_tags_have_the_types_of_what_they_carry(write):
    tags = HEADER + section(1, vec([b"\x60\x02\x7f\x7c\x00"])) + section(13, vec([b"\0\0"])) + \
        section(7, vec([export("oops", 0, 4)]))

    assert aether("inspect", write(tags), "--tags", "--exports")[0].endswith(
        '\ntags (1)\n  0  (tag (param i32 f64))\n\nexports (1)\n  tag 0  "oops"  (tag (param i32 f64))\n')


LEGACY = module([(">", b"\x06\x40\x19\x0b")], exports=[export("f", 0)])  # try catch_all end


@pytest.mark.parametrize("command", ["validate", "inspect", "run"])
def test_legacy_exceptions_are_taken_when_asked_for(write, command):
    path = write(LEGACY)

    aether(command, path, code=1)
    aether(command, "--legacy-exceptions", path)


CORPUS = sorted((ROOT / "tests/corpus/modules").glob("*.wasm"))


@pytest.mark.parametrize("path", CORPUS[::max(1, len(CORPUS) // 20)], ids=lambda path: path.stem)
def test_every_function_of_the_corpus_is_shown(path):
    for func in aether_json("inspect", path, "--functions")["functions"]:
        if not func["is_import"]:
            lines = code_lines(path, func["index"])
            at = [int(line.split("\t")[0]) for line in lines[1:]]
            assert at == sorted(set(at))
            assert at[0] == 0 and "\tENTER" in lines[1]


def test_output_is_linear_in_the_module(write):
    """Fifteen thousand functions of one type with a thousand parameters (limits.h takes few more); it is spelled out once."""
    count = 15000
    many = (HEADER + section(1, vec([b"\x60" + u(1000) + b"\x7f" * 1000 + b"\0"])) + section(3, u(count) + b"\0" * count)
            + section(10, u(count) + b"\x02\0\x0b" * count))

    out, _ = aether("inspect", write(many), "--functions", "--types")

    assert "(func (param i32 i32" in out
    assert "\n  7  (func (type 0))  at byte " in out
    assert len(out) < 20 * len(many)


def test_a_pipe_that_nobody_reads_is_a_failure_where_its_signal_is_ignored(write):
    path = write(RICH)
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run([AETHER, "inspect", path], stdout=writer, stderr=subprocess.PIPE, check=False, restore_signals=False)
    os.close(writer)

    assert done.returncode == 3
    assert b"standard output: could not be written" in done.stderr


WORLD = os.path.join(ROOT, "tests", "corpus", "wit", "world.wasm")


def test_a_component_is_shown_as_its_world(tmp_path):
    with open(WORLD.replace(".wasm", ".shown"), encoding="ascii") as file:
        shown = file.read()

    out, errors = aether("inspect", WORLD)

    assert errors == ""
    assert out == shown


def test_maps_and_lists_of_a_fixed_length_are_shown_as_wit_has_them():
    out, errors = aether("inspect", os.path.join(ROOT, "tests", "corpus", "components", "maps.wasm"))

    assert errors == ""
    values = "%map: map<string, u32>, numbers: list<u16, 3>, words: list<string, 2>"
    assert f"  export echo: func({values}) -> tuple<map<string, u32>, list<u16, 3>, list<string, 2>>;\n" in out


def test_the_json_of_a_component_has_its_imports_exports_and_wit():
    found = aether_json("inspect", WORLD)

    assert found["kind"] == "component"
    assert found["wit"] == aether("inspect", WORLD)[0]
    assert [item["name"] for item in found["imports"][:2]] == ["my:test/types@1.0.0", "my:test/user@1.0.0"]
    assert {"name": "[method]canvas.draw", "kind": "function",
            "type": "func(self: borrow<canvas>, s: shape) -> result<u32, string>"} in found["imports"][0]["exports"]
    assert {"name": "run", "kind": "function",
            "type": "func(l: local, c: canvas) -> result<_, string>"} in found["exports"]


def test_a_list_of_modules_is_refused_for_a_component():
    run = subprocess.run([AETHER, "inspect", WORLD, "--types"], capture_output=True, text=True, check=False)

    assert run.returncode == 2
    assert "is a component" in run.stderr


def test_a_component_that_is_refused_says_where(tmp_path):
    path = tmp_path / "cut.wasm"
    with open(WORLD, "rb") as file:
        path.write_bytes(file.read()[:100])

    run = subprocess.run([AETHER, "inspect", path, "--json"], capture_output=True, text=True, check=False)

    assert run.returncode == 1
    assert '"verdict":"truncated"' in run.stdout or '"verdict":"malformed"' in run.stdout
    assert '"reason"' in run.stdout
