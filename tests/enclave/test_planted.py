"""Planted and captured secrets are where they have to be and nowhere else.

Planted: a key that the client brings, a parameter, a stored value. Captured: every key that `keys` makes, by a build of it
that tells them (tests/drill/keys.c). Looked through: what the service prints, its log, its state, the environment and the
command lines of its processes, their memory, error texts, and core files.
"""
import base64
import os
import re
import secrets
import signal
import time
from pathlib import Path

import pytest
import service

KEYS = service.BUILD / "bin" / "aetherd-drill-keys"


def memory_of(pid):
    """All that can be read of a process' memory; root alone may."""
    parts = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            first, last = (int(end, 16) for end in span.split("-"))
            if rights[0] != "r" or last - first > 1 << 30 or "[v" in line:
                continue
            try:
                memory.seek(first)
                parts.append(memory.read(last - first))
            except OSError:
                continue
    return b"".join(parts)


def forms(secret):
    """As bytes, hexadecimal, base64."""
    text = secret.hex().encode()
    return [secret, text, text.upper(), base64.b64encode(secret).rstrip(b"=")]


def find(where, secrets_by_name):
    return [name for name, secret in secrets_by_name.items() if any(form in where for form in forms(secret))]


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A service that has seen the secrets, in calls that work and calls that fail, and what it left."""
    directory = tmp_path_factory.mktemp("planted")
    given = {"given key": secrets.token_bytes(32), "parameter": secrets.token_hex(16).encode(),
             "stored value": secrets.token_hex(16).encode()}
    texts = []
    with service.Aetherd(directory, options=["--role-program", f"keys={KEYS}"]) as aetherd, aetherd.connect() as client:
        app, wasm = "wasm-example", service.EXAMPLES["c"].read_bytes()
        key = given["given key"].hex()
        assert client.load(app, wasm, encryption_key=key)["status"] == "loaded"
        client.value(app, "kv-store", given["parameter"].decode(), given["stored value"].decode())
        client.value(app, "kv-read", given["parameter"].decode())
        texts.append(client.load("again", wasm[:-1], encryption_key=key))
        texts.append(client.load(app, wasm, encryption_key=key))
        texts.append(client.load("short", wasm, encryption_key=key[:-2]))
        texts.append(client.load("other", wasm))
        texts.append(client.call(app, "no-such", given["parameter"].decode()))
        texts.append(client.call(app, "kv-read", given["parameter"].decode(), given["stored value"].decode()))
        texts.append(client.call("nobody", "f", given["parameter"].decode()))
        texts.append(client.data({"wasm_unload": {"name": "other"}}))
        lines = r"captured: (\w+) ([0-9a-f]{32,})\n"
        assert service.wait_until(lambda: len(re.findall(lines, aetherd.output)) >= 3)
        time.sleep(0.3)  # there may be more
        captured = {f"{what} {number}": bytes.fromhex(text)
                    for number, (what, text) in enumerate(re.findall(lines, aetherd.output))}
        roles = aetherd.roles()
        yield aetherd, client, roles, given, captured, str(texts).encode()


def test_error_texts_hold_none(planted):
    _, _, _, given, captured, texts = planted
    assert find(texts, {**given, **captured}) == []


def test_what_is_printed_and_the_log_hold_none(planted):
    aetherd, _, _, given, captured, _ = planted
    printed = re.sub(r"captured: .*\n", "", aetherd.output).encode()
    assert find(printed, {**given, **captured}) == []
    assert find((aetherd.state / "log.jsonl").read_bytes(), {**given, **captured}) == []


def test_the_state_holds_none_but_the_master_key_that_lies_in_a_file_without_a_tpm(planted):
    aetherd, _, _, given, captured, _ = planted
    files = [path for path in aetherd.state.rglob("*") if path.is_file() and path != aetherd.state / "keys" / "master"]
    assert len(files) >= 4
    for path in files:
        assert find(path.read_bytes(), {**given, **captured}) == [], path


def test_environments_and_command_lines_hold_none(planted):
    aetherd, _, roles, given, captured, _ = planted
    for pid in [aetherd.process.pid, *roles.values()]:
        for name in ("environ", "cmdline", "comm"):
            assert find(Path(f"/proc/{pid}/{name}").read_bytes(), {**given, **captured}) == [], (pid, name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into other processes")
@pytest.mark.parametrize("role", ["io", "main", "api", "egress"])
def test_no_other_role_has_a_key_in_its_memory(planted, role):
    """api and main saw the key that the client brought; they have wiped it."""
    _, _, roles, given, captured, _ = planted
    memory = memory_of(roles[role])
    assert len(memory) > 1 << 16
    assert find(memory, {"given key": given["given key"], **captured}) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into other processes")
def test_this_search_finds_what_is_there(planted):
    """io has the store in its memory: its file's first bytes are found."""
    aetherd, _, roles, _, _, _ = planted
    page = (aetherd.state / "store" / "data.mdb").read_bytes()[4096 + 16:4096 + 48]
    assert find(memory_of(roles["io"]), {"page": page}) == ["page"]


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_a_killed_role_leaves_no_core(tmp_path, number):
    """Cores are on for the rest of the machine, and the directory may be written to."""
    with service.Aetherd(tmp_path, options=["--listen", "127.0.0.1:0"]) as aetherd:
        for pid in aetherd.roles().values():
            limits = Path(f"/proc/{pid}/limits").read_text()
            assert re.search(r"Max core file size +0 +0 ", limits)
            os.kill(pid, number)
        time.sleep(0.3)
        aetherd.kill()
    found = [path for place in (Path.cwd(), tmp_path, Path("/")) for path in place.glob("core*") if path.is_file()]
    assert found == []
