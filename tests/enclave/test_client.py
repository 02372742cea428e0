"""aether enclave: each command, the session, what it says and how it exits."""
import json
import os
import subprocess

import pytest
import scripted
import service

CLIENT = service.BUILD / "bin/aether-enclave"
AETHER = service.BUILD / "bin/aether"
APP = service.EXAMPLES["c"]


def run(*words, code=0, text=None, program=CLIENT):
    """(stdout, stderr)."""
    done = subprocess.run([str(w) for w in (program, *words)], capture_output=True, text=True, timeout=60, check=False, input=text,
                          stdin=None if text is not None else subprocess.DEVNULL)
    assert done.returncode == code, f"exit {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout, done.stderr


class Remote:
    """Commands against one service: remote("call", "app", "hello") -> (stdout, stderr)."""

    def __init__(self, port, ca, *always):
        self.host, self.always = f"127.0.0.1:{port}", ("--ca", ca, "--allow-none", *always)

    def __call__(self, command, *words, **kwargs):
        return run(command, self.host, *self.always, *words, **kwargs)

    def json(self, command, *words, **kwargs):
        return json.loads(self(command, "--json", *words, **kwargs)[0])

    def session(self, text, *words, **kwargs):
        return run(self.host, *self.always, *words, text=text, **kwargs)


@pytest.fixture(scope="module")
def remote(aetherd):
    return Remote(aetherd.port, aetherd.ca)


def test_an_app_is_loaded_called_listed_and_unloaded(remote):
    out, _ = remote("load", APP)
    assert out.startswith("wasm_example_c  host wasm_example_c  key generated  fuel 10000000\n")
    assert "  kv-store  2 -> 1\n" in out
    assert remote("call", "wasm_example_c", "hello") == ("Hello, World!\n", "")
    assert remote("call", "wasm_example_c", 'kv-store("a b", "1\\n2")')[0] == "stored: a b\n"
    assert remote("call", "wasm_example_c", "kv-read", "string:a b")[0] == "1\n2\n"
    assert remote("call", "wasm_example_c", "kv-read", '{"type":"string","value":"a b"}')[0] == "1\n2\n"
    assert remote("list")[0] == out
    assert remote.json("list")["apps"][0]["name"] == "wasm_example_c"
    assert remote("unload", "wasm_example_c") == ("unloaded wasm_example_c\n", "")
    assert remote("list")[0] == "no apps\n"
    assert remote("unload", "wasm_example_c", code=1)[1] == "aether: there is no such app\n"


def test_options_of_load_arrive(remote, tmp_path):
    key = tmp_path / "key"
    key.write_text("a1" * 32 + "\n")
    app = remote.json("load", APP, "--name", "one", "--hostname", "one.example", "--max-fuel", "123", "--encryption-key", key)["app"]
    assert (app["name"], app["hostname"], app["key_source"], app["max_fuel"]) == ("one", "one.example", "byok", 123)
    assert remote("call", "one", "kv-store", "string:a", "string:b", code=4)[1].startswith("aether: call failed: ")
    remote("unload", "one")
    key.write_text("a1")
    assert "expected 32 bytes, got 1" in remote("load", APP, "--encryption-key", key, code=1)[1]


def test_what_the_service_says_besides(remote):
    assert remote("ping")[0] == '"Pong"\n'
    assert remote.json("status")["StatusReport"][0]["details"]["mode"] == "dev"
    assert "connections_total" in remote.json("metrics")["MetricsReport"]
    assert len(remote.json("manifest")["Manifest"]["root"]) == 64


def test_a_receipt_is_shown_when_it_is_asked_for(remote):
    remote("load", APP, "--name", "r")
    reply = remote.json("call", "r", "hello", "--receipt")
    assert reply["fuel_consumed"] > 0 and len(reply["receipt"]) > 100
    assert "\nreceipt " in remote("call", "r", "hello", "--receipt")[0]
    remote("unload", "r")


def test_a_session_takes_json_and_words(remote):
    lines = ["ping", '"Ping"', '{"Healthz":null}', f"load {APP} s", "list", 'call s kv-store "x y" "z"', "call s kv-read string:x",
             '{"wasm_call":{"app":"s","function":"kv-read","params":[{"type":"string","value":"x y"}]}}',
             '{"wasm_unload":{"name":"s"}}', "help", "evidence", "quit", "ping"]
    out, err = remote.session("\n".join(lines) + "\n")
    assert err == ""
    assert out.startswith('"Pong"\n"Pong"\n{\n  "Healthz": {\n    "status": "ok"\n  }\n}\ns  host s')
    assert "\nstored: x y\nerror: key not found: x\nz\nunloaded s\n" in out
    assert "call APP FUNC" in out and "evidence     none" in out
    assert out.count("Pong") == 2


def test_a_session_goes_on_after_a_mistake_and_tells_at_the_end(remote):
    out, err = remote.session('dance\ncall a b "open\n{"wasm_dance":{}}\n"Dance"\n{\nping\n', code=1)
    assert out == '"Pong"\n'
    for words in ("dance: no such request", "the string does not end", 'unhandled request: "wasm_dance"', 'unhandled request: "Dance"',
                  "unhandled request"):
        assert words in err


def test_a_session_prints_json_on_a_line_each(remote):
    out, _ = remote.session("ping\nlist\nstatus\n", "--json")
    assert [type(json.loads(line)) for line in out.splitlines()] == [str, dict, dict]


def test_errors_say_what_and_where(remote, aetherd, tmp_path):
    assert run("attest", f"127.0.0.1:{aetherd.port}", code=2)[1].startswith("aether: whom to trust? --ca FILE")
    assert "not HOST or HOST:PORT" in run("ping", "127.0.0.1:99999", "--insecure", code=2)[1]
    assert "Connection refused" in run("ping", f"127.0.0.1:{service.free_port()}", "--insecure", code=3)[1]
    assert "No such file" in run("ping", f"127.0.0.1:{aetherd.port}", "--ca", tmp_path / "none.pem", code=3)[1]
    assert "No such file" in remote("load", tmp_path / "none.wasm", code=3)[1]
    assert "too few" in remote("call", "app", code=2)[1]
    assert "--dance" in remote("ping", "--dance", code=2)[1]
    assert "unknown app" in remote("call", "nobody", "hello", code=1)[1]
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")
    assert "nothing in what was given" in run("ping", f"127.0.0.1:{aetherd.port}", "--ca", empty, code=1)[1]


def test_aether_becomes_the_client(remote):
    assert run("enclave", "ping", remote.host, *remote.always, program=AETHER)[0] == '"Pong"\n'
    assert run("enclave", "--help", program=AETHER) == run("--help")
    assert "  enclave " in run("help", program=AETHER)[0]


# What the client makes of values, as a server sees it.
PARAMETERS = {
    '"hi"': {"type": "string", "value": "hi"}, "'x'": {"type": "char", "value": "x"}, "42": {"type": "u64", "value": 42},
    "-1": {"type": "s64", "value": -1}, "2.5": {"type": "f64", "value": 2.5}, "1e3": {"type": "f64", "value": 1000.0},
    "nan": {"type": "f64", "value": "nan"}, "-inf": {"type": "f64", "value": "-inf"}, "true": {"type": "bool", "value": True},
    '"\\u{1f600}\\t\\""': {"type": "string", "value": "\U0001f600\t\""}, "red": {"type": "enum", "value": "red"},
    "%none": {"type": "enum", "value": "none"}, "none": {"type": "option", "value": None},
    "some(1)": {"type": "option", "value": {"type": "u64", "value": 1}}, "ok": {"type": "result", "value": ["ok", None]},
    "circle(2.0)": {"type": "variant", "value": ["circle", {"type": "f64", "value": 2.0}]},
    'err("no")': {"type": "result", "value": ["err", {"type": "string", "value": "no"}]},
    "[1, [2], []]": {"type": "list", "value": [{"type": "u64", "value": 1}, {"type": "list", "value": [{"type": "u64", "value": 2}]},
                                               {"type": "list", "value": []}]},
    '(1, "a",)': {"type": "tuple", "value": [{"type": "u64", "value": 1}, {"type": "string", "value": "a"}]},
    "{x: 1, y: {z: none}}": {"type": "record", "value": [["x", {"type": "u64", "value": 1}], ["y", {"type": "record", "value": [
        ["z", {"type": "option", "value": None}]]}]]},
    "{read, write}": {"type": "flags", "value": ["read", "write"]}, "{}": {"type": "flags", "value": []},
    "{:}": {"type": "record", "value": []}, "string:a:b c": {"type": "string", "value": "a:b c"}, "u8:7": {"type": "u8", "value": 7},
    "f32:3": {"type": "f32", "value": 3}, "bytes:00ff": {"type": "bytes", "value": [0, 255]}, "bytes:": {"type": "bytes", "value": []},
    "variant:none": {"type": "variant", "value": ["none", None]}, "bool:false": {"type": "bool", "value": False},
    '{"type":"u32","value":5}': {"type": "u32", "value": 5},
}
REFUSED = ["", "hello world", '"open', "[1", "[1 2]", "(1", "some()", "some(1, 2)", "ok()", "1.", "--1", "0x10", "u8:x", "bytes:0", "bytes:0g",
           '"\\q"', '"\\u{110000}"', "[,]", "{x: }", "{x: 1, y}", "1]", "[" * 40 + "]" * 40, "bool:maybe", "é"]


@pytest.fixture(scope="module")
def echo(tmp_path_factory):
    directory = tmp_path_factory.mktemp("echo")

    def answer(payload):
        return scripted.data({"status": "ok", "returns": [{"type": "record", "value": scripted.inner(payload)["wasm_call"]["params"]}]})
    with scripted.Server(directory, answer) as server:
        yield Remote(server.port, server.ca), server


def test_values_become_tagged_json(echo):
    remote, _ = echo
    words, wanted = list(PARAMETERS), list(PARAMETERS.values())
    out, _ = remote("call", "app", "f", "--", *words)
    assert json.loads(out) == wanted


@pytest.mark.parametrize("word", REFUSED)
def test_what_is_no_value_is_refused_and_not_sent(echo, word):
    remote, server = echo
    before = len(server.requests)
    _, err = remote("call", "app", "f", "--", word, code=2)
    assert err.startswith(("aether: parameter ", "aether: u8: ", "aether: bytes: "))
    assert len(server.requests) == before
    assert run("call", "127.0.0.1:1", "--insecure", "app", "f", "--", word, code=2)[1] == err  # before anything is connected


# A server that is wrong, or hostile.
HOSTILE = {
    "half a frame": bytearray(b"\0\0\0\x10{"), "a huge frame": bytearray(b"\xff\xff\xff\xff"), "no JSON": b"{", "an empty frame": b"",
    "no bytes": b'{"Data":[256]}', "a word in Data": b'{"Data":"x"}', "something behind": b'{"Data":[]}x', "empty Data": b'{"Data":[]}',
    "not UTF-8": json.dumps({"Data": list(b'"\xff"')}).encode(), "a deep reply": b'{"Data":[' + b",".join([b"91"] * 100) + b"]}",
    "numbers without commas": b'{"Data":[1 2]}', "a negative number": b'{"Data":[-1]}', "no status": json.dumps({"Data": list(b"[")}).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_reply_that_is_wrong_is_an_error(tmp_path, name):
    with scripted.Server(tmp_path, lambda _: HOSTILE[name]) as server:
        code = 3 if isinstance(HOSTILE[name], bytearray) else 1
        out, err = Remote(server.port, server.ca)("list", "--timeout", "2", code=code)
    assert out == "" and err.startswith("aether: ")


def test_what_a_server_says_does_nothing_to_a_terminal(tmp_path):
    evil = "\x1b[2J\x07\r\x9b31m‮"
    replies = [{"status": "ok", "returns": [{"type": "string", "value": evil}]}, {"status": "error", "message": evil},
               {"status": evil, "x": evil}, {"status": "unloaded", "name": evil}]
    for reply in replies:
        with scripted.Server(tmp_path, lambda _, reply=reply: scripted.data(reply)) as server:
            done = subprocess.run([CLIENT, "list", f"127.0.0.1:{server.port}", "--ca", server.ca, "--allow-none"], capture_output=True,
                                  timeout=60, check=False)
        shown = (done.stdout + done.stderr).decode()
        assert "2J" in shown and not set("\x1b\x07\r\x9b\u202e") & set(shown), shown


def test_a_key_file_is_not_on_the_command_line_and_not_in_a_message(remote, tmp_path):
    key = tmp_path / "key"
    key.write_text("deadbeef" * 8 + "ff")
    out, err = remote("load", APP, "--encryption-key", key, code=1)
    assert "deadbeef" not in out + err and "expected 32 bytes, got 33" in err


def make_operator(directory):
    cert, key = directory / "operator.pem", directory / "operator.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                    "/CN=operator", "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def test_an_enrolled_operator_may_and_others_may_not(tmp_path):
    if service.SWTPM is None:
        pytest.skip("swtpm is not installed")
    cert, key = make_operator(tmp_path)
    (tmp_path / "other").mkdir()
    other = make_operator(tmp_path / "other")
    policy = tmp_path / "policy.conf"
    subprocess.run([service.AETHERD, "--enroll", cert, "--policy", policy], check=True, capture_output=True, env=os.environ)
    with service.Swtpm(tmp_path) as tpm, service.Aetherd(tmp_path, tpm=tpm, dev=False, options=["--policy", policy]) as aetherd:
        anyone = Remote(aetherd.port, aetherd.ca)
        stranger = Remote(aetherd.port, aetherd.ca, "--cert", other[0], "--key", other[1])
        operator = Remote(aetherd.port, aetherd.ca, "--cert", cert, "--key", key)
        assert "needs the client certificate of an enrolled operator" in anyone("load", APP, "--name", "x", code=1)[1]
        assert "not an enrolled operator's" in stranger("load", APP, "--name", "x", code=1)[1]
        operator("load", APP, "--name", "x")
        assert anyone("call", "x", "hello")[0] == "Hello, World!\n"
        anyone("unload", "x", code=1)
        operator("unload", "x")
        assert operator.json("attest")["dev"] is False
        assert "enrolled operator" in anyone("shutdown", code=1)[1]
        assert anyone("ping")[0] == '"Pong"\n'
        operator("shutdown")
        assert aetherd.process.wait(service.STOP_SECONDS) == 0, aetherd.output
