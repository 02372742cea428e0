#!/usr/bin/python3
"""How many isolated calls a second the enclave service makes, beside what nginx makes of a static page, in one run.

bench/enclave/bench.py [--app c|rust] [--seconds 3]

Starts aetherd --dev on a free port, loads the example, and calls its hello from bench-load (bench/enclave/load.c): on one
connection, on several, and with a handshake for every call. nginx answers as many bytes on TLS 1.3 with a key of the same
kind, by one worker for each processor. Everything runs on this machine, the client too. Exit status 1 when the service does
not make 5,000 calls a second.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/enclave"))
import service  # noqa: E402

LOAD = service.BUILD / "bin/bench-load"
LIMIT = 5000
SEVERAL = 8
RUNS = (("warm, 1 connection", 1, "warm"), (f"warm, {SEVERAL} connections", SEVERAL, "warm"),
        ("handshake + call, 1 at a time", 1, "handshake"), (f"handshake + call, {SEVERAL} at a time", SEVERAL, "handshake"))

NGINX = """
daemon off;
worker_processes auto;
error_log {directory}/error.log;
pid {directory}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {directory}; proxy_temp_path {directory}; fastcgi_temp_path {directory};
    uwsgi_temp_path {directory}; scgi_temp_path {directory};
    keepalive_requests 100000000;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {directory}/cert.pem;
        ssl_certificate_key {directory}/key.pem;
        ssl_protocols TLSv1.3;
        ssl_session_tickets off;
        ssl_session_cache off;
        location / {{ return 200 "{body}"; }}
    }}
}}
"""


class Nginx(service.Program):
    def __init__(self, directory, size):
        super().__init__(directory, "nginx")
        self.port = service.free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", self.directory / "key.pem", "-out", self.directory / "cert.pem", "-subj", "/CN=bench",
                        "-days", "2"], check=True, capture_output=True)
        configuration = self.directory / "nginx.conf"
        configuration.write_text(NGINX.format(directory=self.directory, port=self.port, body="x" * size))
        self.spawn([shutil.which("nginx") or "/usr/sbin/nginx", "-c", configuration, "-p", self.directory])
        if not service.answers(self.port, service.START_SECONDS, self.process):
            raise RuntimeError(f"nginx did not start\n{self.output}")


def measure(port, form, request, seconds):
    results = []
    for name, connections, mode in RUNS:
        done = subprocess.run([str(LOAD), str(port), str(connections), str(seconds), mode, form, str(request)],
                              stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"bench-enclave: {name}: bench-load ended with {done.returncode}")
        results.append(json.loads(done.stdout))
    return results


def print_results(name, results):
    print(name)
    for (run, _connections, _mode), got in zip(RUNS, results):
        print(f"  {run:<32} p50 {got['p50']:9.1f} us   p99 {got['p99']:9.1f} us   {got['per_second']:8.0f} /s")


def load_example(aetherd, app):
    with aetherd.connect() as client:
        answer = client.data({"wasm_load": {"name": "bench", "bytes": list(service.EXAMPLES[app].read_bytes())}})
        if answer.get("status") != "loaded":
            sys.exit(f"bench-enclave: {answer}")


def call_frame():
    inner = json.dumps({"wasm_call": {"app": "bench", "function": "hello"}}, separators=(",", ":")).encode()
    return service.frame(json.dumps({"Data": list(inner)}, separators=(",", ":")).encode())


def measure_service(directory, app, seconds):
    request = directory / "call"
    request.write_bytes(call_frame())
    with service.Aetherd(directory / "aetherd") as aetherd:
        load_example(aetherd, app)
        return measure(aetherd.port, "frame", request, seconds)


def measure_nginx(directory, size, seconds):
    if shutil.which("nginx") is None and not os.access("/usr/sbin/nginx", os.X_OK):
        print("nginx is not installed: nothing stands beside")
        return
    request = directory / "get"
    request.write_bytes(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
    with Nginx(directory / "nginx", size) as nginx:
        print_results(f"nginx: a static answer of {size} bytes", measure(nginx.port, "http", request, seconds))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--app", choices=sorted(service.EXAMPLES), default="c")
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aether-bench-") as name:
        directory = Path(name)
        results = measure_service(directory, options.app, options.seconds)
        print_results(f"aetherd: hello of the example ({options.app}), a fresh instance each", results)
        measure_nginx(directory, results[0]["bytes"], options.seconds)
    best = max(got["per_second"] for got in results)
    is_kept = best >= LIMIT
    print(f"limit of {LIMIT} isolated calls a second: {best:.0f}, {'kept' if is_kept else 'NOT KEPT'}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
