"""sdk/python: a server that is believed and still wrong neither fills the client's memory nor is taken at its word."""
import json
import resource
import sys
import time

import pytest

pytest.importorskip("cryptography")
import scripted  # noqa: E402
import service  # noqa: E402

sys.path.insert(0, str(service.ROOT / "sdk/python"))
import aether_enclave  # noqa: E402

LIST = {"wasm_list": {}}


@pytest.fixture(name="little_memory")
def a_little_memory():
    """What a number that is taken for a length would need is not there."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def connect(server, timeout=5):
    return aether_enclave.RaTlsClient("127.0.0.1", server.port, ca_cert=server.ca, allow_none=True, timeout=timeout).connect()


def inside(text):
    return json.dumps({"Data": list(text)}).encode()


WRONG = {
    "a number for bytes": b'{"Data":8000000000}', "a number for an error": b'{"Error":8000000000}', "no byte": b'{"Data":[256]}',
    "a negative byte": b'{"Data":[-1]}', "a word": b'{"Data":"x"}', "true": b'{"Data":[true]}', "null": b'{"Error":null}',
    "both": b'{"Data":[50],"Error":[50]}', "something besides": b'{"Data":[50],"x":1}', "no JSON": b"{", "nothing": b"",
    "not UTF-8": b'"\xff"', "a deep reply": b"[" * 200_000, "a deep inner reply": inside(b"[" * 200_000), "no inner JSON": inside(b"x"),
    "no number": inside(b'{"status":NaN}'), "an endless number": inside(b"1" * 100_000), "a huge frame": bytearray(b"\x01\x00\x00\x01"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_reply_is_one_error(tmp_path, little_memory, name):
    with scripted.Server(tmp_path, lambda _: WRONG[name]) as server, connect(server) as client:
        with pytest.raises(aether_enclave.ReplyError):
            client.request(LIST)
        with pytest.raises(ConnectionError):  # what comes next would answer nobody's question
            client.send(LIST)


def test_an_error_of_the_server_leaves_the_connection_and_the_terminal_whole(tmp_path):
    error = json.dumps({"Error": list("no\x1b[2J\r\u202e é".encode())}).encode()
    replies = [error, scripted.data({"status": "ok"})]
    with scripted.Server(tmp_path, lambda _: replies.pop(0)) as server, connect(server) as client:
        with pytest.raises(aether_enclave.ServerError) as caught:
            client.request(LIST)
        assert not isinstance(caught.value, aether_enclave.ReplyError)
        assert str(caught.value) == "no\\1b[2J\\0d\\202e é"
        assert client.request(LIST) == {"status": "ok"}


def test_a_reply_after_the_timeout_answers_no_other_question(tmp_path):
    asked = []

    def answer(payload):
        asked.append(scripted.inner(payload))
        time.sleep(1.0 if len(asked) == 1 else 0)
        return scripted.data({"answers": asked[-1]})
    with scripted.Server(tmp_path, answer) as server, connect(server, timeout=0.4) as client:
        with pytest.raises(TimeoutError):
            client.request({"one": 1})
        with pytest.raises(ConnectionError):
            client.request({"two": 2})
        client.timeout = 5
        assert client.connect().request({"three": 3}) == {"answers": {"three": 3}}
