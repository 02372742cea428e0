"""The log: a chain over stops and kills, what stands in it and what never does; receipts and their chain."""
import base64
import hashlib
import json
import resource
import signal
import ssl
import struct
import subprocess
import time

import apps
import service
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import (Encoding, PublicFormat, load_der_public_key)

AETHER = service.BUILD / "bin/aether"
RECEIPT_KEY = "1.3.6.1.4.1.65230.60000.2"
SECRETS = ["planted-parameter-5f1d", "planted-key-", "deadbeef" * 8]


def lines(server):
    return [json.loads(line) for line in log_of(server).read_text().splitlines()]


def log_of(server):
    return server.state / "log.jsonl"


def receipt_key(client):
    leaf = x509.load_der_x509_certificate(client.socket.getpeercert(binary_form=True))
    oid = x509.ObjectIdentifier(RECEIPT_KEY)
    return load_der_public_key(leaf.extensions.get_extension_for_oid(oid).value.value)


def verify(path, *options):
    done = subprocess.run([AETHER, "log", "verify", path, "--json", *options], capture_output=True, text=True, check=False,
                          timeout=30)
    return done.returncode, json.loads(done.stdout)


def key_file(tmp_path, client):
    path = tmp_path / "receipt.pem"
    path.write_bytes(receipt_key(client).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def test_the_log_is_one_signed_chain_over_restarts(tmp_path):
    with service.Aetherd(tmp_path) as server:
        with server.connect() as client:
            pem, certificate = key_file(tmp_path, client), tmp_path / "leaf.pem"
            certificate.write_text(ssl.DER_cert_to_PEM_cert(client.socket.getpeercert(binary_form=True)))
            client.load("my-app", apps.add())
            client.call("my-app", "add", {"type": "s32", "value": 1}, {"type": "s32", "value": 2})
            client.call("my-app", "trap")
        server.restart()
        with server.connect() as client:
            client.load("my-app", apps.add())
            client.data({"wasm_unload": {"name": "my-app"}})

    kinds = [line["kind"] for line in lines(server)]
    assert kinds == ["start", "load", "call", "call", "stop", "head", "start", "load", "unload", "stop", "head"]
    code, said = verify(log_of(server), "--key", pem)
    assert code == 0, said
    assert said == {"whole": True, "lines": 11, "heads": 2, "signed_lines": 10, "torn": 0, "signatures": "checked"}
    assert verify(log_of(server), "--key", certificate) == (code, said)
    whole = log_of(server).read_text()
    for old, new in [('"outcome":"ok"', '"outcome":"no"'), ('"kind":"call"', '"kind":"cell"')]:
        log_of(server).write_text(whole.replace(old, new, 1))
        assert verify(log_of(server))[0] == 1
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem.write_bytes(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    log_of(server).write_text(whole)
    assert verify(log_of(server), "--key", pem)[0] == 1


def test_a_call_leaves_what_happened_and_not_with_what(tmp_path):
    with service.Aetherd(tmp_path) as server, server.connect() as client:
        client.load("example", service.EXAMPLES["c"].read_bytes(), encryption_key=SECRETS[2])
        assert client.call("example", "kv-store", SECRETS[1], SECRETS[0])["status"] == "ok"
        assert SECRETS[0] in json.dumps(client.call("example", "kv-read", SECRETS[1]))
        client.call("example", "kv-read", {"type": "u32", "value": 77777})
        client.call("example", SECRETS[0])
        client.data({"wasm_load": {"name": "bad", "bytes": list(SECRETS[0].encode())}})
        calls = [line for line in lines(server) if line["kind"] == "call"]
        text = log_of(server).read_text() + server.output

    assert [(line["function"], line["outcome"] == "ok") for line in calls] == [
        ("kv-store", True), ("kv-read", True), ("kv-read", False)]
    assert all(line["app"] == "example" and line["fuel"] >= 0 and len(line["receipt"]) == 64 for line in calls)
    for secret in [*SECRETS, "77777", base64.b16encode(bytes.fromhex(SECRETS[2])).decode()]:
        assert secret not in text


def test_what_apps_print_is_in_the_log_line_by_line_escaped_and_bounded(tmp_path):
    with service.Aetherd(tmp_path) as server, server.connect() as client:
        client.load("polite", apps.printer("one\ntwo\x1b[2J\"\n{\"seq\":1}\n"))
        client.load("loud", apps.printer("x" * 5000 + "\n", times=1000))
        assert client.call("polite", "say")["status"] == "ok"
        assert client.call("loud", "say")["status"] == "ok"
        told = [line for line in lines(server) if line["kind"] in ("stdout", "dropped")]
        polite = [line["text"] for line in told if line["app"] == "polite"]
        loud = [line for line in told if line["app"] == "loud"]
        dropped = sum(line["number"] for line in loud if line["kind"] == "dropped")

    assert polite == ["one", "two\x1b[2J\"", "{\"seq\":1}"]
    assert len([line for line in loud if line["kind"] == "stdout"]) == 64
    assert dropped > 4_000_000
    assert verify(log_of(server))[0] == 0


def test_a_kill_leaves_a_log_that_goes_on(tmp_path):
    server = service.Aetherd(tmp_path)
    with server.connect() as client:
        client.load("my-app", apps.spin())
        client.call("my-app", "one")
    server.kill()
    with open(log_of(server), "a", encoding="ascii") as log:
        log.write('{"seq":4,"prev":"00')  # what a crash in the middle of a write leaves
    assert verify(log_of(server))[0] == 1
    server.start()
    with server:
        with server.connect() as client:
            assert client.data({"wasm_list": {}})["apps"] == []

    code, said = verify(log_of(server))
    assert code == 0 and said["torn"] == 1, said


def test_without_a_log_nothing_happens(tmp_path):
    with service.Aetherd(tmp_path) as server, server.connect() as client:
        client.load("my-app", apps.spin())
        assert client.value("my-app", "one") == 1
        pid = server.roles()["main"]
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (log_of(server).stat().st_size, before[1]))
        client.call("my-app", "one")  # the line that can not be written

        assert "log" in client.call("my-app", "one")["message"]
        assert "log" in client.load("other", apps.add())["message"]
        assert "log" in client.data({"wasm_unload": {"name": "my-app"}})["message"]
        assert client.outer("Status")["StatusReport"][0]["details"]["log"] == "can not be written"
        assert [app["name"] for app in client.data({"wasm_list": {}})["apps"]] == ["my-app"]

        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        assert client.value("my-app", "one") == 1
        assert client.load("other", apps.add())["status"] == "loaded"
    assert "lost" in [line["kind"] for line in lines(server)]
    assert verify(log_of(server))[0] == 0


def field(record, offset, length):
    return record[offset:offset + length]


def test_receipts_are_a_signed_chain_of_each_app(tmp_path):
    content = apps.add()
    with service.Aetherd(tmp_path) as server, server.connect() as client:
        client.load("my-app", content)
        key = receipt_key(client)
        one = client.call("my-app", "wide", {"type": "s64", "value": 5}, receipt=True)
        client.call("my-app", "trap")
        two = client.call("my-app", "wide", {"type": "s64", "value": 6}, receipt=True)
        plain = client.call("my-app", "wide", {"type": "s64", "value": 7})
        logged = [line["receipt"] for line in lines(server) if line["kind"] == "call"]
        root = client.outer("Manifest")["Manifest"]["root"]

    assert "receipt" not in plain
    first, second = (base64.b64decode(reply["receipt"]) for reply in (one, two))
    for raw, reply, number in ((first, one, 1), (second, two, 3)):
        record, signature = raw[:1024], raw[1024:]
        assert field(record, 0, 16) == b"ETHR" + struct.pack("<III", 1, 1, 1024)
        assert field(record, 80, 32).hex() == root
        assert field(record, 112, 32) == hashlib.sha256(content).digest()
        assert field(record, 200, 32) == hashlib.sha256(b"wide").digest()
        assert struct.unpack("<Q", field(record, 256, 8))[0] == number
        assert struct.unpack("<II", field(record, 296, 8)) == (1, 0)  # a result
        assert struct.unpack("<Q", field(record, 336, 8))[0] == reply["fuel_consumed"]
        assert struct.unpack("<I", field(record, 196, 4))[0] & (1 << 6)
        assert struct.unpack("<II", field(record, 344, 8)) == (2, 66)
        returns = json.dumps(reply["returns"], separators=(",", ":")).encode()
        assert field(record, 352 + 34, 32) == hashlib.sha256(returns).digest()
        signed = b"aether signature 1" + struct.pack(">Q", 1) + hashlib.sha256(record).digest()
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
        assert logged[number - 1] == hashlib.sha256(record).hexdigest()
    assert field(first, 264, 32) == bytes(32)
    assert field(second, 264, 32).hex() == logged[1]


def test_a_stop_in_the_middle_of_calls_is_clean(tmp_path):
    with service.Aetherd(tmp_path, options=["--limit", "call_ms=60000"]) as server:
        with server.connect() as client, server.connect() as other:
            client.load("spin", apps.spin(), max_fuel=2**62)
            other.send(b'{"Data":' + str(list(b'{"wasm_call":{"app":"spin","function":"spin"}}')).encode() + b"}")
            status = lambda: client.outer("Status")["StatusReport"][0]["details"]
            assert service.wait_until(lambda: status()["calls_running"] == "1")
            start = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(15) == 0, server.output
            assert time.monotonic() - start < 10
    assert [line["kind"] for line in lines(server)][-2:] == ["stop", "head"]
    assert verify(log_of(server))[0] == 0
