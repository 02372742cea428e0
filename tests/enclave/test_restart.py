"""io and api may die: connections end, new ones are served, what is loaded stays loaded."""
import os
import signal
import time

import pytest
import service


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
            before = aetherd.roles()[role]

            os.kill(before, signal.SIGKILL)

            client.socket.settimeout(10)
            try:
                assert client.socket.recv(1) == b""
            except OSError as ended:
                assert not isinstance(ended, TimeoutError)
        assert served_again(aetherd) == "Hello, World!"
        assert aetherd.roles().get(role) not in (None, before)
