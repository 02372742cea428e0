"""aether log verify: what it says of a chain. Signatures and restarts: tests/enclave/test_log.py."""
import hashlib

from support import aether, aether_json


def chain(path, heads):
    """A start, then heads that sign it, as aetherd writes them; signatures are of nobody."""
    previous, text = bytes(32), b""
    for number in range(1, heads + 2):
        line = f'{{"seq":{number},"prev":"{previous.hex()}","time":"2026-11-21T22:19:15.123456Z","kind":"'
        line += "start\"}" if number == 1 else f'head","signature":"{"5a" * 64}","signed":{number - 1}}}'
        previous = hashlib.sha256(line.encode()).digest()
        text += line.encode() + b"\n"
    path.write_bytes(text)
    return path


def test_one_is_said_as_one_and_more_as_more(tmp_path):
    said = {heads: aether("log", "verify", chain(tmp_path / "log", heads))[0] for heads in (0, 1, 2)}

    unchecked = " (signatures not checked: no --key)"
    assert said[0] == f"1 line, a whole chain; 0 heads{unchecked}; 0 torn lines\n"
    assert said[1] == f"2 lines, a whole chain; 1 head{unchecked}, the last one signs line 1; 0 torn lines\n"
    assert said[2] == f"3 lines, a whole chain; 2 heads{unchecked}, the last one signs line 2; 0 torn lines\n"


def test_a_line_that_was_changed_is_named(tmp_path):
    path = chain(tmp_path / "log", 2)
    path.write_bytes(path.read_bytes().replace(b"22:19:15", b"22:19:16", 1))

    out, err = aether("log", "verify", path, code=1)

    assert out == ""
    assert "line 2 does not follow the line before it" in err
    assert aether_json("log", "verify", path, code=1)["whole"] is False
