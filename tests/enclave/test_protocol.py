"""docs/protocol.md: its examples are sent to a service, line by line, and must be answered as it says."""
import base64
import json
import re

import pytest
import service

DOCUMENT = service.ROOT / "docs/protocol.md"
ANY = "…"


def examples():
    """[(heading, [(request or None, reply or None) ...])] of the fenced blocks that begin with `>`."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = []
    for block in re.findall(r"^```\n((?:[<>] .*\n)+)```$", text, re.M):
        lines = block.splitlines()
        title = text[:text.index(block)].rsplit("\n## ", 1)[1].split("\n", 1)[0]
        pairs = [(lines[i][2:], lines[i + 1][2:]) for i in range(0, len(lines) - 1, 2)]
        assert all(a.startswith(">") and b.startswith("<") for a, b in zip(lines[::2], lines[1::2])), block
        found.append((f"{len(found) + 1} {title}", pairs))
    return found


def matches(wanted, got):
    """Equal, but that `…` stands for anything, as a value, within a string, or for the rest of an array or object."""
    if wanted == ANY:
        return True
    if isinstance(wanted, str) and isinstance(got, str):
        return re.fullmatch(".*".join(map(re.escape, wanted.split(ANY))), got, re.S) is not None
    if isinstance(wanted, list) and isinstance(got, list):
        if wanted and wanted[-1] == ANY:
            got, wanted = got[:len(wanted) - 1], wanted[:-1]
        return len(wanted) == len(got) and all(map(matches, wanted, got))
    if isinstance(wanted, dict) and isinstance(got, dict):
        rest = dict(wanted)
        if rest.pop(ANY, None) is None and list(wanted) != list(got):
            return False
        return all(key in got and matches(value, got[key]) for key, value in rest.items())
    return type(wanted) is type(got) and wanted == got


def fill(text):
    """$APP is the example's bytes as base64, $BYTES as numbers."""
    content = service.EXAMPLES["c"].read_bytes()
    return text.replace("$APP", base64.b64encode(content).decode()).replace("$BYTES", ",".join(map(str, content)))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    with service.Aetherd(tmp_path_factory.mktemp("protocol"), options=["--limit", "call_ms=2000"]) as running:
        yield running


def ask(client, request):
    """Outer requests as they are; an inner one in Data, and the inner reply."""
    is_inner = request.startswith('{"wasm_') or request.startswith("inner ")
    request = request.removeprefix("inner ")
    payload = json.dumps({"Data": list(request.encode())}) if is_inner else request
    client.send(payload.encode())
    reply = json.loads(client.receive())
    if "Error" in reply:
        return {"Error": bytes(reply["Error"]).decode()}
    return json.loads(bytes(reply["Data"])) if "Data" in reply and is_inner else reply


def test_the_document_has_examples():
    assert len(examples()) == 4
    assert sum(len(pairs) for _, pairs in examples()) > 30


def test_every_example_is_answered_as_the_document_says(fresh):
    with fresh.connect() as client:
        for title, pairs in examples():
            for request, reply in pairs:
                got = ask(client, fill(request))
                assert matches(json.loads(reply), got), f"{title}\n> {request}\n< {json.dumps(got)}"


def test_a_pattern_does_not_match_what_it_does_not_say():
    assert matches({"a": ANY, "b": [1, ANY]}, {"a": 3, "b": [1, 2, 3]})
    assert matches("call failed: …", "call failed: x")
    for wanted, got in (({"a": 1}, {"a": 1, "b": 2}), ([1], [1, 2]), (1, True), ("a…", "b"), ({"a": 1}, {"b": 1}), ([], {})):
        assert not matches(wanted, got)
