"""Keys of apps and the TPM behind them, over the whole service: what returns after a restart, what does not, and why."""
import shutil
import time

import pytest
import service

KEY, VALUE = bytes(range(7, 39)), "planted-value-4711"
WASM = service.EXAMPLES["c"]


def aetherd(directory, tpm, **kwargs):
    return service.Aetherd(directory, tpm=tpm, **kwargs)


def load(client, name="kept", key=KEY):
    fields = {"encryption_key": key.hex()} if key else {}
    reply = client.load(name, WASM.read_bytes(), **fields)
    assert reply["status"] == "loaded", reply
    return reply["app"]


def test_data_of_a_given_key_returns_after_reload_and_restarts_of_service_and_machine(tmp_path, own_tpm):
    with aetherd(tmp_path / "d", own_tpm) as server:
        with server.connect() as client:
            load(client)
            assert client.value("kept", "kv-store", "greeting", VALUE) == "stored: greeting"
            client.data({"wasm_unload": {"name": "kept"}})
            load(client)
            assert client.value("kept", "kv-read", "greeting") == VALUE
        server.restart()
        with server.connect() as client:
            load(client)
            assert client.value("kept", "kv-read", "greeting") == VALUE
        assert server.stop() is not None
        own_tpm.stop()
        own_tpm.start()
        server.start()
        with server.connect() as client:
            load(client)
            assert client.value("kept", "kv-read", "greeting") == VALUE


def test_another_key_or_another_name_does_not_see_the_data(tmp_path, own_tpm):
    with aetherd(tmp_path / "d", own_tpm) as server, server.connect() as client:
        load(client)
        client.value("kept", "kv-store", "greeting", VALUE)
        client.data({"wasm_unload": {"name": "kept"}})
        load(client, key=bytes(32))
        assert VALUE not in client.call("kept", "kv-read", "greeting").get("returns", [{}])[0].get("value", "")
        load(client, name="other")
        assert VALUE not in client.call("other", "kv-read", "greeting").get("returns", [{}])[0].get("value", "")


def test_a_generated_key_dies_with_its_app(tmp_path, own_tpm):
    with aetherd(tmp_path / "d", own_tpm) as server, server.connect() as client:
        load(client, key=None)
        client.value("kept", "kv-store", "greeting", VALUE)
        client.data({"wasm_unload": {"name": "kept"}})
        load(client, key=None)
        assert client.value("kept", "kv-read", "greeting") == "error: key not found: greeting"


def test_another_image_is_refused_by_name_and_the_first_one_is_taken_back(tmp_path, own_tpm):
    cell = tmp_path / "aether-cell"
    shutil.copy(service.BUILD / "bin/aether-cell", cell)
    with open(cell, "ab") as changed:
        changed.write(b"\0")
    with aetherd(tmp_path / "d", own_tpm) as server, server.connect() as client:
        load(client)
        client.value("kept", "kv-store", "greeting", VALUE)
    with pytest.raises(RuntimeError, match="PCR 23 says other programs"):
        aetherd(tmp_path / "d", own_tpm, options=["--cell", cell])
    with aetherd(tmp_path / "d", own_tpm) as server, server.connect() as client:
        load(client)
        assert client.value("kept", "kv-read", "greeting") == VALUE


def test_another_tpm_is_refused_by_name(tmp_path, own_tpm):
    with aetherd(tmp_path / "d", own_tpm):
        pass
    with service.Swtpm(tmp_path / "tpm2") as second:
        with pytest.raises(RuntimeError, match="another TPM"):
            aetherd(tmp_path / "d", second)


def test_a_tpm_that_goes_away_stops_what_needs_it_and_nothing_else(tmp_path, own_tpm):
    with aetherd(tmp_path / "d", own_tpm) as server, server.connect() as client:
        load(client)
        client.value("kept", "kv-store", "greeting", VALUE)
        own_tpm.kill()

        assert client.value("kept", "hello") == "Hello, World!"
        assert client.value("kept", "kv-read", "greeting") == VALUE
        began = time.monotonic()
        reply = client.call("kept", "kv-store", "greeting", "never acknowledged")
        assert reply["status"] == "error" or reply["returns"][0]["value"].startswith("error"), reply
        assert time.monotonic() - began < 15
        assert client.value("kept", "hello") == "Hello, World!"


def files(directory):
    return [path for path in directory.rglob("*") if path.is_file()]


def test_no_key_and_no_value_lies_in_any_file_or_message(tmp_path, own_tpm):
    with aetherd(tmp_path / "d", own_tpm) as server:
        with server.connect() as client:
            load(client)
            client.value("kept", "kv-store", "a-record-name", VALUE)
            client.data({"wasm_load": {"name": "bad", "bytes": [0], "encryption_key": KEY.hex()}})
            client.data({"wasm_load": {"name": "bad", "bytes": [0], "encryption_key": KEY.hex() + "zz"}})
        server.restart()
    planted = [KEY, KEY.hex().encode(), KEY.hex().upper().encode(), KEY[:16], VALUE.encode(), b"a-record-name"]
    looked_at = files(server.state) + [server.output_path]
    assert len(looked_at) > 5
    for path in looked_at:
        content = path.read_bytes()
        for secret in planted:
            assert secret not in content, (path, secret)
