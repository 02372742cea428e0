"""A TPM takes its time: who has it make quote after quote does not keep others from connecting."""
import os
import socket
import ssl
import struct
import threading
import time

import apps
import pytest
import service

CHALLENGES = 60  # of the 64 that may wait
ANSWER_SECONDS = 0.15


class SlowTpm:
    """Stands in front of a swtpm, and holds each of its answers back while `is_slow`."""

    def __init__(self, tpm):
        self.is_slow, self.port, self.listeners = False, service.free_pair(), []
        for port, to, holds in ((self.port, tpm.port, True), (self.port + 1, tpm.port + 1, False)):
            listener = socket.create_server(("127.0.0.1", port))
            self.listeners.append(listener)
            self.start(self.accept, listener, to, holds)

    @property
    def tcti(self):
        return f"swtpm:host=127.0.0.1,port={self.port}"

    @staticmethod
    def start(function, *words):
        threading.Thread(target=function, args=words, daemon=True).start()

    def accept(self, listener, to, holds):
        while True:
            try:
                client = listener.accept()[0]
            except OSError:
                return  # closed: the test is over
            server = socket.create_connection(("127.0.0.1", to))
            self.start(self.carry, client, server, False)
            self.start(self.carry, server, client, holds)

    def carry(self, source, target, holds):
        try:
            while piece := source.recv(65536):
                if holds and self.is_slow:
                    time.sleep(ANSWER_SECONDS)
                target.sendall(piece)
        except OSError:
            pass
        for end in (source, target):
            end.close()

    def close(self):
        for listener in self.listeners:
            listener.close()


def challenge():
    """A client hello with extension 0xFFBB: Python's own, with one extension more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    sent = ssl.MemoryBIO()
    session = context.wrap_bio(ssl.MemoryBIO(), sent)
    with pytest.raises(ssl.SSLWantReadError):
        session.do_handshake()
    body = sent.read()[9:]
    at = 34 + 1 + body[34]  # behind version, random and session id
    at += 2 + struct.unpack_from(">H", body, at)[0]
    at += 1 + body[at]
    extension = struct.pack(">HH", 0xFFBB, 32) + os.urandom(32)
    length = struct.unpack_from(">H", body, at)[0] + len(extension)
    body = body[:at] + struct.pack(">H", length) + body[at + 2:] + extension
    message = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message


def test_challenges_that_wait_for_the_tpm_delay_no_client_of_another_name(tmp_path, tpm):
    slow = SlowTpm(tpm)
    with service.Aetherd(tmp_path, tpm=slow) as server, server.connect() as client:
        assert client.load("app", apps.spin())["status"] == "loaded"
        server.connect().close()  # the service's own leaf is there
        slow.is_slow = True
        waiting = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(CHALLENGES)]
        for one in waiting:
            one.sendall(challenge())
        time.sleep(0.5)
        begin = time.monotonic()
        with server.connect(sni="localhost") as other:
            assert other.outer("Ping") == "Pong"
        assert time.monotonic() - begin < CHALLENGES * ANSWER_SECONDS / 2
        slow.is_slow = False
        waiting[-1].settimeout(20)
        assert waiting[-1].recv(1) == b"\x16"  # and challenges are answered
        for one in waiting:
            one.close()
    slow.close()
