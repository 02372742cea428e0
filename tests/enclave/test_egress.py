"""HTTPS of apps through the whole service: both forms of privasys:enclave-os/https, the corpus of tests/egress over the
wire, the log, and a role egress that dies."""
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
import service

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "egress"))
import web  # noqa: E402 (the path comes first)
from corpus import HEADERS, PORT, REDIRECTS, URLS  # noqa: E402
from test_authority import enroll, make_client  # noqa: E402

# Components that export what they import, in the flat form and with records:
#   (component (import "privasys:enclave-os/https@0.1.0" (instance $https ...)) (export "fetch" (func $https "fetch")))
FLAT = bytes.fromhex(
    "0061736d0d000100075301420b016f02737301700001707d016b02016f02737301700401707d016f037b0506016a01070173014004066d6574"
    "686f64790375726c7307686561646572730104626f6479030008040005666574636801090a2401001f70726976617379733a656e636c617665"
    "2d6f732f687474707340302e312e300500060a010100000566657463680b0b0100056665746368010000001a0e636f6d706f6e656e742d6e61"
    "6d650109050100056874747073")
RECORDS = bytes.fromhex(
    "0061736d0d00010007950301421d016d070367657404706f7374037075740664656c6574650570617463680468656164076f7074696f6e73"
    "0400066d6574686f64030000016d0203736778037464780400087465652d7479706503000201707d017202036f6964730576616c75650404"
    "000c65787065637465642d6f696403000501707d016b0701700601707301720703746565030a6d722d656e636c61766508096d722d736967"
    "6e657208056d722d7464080f6368616c6c656e67652d6e6f6e6365080d65787065637465642d6f69647309136174746573746174696f6e2d"
    "736572766572730a04000c7261746c732d706f6c69637903000b016f02737301700d016b0c01707d017010016b11017206066d6574686f64"
    "010375726c7307686561646572730e04626f647908057261746c730f0c63612d726f6f74732d646572120400077265717565737403001301"
    "6f02737301701501707d017203067374617475737b07686561646572731604626f647917040008726573706f6e7365030018016a01190173"
    "014001077265717565737414001a0400056665746368011b0a2401001f70726976617379733a656e636c6176652d6f732f68747470734030"
    "2e312e3005000b0b0100056874747073050000002a0e636f6d706f6e656e742d6e616d65010e0301000a68747470732d7479706501090501"
    "00056874747073")


AT_ONCE = 4


def string(text):
    return {"type": "string", "value": text}


def headers_of(pairs):
    return {"type": "list", "value": [{"type": "tuple", "value": [string(name), string(value)]} for name, value in pairs]}


def option(value):
    return {"type": "option", "value": value}


def flat(url, method=0, headers=(), body=None):
    content = None if body is None else {"type": "bytes", "value": list(body)}
    return [{"type": "u32", "value": method}, string(url), headers_of(headers), option(content)]


def records(url, method="get", roots=None):
    return [{"type": "record", "value": [["method", {"type": "enum", "value": method}], ["url", string(url)],
                                         ["headers", headers_of([])], ["body", option(None)], ["ratls", option(None)],
                                         ["ca-roots-der", option(roots)]]}]


class Outside:
    """The service and the server that apps ask."""

    def __init__(self, directory):
        authority = web.Authority(directory)
        self.server = web.Server(*authority.issue("good", ["a.test", "localhost", "127.0.0.1"]))
        port = self.server.port
        hosts = ["a.test", f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", f"[::ffff:127.0.0.1]:{port}",
                 f"0.0.0.0:{port}", "169.254.169.254", "*.wild.test"]
        self.aetherd = service.Aetherd(directory / "service", egress=hosts, egress_ca=authority.path,
                                       resolve=[f"a.test:443:127.0.0.1:{port}"], options=["--limit", "fetch_ms=3000"])
        self.client = self.aetherd.connect()
        for name, code in (("flat", FLAT), ("records", RECORDS)):
            assert self.client.data({"wasm_load": {"name": name, "bytes": list(code)}})["status"] == "loaded"

    def call(self, app, function, params):
        reply = self.client.data({"wasm_call": {"app": app, "function": function, "params": params}})
        assert reply["status"] == "ok", reply
        return reply["returns"][0]["value"]

    def fetch(self, url, **options):
        """(status, headers, body), or the sentence."""
        value = self.call("flat", "fetch", flat(url, **options))
        return tuple(value["ok"]) if "ok" in value else value["err"]

    def lines(self):
        return [json.loads(line) for line in (self.aetherd.state / "log.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module", name="outside")
def an_outside(tmp_path_factory):
    made = Outside(tmp_path_factory.mktemp("outside"))
    yield made
    made.aetherd.stop()
    made.server.close()


def test_the_flat_form_fetches(outside):
    outside.server.pages["/x"] = web.answer(b"hello", "201 Created", ["X-A: b"])
    status, headers, body = outside.fetch("https://a.test/x", method=1, headers=[["X-B", "c"]], body=b"abc")
    assert (status, bytes(body)) == (201, b"hello") and ["X-A", "b"] in headers
    line, sent, content = outside.server.requests[-1]
    assert (line, sent["x-b"], content) == ("POST /x HTTP/1.1", ["c"], b"abc")


def test_headers_without_a_value_are_sent(outside):
    outside.server.pages["/x"] = web.answer(b"hello")
    assert outside.fetch("https://a.test/x", headers=[["X-A", ""], ["X-B", " "], ["X-C", "\t \t"], ["Accept", " "], ["X-D", " d "]])[0] == 200
    _, sent, _ = outside.server.requests[-1]
    assert [sent.get(name) for name in ("x-a", "x-b", "x-c", "accept", "x-d")] == [[""], [""], [""], [""], ["d"]]


def test_bodies_that_go_as_memory_files_pass_whole(outside):
    body = bytes(range(256)) * 1200
    outside.server.pages["/large"] = web.answer(body)
    answered = outside.fetch("https://a.test/large", method=2, body=body[::-1])
    assert not isinstance(answered, str), answered
    assert bytes(answered[2]) == body and outside.server.requests[-1][2] == body[::-1]


def test_many_calls_fetch_at_once(outside):
    together = threading.Barrier(AT_ONCE)

    def page(connection, *_):
        together.wait(10)  # one after another would wait in vain
        connection.sendall(web.answer(b"slow"))
    outside.server.pages["/slow"] = page
    answers = []

    def one():
        with outside.aetherd.connect() as client:
            reply = client.data({"wasm_call": {"app": "flat", "function": "fetch", "params": flat("https://a.test/slow")}})
            answers.append(reply)
    threads = [threading.Thread(target=one) for _ in range(3 * AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(reply["returns"][0]["value"]["ok"][0] == 200 for reply in answers) and len(answers) == len(threads), answers


def test_the_record_form_fetches(outside):
    outside.server.pages["/x"] = web.answer(b"hello")
    value = outside.call("records", "https/fetch", records("https://a.test/x"))["ok"]
    fields = dict(value) if isinstance(value, list) else value
    assert fields["status"] == 200 and bytes(fields["body"]) == b"hello"


def test_the_record_form_refuses_roots_of_the_apps_own(outside):
    before = outside.server.accepted
    assert "not supported" in outside.call("records", "https/fetch", records("https://a.test/", roots={"type": "list", "value": []}))["err"]
    assert outside.server.accepted == before


@pytest.mark.parametrize("url,why", [(row[1], row[3]) for row in URLS if row[0] != "a_full_stop_of_elsewhere"],
                         ids=[row[0] for row in URLS if row[0] != "a_full_stop_of_elsewhere"])
def test_a_url_leads_nowhere(outside, url, why):
    before = len(outside.server.requests)
    sentence = outside.fetch(url.replace(PORT, str(outside.server.port)))
    assert isinstance(sentence, str) and why in sentence, sentence
    assert len(outside.server.requests) == before


@pytest.mark.parametrize("headers,why", [row[1:] for row in HEADERS if isinstance(row[1][0][1], str)],
                         ids=[row[0] for row in HEADERS if isinstance(row[1][0][1], str)])
def test_a_header_is_refused(outside, headers, why):
    before = outside.server.accepted
    sentence = outside.fetch("https://a.test/", headers=headers)
    assert isinstance(sentence, str) and why in sentence, sentence
    assert outside.server.accepted == before


@pytest.mark.parametrize("target,why", [(row[1], row[3]) for row in REDIRECTS], ids=[row[0] for row in REDIRECTS])
def test_a_redirect_leads_nowhere(outside, target, why):
    where = target.replace(PORT, str(outside.server.port))
    outside.server.pages["/away"] = f"HTTP/1.1 302 Found\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()
    before = len(outside.server.requests)
    sentence = outside.fetch("https://a.test/away")
    assert isinstance(sentence, str) and why in sentence, sentence
    assert len(outside.server.requests) == before + 1


def test_the_log_has_the_decision_when_the_server_sees_a_connection(outside):
    seen = []
    outside.server.pages["/x"] = web.answer(b"")
    outside.server.on_accept = lambda: seen.append(outside.lines()[-1])
    assert outside.fetch("https://a.test/x?planted-secret", headers=[["X-Key", "planted-secret"]])[0] == 200
    outside.server.on_accept = None
    assert [(line["kind"], line["app"], line["host"], line["outcome"]) for line in seen] == [
        ("egress", "flat", "a.test", "granted")]
    assert "planted-secret" not in (outside.aetherd.state / "log.jsonl").read_text()


def test_the_end_of_a_fetch_is_in_the_log_with_its_address(outside):
    outside.server.pages["/x"] = web.answer(b"12345")
    assert outside.fetch("https://a.test/x")[0] == 200
    text = [each for each in outside.lines() if each["kind"] == "fetched"][-1]["text"]
    assert "status 200" in text and f"from 127.0.0.1:{outside.server.port}" in text, text


def test_a_denial_is_in_the_log(outside):
    assert "no grant for evil.test:443" in outside.fetch("https://evil.test/")
    line = [each for each in outside.lines() if each["kind"] == "egress"][-1]
    assert (line["host"], line["outcome"]) == ("evil.test", "denied") and "no grant" in line["text"]


def test_an_egress_that_dies_costs_the_requests_that_it_had(outside):
    outside.server.pages["/x"] = web.answer(b"back")
    pid = outside.aetherd.roles().get("egress")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        answered = outside.fetch("https://a.test/x")
        if not isinstance(answered, str):
            break
        assert "away" in answered, answered
        time.sleep(0.1)
    assert bytes(answered[2]) == b"back"
    assert outside.aetherd.roles().get("egress") not in (None, pid)


def test_an_io_that_dies_is_back_with_its_connections_out(outside):
    outside.server.pages["/x"] = web.answer(b"back")
    pid = outside.aetherd.roles().get("io")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    answered = None
    for _ in range(100):
        try:
            outside.client = outside.aetherd.connect()
            answered = outside.fetch("https://a.test/x")
        except (OSError, EOFError, ValueError):
            answered = "away"
        if not isinstance(answered, str):
            break
        assert "away" in answered, answered
        time.sleep(0.1)
    assert bytes(answered[2]) == b"back"
    assert outside.aetherd.roles().get("io") not in (None, pid)


def test_the_example_has_its_headlines(aetherd, page):
    with aetherd.connect() as client:
        for name, path in service.EXAMPLES.items():
            loaded = client.data({"wasm_load": {"name": f"news-{name}", "bytes": list(path.read_bytes())}})
            assert loaded["status"] == "loaded", loaded
            reply = client.data({"wasm_call": {"app": f"news-{name}", "function": "fetch-headlines", "params": []}})
            value = reply["returns"][0]["value"]
            assert sum(line in value for line in page.headlines) >= 2, reply


def test_a_policy_grants_to_the_app_that_it_names(tmp_path, tpm):
    authority = web.Authority(tmp_path)
    operator = make_client(tmp_path, "operator")
    with web.Server(*authority.issue("good", ["localhost"])) as server:
        server.pages["/"] = web.answer(b"private")
        policy = tmp_path / "policy.conf"
        policy.write_text(enroll(operator[0]) + f"[egress private]\nallow_private = localhost:{server.port}\n"
                          f"[egress public]\nallow = localhost:{server.port}\n")
        with service.Aetherd(tmp_path / "service", tpm=tpm, dev=False, egress_ca=authority.path,
                             options=["--policy", policy]) as aetherd:
            with aetherd.connect(cert=operator[0], key=operator[1]) as client:
                answers = {}
                for name in ("private", "public", "other"):
                    assert client.load(name, FLAT)["status"] == "loaded"
                    reply = client.data({"wasm_call": {"app": name, "function": "fetch",
                                                       "params": flat(f"https://localhost:{server.port}/")}})
                    answers[name] = reply["returns"][0]["value"]
        assert bytes(answers["private"]["ok"][2]) == b"private", answers
        assert "not public" in answers["public"]["err"]
        assert "no grant" in answers["other"]["err"]
        assert len(server.requests) == 1
