"""Attempts to get somewhere, or send something, that nobody granted. Each has a name and one outcome; none may reach a
server with a request."""
import pytest
from corpus import HEADERS, PORT, REDIRECTS, URLS
from probe import DENIED, INVALID, TOO_LARGE, UNREACHABLE, cbor


def test_there_are_at_least_forty_attempts():
    names = [row[0] for row in URLS + HEADERS + REDIRECTS]
    assert len(names) == len(set(names)) and len(names) > 40


@pytest.mark.parametrize("url,kind,why", [row[1:] for row in URLS], ids=[row[0] for row in URLS])
def test_a_url_leads_nowhere(egress, world, url, kind, why):
    before = len(world.a.requests)
    answer = egress.fetch(url.replace(PORT, str(world.a.port)))
    assert (answer.kind, answer.ok) == (kind, False), answer
    assert why in answer.why, answer
    assert len(world.a.requests) == before


@pytest.mark.parametrize("headers,why", [row[1:] for row in HEADERS], ids=[row[0] for row in HEADERS])
def test_a_header_is_refused(egress, world, headers, why):
    before = world.a.accepted
    answer = egress.fetch("https://a.test/", headers=headers)
    assert answer.kind == INVALID and why in answer.why, answer
    assert world.a.accepted == before


@pytest.mark.parametrize("target,kind,why", [row[1:] for row in REDIRECTS], ids=[row[0] for row in REDIRECTS])
def test_a_redirect_leads_nowhere(egress, world, target, kind, why):
    where = target.replace(PORT, str(world.a.port))
    world.a.pages["/away"] = f"HTTP/1.1 302 Found\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()
    before = len(world.a.requests)
    answer = egress.fetch("https://a.test/away")
    assert (answer.kind, answer.ok) == (kind, False), answer
    assert why in answer.why, answer
    assert [line for line, _, _ in world.a.requests[before:]] == ["GET /away HTTP/1.1"]


def test_another_app_has_other_grants(egress, world):
    before = world.a.accepted
    assert egress.fetch("https://a.test/", app="other").kind == DENIED
    assert egress.fetch("https://a.test/", app="ap").kind == DENIED
    assert egress.fetch("https://a.test/", app="APP").kind == DENIED
    assert world.a.accepted == before


def test_nobody_connects_to_the_unspecified_address_not_even_by_a_private_grant(egress, world):
    assert egress.fetch(f"https://0.0.0.0:{world.a.port}/", app="private").kind == DENIED


def test_a_private_grant_reaches_what_it_says(egress, world):
    world.a.pages["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    assert egress.fetch(f"https://localhost:{world.a.port}/", app="private").body == b"hi"
    assert egress.fetch(f"https://127.0.0.1:{world.a.port}/", app="private").body == b"hi"


def test_a_name_that_does_not_exist_is_said_so(egress):
    answer = egress.fetch("https://no-such-name.invalid/", app="private")
    assert not answer.ok and answer.kind in (UNREACHABLE, 5), answer


@pytest.mark.parametrize("method", [7, 255, 1 << 40])
def test_a_method_that_there_is_not_is_refused(egress, method):
    assert egress.fetch("https://a.test/", method=method).kind == INVALID


def test_head_has_no_body(egress):
    assert egress.fetch("https://a.test/", method="HEAD", body=b"x").kind == INVALID


def test_too_many_or_too_long_headers_are_not_taken(egress):
    many = egress.fetch("https://a.test/", headers=[(f"X-{i}", "1") for i in range(129)])
    assert many.kind == TOO_LARGE and "128" in many.why
    long = egress.fetch("https://a.test/", headers=[("X-A", "x" * 65536)])
    assert long.kind == TOO_LARGE and "65,536" in long.why


def test_a_body_too_long_is_not_taken(egress):
    body = egress.fetch("https://a.test/", method="POST", body=b"x" * ((16 << 20) + 1))
    assert body.kind == TOO_LARGE, body


@pytest.mark.parametrize("junk", ids=range(12), argvalues=[b"\x60", b"\x00", b"\x84", b"\xff" * 100, cbor([0, "https://a.test/", []]),
                                  cbor([0, "https://a.test/", [["a"]], b""]),
                                  cbor([0, "https://a.test/", [["a", b"b", b"c"]], b""]),
                                  cbor([0, "https://a.test/", [], b""]) + b"\x00",
                                  cbor([0, "https://a.test/", [], "text"]),
                                  cbor([0, b"https://a.test/", [], b""]),
                                  b"\x84\x00\x78\x0fhttps://a.test/\x80\x40"[:-3] + b"\x98\x00\x40",
                                  b"\x9f\x00\x6fhttps://a.test/\x80\x40\xff"])
def test_what_is_no_request_is_refused(egress, world, junk):
    before = world.a.accepted
    assert egress.wait(egress.begin_raw(junk)).kind == INVALID
    assert world.a.accepted == before
