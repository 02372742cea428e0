"""The pages say what the headers and the program say."""
import re

import pytest
from support import FIELDS, ROOT, aether

COMMANDS = ["validate", "inspect", "run", "wast", "keygen", "sign", "bundle", "receipts", "verify", "keyring", "image-hash"]


def rows(page, heading):
    """Table rows of one section, as lists of cells."""
    text = (ROOT / page).read_text().split(heading, 1)[1].split("\n## ", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


def defines(header):
    return dict(re.findall(r"#define (\w+)\s+\(?(\w+)", (ROOT / header).read_text()))


def test_the_receipt_page_has_the_fields_of_the_header():
    table = [(row[2], int(row[0]), int(row[1])) for row in rows("docs/abi/receipt.md", "## 1. Fields") if row[0].isdigit()]

    assert table == FIELDS


def test_the_log_page_has_the_offsets_of_the_header():
    header = defines("include/aether/abi/receipt_log.h")
    offsets = {int(value) for name, value in header.items() if name.startswith("RECEIPT_LOG_OFFSET_")}
    table = [(int(row[0]), int(row[1])) for row in rows("docs/abi/receipt.md", "## 3. The log") if row[0].isdigit()]

    assert [at for at, _ in table] == [sum(size for _, size in table[:i]) for i in range(len(table))]
    assert sum(size for _, size in table) == 1152
    # The proof is one row of the page and two registers of the header.
    assert offsets - {84} == {at for at, _ in table}


def test_the_bundle_page_has_the_bounds_of_the_header():
    header = defines("core/proof/bundle.h")
    page = (ROOT / "docs/abi/bundle.md").read_text()

    for define, words in (("MANIFEST_FUEL_DEFAULT", "10000000"), ("MANIFEST_STACK_DEFAULT", "65536"),
                          ("MANIFEST_TABLES_DEFAULT", "16384"), ("MANIFEST_DEADLINE_NS_DEFAULT", "2000000000"),
                          ("MANIFEST_STACK_MAX", "16777216"), ("MANIFEST_TABLES_MAX", "16777216"), ("MANIFEST_STACK_MIN", "16 to"),
                          ("MANIFEST_DEADLINE_NS_MIN", "10000 to"), ("MANIFEST_DEADLINE_NS_MAX", "3600000000000"),
                          ("MANIFEST_BYTES_MAX", "1024 bytes"), ("BUNDLE_SIGNATURES_MAX", "1*8 signer")):
        number = int(header[define].rstrip("u"), 0)
        assert words in page
        assert str(number) in words


def test_the_window_page_has_the_offsets_of_the_header():
    header = {name: int(value, 0) for name, value in defines("include/aether/abi/window.h").items() if value[0].isdigit()}
    table = {row[3]: int(row[0], 16) for row in rows("docs/abi/window.md", "## 2. Registers") if row[0].startswith("0x")}
    others = ("WINDOW_MAP_VERSION", "WINDOW_PHYSICAL", "WINDOW_BYTES", "WINDOW_PMU_DORMANT", "WINDOW_DORMANCY_")

    assert {f"WINDOW_{name.upper()}": at for name, at in table.items()} == \
        {name: at for name, at in header.items() if not name.startswith(others)}


def enumerators(header, prefix, shown=""):
    text = (ROOT / header).read_text()
    return {shown + name: int(value) for name, value in re.findall(rf"^    {prefix}(\w+) = (\d+),", text, re.M)}


def methods(heading, interface):
    """{"WORLD_TEXT": 0, ...}: rows that begin with a number and a name."""
    cells = [row[0].split() for row in rows("docs/abi/gate.md", heading)]
    return {f"{interface}_{cell[1]}": int(cell[0]) for cell in cells if len(cell) > 1 and cell[0].isdigit() and cell[1].isupper()}


def test_the_gate_page_has_the_numbers_of_the_header():
    page = (ROOT / "docs/abi/gate.md").read_text()
    statuses = {row[1]: int(row[0]) for row in rows("docs/abi/gate.md", "### Status\n") if row[0].isdigit()}
    core = {f"CORE_{name}": int(number) for name, number in re.findall(r"^\*\*([A-Z]+) \((\d)\)\.\*\*", page, re.M)}
    core |= methods("## 10. ", "CORE")
    device = methods("## 5. ", "DEVICE")
    header = enumerators("include/aether/gate.h", "GATE_") | enumerators("include/aether/gate_device.h", "GATE_DEVICE_", "DEVICE_")
    known = next(row[3] for row in rows("docs/abi/gate.md", "## 1. ") if row[2:3] == ["interface"])
    interfaces = {name.upper(): int(number) for number, name in (word.split() for word in known.split(", "))}
    header.pop("DEVICE_METHOD_COUNT")

    assert core | device | statuses | interfaces == header


@pytest.mark.parametrize("interface, heading", [("WORLD", "## 11. "), ("STREAM", "## 12. "), ("FILE", "## 13. ")])
def test_the_gate_page_has_the_methods_of_the_world(interface, heading):
    header = enumerators("include/aether/gate_world.h", f"GATE_{interface}_", f"{interface}_")
    header = {name: number for name, number in header.items() if not name.endswith("_METHOD_COUNT")}

    assert methods(heading, interface) == header


def test_the_gate_page_has_the_faults_that_a_cell_reports():
    words = dict(re.findall(r'X\((\d+), \w+, "([a-z-]+)",', (ROOT / "include/aether/abi/outcome.h").read_text()))
    table = {row[0]: row[1] for row in rows("docs/abi/gate.md", "## 7. Faults") if row[0].isdigit()}

    assert table == {number: word for number, word in words.items() if 11 <= int(number) <= 18}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_man_page_has_every_option(command):
    page = (ROOT / "docs/man/aether.1").read_text().replace("\\-", "-")
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", aether(command, "--help")[0]))

    assert options
    assert {option for option in options if option not in page} == set()
    assert f".SS {command}\n" in page


def test_the_wasi_page_has_every_function_of_preview_1():
    listed = re.findall(r"^    X\((\w+), \"[iI]*\"\)", (ROOT / "core/wasi/p1_internal.h").read_text(), re.M)
    table = [row[0].strip("`") for row in rows("docs/wasi.md", "## Preview 1") if row[0].startswith("`")]

    assert len(listed) == 46
    assert table == listed
