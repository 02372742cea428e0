"""Drives tests/tools/egress_probe.c: main's side, io's connections out and egress, without the rest."""
import itertools
import os
import queue
import subprocess
import threading
from pathlib import Path

METHODS = {"GET": 0, "POST": 1, "PUT": 2, "DELETE": 3, "PATCH": 4, "HEAD": 5, "OPTIONS": 6}
DENIED, INVALID, UNREACHABLE, TOO_LARGE, TIMEOUT, UNAVAILABLE = 1, 2, 3, 4, 5, 6


def _head(major, number):
    for bits, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 1 << (8 * size):
            return bytes([major << 5 | bits]) + number.to_bytes(size, "big")
    raise ValueError(number)


def cbor(value):
    if isinstance(value, int):
        return _head(0, value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        data = value.encode()
        return _head(3, len(data)) + data
    return _head(4, len(value)) + b"".join(cbor(item) for item in value)


def from_cbor(data):
    """The first item of `data`, and what is behind it."""
    major, number, rest = data[0] >> 5, data[0] & 31, data[1:]
    if number > 23:
        size = 1 << (number - 24)
        number, rest = int.from_bytes(rest[:size], "big"), rest[size:]
    if major == 0:
        return number, rest
    if major in (2, 3):
        piece = bytes(rest[:number])
        return (piece if major == 2 else piece.decode()), rest[number:]
    items = []
    for _ in range(number):
        item, rest = from_cbor(rest)
        items.append(item)
    return items, rest


class Answer:
    def __init__(self, words):
        self.ok = words[1] == "ok"
        self.kind, self.why = 0, ""
        self.status, self.headers, self.body = 0, [], b""
        if self.ok:
            (self.status, self.headers, self.body), rest = from_cbor(bytes.fromhex(words[2]))
            assert not rest
        else:
            self.kind, _, self.why = words[2].partition(" ")
            self.kind = int(self.kind)

    def header(self, name):
        return [value.decode() for key, value in self.headers if key.lower() == name.lower()]

    def __repr__(self):
        return f"{self.status} {len(self.body)} bytes" if self.ok else f"error {self.kind}: {self.why}"


class Probe:
    """grants: (app, host, port, private); resolves: (host, port, address, port)."""

    def __init__(self, directory, ca=None, grants=(), resolves=(), fetch_ms=4000, fetch_bytes=1 << 20, prefix=()):
        binary = Path(os.environ.get("B", "build")) / "bin" / "egress_probe"
        self.log = directory / "events.log"
        self.log.touch()
        arguments = [*prefix, str(binary), str(self.log)] + ([str(ca)] if ca else [])
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answers = {}
        self.done = queue.Queue()
        self.ids = itertools.count(1)
        self.lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()
        for app, host, port, private in grants:
            self.say(f"grant {app} {host} {port} {int(private)}")
        for host, port, address, to_port in resolves:
            self.say(f"resolve {host} {port} {address} {to_port}")
        self.say(f"limit fetch_ms {fetch_ms}")
        self.say(f"limit fetch_bytes {fetch_bytes}")
        self.say("start")

    def _read(self):
        for line in self.process.stdout:
            words = line.rstrip("\n").split(" ", 2)
            if words[0] == "done":
                self.done.put(words[1])
            else:
                self.answers[words[0]].put(Answer(words))

    def _write(self, line):
        with self.lock:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def say(self, line):
        self._write(line)
        assert self.done.get(timeout=30) == line.split(" ")[0]

    def begin(self, url, method="GET", headers=(), body=b"", app="app"):
        request = [METHODS.get(method, method), url,
                   [[name, value if isinstance(value, bytes) else value.encode()] for name, value in headers], body]
        return self.begin_raw(cbor(request), app)

    def begin_raw(self, request, app="app"):
        number = str(next(self.ids))
        self.answers[number] = queue.Queue()
        self._write(f"fetch {number} {app} {request.hex() or '00'}")
        return number

    def wait(self, number, seconds=20):
        answer = self.answers[number].get(timeout=seconds)
        del self.answers[number]
        return answer

    def fetch(self, url, **options):
        return self.wait(self.begin(url, **options))

    def events(self):
        return self.log.read_text().splitlines()

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
