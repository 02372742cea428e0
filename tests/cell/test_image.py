"""The ring-3 cell's ELF keeps what abi/cell.h and the kernel's loader rely on."""
import os
import re
import struct
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / os.environ.get("B", "build")
PT_LOAD, READ, WRITE, EXECUTE = 1, 4, 2, 1
SHT_RELA, SHT_REL = 4, 9


def program_headers(image):
    offset, = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    names = ("type", "flags", "offset", "address", "physical", "file_bytes", "memory_bytes", "align")
    return [dict(zip(names, struct.unpack_from("<IIQQQQQQ", image, offset + i * size))) for i in range(count)]


def section_types(image):
    offset, = struct.unpack_from("<Q", image, 40)
    size, count = struct.unpack_from("<HH", image, 58)
    return [struct.unpack_from("<I", image, offset + i * size + 4)[0] for i in range(count)]


def cell_define(name):
    text = (ROOT / "include/aether/abi/cell.h").read_text()
    return int(re.search(rf"#define {name}\s+(0x[0-9A-Fa-f]+)", text)[1], 16)


def embedded():
    return (BUILD / "cell/cell.bin.elf").read_bytes()


def linked():
    return (BUILD / "cell/cell.elf").read_bytes()


def test_it_is_a_static_x86_64_program():
    image = embedded()
    assert image[:6] == b"\x7fELF\x02\x01"
    assert struct.unpack_from("<HH", image, 16) == (2, 62)


def test_every_segment_is_loaded_and_none_is_writable_and_executable():
    for segment in program_headers(embedded()):
        assert segment["type"] == PT_LOAD
        assert segment["flags"] in (READ | EXECUTE, READ, READ | WRITE)


def test_segments_share_no_page_and_lie_in_the_image_area():
    loaded = [s for s in program_headers(embedded()) if s["memory_bytes"]]
    base, end = cell_define("CELL_IMAGE_BASE"), cell_define("CELL_STACK_TOP") - cell_define("CELL_STACK_BYTES")
    pages = [range(s["address"] >> 12, (s["address"] + s["memory_bytes"] + 4095) >> 12) for s in loaded]
    assert loaded[0]["address"] == base
    for one, next_one in zip(pages, pages[1:]):
        assert one.stop <= next_one.start
    assert pages[-1].stop << 12 < end
    assert all(s["address"] % 4096 == s["offset"] % 4096 for s in loaded)


def test_the_entry_is_in_the_text():
    image = embedded()
    entry, = struct.unpack_from("<Q", image, 24)
    text = program_headers(image)[0]
    assert text["flags"] == READ | EXECUTE
    assert text["address"] <= entry < text["address"] + text["file_bytes"]


def test_no_relocation_is_left():
    assert not {SHT_RELA, SHT_REL} & set(section_types(linked()))


def test_the_core_has_no_mutable_globals():
    """semantics.md 7: a cell's writable image is empty, all its state is in arena, memory and stack."""
    writable = [s for s in program_headers(embedded()) if s["flags"] & WRITE]
    assert sum(s["memory_bytes"] for s in writable) == 0


def test_the_guests_examples_are_small():
    for wasm in (BUILD / "guest").glob("*.wasm"):
        assert wasm.stat().st_size < 4096, wasm.name
