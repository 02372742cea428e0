"""What goes over the wire and what comes back: methods, headers, redirects, certificates, and servers that lie."""
import gzip
import threading
import time

import pytest
from probe import TIMEOUT, TOO_LARGE, UNREACHABLE
from web import answer, dribble

MOST = 1 << 20


def raw(text):
    return text.replace("\n", "\r\n").encode("latin-1")


# ---- requests ----


@pytest.mark.parametrize("method,body", [("GET", b""), ("GET", b"with"), ("POST", b""), ("POST", b"abc"), ("PUT", b"abc"),
                                         ("PUT", b""), ("DELETE", b""), ("PATCH", b"x" * 70000), ("OPTIONS", b"")])
def test_a_method_and_its_body_arrive(egress, world, method, body):
    world.a.pages["/m"] = answer(b"done", "201 Created", ["X-One: 1", "X-One: 2"])
    got = egress.fetch("https://a.test/m?q=%0d%0a#fragment", method=method, body=body,
                       headers=[("X-Guest", "va\tlue"), ("X-Empty", "")])
    assert (got.status, got.body, got.header("x-one")) == (201, b"done", ["1", "2"]), got
    line, headers, sent = world.a.requests[-1]
    assert line == f"{method} /m?q=%0d%0a HTTP/1.1"
    assert sent == body
    assert headers["host"] == ["a.test"] and headers["connection"] == ["close"]
    assert headers["x-guest"] == ["va\tlue"] and headers["x-empty"] == [""]
    assert "content-type" not in headers and "expect" not in headers and "transfer-encoding" not in headers
    assert headers.get("content-length", ["0"]) == [str(len(body))]


def test_a_large_request_and_a_large_response_pass_whole(egress, world):
    body = bytes(range(256)) * 32768
    world.a.pages["/large"] = answer(body[:MOST])
    got = egress.fetch("https://a.test/large", method="POST", body=body)
    assert got.ok and got.body == body[:MOST], got
    assert world.a.requests[-1][2] == body


def test_head_has_headers_alone(egress, world):
    world.a.pages["/head"] = raw(f"HTTP/1.1 200 OK\nContent-Length: {MOST * 8}\nX-A: b\n\n")
    got = egress.fetch("https://a.test/head", method="HEAD")
    assert (got.status, got.body, got.header("x-a")) == (200, b"", ["b"]), got


def test_headers_that_say_what_is_sent_anyway_are_taken(egress, world):
    world.a.pages["/"] = answer(b"")
    got = egress.fetch("https://a.test/", method="POST", body=b"abc",
                       headers=[("Host", "a.test"), ("Content-Length", "3"), ("Connection", "close")])
    assert got.ok, got
    assert world.a.requests[-1][1]["host"] == ["a.test"]


def test_another_port_is_in_the_host(egress, world):
    world.a.pages["/"] = answer(b"")
    assert egress.fetch("https://A.TEST.:8443/").ok
    assert world.a.requests[-1][1]["host"] == ["a.test:8443"]


def test_a_star_covers_what_is_beneath(egress, world):
    world.a.pages["/"] = answer(b"wild")
    assert egress.fetch("https://x.wild.test/").body == b"wild"


def test_an_error_of_the_server_is_an_answer(egress, world):
    world.a.pages["/no"] = answer(b"why", "401 Unauthorized")
    got = egress.fetch("https://a.test/no")
    assert (got.ok, got.status, got.body) == (True, 401, b"why")


def test_nothing_is_kept_between_calls(egress, world):
    world.a.pages["/cookie"] = answer(b"", headers=["Set-Cookie: secret=1; Path=/"])
    before = world.a.context.session_stats()["hits"]
    for _ in range(3):
        assert egress.fetch("https://a.test/cookie").header("set-cookie") == ["secret=1; Path=/"]
        assert "cookie" not in world.a.requests[-1][1]
    assert world.a.context.session_stats()["hits"] == before


# ---- redirects ----


def redirect(status, where):
    return answer(b"moved", f"{status} Moved", [f"Location: {where}"])


def chain(world, count):
    for i in range(count):
        world.a.pages[f"/hop{i}"] = redirect(302, f"/hop{i + 1}")
    world.a.pages[f"/hop{count}"] = answer(b"end")


def test_five_redirects_are_followed_and_each_is_in_the_log(egress, world):
    chain(world, 5)
    before = len(egress.events())
    assert egress.fetch("https://a.test/hop0").body == b"end"
    hops = [line for line in egress.events()[before:] if line.startswith("connect")]
    assert [line.split("hop=")[1][0] for line in hops] == list("012345")


def test_six_are_too_many(egress, world):
    chain(world, 6)
    got = egress.fetch("https://a.test/hop0")
    assert got.kind == UNREACHABLE and "too many redirects" in got.why


def test_a_circle_ends(egress, world):
    world.a.pages["/circle"] = redirect(307, "/circle")
    assert "too many redirects" in egress.fetch("https://a.test/circle").why


@pytest.mark.parametrize("status,method,becomes", [(301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"),
                                                   (303, "PUT", "GET"), (301, "PUT", "PUT"), (302, "DELETE", "DELETE"),
                                                   (307, "POST", "POST"), (308, "PATCH", "PATCH"), (303, "HEAD", "HEAD")])
def test_the_method_behind_a_redirect_is_that_of_rfc_9110(egress, world, status, method, becomes):
    body = b"" if method == "HEAD" else b"abc"
    world.a.pages["/from"] = redirect(status, "/to") if method != "HEAD" else raw(
        f"HTTP/1.1 {status} Moved\nLocation: /to\nContent-Length: 0\n\n")
    world.a.pages["/to"] = raw("HTTP/1.1 200 OK\nContent-Length: 0\n\n")
    got = egress.fetch("https://a.test/from", method=method, body=body, headers=[("Content-Type", "text/plain")])
    assert got.ok, got
    line, headers, sent = world.a.requests[-1]
    assert line == f"{becomes} /to HTTP/1.1"
    assert sent == (body if becomes == method else b"")
    assert ("content-type" in headers) == (becomes == method)


def test_secrets_go_to_the_first_origin_alone(egress, world):
    secret = [("Authorization", "Bearer x"), ("Cookie", "a=b"), ("X-Other", "1")]
    world.a.pages["/to"] = answer(b"")
    for where, kept in (("/to", True), ("https://a.test/to", True), ("https://b.test/to", False),
                        ("https://a.test:8443/to", False)):
        world.a.pages["/from"] = redirect(302, where)
        assert egress.fetch("https://a.test/from", headers=secret).ok
        headers = world.a.requests[-1][1]
        assert ("authorization" in headers, "cookie" in headers, "x-other" in headers) == (kept, kept, True), where
    world.a.pages["/from"] = redirect(302, "https://b.test/back")
    world.a.pages["/back"] = redirect(302, "https://a.test/to")
    assert egress.fetch("https://a.test/from", headers=secret).ok
    assert "authorization" not in world.a.requests[-1][1]


def test_a_redirect_without_a_location_is_an_answer(egress, world):
    world.a.pages["/from"] = answer(b"here", "302 Found")
    assert egress.fetch("https://a.test/from").body == b"here"


def test_two_locations_are_none(egress, world):
    world.a.pages["/from"] = answer(b"", "302 Found", ["Location: /one", "Location: /two"])
    assert "more than one Location" in egress.fetch("https://a.test/from").why


# ---- certificates ----


@pytest.mark.parametrize("name,why", [("expired", "expired"), ("future", "not yet valid"), ("wrong", "no alternative certificate subject name"),
                                      ("stranger", "unable to get local issuer"), ("self", ""), ("old", ""),
                                      ("plain", "")])
def test_a_server_that_can_not_be_trusted_gets_no_request(egress, world, name, why):
    server = world.servers[name]
    got = egress.fetch(f"https://{name}.test/", headers=[("Authorization", "secret")])
    # who speaks no TLS may wait for more than a hello
    assert got.kind in ((UNREACHABLE, TIMEOUT) if name == "plain" else (UNREACHABLE,)) and why in got.why, got
    assert server.requests == []
    assert "secret" not in got.why


def test_tls_1_2_is_taken(egress, world):
    world.servers["twelve"].pages["/"] = answer(b"twelve")
    assert egress.fetch("https://twelve.test/").body == b"twelve"


# ---- answers that lie ----


def body_of(text):
    return lambda connection, *_: connection.sendall(raw(text))


LIES = [
    ("a_length_over_the_limit", f"HTTP/1.1 200 OK\nContent-Length: {MOST + 1}\n\n", TOO_LARGE, "body"),
    ("a_length_beyond_all", "HTTP/1.1 200 OK\nContent-Length: 99999999999999999999999\n\nabc", None, ""),
    ("a_length_that_is_negative", "HTTP/1.1 200 OK\nContent-Length: -1\n\nabc", None, ""),
    ("a_length_that_is_short", "HTTP/1.1 200 OK\nContent-Length: 100\n\nabc", UNREACHABLE, ""),
    ("two_lengths", "HTTP/1.1 200 OK\nContent-Length: 3\nContent-Length: 5\n\nabcde", None, ""),
    ("a_chunk_size_of_letters", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\nabc\n0\n\n", UNREACHABLE, ""),
    ("a_chunk_size_beyond_all", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nFFFFFFFFFFFFFFFFFF\nabc", UNREACHABLE, ""),
    ("a_chunk_that_ends_early", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nFF\nabc", UNREACHABLE, ""),
    ("chunks_without_an_end", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n", UNREACHABLE, ""),
    ("an_answer_of_old", "just text\n", UNREACHABLE, ""),
    ("nothing", "", UNREACHABLE, ""),
    ("half_a_head", "HTTP/1.1 200 OK\nX-A: 1\n", None, ""),
    ("no_status", "HTTP/1.1\n\n", UNREACHABLE, ""),
    ("a_status_of_letters", "HTTP/1.1 abc OK\n\n", UNREACHABLE, ""),
    ("a_version_of_later", "HTTP/3.7 200 OK\n\n", UNREACHABLE, ""),
    ("a_switch_of_protocols", "HTTP/1.1 101 Switching Protocols\nUpgrade: h2c\n\n", UNREACHABLE, ""),
    ("a_header_name_with_a_space", "HTTP/1.1 200 OK\nX A: 1\nContent-Length: 0\n\n", UNREACHABLE, "no token"),
    ("a_flood_of_interim_answers", "HTTP/1.1 103 Early Hints\nX: 1\n\n" * 200 + "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
     TOO_LARGE, "interim"),
    ("too_many_headers", "HTTP/1.1 200 OK\n" + "X: 1\n" * 129 + "Content-Length: 0\n\n", TOO_LARGE, "headers"),
    ("a_flood_of_headers", "HTTP/1.1 200 OK\n" + "X: 1\n" * 50000 + "\n", TOO_LARGE, "headers"),
    ("a_header_too_long", "HTTP/1.1 200 OK\nX: " + "y" * 70000 + "\nContent-Length: 0\n\n", TOO_LARGE, "headers"),
    ("a_header_without_an_end", "HTTP/1.1 200 OK\nX: " + "y" * 400000, None, ""),
]


@pytest.mark.parametrize("text,kind,why", [row[1:] for row in LIES], ids=[row[0] for row in LIES])
def test_an_answer_that_lies_harms_nobody(egress, world, text, kind, why):
    world.a.pages["/lie"] = body_of(text)
    world.a.pages["/"] = answer(b"well")
    got = egress.fetch("https://a.test/lie")
    if kind is None:  # what it is does not matter, as long as it is bounded and not more than was sent
        assert (got.ok and len(got.body) <= len(text)) or got.kind in (UNREACHABLE, TOO_LARGE), got
    else:
        assert got.kind == kind and why in got.why, got
    assert egress.fetch("https://a.test/").body == b"well"


def test_what_is_behind_the_length_is_not_read(egress, world):
    world.a.pages["/more"] = body_of("HTTP/1.1 200 OK\nContent-Length: 3\n\nabcHTTP/1.1 200 OK\n\nevil")
    assert egress.fetch("https://a.test/more").body == b"abc"


def test_a_trailer_is_no_header(egress, world):
    world.a.pages["/trailer"] = body_of(
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nX-A: 1\n\n3\nabc\n0\nX-Late: 1\n\n")
    got = egress.fetch("https://a.test/trailer")
    assert got.body == b"abc" and got.header("x-late") == [] and got.header("x-a") == ["1"], got


def test_headers_of_interim_answers_are_not_the_answers(egress, world):
    world.a.pages["/hints"] = body_of("HTTP/1.1 103 Early Hints\nX-Hint: 1\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok")
    got = egress.fetch("https://a.test/hints")
    assert (got.status, got.body, got.header("x-hint")) == (200, b"ok", [])


def test_a_body_without_a_length_stops_at_the_limit(egress, world):
    def page(connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _i in range(64):
            connection.sendall(b"x" * 65536)
    world.a.pages["/endless"] = page
    got = egress.fetch("https://a.test/endless")
    assert got.kind == TOO_LARGE and "body" in got.why, got


def test_chunks_stop_at_the_limit(egress, world):
    def page(connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _i in range(64):
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
    world.a.pages["/chunks"] = page
    assert egress.fetch("https://a.test/chunks").kind == TOO_LARGE


def test_a_bomb_stays_small(egress, world):
    bomb = gzip.compress(b"\0" * (64 << 20))
    world.a.pages["/bomb"] = answer(bomb, headers=["Content-Encoding: gzip"])
    got = egress.fetch("https://a.test/bomb", headers=[("Accept-Encoding", "gzip")])
    assert got.body == bomb and got.header("content-encoding") == ["gzip"]


def test_a_bomb_in_the_transfer_stops_at_the_limit(egress, world):
    bomb = gzip.compress(b"\0" * (64 << 20))
    world.a.pages["/bomb"] = raw(f"HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n{len(bomb):x}\n") + bomb + raw(
        "\n0\n\n")
    got = egress.fetch("https://a.test/bomb")
    assert not got.ok and got.kind in (TOO_LARGE, UNREACHABLE), got


# ---- time ----


def timed(egress, url):
    begin = time.monotonic()
    got = egress.fetch(url)
    assert got.kind == TIMEOUT, got
    assert time.monotonic() - begin < 5


def test_a_server_that_says_nothing_is_left_in_time(egress):
    timed(egress, "https://mute.test/")


def test_a_server_that_dribbles_is_left_in_time(egress, world):
    def page(connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        dribble(b"X: 1\r\n", 0.3, 20)(connection)
    world.a.pages["/slow"] = page
    timed(egress, "https://a.test/slow")


def test_a_body_that_dribbles_is_left_in_time(egress, world):
    def page(connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        dribble(b"x", 0.3, 20)(connection)
    world.a.pages["/slow"] = page
    timed(egress, "https://a.test/slow")


def test_redirects_share_one_clock(egress, world):
    def page(connection, *_):
        time.sleep(0.9)
        connection.sendall(redirect(302, "/wait"))
    world.a.pages["/wait"] = page
    timed(egress, "https://a.test/wait")


def test_a_refused_connection_is_said_so(egress):
    got = egress.fetch("https://refused.test/")
    assert got.kind == UNREACHABLE and "refused" in got.why, got


def test_many_at_once_do_not_wait_for_each_other(patient, world):
    together = threading.Barrier(40)

    def page(connection, *_):
        together.wait(20)
        connection.sendall(answer(b"all are here"))
    world.a.pages["/together"] = page
    ids = [patient.begin("https://a.test/together") for _ in range(40)]
    assert all(patient.wait(number, 40).body == b"all are here" for number in ids)


def test_a_cancel_comes_back_at_once(patient):
    number = patient.begin("https://mute.test/")
    time.sleep(0.3)
    begin = time.monotonic()
    patient.say(f"cancel {number}")
    got = patient.wait(number)
    assert got.kind == TIMEOUT and time.monotonic() - begin < 10, got  # of 30 that it has


def test_no_address_of_a_header_is_an_invitation(egress, world):
    # Alt-Svc and Strict-Transport-Security change nothing for the next request.
    world.a.pages["/alt"] = answer(b"", headers=['Alt-Svc: h2="evil.test:443"', "Strict-Transport-Security: max-age=9"])
    world.a.pages["/"] = answer(b"same")
    assert egress.fetch("https://a.test/alt").ok
    assert egress.fetch("https://a.test/").body == b"same"
