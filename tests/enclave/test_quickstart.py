"""Spec 004's Python program, lines 282 to 325, works against aetherd --dev as it was written."""
import hashlib
import json
import re
import shutil
import socket
import subprocess
import sys

import pytest
import quickstart
import service

PROGRAM_SHA256 = "71483a70162d56674bf53618122209e329d9f3a979eff29aef3c11db365445c4"
APP_SHA256 = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in service.EXAMPLES.items()}


def can_have_own_network():
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def place():
    """Options of quickstart.py: unchanged wherever port 8443 can be had."""
    if can_have_own_network():
        return ["--own-network"]
    return [] if is_free(quickstart.PORT) else ["--port", str(service.free_port())]


def test_the_program_is_the_one_of_the_specification():
    assert hashlib.sha256(quickstart.PROGRAM.read_bytes()).hexdigest() == PROGRAM_SHA256


@pytest.mark.parametrize("language", ["c", "rust"])
def test_the_program_loads_the_example_and_calls_hello(language):
    done = subprocess.run([sys.executable, quickstart.__file__, str(service.EXAMPLES[language]), *place()], capture_output=True,
                          text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    loaded, result = (json.loads(text) for text in re.split(r"^(?:Loaded|Result): ", done.stdout, flags=re.M)[1:])
    assert loaded["status"] == "loaded"
    assert (loaded["app"]["name"], loaded["app"]["hostname"]) == ("my-app", "my-app")
    assert (loaded["app"]["code_hash"], loaded["app"]["key_source"]) == (APP_SHA256[language], "generated")
    exports = [(e["name"], e["param_count"], e["result_count"]) for e in loaded["app"]["exports"]]
    assert exports == [("fetch-headlines", 0, 1), ("get-random", 0, 1), ("get-time", 0, 1), ("hello", 0, 1), ("kv-read", 1, 1),
                       ("kv-store", 2, 1)]
    assert result == {"status": "ok", "returns": [{"type": "string", "value": "Hello, World!"}]}
