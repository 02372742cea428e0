"""Attempts to get somewhere, or send something, that nobody granted. Each has a name and one outcome; none may reach a
server with a request."""
import pytest
from probe import DENIED, INVALID, TOO_LARGE, UNREACHABLE, cbor

PORT = "{port}"

# name, URL, kind, part of the sentence
URLS = [
    ("plain_http", "http://a.test/", INVALID, "only https://"),
    ("ftp", "ftp://a.test/", INVALID, "only https://"),
    ("a_file", "file:///etc/passwd", INVALID, "only https://"),
    ("gopher", "gopher://a.test:443/_x", INVALID, "only https://"),
    ("no_scheme", "a.test/", INVALID, "only https://"),
    ("no_scheme_but_slashes", "//a.test/", INVALID, "only https://"),
    ("a_scheme_that_begins_alike", "httpsx://a.test/", INVALID, "only https://"),
    ("one_slash", "https:/a.test/", INVALID, "only https://"),
    ("three_slashes", "https:///a.test/", INVALID, "no host"),
    ("no_slash", "https:a.test", INVALID, "only https://"),
    ("a_user", "https://user@a.test/", INVALID, "user"),
    ("a_user_and_password", "https://user:secret@a.test/", INVALID, "user"),
    ("a_user_that_looks_granted", "https://a.test@evil.test/", INVALID, "user"),
    ("an_empty_user", "https://@a.test/", INVALID, "user"),
    ("two_ats", "https://a.test@b.test@evil.test/", INVALID, "user"),
    ("a_backslash_before_an_at", "https://a.test\\@evil.test/", INVALID, "byte that no URL has"),
    ("cr_lf_in_the_path", "https://a.test/x\r\nX-Evil: 1", INVALID, "byte that no URL has"),
    ("lf_in_the_query", "https://a.test/?x\ny", INVALID, "byte that no URL has"),
    ("cr_lf_in_the_host", "https://a.test\r\n.evil.test/", INVALID, "byte that no URL has"),
    ("a_nul", "https://a.test/\0", INVALID, "byte that no URL has"),
    ("a_tab_in_the_host", "https://a.\ttest/", INVALID, "byte that no URL has"),
    ("a_space_in_front", " https://a.test/", INVALID, "byte that no URL has"),
    ("a_space_in_the_path", "https://a.test/x HTTP/1.1", INVALID, "byte that no URL has"),
    ("a_delete_character", "https://a.test/\x7f", INVALID, "byte that no URL has"),
    ("a_host_that_is_no_ascii", "https://b\u00fccher.test/", INVALID, "byte that no URL has"),
    ("a_full_stop_of_elsewhere", "https://a\u3002test/", INVALID, "byte that no URL has"),
    ("percent_in_the_host", "https://%61.test/", INVALID, "percent"),
    ("percent_slash_in_the_host", "https://a.test%2f.evil.test/", INVALID, "percent"),
    ("a_zone", "https://[fe80::1%25lo]/", INVALID, "percent-encoding or a zone"),
    ("port_zero", "https://a.test:0/", INVALID, "port"),
    ("a_port_beyond", "https://a.test:65979/", INVALID, "bad URL"),
    ("a_port_with_letters", "https://a.test:443x/", INVALID, "bad URL"),
    ("no_host", "https:///", INVALID, "no host"),
    ("no_host_but_a_port", "https://:443/", INVALID, "bad URL"),
    ("a_url_too_long", "https://a.test/" + "x" * 8192, INVALID, "8,192"),
    ("an_empty_url", "", INVALID, "8,192"),
    ("hexadecimal_loopback", "https://0x7f.1:{port}/", DENIED, "not public"),
    ("hexadecimal_loopback_in_one", "https://0x7f000001:{port}/", DENIED, "not public"),
    ("decimal_loopback", "https://2130706433:{port}/", DENIED, "not public"),
    ("octal_loopback", "https://0177.0.0.1:{port}/", DENIED, "not public"),
    ("short_loopback", "https://127.1:{port}/", DENIED, "not public"),
    ("loopback", "https://127.0.0.1:{port}/", DENIED, "not public"),
    ("loopback_by_name", "https://localhost:{port}/", DENIED, "not public"),
    ("loopback_by_name_with_a_dot", "https://LOCALHOST.:{port}/", DENIED, "not public"),
    ("loopback_of_ipv6", "https://[::1]:{port}/", DENIED, "not public"),
    ("mapped_loopback", "https://[::ffff:127.0.0.1]:{port}/", DENIED, "not public"),
    ("mapped_loopback_in_hex", "https://[::ffff:7f00:1]:{port}/", DENIED, "not public"),
    ("translated_loopback", "https://[64:ff9b::127.0.0.1]:{port}/", DENIED, "no grant"),
    ("unspecified", "https://0.0.0.0:{port}/", DENIED, "not public"),
    ("unspecified_in_short", "https://0:{port}/", DENIED, "not public"),
    ("metadata_of_a_cloud", "https://169.254.169.254/latest/meta-data/", DENIED, "not public"),
    ("metadata_in_decimal", "https://2852039166/", DENIED, "not public"),
    ("a_host_nobody_granted", "https://evil.test/", DENIED, "no grant for evil.test:443"),
    ("beneath_a_granted_host", "https://x.a.test/", DENIED, "no grant"),
    ("a_granted_host_as_a_prefix", "https://a.test.evil.test/", DENIED, "no grant"),
    ("a_granted_host_as_a_suffix", "https://xa.test/", DENIED, "no grant"),
    ("the_top_of_a_star", "https://wild.test/", DENIED, "no grant"),
    ("an_xn_label_beneath_a_star", "https://xn--bcher-kva.wild.test/", DENIED, "no grant"),
    ("another_port", "https://a.test:444/", DENIED, "no grant for a.test:444"),
    ("two_dots_at_the_end", "https://a.test../", INVALID, "bad URL: its host"),
    ("two_dots_in_the_middle", "https://a..test/", INVALID, "bad URL: its host"),
    ("a_label_too_long", "https://" + "a" * 64 + ".test/", DENIED, "label"),
    ("a_public_address_nobody_granted", "https://93.184.216.34/", DENIED, "no grant"),
]

# name, headers, part of the sentence
HEADERS = [
    ("cr_lf_in_a_value", [("X-A", "1\r\nX-Evil: 2")], "control character"),
    ("cr_lf_cr_lf_in_a_value", [("X-A", "1\r\n\r\nGET /evil HTTP/1.1\r\nHost: a.test\r\n\r\n")], "control character"),
    ("lf_in_a_value", [("X-A", "1\nX-Evil: 2")], "control character"),
    ("cr_in_a_value", [("X-A", "1\rX-Evil: 2")], "control character"),
    ("nul_in_a_value", [("X-A", b"1\x00")], "control character"),
    ("cr_lf_in_a_name", [("X-A: 1\r\nX-Evil", "2")], "no token"),
    ("lf_in_a_name", [("X\nEvil", "2")], "no token"),
    ("a_colon_in_a_name", [("X-Evil:", "2")], "no token"),
    ("a_space_in_a_name", [("Transfer-Encoding ", "chunked")], "no token"),
    ("an_empty_name", [("", "2")], "no token"),
    ("a_name_that_is_no_ascii", [("X-\u00fc", "2")], "no token"),
    ("a_nul_in_a_name", [("X\0", "2")], "no token"),
    ("another_host", [("Host", "evil.test")], "not the guest's"),
    ("two_hosts", [("Host", "a.test"), ("host", "evil.test")], "not the guest's"),
    ("a_wrong_length", [("Content-Length", "5")], "not the guest's"),
    ("a_length_with_a_sign", [("Content-Length", "+0")], "not the guest's"),
    ("chunked", [("Transfer-Encoding", "chunked")], "not the guest's"),
    ("keep_alive", [("Connection", "keep-alive")], "not the guest's"),
    ("connection_names_a_header", [("Connection", "close, Authorization")], "not the guest's"),
    ("an_upgrade", [("Upgrade", "websocket")], "not the guest's"),
    ("a_proxy_password", [("Proxy-Authorization", "Basic eA==")], "not the guest's"),
    ("te", [("TE", "trailers")], "not the guest's"),
    ("a_trailer", [("Trailer", "X-A")], "not the guest's"),
    ("expect", [("Expect", "100-continue")], "not the guest's"),
    ("http2_settings", [("HTTP2-Settings", "AAMAAABk")], "not the guest's"),
]

# name, where the redirect goes, kind, part of the sentence
REDIRECTS = [
    ("to_plain_http", "http://a.test/", INVALID, "redirect refused: only https://"),
    ("to_a_file", "file:///etc/passwd", INVALID, "redirect refused: only https://"),
    ("to_loopback", "https://127.0.0.1:{port}/", DENIED, "not public"),
    ("to_loopback_by_name", "https://localhost:{port}/", DENIED, "not public"),
    ("to_loopback_in_hexadecimal", "https://0x7f000001:{port}/", DENIED, "not public"),
    ("to_metadata", "https://169.254.169.254/", DENIED, "not public"),
    ("to_a_host_nobody_granted", "https://evil.test/", DENIED, "no grant for evil.test:443 (after a redirect)"),
    ("to_another_port", "https://a.test:444/", DENIED, "no grant"),
    ("to_a_user", "https://a.test@evil.test/", INVALID, "redirect refused: bad URL: a user"),
    ("to_a_user_without_a_scheme", "//user@a.test/", INVALID, "redirect refused: bad URL: a user"),
    ("to_another_host_without_a_scheme", "//evil.test/", DENIED, "no grant for evil.test:443"),
    ("to_a_backslash", "https:\\\\evil.test\\", INVALID, "redirect refused"),
    ("to_a_backslash_host", "/\\evil.test/", INVALID, "redirect refused"),
    ("to_one_slash", "https:/evil.test/", INVALID, "redirect refused"),
    ("to_nothing", "", INVALID, "redirect refused"),
    ("to_a_tab", "https://a.test/\tx", INVALID, "redirect refused"),
    ("to_a_url_too_long", "/" + "x" * 8192, TOO_LARGE, "redirect refused"),
]


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
def test_a_method_that_there_is_not(egress, method):
    assert egress.fetch("https://a.test/", method=method).kind == INVALID


def test_head_has_no_body(egress):
    assert egress.fetch("https://a.test/", method="HEAD", body=b"x").kind == INVALID


def test_too_many_and_too_long_headers(egress):
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
