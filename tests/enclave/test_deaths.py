"""What the death of each role costs: api, io and egress come back with new links, main and keys end everything by name."""
import os
import signal
import time
from pathlib import Path

import pytest
import service

KEY = "7b" * 32


def kill(aetherd, name):
    pid = aetherd.roles().get(name)
    os.kill(pid, signal.SIGKILL)
    return pid


def wait_for_new(aetherd, name, old):
    end = time.monotonic() + 15
    while aetherd.roles().get(name) in (None, old):
        assert time.monotonic() < end, aetherd.output
        time.sleep(0.02)


def patiently(attempt, seconds=20):
    """What was under way when a role died may fail; a moment later it works."""
    end = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except (OSError, EOFError, AssertionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def read_value(aetherd):
    with aetherd.connect(timeout=5) as client:
        return client.value("wasm-example", "kv-read", "name")


@pytest.mark.parametrize("role", ["api", "io", "egress"])
def test_a_role_that_comes_back_costs_no_app_and_no_value(tmp_path, page, role):
    with service.Aetherd(tmp_path, egress=["www.lemonde.fr"], egress_ca=page.ca, resolve=[page.resolve()]) as aetherd:
        with aetherd.connect() as client:
            assert client.load("wasm-example", service.EXAMPLES["c"].read_bytes(), encryption_key=KEY)["status"] == "loaded"
            client.value("wasm-example", "kv-store", "name", "stays")
            assert "1. A cell is" in client.value("wasm-example", "fetch-headlines")
        for _ in range(2):
            wait_for_new(aetherd, role, kill(aetherd, role))

            assert "stays" in patiently(lambda: read_value(aetherd))

            def store_and_fetch():
                with aetherd.connect(timeout=10) as client:
                    client.value("wasm-example", "kv-store", "other", "new")
                    assert "1. A cell is" in client.value("wasm-example", "fetch-headlines")

            patiently(store_and_fetch)
        assert f"{role} died: killed by signal 9" in aetherd.output
        assert aetherd.stop() == 0
        assert "not cleanly" not in aetherd.output


@pytest.mark.parametrize("role", ["main", "keys"])
def test_without_main_or_keys_everything_ends_and_the_state_is_whole(tmp_path, role):
    with service.Aetherd(tmp_path) as aetherd:
        with aetherd.connect() as client:
            assert client.load("wasm-example", service.EXAMPLES["c"].read_bytes(), encryption_key=KEY)["status"] == "loaded"
            client.value("wasm-example", "kv-store", "name", "stays")
        kill(aetherd, role)
        assert aetherd.process.wait(20) == 3
        assert f"without {role} nothing can go on" in aetherd.output
        aetherd.process = None
        aetherd.start()
        with aetherd.connect() as client:
            assert client.load("wasm-example", service.EXAMPLES["c"].read_bytes(), encryption_key=KEY)["status"] == "loaded"
            assert "stays" in client.value("wasm-example", "kv-read", "name")


def test_cells_do_not_outlive_the_service(tmp_path):
    with service.Aetherd(tmp_path) as aetherd:
        with aetherd.connect() as client:
            assert client.load("wasm-example", service.EXAMPLES["c"].read_bytes())["status"] == "loaded"
            client.value("wasm-example", "hello")
        mine = aetherd.roles().get("main")
        cells = Path(f"/proc/{mine}/task").glob("*/children")
        pids = [int(pid) for path in cells for pid in path.read_text().split()]
        assert pids
        os.kill(aetherd.process.pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() for pid in [mine, *pids]):
            assert time.monotonic() < end
            time.sleep(0.02)


def groups_of_cells(namespace):
    return list(Path("/sys/fs/cgroup").rglob(f"aether-cell-{namespace}-*"))


def test_groups_of_cells_that_kill_9_left_are_gone_after_the_next_start(tmp_path):
    with service.Aetherd(tmp_path) as aetherd:
        box = next(line for line in aetherd.output.splitlines() if "box: " in line)
        with aetherd.connect() as client:
            assert client.load("wasm-example", service.EXAMPLES["c"].read_bytes())["status"] == "loaded"
        namespace = os.stat(f"/proc/{aetherd.roles()['main']}/ns/pid").st_ino
        assert bool(groups_of_cells(namespace)) == ("cgroup" in box.split("; without")[0])

        os.kill(aetherd.process.pid, signal.SIGKILL)
        aetherd.process.wait()
        aetherd.start()

        own = os.stat(f"/proc/{aetherd.roles()['main']}/ns/pid").st_ino
        assert namespace == own or groups_of_cells(namespace) == []
