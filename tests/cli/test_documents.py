"""The pages say what the headers and the program say."""
import re

import pytest
from support import FIELDS, ROOT, aether

COMMANDS = ["keygen", "sign", "bundle", "receipts", "verify", "keyring", "image-hash"]


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


@pytest.mark.parametrize("command", COMMANDS)
def test_the_man_page_has_every_option(command):
    page = (ROOT / "docs/man/aether.1").read_text().replace("\\-", "-")
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", aether(command, "--help")[0]))

    assert options
    assert {option for option in options if option not in page} == set()
    assert f".SS {command}\n" in page
