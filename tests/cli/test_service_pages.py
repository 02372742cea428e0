"""The pages and --help of the enclave service say what its programs take: options, keys, limits and their defaults."""
import re
import subprocess

import pytest
from support import BUILD, ROOT

PROGRAMS = {"aetherd": ("docs/man/aetherd.8", "node/supervisor/options.c", r'^    \{"(-[^"]+)", (?:true|false), '),
            "aether-enclave": ("docs/man/aether-enclave.1", "cli/enclave/main.c", r'^        \{"(-[^"]+)", CLI_')}
UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "an hour": 3600000, "a day": 86400000}
OTHERS = {"aetherd": {"--enroll"}, "aether-enclave": {"--help"}}
# Examples in them name options of the other program.
FOREIGN = {"aetherd": {"--ca", "--allow-none"}, "aether-enclave": {"--dev", "--state"}}


def page_text(page):
    return re.sub(r"\\f[BRIP]", "", (ROOT / page).read_text()).replace("\\-", "-")


def options_in(text):
    return set(re.findall(r"(?<![\w<-])--?[a-z][a-z0-9-]*", text))


def taken(program):
    page, source, pattern = PROGRAMS[program]
    options = set(re.findall(pattern, (ROOT / source).read_text(), re.M))
    assert len(options) > 10
    return options | OTHERS[program]


def help_of(program):
    return subprocess.run([BUILD / "bin" / program, "--help"], capture_output=True, text=True, check=True, timeout=30).stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_and_page_have_every_option_and_no_other(program):
    for text in (help_of(program), page_text(PROGRAMS[program][0])):
        assert options_in(text) - FOREIGN[program] == taken(program)


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_fits_a_terminal(program):
    assert max(map(len, help_of(program).splitlines())) <= 100


def number(words):
    """ "16 MiB", "100", "an hour", "2^63-1" """
    if words == "2^63-1":
        return 2**63 - 1
    if words in UNITS:
        return UNITS[words]
    digits, _, unit = words.partition(" ")
    return int(digits) * UNITS.get(unit, 1)


def test_the_page_has_the_limits_with_their_defaults_and_bounds():
    source = (ROOT / "node/config/limits.c").read_text()
    names = {**UNITS, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "HOUR_MS": 3600000, "DAY_MS": 86400000, "FUEL_MOST": 2**63 - 1}
    limits = {name: [eval(word, {}, names) for word in words.split(", ")]  # pylint: disable=eval-used
              for name, words in re.findall(r"^    LIMIT\((\w+), (.*)\),$", source, re.M)}
    rows = re.findall(r"^(\w+)\t([^\t]+)\t([^\t]+), ([^\t]+)\tT\{$", page_text("docs/man/aetherd.conf.5"), re.M)

    assert len(limits) == 17
    assert {name: [number(words) for words in row] for name, *row in rows if name != "key"} == limits


def test_the_page_has_the_keys_of_the_service():
    source = (ROOT / "node/config/config.c").read_text()
    service = source[source.index("set_in_service("):source.index("enum status config_set(")]
    keys = set(re.findall(r'\{"(\w+)", config', service)) | set(re.findall(r'is_word\(key, "(\w+)"\)', service))
    page = page_text("docs/man/aetherd.conf.5")
    section = page[page.index("[service]"):page.index("[limits]")]

    assert len(keys) > 5
    assert set(re.findall(r"^\.TP\n\.B (\w+)$", section, re.M)) == keys


def test_help_and_page_have_the_defaults_of_the_code():
    client = (ROOT / "cli/enclave/enclave.h").read_text() + (ROOT / "cli/enclave/main.c").read_text()
    port = re.search(r"#define ENCLAVE_PORT +(\d+)", client)[1]
    seconds = re.search(r"\.timeout_s = (\d+)", client)[1]
    files = re.findall(r'#define DEFAULT_\w+ +"(.+)"', (ROOT / "node/supervisor/options.c").read_text())
    listen = re.search(r"listen_port = (\d+)", (ROOT / "node/config/settings.c").read_text())[1]
    page = page_text(PROGRAMS["aether-enclave"][0])

    assert f"The port is {port} unless it is given." in help_of("aether-enclave") and f"port {port} unless it is given" in page
    assert f"patience, {seconds}\n" in help_of("aether-enclave") and f"each answer; {seconds}\n" in page
    assert len(files) == 3
    for text in (help_of("aetherd"), page_text(PROGRAMS["aetherd"][0])):
        assert f"default 127.0.0.1:{listen}" in text
        for file in files:
            assert file in text
