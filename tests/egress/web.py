"""Servers that behave and servers that do not, with certificates of a CA of our own."""
import datetime
import ipaddress
import socket
import ssl
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Authority:
    """A CA; issue() gives the paths of a certificate and its key."""

    def __init__(self, directory, common="Test CA"):
        self.directory = directory
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(_name(common), self.key.public_key(), _name(common), True, [], -1, 10)
        self.path = directory / f"{common.replace(' ', '_')}.pem"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _sign(self, subject, public, issuer, is_ca, names, days_from, days_to):
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(now + datetime.timedelta(days=days_from))
                   .not_valid_after(now + datetime.timedelta(days=days_to))
                   .add_extension(x509.BasicConstraints(is_ca, None), True))
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(n) for n in names]), False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, label, names, days_from=-1, days_to=5):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(_name(label), key.public_key(), self.certificate.subject, False, names, days_from,
                                 days_to)
        chain = self.directory / f"{label}.crt"
        secret = self.directory / f"{label}.key"
        chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                             serialization.NoEncryption()))
        return chain, secret


def read_request(connection):
    """The request line, headers by lower-case name (lists), and the body."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("no whole request")
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, value = line.split(":", 1)
        headers.setdefault(name.lower(), []).append(value.strip())
    length = int(headers.get("content-length", ["0"])[0])
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("no whole body")
        body += piece
    return lines[0], headers, body


def answer(body=b"", status="200 OK", headers=()):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Server:
    """Answers by path: pages[path] is bytes, or a function of (connection, request line, headers, body)."""

    def __init__(self, chain=None, secret=None, host="127.0.0.1", port=0, prepare=None, on_accept=None,
                 family=socket.AF_INET):
        self.pages = {}
        self.requests = []
        self.accepted = 0
        self.on_accept = on_accept
        self.errors = []
        self.context = None
        if chain is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(chain, secret)
            if prepare is not None:
                prepare(self.context)
        self.listener = socket.socket(family)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            if self.on_accept is not None:
                self.on_accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            connection.settimeout(15)
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            line, headers, body = read_request(connection)
            self.requests.append((line, headers, body))
            page = self.pages.get(line.split(" ")[1].split("?")[0], answer(b"not here", "404 Not Found"))
            if callable(page):
                page(connection, line, headers, body)
            else:
                connection.sendall(page)
        except (OSError, ssl.SSLError, ValueError) as error:
            self.errors.append(error)
        finally:
            try:
                if self.context is not None and isinstance(connection, ssl.SSLSocket):
                    connection.unwrap()
            except (OSError, ssl.SSLError, ValueError):
                pass
            connection.close()

    def close(self):
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def dribble(piece, seconds, count):
    """A page that comes in pieces, with time between them."""
    def page(connection, *_):
        for _i in range(count):
            connection.sendall(piece)
            time.sleep(seconds)
    return page
