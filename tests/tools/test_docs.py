"""What the documents say about the tree is so: links, make targets, limits, the count of coverage rows."""
import fnmatch
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
STATES = ("done", "part", "differs", "open")
STATEMENTS = {"000": 29, "001": 21, "002": 80, "003": 36, "004": 37}


def page_ids(page):
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=page_ids)
def test_links_to_files_lead_somewhere(page):
    links = [link for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []


def find_targets():
    database = subprocess.run(["make", "-C", ROOT, "-pRrnq", "help"], capture_output=True, text=True).stdout
    return set(re.findall(r"^([a-z][\w-]*):", database, re.M))


def test_make_targets_that_pages_name_exist():
    targets, missing = find_targets(), []
    for page in PAGES:
        text = page.read_text()
        commands = re.findall(r"`make ([^`]+)`", text) + re.findall(r"^    make ([^\n]+?)(?:  .*)?$", text, re.M)
        for command in commands:
            for word in command.split():
                if re.fullmatch(r"[a-z][a-z0-9-]*", word) and word not in targets:
                    missing.append((page_ids(page), word))

    assert missing == []


def find_tests(suite):
    """The names of the tests that `make test T=suite` runs."""
    folder, _, name = suite.partition("/")
    units = (ROOT / "tests/unit").glob(f"{folder}/test_{name or '*'}.c")
    wholes = (ROOT / "tests").glob(f"{folder}/test_{name or '*'}.py")
    return [found for path in units for found in re.findall(r"^TEST\((\w+)\)", path.read_text(), re.M)] + [
        found for path in wholes for found in re.findall(r"^def (test_\w+)\(", path.read_text(), re.M)]


def test_tests_that_pages_name_exist():
    missing = []
    for page in PAGES:
        for suite, only in re.findall(r"make test T=([\w/]+)(?: ONLY='([^']+)')?", page.read_text()):
            if not fnmatch.filter(find_tests(suite), only or "*"):
                missing.append((page_ids(page), suite, only))

    assert missing == []


NUMBER = r"(?:0x[0-9A-F]+|[0-9]+)[uUlL]*"


def number_of(text):
    """A number, `(1u << 28)` or `((1u << 28) - 1)`, as a limit is written in a header."""
    found = re.fullmatch(rf"\(*({NUMBER})(?: << ({NUMBER}))?\)?(?: - ({NUMBER}))?\)?", text)
    first, shift, less = (int((part or "0").rstrip("uUlL"), 0) for part in found.groups())
    return (first << shift) - less


def test_limits_are_those_of_the_source():
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|[^|]*\| ([\w/.]+) \|$", (ROOT / "docs/limits.md").read_text(), re.M)
    wrong = []
    for name, value, path in rows:
        source = (ROOT / path).read_text()
        pattern = r"(?:#define|   ) {}(?: =|) +(\w+|\(.+\))(?:,| |$)"
        defined = re.search("^" + pattern.format(name), source, re.M)
        while defined and not defined[1][0].isdigit() and defined[1][0] != "(":  # another name's value
            headers = "".join(header.read_text() for header in (ROOT / "include").rglob("*.h"))
            defined = re.search("^" + pattern.format(defined[1]), headers, re.M)
        if defined is None or number_of(defined[1]) != int(value, 0):
            wrong.append((name, value, defined and defined[1]))

    assert len(rows) >= 80
    assert wrong == []


SIZES = {"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "HOUR_MS": 3600000, "DAY_MS": 86400000, "FUEL_MOST": 2**63 - 1}


def setting_of(text):
    """A bound as aetherd.conf(5) writes it, or as node/config/limits.c does: `1024 * GIB`."""
    text = {"an hour": "HOUR_MS", "a day": "DAY_MS", "2^63-1": "FUEL_MOST", "1 TiB": "1024 * GIB"}.get(text, text)
    product = 1
    for factor in re.split(r" \* | ", text.upper()):
        product *= SIZES.get(factor) or int(factor)
    return product


def test_the_manual_has_every_limit_of_the_configuration():
    table = re.findall(r"^    LIMIT\((\w+), ([^,]+), ([^,]+), ([^,]+)\),$", (ROOT / "node/config/limits.c").read_text(), re.M)
    rows = re.findall(r"^(\w+)\t(\d[^\t]*)\t([^,]+), ([^\t]+)\tT\{$", (ROOT / "docs/man/aetherd.conf.5").read_text(), re.M)

    assert len(rows) >= 17
    assert [(row[0], *map(setting_of, row[1:])) for row in rows] == [(row[0], *map(setting_of, row[1:])) for row in table]


def test_every_limit_of_a_module_has_a_row():
    header = (ROOT / "core/wasm/limits.h").read_text()
    rows = re.findall(r"^\| `(WASM_LIMIT_\w+)` \|", (ROOT / "docs/limits.md").read_text(), re.M)

    assert sorted(rows) == sorted(re.findall(r"^    (WASM_LIMIT_\w+) =", header, re.M))


def test_every_limit_of_a_component_has_a_row():
    header = (ROOT / "core/component/limits.h").read_text()
    rows = re.findall(r"^\| `(COMPONENT_(?:LIMIT|WORK)_\w+)` \|[^\n]* core/component/limits.h \|$", (ROOT / "docs/limits.md").read_text(), re.M)

    assert sorted(rows) == sorted(re.findall(r"\b(COMPONENT_(?:LIMIT|WORK)_\w+) +(?:= +)?[(\d]", header))


def test_coverage_has_a_row_for_each_statement_and_counts_them():
    text = (ROOT / "docs/coverage.md").read_text()
    rows = re.findall(r"^\| (00\d)-(\d\d) \| .*? \| (\w+) \| ", text, re.M)
    counts = re.findall(r"^\| (00\d) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.M)

    assert [(document, int(number)) for document, number, _ in rows] == \
        [(document, number + 1) for document, count in STATEMENTS.items() for number in range(count)]
    assert [state for *_, state in rows if state not in STATES] == []
    assert counts == [(document, *(str(sum(row[0] == document and row[2] == state for row in rows)) for state in STATES))
                      for document in STATEMENTS]


def test_paths_that_coverage_names_exist():
    text = (ROOT / "docs/coverage.md").read_text()
    paths = set(re.findall(r"`((?:core|cell|metal|cli|board|sdk|include|docs|mk|tests)/[\w/.-]*)`", text))

    assert paths
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []
