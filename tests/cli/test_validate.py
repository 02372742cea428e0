"""aether validate: one verdict a file, with place and sentence."""
import json
import os
import subprocess

import pytest
from modules import ADD, HEADER, HOSTILE, export, get, module, section
from support import AETHER, aether, aether_json


@pytest.fixture
def write(tmp_path):
    def write_file(content, stem="module.wasm"):
        path = tmp_path / stem
        path.write_bytes(content)
        return path
    return write_file


def test_a_valid_module_is_said_with_its_size_and_counts(write):
    path = write(ADD)

    out, errors = aether("validate", path)

    assert out == f"{path}: valid, {len(ADD)} bytes, 1 type, 1 function, 1 export\n"
    assert errors == ""


def test_the_empty_module_is_valid(write):
    assert aether("validate", write(HEADER))[0].endswith(": valid, 8 bytes\n")


MIXED = module([("i>i", get(0) + b"\x42\x00\x6a")], exports=[export("f", 0)])


COMPONENT = b"\0asm\x0d\0\x01\0"


@pytest.mark.parametrize("content, verdict, offset", [
    (b"", "truncated", 0),
    (HEADER[:5], "truncated", 5),
    (HEADER + b"\x01\xff", "truncated", None),
    (HEADER + b"\x01\x05\x01", "truncated", None),
    (b"MZ\x90\x00" + bytes(60), "malformed", 0),
    (b"\0asm\x02\0\0\0", "malformed", 4),
    (COMPONENT + section(9, b"\0\0\0"), "unsupported", 10),
    (COMPONENT + b"\x07\x05", "truncated", 10),
    (COMPONENT + section(7, b"\x01\x70\x05"), "invalid", 12),
    (HEADER + section(1, b"\x01\x60\x00\x00\x00"), "malformed", None),
    (HEADER + section(1, b"\xff\xff\xff\xff\x0f"), "malformed", None),
    (MIXED, "invalid", MIXED.index(b"\x6a\x0b")),
])
def test_a_refusal_has_a_word_a_place_and_a_sentence(write, content, verdict, offset):
    path = write(content)

    out, _ = aether("validate", path, code=1)
    (found,) = aether_json("validate", path, code=1)

    assert found["verdict"] == verdict
    assert found["bytes"] == len(content)
    assert 0 <= found["offset"] <= len(content)
    assert offset is None or found["offset"] == offset
    assert out == f"{path}: {verdict} at byte {found['offset']}: {found['reason']}\n"
    assert len(found["reason"]) > 10


def test_a_component_is_counted_as_one(write):
    path = write(COMPONENT + section(1, HEADER) + section(7, b"\x02\x7f\x3f\x7f\x00"))

    out, _ = aether("validate", path)
    (found,) = aether_json("validate", path)

    assert out == f"{path}: valid component, 25 bytes, 2 types, 1 core module, 1 resource\n"
    assert found["verdict"] == "valid"
    assert found["kind"] == "component"
    assert found["counts"]["core_modules"] == 1


@pytest.mark.parametrize("text", [b"(module)", b" \n\t(module)", b";; a comment\n(module)", b"(; a (; b ;) ;)\n(module)",
                                  b"\xef\xbb\xbf(module)", b"(", b"(component)"])
def test_text_is_refused_with_the_way_to_convert_it(write, text):
    path = write(text)

    out, _ = aether("validate", path, code=1)

    assert out.startswith(f"{path}: malformed: WebAssembly text")
    assert "wat2wasm IN.wat -o OUT.wasm" in out
    assert "wasm-tools parse" in out
    assert len(out.strip().splitlines()) == 1


@pytest.mark.parametrize("text", [b"(;", b";;", b"(; (; ;)", b";; x\n", b"   "])
def test_a_comment_alone_is_no_text_of_a_module(write, text):
    assert "not a WebAssembly module" in aether("validate", write(text), code=1)[0]


def test_many_files_have_a_line_each_and_the_worst_code(write):
    paths = [write(ADD if i % 2 else MIXED, f"{i}.wasm") for i in range(100)]

    out, _ = aether("validate", *paths, code=1)

    assert [line.split(": ")[0] for line in out.splitlines()] == [str(path) for path in paths]
    assert [line.split(": ")[1].split()[0].rstrip(",") for line in out.splitlines()] == ["invalid", "valid"] * 50


def test_a_file_that_can_not_be_read_is_the_worst(write, tmp_path):
    paths = [write(ADD), tmp_path / "missing.wasm", write(MIXED, "bad.wasm"), tmp_path]

    out, errors = aether("validate", *paths, code=3)
    verdicts = [item["verdict"] for item in aether_json("validate", *paths, code=3)]

    assert len(out.splitlines()) == 2
    assert "missing.wasm: No such file" in errors
    assert f"{tmp_path}: Is a directory" in errors
    assert verdicts == ["valid", "unread", "invalid", "unread"]


def test_json_has_the_counts(write):
    (found,) = aether_json("validate", write(ADD))

    assert found["verdict"] == "valid"
    assert found["counts"]["functions"] == found["counts"]["exports"] == found["counts"]["types"] == 1
    assert set(found["counts"].values()) == {0, 1}


def test_a_hostile_file_name_leaves_no_control_characters(write):
    path = write(ADD, "a\x1b[2J\n.wasm")
    latin = os.fsencode(path.parent) + b"/\xff.wasm"
    with open(latin, "wb") as file:
        file.write(ADD)

    out, _ = aether("validate", path)
    done = subprocess.run([AETHER, b"validate", latin, b"--json"], capture_output=True, check=True)

    assert "a\\1b[2J\\0a.wasm: valid" in out
    assert json.loads(done.stdout)[0]["file"].endswith("/\ufffd.wasm")


def test_names_in_sentences_are_escaped(write):
    twice = module([(">", b"")], exports=[export(HOSTILE, 0), export(HOSTILE, 0)])

    out, _ = aether("validate", write(twice), code=1)

    assert "\x1b" not in out
    assert "\\1b[31mred" in out


def test_no_file_is_usage():
    assert "too few files" in aether("validate", code=2)[1]


def test_an_output_that_can_not_be_written_is_a_failure(write):
    path = write(ADD)
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([AETHER, "validate", path], stdout=full, stderr=subprocess.PIPE, check=False)
    closed = subprocess.run(["sh", "-c", '"$0" validate "$1" >&-', AETHER, path], stderr=subprocess.PIPE, check=False)

    assert done.returncode == closed.returncode == 3
    assert b"standard output" in done.stderr
    assert b"standard output" in closed.stderr


def test_a_reader_that_leaves_ends_it_quietly(write):
    path = write(ADD)
    piped = subprocess.run(["sh", "-c", f'"$0" validate {"$1 " * 3000} | head -n 1', AETHER, path], capture_output=True, check=False)

    assert piped.stdout.count(b"\n") == 1
    assert b"anitizer" not in piped.stderr
