"""io and api may die: connections end, new ones are served, what is loaded stays loaded."""
import os
import signal
import time
from pathlib import Path

import pytest
import service


def role_pid(aetherd, role):
    """The process of a role, among all descendants of this aetherd."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
                parents[int(entry.name)] = (int(stat.rsplit(")", 1)[1].split()[1]),
                                            (entry / "cmdline").read_bytes().split(b"\0"))
            except OSError:
                continue
    for pid, (parent, words) in parents.items():
        above = parent
        while above in parents and above != aetherd.process.pid:
            above = parents[above][0]
        if above == aetherd.process.pid and words[-3:-1] == [b"--role", role.encode()]:
            return pid
    raise AssertionError(f"no process of the role {role}")


def served_again(aetherd, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with aetherd.connect(timeout=5) as client:
                return client.value("stays", "hello")
        except (OSError, EOFError, AssertionError, ValueError):
            time.sleep(0.05)
    return None


@pytest.mark.parametrize("role", ["io", "api"])
def test_a_role_that_dies_takes_its_connections_and_nothing_else(tmp_path, role):
    with service.Aetherd(tmp_path) as aetherd:
        with aetherd.connect() as client:
            assert client.load("stays", service.EXAMPLES["c"].read_bytes())["status"] == "loaded"
            assert client.value("stays", "hello") == "Hello, World!"
            before = role_pid(aetherd, role)

            os.kill(before, signal.SIGKILL)

            client.socket.settimeout(10)
            try:
                assert client.socket.recv(1) == b""
            except OSError as ended:
                assert not isinstance(ended, TimeoutError)
        assert served_again(aetherd) == "Hello, World!"
        assert role_pid(aetherd, role) != before
