"""A page with headlines on HTTPS, under a certificate authority of its own: what the example app fetches in tests.

    with page.Page(directory, ["www.lemonde.fr"]) as served:
        served.ca, served.port, served.headlines, served.requests
"""
import http.server
import ssl
import subprocess
import threading
from pathlib import Path

HEADLINES = ["A cell is one guest in one box", "The gate is the only door", "Grants are small integers", "Receipts can be checked",
             "Scrub leaves nothing", "Fuel is exact", "Old data is never accepted", "No byte leaves unseen", "Figures are real"]


def run_openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, stdin=subprocess.DEVNULL, capture_output=True)


def make_certificates(directory, hosts):
    """ca.pem, and server.pem with its key server.key, for these hosts."""
    ca, ca_key = directory / "page-ca.pem", directory / "page-ca.key"
    cert, key, request, extensions = (directory / f"page.{end}" for end in ("pem", "key", "csr", "ext"))
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256")
    run_openssl("req", "-x509", *curve, "-days", "2", "-subj", "/CN=test page authority", "-keyout", ca_key, "-out", ca,
                "-addext", "keyUsage=critical,keyCertSign")
    run_openssl("req", *curve, "-subj", f"/CN={hosts[0]}", "-keyout", key, "-out", request)
    names = ",".join(f"DNS:{host}" for host in hosts)
    extensions.write_text(f"subjectAltName={names}\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n")
    run_openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2", "-sha256",
                "-extfile", extensions, "-out", cert)
    return ca, cert, key


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        page = self.server.page
        page.requests.append((self.headers.get("Host"), self.path))
        items = "".join(f'<article><h3 class="title">{line}</h3></article>\n' for line in page.headlines)
        body = f"<!doctype html><html><body>\n{items}</body></html>\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, client_address):
        """The handshake is the connection's own thread's: a client that says nothing holds nobody up."""
        try:
            request.settimeout(10)
            with self.page.context.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)
        except OSError:
            pass


class Page:
    def __init__(self, directory, hosts=("www.lemonde.fr",), headlines=None):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.headlines, self.requests = list(headlines or HEADLINES), []
        self.ca, cert, key = make_certificates(self.directory, hosts)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.page = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def write_headlines(self):
        """A file as `test_wasm_functions.py --headlines` takes it."""
        path = self.directory / "headlines.txt"
        path.write_text("\n".join(self.headlines) + "\n", encoding="utf-8")
        return path

    def resolve(self, host="www.lemonde.fr"):
        """The word of aetherd's --resolve that leads to this page."""
        return f"{host}:443:127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
