"""What large requests leave behind in the roles that they pass: their memory is given back."""
import contextlib
import json
import re
from pathlib import Path

import service

FRAMES, AT_ONCE, HALF, MOST_LEFT = 20, 5, 6 << 20, 8 << 20


def resident(pid):
    """Without what it shares with cells, which may be more than before."""
    return int(re.search(r"^RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)[1]) << 10


def framed(inner):
    request = service.frame(json.dumps({"Data": list(json.dumps(inner).encode())}).encode())
    assert 10 << 20 < len(request) < 16 << 20
    return request


def send_at_once(server, request):
    with contextlib.ExitStack() as connections:
        clients = [connections.enter_context(server.connect(timeout=60)) for _ in range(AT_ONCE)]
        for part in (request[:HALF], request[HALF:]):  # all of them are there at the same time
            for client in clients:
                client.socket.sendall(part)
        for client in clients:
            assert list(json.loads(client.receive())) == ["Data"]


def test_memory_of_large_requests_is_given_back(tmp_path):
    text = {"type": "string", "value": "x" * 3000000}
    requests = [framed({"wasm_load": {"name": "large", "bytes": list(bytes(range(100, 200)) * 7000)}}),
                framed({"wasm_call": {"app": "app", "function": "hello", "params": [text]}})]
    with service.Aetherd(tmp_path) as server:
        with server.connect() as client:
            assert client.load("app", service.EXAMPLES["c"].read_bytes())["status"] == "loaded"
            assert client.value("app", "hello") == "Hello, World!"
        before = {name: resident(pid) for name, pid in server.roles().items()}

        for _ in range(FRAMES // AT_ONCE):
            for request in requests:
                send_at_once(server, request)

        def left():
            return {name: resident(pid) - before[name] for name, pid in server.roles().items()}

        assert service.wait_until(lambda: all(more < MOST_LEFT for more in left().values())), str(left())
