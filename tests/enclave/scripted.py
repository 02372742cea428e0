"""A TLS 1.3 server that speaks frames and says whatever a test wants: for clients that must stand wrong servers.

    with scripted.Server(directory, answer) as server:      # answer(payload) -> payload, or None: no answer, closed
        ... server.port, server.ca, server.requests

The certificate is a leaf for one P-256 key under a certificate authority of its own, without evidence.
"""
import json
import socket
import ssl
import struct
import threading
from pathlib import Path

from page import run_openssl


def make_leaf(directory, extensions=()):
    """ca.pem, chain.pem (leaf, then the authority) and leaf.key."""
    directory = Path(directory)
    ca, ca_key, key, request, leaf, words = (directory / name for name in
                                             ("ca.pem", "ca.key", "leaf.key", "leaf.csr", "leaf.pem", "leaf.ext"))
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256")
    run_openssl("req", "-x509", *curve, "-days", "2", "-subj", "/CN=scripted authority", "-keyout", ca_key, "-out", ca)
    run_openssl("req", *curve, "-subj", "/CN=Enclave OS RA-TLS", "-keyout", key, "-out", request)
    words.write_text("".join(f"{line}\n" for line in extensions))
    run_openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "1", "-sha256",
                "-extfile", words, "-out", leaf)
    chain = directory / "chain.pem"
    chain.write_text(leaf.read_text() + ca.read_text())
    return ca, chain, key


def data(reply):
    """An inner reply in its envelope."""
    return json.dumps({"Data": list(json.dumps(reply).encode())}).encode()


def inner(payload):
    """The inner request of an envelope."""
    return json.loads(bytes(json.loads(payload)["Data"]))


class Server:
    def __init__(self, directory, answer, chain=None, key=None):
        self.answer, self.requests = answer, []
        self.ca, made_chain, made_key = make_leaf(directory) if chain is None else (None, chain, key)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.load_cert_chain(made_chain, made_key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        connection.settimeout(20)
        try:
            with self.context.wrap_socket(connection, server_side=True) as secured:
                while head := self.read(secured, 4):
                    payload = self.read(secured, struct.unpack(">I", head)[0])
                    self.requests.append(payload)
                    reply = self.answer(payload)
                    if reply is None:
                        return
                    secured.sendall(reply if isinstance(reply, bytearray) else struct.pack(">I", len(reply)) + reply)
        except OSError:
            pass

    @staticmethod
    def read(secured, length):
        parts = b""
        while len(parts) < length:
            part = secured.recv(length - len(parts))
            if not part:
                return b""
            parts += part
        return parts

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
