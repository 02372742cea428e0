"""The log has a request before anything of it leaves, and roles that go away are said so."""
import queue
import socket
import time

import pytest
from probe import DENIED, TIMEOUT, UNAVAILABLE, Probe
from web import Server, answer


def wait_for_event(probe, text, count=1):
    end = time.monotonic() + 15
    while sum(text in line for line in probe.events()) < count:
        assert time.monotonic() < end, probe.events()
        time.sleep(0.02)


def test_the_decision_is_in_the_log_when_the_server_sees_a_connection(world, tmp_path):
    seen = []
    chain = world.authority.issue("logged", ["logged.test"])
    log = tmp_path / "events.log"
    with Server(*chain, on_accept=lambda: seen.append(log.read_text())) as server:
        server.pages["/"] = answer(b"ok")
        with Probe(tmp_path, world.authority.path, [("app", "logged.test", 443, 0)],
                   [("logged.test", 443, "127.0.0.1", server.port)]) as probe:
            assert probe.fetch("https://logged.test/secret-path?secret", headers=[("X-Secret", "secret")]).status == 404
    assert len(seen) == 1
    assert "connect app GET logged.test 443 hop=0 granted=1" in seen[0]
    assert "secret" not in log.read_text()


def test_nothing_leaves_while_the_log_is_not_written(fresh, world):
    before = world.a.accepted
    fresh.say("log hold")
    number = fresh.begin("https://a.test/")
    wait_for_event(fresh, "connect app GET a.test 443")
    time.sleep(0.3)  # for what must not come
    assert world.a.accepted == before
    fresh.say("log release")
    assert fresh.wait(number).ok
    assert world.a.accepted == before + 1


def test_egress_killed_between_log_and_connection_leaves_the_line_and_nothing_else(fresh, world):
    before = len(world.a.requests)
    fresh.say("log hold")
    number = fresh.begin("https://a.test/")
    wait_for_event(fresh, "connect app GET a.test 443")
    fresh.say("egress kill")
    fresh.say("log release")
    answered = fresh.wait(number)
    assert answered.kind == UNAVAILABLE and "away" in answered.why, answered
    assert len(world.a.requests) == before
    assert fresh.fetch("https://a.test/").kind == UNAVAILABLE
    fresh.say("egress start")
    assert fresh.fetch("https://a.test/").ok


def test_egress_killed_while_it_waits_for_servers_fails_each_request_by_name(fresh, world):
    numbers = [fresh.begin("https://mute.test/") for _ in range(5)]
    wait_for_event(fresh, "connect app GET mute.test 443", len(numbers))
    fresh.say("egress kill")
    for number in numbers:
        answered = fresh.wait(number)
        assert answered.kind == UNAVAILABLE and "egress is away" in answered.why, answered  # and no time-out
    fresh.say("egress start")
    assert fresh.fetch("https://a.test/").ok


def test_a_log_that_fails_denies(fresh, world):
    before = world.a.accepted
    fresh.say("log fail")
    answered = fresh.fetch("https://a.test/")
    assert answered.kind == DENIED and "log can not be written" in answered.why
    assert world.a.accepted == before
    fresh.say("log work")
    assert fresh.fetch("https://a.test/").ok


def test_denials_are_in_the_log_with_their_reason(fresh):
    assert fresh.fetch("https://evil.test/").kind == DENIED
    assert any("connect app GET evil.test 443 hop=0 granted=0" in line and "no grant for evil.test:443" in line
               for line in fresh.events())


def test_no_grants_deny_everything(world, tmp_path):
    with Probe(tmp_path, world.authority.path, [], world.resolves()) as probe:
        before = world.a.accepted
        for url in ("https://a.test/", "https://b.test/", "https://127.0.0.1/", "https://localhost/"):
            assert probe.fetch(url).kind == DENIED
        assert world.a.accepted == before


def test_without_the_configured_ca_its_servers_are_strangers(world, tmp_path):
    with Probe(tmp_path, None, world.grants(), world.resolves()) as probe:
        before = len(world.a.requests)
        answered = probe.fetch("https://a.test/")
        assert not answered.ok and "certificate" in answered.why, answered
        assert len(world.a.requests) == before


def test_the_environment_is_nobodys_way_in(world, tmp_path, monkeypatch):
    keys = tmp_path / "tls-keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{world.closed_port}")
    monkeypatch.setenv("CURL_CA_BUNDLE", "/dev/null")
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    with Probe(tmp_path, world.authority.path, world.grants(), world.resolves()) as probe:
        assert probe.fetch("https://a.test/").ok
    assert not keys.exists()


def test_an_address_of_ipv6_that_is_granted_is_reached(world, tmp_path):
    chain = world.authority.issue("six", ["::1"])
    try:
        server = Server(*chain, host="::1", family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no IPv6 here")
    with server:
        server.pages["/"] = answer(b"six")
        with Probe(tmp_path, world.authority.path, [("app", "::1", server.port, 1)]) as probe:
            assert probe.fetch(f"https://[0:0::1]:{server.port}/").body == b"six"
            assert server.requests[-1][1]["host"] == [f"[::1]:{server.port}"]


def test_more_than_can_run_wait_and_more_than_can_wait_are_told(world, tmp_path):
    with Probe(tmp_path, world.authority.path, world.grants(), world.resolves(), fetch_ms=1500) as probe:
        numbers = [probe.begin("https://mute.test/") for _ in range(200)]
        kinds = {probe.wait(number).kind for number in numbers}
        assert kinds <= {TIMEOUT, UNAVAILABLE} and TIMEOUT in kinds
        assert probe.fetch("https://a.test/").ok


def test_bytes_beyond_a_request_are_not_kept(fresh):
    number = str(next(fresh.ids))
    fresh.answers[number] = queue.Queue()
    fresh._write(f"send {number} app {32 << 20}")
    answered = fresh.wait(number)
    assert answered.kind == 4 and "too large" in answered.why
