#!/usr/bin/python3
"""Calls the six functions of the example app over the wire and prints a table: test_wasm_functions.py APP [option...]

APP is the component (a .wasm). The connection is TLS with frames of JSON: a length of 4 bytes, big-endian, then
{"Data": [bytes of the inner JSON]}. Exit status: 0 all six passed, 1 something failed, 2 wrong command line.

Without --ca the server's certificate is not checked: evidence is the business of `aether enclave attest`. Besides
python3 nothing is needed.
"""
import argparse
import hashlib
import json
import os
import re
import socket
import ssl
import struct
import sys
import time
from pathlib import Path

FRAME_MAX = 16 << 20
LINE = "  " + "-" * 60
BANNER = "=" * 64
EXPORTS = {"hello": 0, "get-random": 0, "get-time": 0, "kv-store": 2, "kv-read": 1, "fetch-headlines": 0}
KEY, VALUE = "greeting", "Hello from WASM in SGX!"


class Failure(Exception):
    """What is wrong, in one sentence."""


class Connection:
    """One TLS connection; requests and replies in turn."""

    def __init__(self, arguments):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if arguments.ca:
            context.load_verify_locations(arguments.ca)
            context.verify_mode = ssl.CERT_REQUIRED
        if arguments.cert:
            context.load_cert_chain(arguments.cert, arguments.key)
        address = (arguments.host, arguments.port)
        self.socket = context.wrap_socket(socket.create_connection(address, arguments.timeout), server_hostname=arguments.host)

    def close(self):
        self.socket.close()

    def read(self, length):
        parts = []
        while length:
            part = self.socket.recv(min(length, 65536))
            if not part:
                raise Failure("the server closed the connection")
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def ask(self, inner):
        """The inner reply to an inner request. An Error, an echo or anything else that is no reply is a failure."""
        text = json.dumps(inner, separators=(",", ":")).encode()
        payload = json.dumps({"Data": list(text)}, separators=(",", ":")).encode()
        self.socket.sendall(struct.pack(">I", len(payload)) + payload)
        length = struct.unpack(">I", self.read(4))[0]
        if length > FRAME_MAX:
            raise Failure(f"a frame of {length} bytes")
        reply = json.loads(self.read(length))
        if isinstance(reply, dict) and "Error" in reply:
            raise Failure(bytes(reply["Error"]).decode(errors="replace"))
        if not isinstance(reply, dict) or list(reply) != ["Data"]:
            raise Failure("the reply is no Data")
        answer = json.loads(bytes(reply["Data"]))
        if not isinstance(answer, dict) or not isinstance(answer.get("status"), str):
            raise Failure("the reply has no status")
        if answer["status"] == "error":
            raise Failure(str(answer.get("message", "error without a message")))
        return answer


class Suite:
    def __init__(self, connection, arguments):
        self.connection, self.name = connection, arguments.name
        self.headlines = None
        if arguments.headlines:
            self.headlines = Path(arguments.headlines).read_text(encoding="utf-8").split("\n")[:10]
            self.headlines = [line for line in self.headlines if line]

    def load(self, content):
        answer = self.connection.ask({"wasm_load": {"name": self.name, "bytes": list(content)}})
        app = answer.get("app")
        if answer["status"] != "loaded" or not isinstance(app, dict):
            raise Failure(f"the status is {answer['status']!r}, not 'loaded'")
        if app.get("name") != self.name:
            raise Failure(f"it was loaded as {app.get('name')!r}")
        if app.get("code_hash") != hashlib.sha256(content).hexdigest():
            raise Failure("code_hash is not SHA-256 of the file")
        exports = {export["name"]: export["param_count"] for export in app["exports"]}
        if any(exports.get(name) != count for name, count in EXPORTS.items()):
            raise Failure(f"these are not the example's functions: {', '.join(sorted(exports))}")

    def call(self, kind, function, *strings):
        """The one result, which has this type."""
        params = [{"type": "string", "value": text} for text in strings]
        answer = self.connection.ask({"wasm_call": {"app": self.name, "function": function, "params": params}})
        if answer["status"] != "ok":
            raise Failure(f"the status is {answer['status']!r}, not 'ok'")
        returns = answer.get("returns")
        if not isinstance(returns, list) or len(returns) != 1 or returns[0].get("type") != kind:
            raise Failure(f"returned {returns!r}, not one {kind}")
        return returns[0]["value"]

    def hello(self):
        return expect(self.call("string", "hello"), "Hello, World!")

    def random_number(self):
        numbers = [self.call("u32", "get-random") for _ in range(8)]
        for number in numbers:
            if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 100:
                raise Failure(f"{number!r} is no integer of 1 to 100")
        if len(set(numbers)) == 1:
            raise Failure(f"eight calls gave {numbers[0]} each")
        return str(numbers[0])

    def wall_clock(self):
        text = self.call("string", "get-time")
        found = re.fullmatch(r"(\d{10})\.\d{9}", text)
        if not found:
            raise Failure(f"{text!r} is no time")
        if abs(int(found[1]) - time.time()) > 86400:
            raise Failure(f"{text} is more than a day off")
        return text

    def store(self):
        expect(self.call("string", "kv-store", KEY, VALUE), f"stored: {KEY}")
        return f"{KEY} = '{VALUE}'"

    def read(self):
        expect(self.call("string", "kv-read", "missing"), "error: key not found: missing")
        return expect(self.call("string", "kv-read", KEY), VALUE)

    def egress(self):
        text = self.call("string", "fetch-headlines")
        lines = text.split("\n")
        if len(lines) < 2 or len(lines) > 10 or any(not line.startswith(f"{i}. ") for i, line in enumerate(lines, 1)):
            raise Failure(f"no numbered list of 2 to 10 headlines: {text}")
        if self.headlines is not None:
            expect(lines, [f"{i}. {line}" for i, line in enumerate(self.headlines, 1)])
        return f"{len(lines)} headlines — {lines[0]}"

    def unload(self):
        answer = self.connection.ask({"wasm_unload": {"name": self.name}})
        expect(answer, {"status": "unloaded", "name": self.name})


def expect(got, wanted):
    if got != wanted:
        raise Failure(f"{got!r}, not {wanted!r}")
    return got


def attempt(step, *arguments):
    """(True, what it returns) or (False, why not)."""
    try:
        return True, step(*arguments)
    except (Failure, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return False, str(error) or type(error).__name__


def one_line(text, width):
    text = "".join(c if c.isprintable() else " " for c in str(text))
    return text if len(text) <= width else text[: width - 1] + "…"


def run(connection, arguments):
    suite = Suite(connection, arguments)
    content = Path(arguments.app).read_bytes()
    print(f"\n  Loading {Path(arguments.app).name} ...")
    begin = time.monotonic()
    good, why = attempt(suite.load, content)
    if not good:
        print(f"  Not loaded: {one_line(why, 300)}\n\n  ✘ Result: NOT LOADED")
        return False
    print(f"  Loaded in {time.monotonic() - begin:.2f}s\n")
    print(f"{LINE}\n    #  Test                 Result  Details\n{LINE}")
    tests = [("Hello World", suite.hello), ("Random Number", suite.random_number), ("Wall Clock", suite.wall_clock),
             ("KV Store (write)", suite.store), ("KV Store (read)", suite.read), ("HTTPS Egress", suite.egress)]
    failed = 0
    for number, (title, test) in enumerate(tests, 1):
        good, details = attempt(test)
        failed += not good
        print(f"  {number:3}  {title:<20} {'✔' if good else '✘'}  {one_line(details, 60 if good else 300)}", flush=True)
    print(LINE + "\n")
    if not arguments.keep:
        good, why = attempt(suite.unload)
        if not good:
            print(f"  ✘ Not unloaded: {one_line(why, 300)}\n")
            failed += 1
    if failed == 0:
        print(f"  ✔ Result: ALL {len(tests)} TESTS PASSED")
    else:
        print(f"  ✘ Result: {failed} FAILED")
    return failed == 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("app", metavar="APP", help="the component")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--name", default="test-app", help="the name it is loaded under")
    parser.add_argument("--keep", action="store_true", help="do not unload it at the end")
    parser.add_argument("--ca", help="PEM: the server's certificate must lead to one of these")
    parser.add_argument("--cert", help="PEM: certificate of an operator, where the server wants one")
    parser.add_argument("--key", help="PEM: its key")
    parser.add_argument("--headlines", default=os.environ.get("AETHER_HEADLINES"), metavar="FILE",
                        help="the headlines that the page has, one a line (AETHER_HEADLINES); else any two or more pass")
    parser.add_argument("--timeout", type=float, default=30, help="seconds of patience")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if not Path(arguments.app).is_file():
        print(f"{arguments.app}: no such file", file=sys.stderr)
        return 2
    print(f"{BANNER}\n  Enclave OS (Mini) - WASM Integration Test Suite\n{BANNER}\n")
    print(f"  Connecting to {arguments.host}:{arguments.port} ...", flush=True)
    good, connection = attempt(Connection, arguments)
    if not good:
        print(f"  Not connected: {one_line(connection, 300)}\n\n  ✘ Result: NOT CONNECTED")
        return 1
    print(f"  Connected: {connection.socket.version()}, {connection.socket.cipher()[0]}")
    try:
        return 0 if run(connection, arguments) else 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
