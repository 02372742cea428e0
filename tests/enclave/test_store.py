"""The sealed store of the whole service: put back, cut, swapped by whoever has the disk; killed under writes."""
import os
import shutil
import signal

import pytest
import service

KEY = bytes(range(32)).hex()
WASM = service.EXAMPLES["c"]


def load(client):
    reply = client.load("kept", WASM.read_bytes(), encryption_key=KEY)
    assert reply["status"] == "loaded", reply


def store(server, number):
    with server.connect() as client:
        load(client)
        assert client.value("kept", "kv-store", "n", str(number)) == "stored: n"


def store_file(server):
    found = list(server.state.rglob("data.mdb"))
    assert len(found) == 1
    return found[0]


def refusal(server):
    with pytest.raises(RuntimeError) as refused:
        server.start()
    return str(refused.value)


def test_a_store_that_was_put_back_is_refused_by_name(tmp_path, own_tpm):
    with service.Aetherd(tmp_path / "d", tpm=own_tpm) as server:
        store(server, 1)
        assert server.stop() is not None
        before = store_file(server).read_bytes()
        server.start()
        store(server, 2)
        assert server.stop() is not None
        now = store_file(server).read_bytes()

        store_file(server).write_bytes(before)
        assert "rolled back" in refusal(server)

        store_file(server).write_bytes(now)
        server.start()
        with server.connect() as client:
            load(client)
            assert client.value("kept", "kv-read", "n") == "2"


def test_a_store_that_was_removed_is_refused_by_name(tmp_path):
    with service.Aetherd(tmp_path / "d") as server:
        store(server, 1)
        assert server.stop() is not None
        file = store_file(server)
        kept = tmp_path / "kept.mdb"
        shutil.copy(file, kept)

        file.unlink()
        assert "it was removed" in refusal(server)

        shutil.copy(kept, file)
        server.start()
        with server.connect() as client:
            load(client)
            assert client.value("kept", "kv-read", "n") == "1"


def test_what_was_stored_is_there_after_kill_9_of_everything(tmp_path):
    with service.Aetherd(tmp_path / "d") as server:
        for number in range(5):
            store(server, number)
            os.kill(server.process.pid, signal.SIGKILL)
            server.process.wait()
            server.start()
            with server.connect() as client:
                load(client)
                assert client.value("kept", "kv-read", "n") == str(number)
                client.data({"wasm_unload": {"name": "kept"}})
