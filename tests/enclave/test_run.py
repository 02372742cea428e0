"""make run-enclave, its table, and that the table fails when anything is wrong."""
import hashlib
import json
import subprocess
import sys

import pytest
import scripted
import service

TABLE = service.ROOT / "tests/test_wasm_functions.py"
RUN = service.ROOT / "tools/run_enclave.py"
RULE = "  " + "-" * 60


def run(*words, **kwargs):
    return subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, timeout=120, check=False, **kwargs)


@pytest.mark.parametrize("language", ["c", "rust"])
def test_all_six_pass_under_a_tpm_and_everything_stops(language):
    if service.SWTPM is None:
        pytest.skip("swtpm is not installed")
    done = run(RUN, "--app", language)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "✔ Result: ALL 6 TESTS PASSED" in done.stdout
    assert "attested  evidence tpm" in done.stdout
    assert done.stdout.rstrip().endswith("stopped   aetherd, swtpm, page")
    assert len(done.stdout.splitlines()) < 40


def test_the_table_is_that_of_the_specification(aetherd, page):
    done = run(TABLE, service.EXAMPLES["c"], "--port", aetherd.port, "--ca", aetherd.ca, "--headlines", page.write_headlines())

    lines = done.stdout.splitlines()
    at = [i for i, line in enumerate(lines) if line == RULE]
    assert lines[:3] == ["=" * 64, "  Enclave OS (Mini) - WASM Integration Test Suite", "=" * 64]
    assert "  Connected: TLSv1.3, TLS_AES_256_GCM_SHA384" in lines
    assert lines[at[0] + 1] == "    #  Test                 Result  Details"
    assert lines[at[1] + 1] == "    1  Hello World          ✔  Hello, World!"
    assert lines[at[1] + 4] == "    4  KV Store (write)     ✔  greeting = 'Hello from WASM in SGX!'"
    assert lines[at[1] + 6] == f"    6  HTTPS Egress         ✔  9 headlines — 1. {page.headlines[0]}"
    assert (at[2] - at[1], lines[-1], done.returncode) == (7, "  ✔ Result: ALL 6 TESTS PASSED", 0)
    again = run(TABLE, service.EXAMPLES["c"], "--port", aetherd.port)
    assert again.returncode == 0, again.stdout


# A service that answers as it should, and each of these wrongs on top of it.
APP = service.EXAMPLES["c"]
GOOD = {"hello": ("string", "Hello, World!"), "get-time": ("string", None), "fetch-headlines": ("string", "1. a\n2. b"),
        "kv-store": ("string", "stored: greeting")}


class Service:
    def __init__(self, wrong):
        self.wrong, self.numbers = wrong, 0

    def call(self, call):
        import time
        function, params = call["function"], call["params"]
        kind, value = GOOD.get(function, ("string", None))
        if function == "get-time":
            value = f"{int(time.time())}.000000000"
        if function == "get-random":
            self.numbers += 1
            kind, value = "u32", self.numbers
        if function == "kv-read":
            missing = params[0]["value"] == "missing"
            value = "error: key not found: missing" if missing else "Hello from WASM in SGX!"
        return {"status": "ok", "returns": [{"type": kind, "value": value}]}

    def answer(self, payload):
        request = scripted.inner(payload)
        key = next(iter(request))
        if key == "wasm_load":
            exports = [{"name": n, "param_count": c, "result_count": 1} for n, c in
                       {"hello": 0, "get-random": 0, "get-time": 0, "kv-store": 2, "kv-read": 1, "fetch-headlines": 0}.items()]
            reply = {"status": "loaded", "app": {"name": request[key]["name"], "exports": exports,
                                                 "code_hash": hashlib.sha256(bytes(request[key]["bytes"])).hexdigest()}}
        elif key == "wasm_call":
            reply = self.call(request[key])
            key = request[key]["function"]
        else:
            reply = {"status": "unloaded", "name": request[key]["name"]}
        return self.wrong(key, reply, request)


def right(_key, reply, _request):
    return scripted.data(reply)


def wrong_at(where, change):
    def answer(key, reply, request):
        return change(reply, request) if key == where else scripted.data(reply)
    return answer


def returns(kind, value):
    return lambda _reply, _request: scripted.data({"status": "ok", "returns": [{"type": kind, "value": value}]})


WRONGS = {
    "load: status error": wrong_at("wasm_load", lambda *_: scripted.data({"status": "error", "message": "no"})),
    "load: an echo": wrong_at("wasm_load", lambda _, request: scripted.data(request)),
    "load: another hash": wrong_at("wasm_load", lambda r, _: scripted.data({**r, "app": {**r["app"], "code_hash": "00" * 32}})),
    "load: a function is missing": wrong_at("wasm_load", lambda r, _: scripted.data({**r, "app": {**r["app"], "exports": []}})),
    "load: Error": wrong_at("wasm_load", lambda *_: json.dumps({"Error": list(b"no")}).encode()),
    "load: nothing": wrong_at("wasm_load", lambda *_: None),
    "hello: another text": wrong_at("hello", returns("string", "Hello")),
    "hello: status error": wrong_at("hello", lambda *_: scripted.data({"status": "error", "message": "call failed: trap"})),
    "hello: an echo": wrong_at("hello", lambda _, request: scripted.data(request)),
    "hello: Error": wrong_at("hello", lambda *_: json.dumps({"Error": list(b"no")}).encode()),
    "hello: no JSON": wrong_at("hello", lambda *_: b"{"),
    "hello: closed": wrong_at("hello", lambda *_: None),
    "hello: a list": wrong_at("hello", returns("list", ["Hello, World!"])),
    "get-random: always the same": wrong_at("get-random", returns("u32", 7)),
    "get-random: 101": wrong_at("get-random", returns("u32", 101)),
    "get-random: a string": wrong_at("get-random", returns("string", "7")),
    "get-time: the epoch": wrong_at("get-time", returns("string", "0.000000000")),
    "get-time: last year": wrong_at("get-time", returns("string", "1764000000.000000000")),
    "get-time: three digits": wrong_at("get-time", returns("string", "1795302387.602")),
    "kv-store: another key": wrong_at("kv-store", returns("string", "stored: greetings")),
    "kv-read: another value": wrong_at("kv-read", returns("string", "Hello")),
    "fetch-headlines: one": wrong_at("fetch-headlines", returns("string", "1. a")),
    "fetch-headlines: not numbered": wrong_at("fetch-headlines", returns("string", "a\nb")),
    "fetch-headlines: an error": wrong_at("fetch-headlines", returns("string", "error: fetch: denied")),
    "unload: not found": wrong_at("wasm_unload", lambda *_: scripted.data({"status": "not_found", "name": "test-app"})),
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("scripted")
    return (path, *scripted.make_leaf(path))


@pytest.mark.parametrize("name", WRONGS)
def test_the_table_fails_when_this_is_wrong(name, directory):
    path, _, chain, key = directory
    with scripted.Server(path, Service(WRONGS[name]).answer, chain=chain, key=key) as server:
        done = run(TABLE, APP, "--port", server.port)

    assert done.returncode == 1, done.stdout
    assert "✘" in done.stdout and "PASSED" not in done.stdout
    assert done.stderr == ""


def test_the_table_passes_when_nothing_is_wrong(directory):
    path, ca, chain, key = directory
    with scripted.Server(path, Service(right).answer, chain=chain, key=key) as server:
        done = run(TABLE, APP, "--port", server.port, "--ca", ca)

    assert done.returncode == 0 and "ALL 6 TESTS PASSED" in done.stdout, done.stdout


def test_a_file_that_is_not_there_is_usage():
    assert run(TABLE, "/nonexistent.wasm").returncode == 2
