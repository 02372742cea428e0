"""The reference app of sdk/examples/wasm-example: its six functions, from C and from Rust, in a cell."""
import re
import time

import pytest
from support import ROOT, aether

EXAMPLE = ROOT / "sdk/examples/wasm-example"


@pytest.fixture(params=["c", "rust"])
def app(request):
    return EXAMPLE / f"wasm_example_{request.param}.wasm"


def call(app, text, *options, code=0):
    return aether("run", *options, "--invoke", text, app, code=code)[0].rstrip("\n")


def test_hello(app):
    assert call(app, "hello()") == '"Hello, World!"'


def test_random_numbers_are_1_to_100_and_follow_from_a_seed(app):
    numbers = [int(call(app, "get-random()", "--fixed-random", seed)) for seed in range(8)]

    assert all(1 <= number <= 100 for number in numbers)
    assert len(set(numbers)) > 1
    assert numbers[3] == int(call(app, "get-random()", "--fixed-random", 3))
    assert 1 <= int(call(app, "get-random()")) <= 100


def test_time_is_the_wall_clocks(app):
    found = re.fullmatch(r'"(\d+)\.(\d{9})"', call(app, "get-time()"))

    assert abs(int(found[1]) - time.time()) < 60
    assert call(app, "get-time()", "--fixed-clock", "2026-01-31T12:00:00Z") == '"1769860800.000000000"'


def test_what_is_stored_is_read_in_the_next_call(app, tmp_path):
    store = ["--dir", f"{tmp_path}::/"]

    assert call(app, 'kv-store("greeting", "Hello from WASM: ü")', *store) == '"stored: greeting"'
    assert call(app, 'kv-read("greeting")', *store) == '"Hello from WASM: ü"'
    assert (tmp_path / "greeting").read_text() == "Hello from WASM: ü"
    assert call(app, 'kv-read("missing")', *store) == '"error: key not found: missing"'


def test_a_value_longer_than_a_transfer_comes_back_whole(app, tmp_path):
    value = "0123456789abcdef" * 5000

    assert call(app, f'kv-store("long", "{value}")', "--dir", f"{tmp_path}::/") == '"stored: long"'
    assert call(app, 'kv-read("long")', "--dir", f"{tmp_path}::/") == f'"{value}"'


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "link"])
def test_no_key_leaves_the_granted_directory(app, tmp_path, key):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside").write_text("secret")
    (inside / "link").symlink_to("../outside")

    said = call(app, f'kv-read("{key}")', "--dir", f"{inside}::/")

    assert said.startswith('"error: ')
    assert call(app, f'kv-store("{key}", "x")', "--dir", f"{inside}::/").startswith('"error: ')
    assert (tmp_path / "outside").read_text() == "secret"


def test_nothing_is_written_where_reading_alone_is_granted(app, tmp_path):
    assert call(app, 'kv-store("k", "v")', "--dir", f"{tmp_path}::/:ro").startswith('"error: ')
    assert not list(tmp_path.iterdir())


def test_without_a_grant_there_is_no_store_and_no_network(app):
    assert call(app, 'kv-read("greeting")') == '"error: no directory is granted"'
    assert call(app, "fetch-headlines()").startswith('"error: fetch: access denied')
