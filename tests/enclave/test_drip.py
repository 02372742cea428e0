"""Servers that never come to an end: neither client waits for them longer than its timeout."""
import socket
import struct
import subprocess
import sys
import threading
import time

import pytest

pytest.importorskip("cryptography")
import scripted  # noqa: E402
import service  # noqa: E402

sys.path.insert(0, str(service.ROOT / "sdk/python"))
import aether_enclave  # noqa: E402

CLIENT = service.BUILD / "bin/aether-enclave"
PATIENCE, AT_MOST = 1, 6


class Dripping:
    """Says `head`, and then a byte again and again for as long as anybody listens."""

    def __init__(self, head):
        self.head, self.is_over = head, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        try:
            with self.listener.accept()[0] as connection:
                connection.recv(4096)
                connection.sendall(self.head)
                while not self.is_over.wait(0.05):
                    connection.sendall(b"\0")
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()
        self.listener.close()


class Slow(scripted.Server):
    """A right handshake; then a byte now and then of a reply, or never one: `script`."""

    def __init__(self, directory, script):
        self.script = script
        super().__init__(directory, None)

    def talk(self, connection):
        try:
            with self.context.wrap_socket(connection, server_side=True) as secured:
                self.read(secured, struct.unpack(">I", self.read(secured, 4))[0])
                self.script(secured)
        except OSError:
            pass


def drip(secured):
    secured.sendall(struct.pack(">I", 1 << 20))
    while True:
        secured.sendall(b" ")
        time.sleep(0.05)


def by_python(port, ca):
    client = aether_enclave.RaTlsClient("127.0.0.1", port, ca_cert=ca, allow_none=True, timeout=PATIENCE)
    with pytest.raises(TimeoutError):
        client.connect().request({"wasm_list": {}})


def by_c(port, ca, command="list"):
    words = [CLIENT, command, f"127.0.0.1:{port}", "--ca", ca, "--allow-none", "--timeout", str(PATIENCE)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=4 * AT_MOST, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"aether: 127.0.0.1: no answer in {PATIENCE} s\n"


@pytest.mark.parametrize("client", [by_c, by_python])
def test_a_handshake_that_drips_ends_in_time(tmp_path, client):
    ca = scripted.make_leaf(tmp_path)[0]
    with Dripping(b"\x16\x03\x03\x10\x00\x02\x00\x0f\xf0") as server:  # a server hello of 4,080 bytes
        begin = time.monotonic()
        client(server.port, ca)
        assert time.monotonic() - begin < AT_MOST


@pytest.mark.parametrize("client", [by_c, by_python])
def test_a_reply_that_drips_ends_in_time(tmp_path, client):
    with Slow(tmp_path, drip) as server:
        begin = time.monotonic()
        client(server.port, server.ca)
        assert time.monotonic() - begin < AT_MOST


def test_a_service_that_does_not_go_away_was_not_shut_down(tmp_path):
    with Slow(tmp_path, lambda _: time.sleep(AT_MOST)) as server:
        by_c(server.port, server.ca, "shutdown")


def test_a_reply_longer_than_a_frame_is_not_taken(tmp_path):
    with Slow(tmp_path, lambda secured: secured.sendall(struct.pack(">I", (16 << 20) + 1))) as server:
        words = [CLIENT, "list", f"127.0.0.1:{server.port}", "--ca", server.ca, "--allow-none"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3 and done.stderr.endswith("a reply of 16777217 bytes is not taken\n")
