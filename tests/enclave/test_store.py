"""The sealed store of the whole service: put back, cut, swapped by whoever has the disk; killed under writes."""
import os
import shutil
import signal
import time

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


def test_a_store_that_was_cut_is_named_at_start_and_while_it_runs(tmp_path):
    with service.Aetherd(tmp_path / "d") as server:
        store(server, 1)
        assert server.stop() is not None
        file = store_file(server)
        whole = file.read_bytes()

        file.write_bytes(whole[:len(whole) // 2])
        assert f"io: the store's file is {len(whole) // 2} bytes, its last page ends at {len(whole)}: it was cut" in refusal(server)

        file.write_bytes(whole)
        server.start()
        with server.connect() as client:
            load(client)
            assert client.value("kept", "kv-read", "n") == "1"
            os.truncate(file, 8192)
            try:
                client.call("kept", "kv-store", "n", "2")
            except (OSError, EOFError, AssertionError):
                pass  # whatever it is told, the service says why
        end = time.monotonic() + 15
        while server.output.count(": it was cut\n") < 2 and time.monotonic() < end:
            time.sleep(0.05)
        assert "io died: a page of the store's file is not there: it was cut, or its disk fails" in server.output
        assert "bytes, its last page ends at" in server.output.rpartition("io died: a page")[2]
