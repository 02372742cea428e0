"""A cell that hostile code has taken over burns its processor between calls: the service ends it and says so."""
import json
import shutil
import time

import service


def test_a_cell_that_does_not_sleep_between_calls_is_ended_and_named(tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    shutil.copy(service.AETHERD, programs / "aetherd")
    shutil.copy(service.BUILD / "bin/hostile-cell", programs / "aether-cell")
    monkeypatch.setattr(service, "AETHERD", programs / "aetherd")
    with service.Aetherd(tmp_path / "d") as server:
        with server.connect() as client:
            assert client.load("burns", b"spin_at_rest\0")["status"] == "loaded"
        log = server.state / "log.jsonl"
        end = time.monotonic() + 10
        while "at rest" not in log.read_text() and time.monotonic() < end:
            time.sleep(0.05)

        lines = [json.loads(line) for line in log.read_text().splitlines()]
        told = [line for line in lines if line.get("kind") == "alarm"]
        assert len(told) == 1, lines
        assert told[0]["app"] == "burns"
        assert told[0]["text"] == "cell stopped: it used more of the processor at rest than it may"
