"""Names and addresses, with a name server of our own in a network namespace: each name is resolved once, only public
addresses are connected to, and nothing is asked about a name that was not granted."""
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import namespace  # noqa: E402 (the path comes first)
from names import NameServer  # noqa: E402
from namespace import PRIVATE, PUBLIC, PUBLIC_SIX  # noqa: E402
from probe import Probe  # noqa: E402
from web import Authority, Server, answer  # noqa: E402

RECORDS = {
    "public.test": [[PUBLIC]],
    "rebind.test": [[PUBLIC], ["127.0.0.1"]],
    "rebind-first.test": [["127.0.0.1"], [PUBLIC]],
    "private.test": [[PRIVATE]],
    "loop.test": [["127.0.0.1"]],
    "metadata.test": [["169.254.169.254"]],
    "zero.test": [["0.0.0.0"]],
    "mapped.test": [["::ffff:127.0.0.1"]],
    "local-six.test": [["::1", "fc00::1", "fe80::1"]],
    "mixed.test": [[PRIVATE, "127.0.0.1", PUBLIC]],
    "mute.test": [None],
    "six.test": [[PUBLIC_SIX]],
    "dead-six.test": [["2606:2800:220:1::dead", PUBLIC]],
    "many.test": [[f"93.184.217.{i}" for i in range(60)] + [PUBLIC]],
    "empty.test": [[]],
}


def everything(directory, has_six):
    """Runs in the namespace."""
    names = NameServer(RECORDS)
    ca = Authority(directory)
    certificate = ca.issue("all", sorted(RECORDS))
    hosts = [PUBLIC, PRIVATE, "127.0.0.1"]
    servers = {host: Server(*certificate, host=host, port=443) for host in hosts}
    if has_six:
        import socket
        servers[PUBLIC_SIX] = Server(*certificate, host=PUBLIC_SIX, port=443, family=socket.AF_INET6)
    for host, server in servers.items():
        server.pages["/"] = answer(host.encode())
        server.pages["/again"] = answer(b"", "302 Found", ["Location: /"])
    found = {"has_six": has_six}
    grants = [("app", name, 443, 0) for name in [*RECORDS, "nowhere.test"]] + [("private", "private.test", 443, 1)]
    with Probe(directory, ca.path, grants, fetch_ms=3000) as probe:
        def ask(label, url, app="app"):
            begin = time.monotonic()
            got = probe.fetch(url, app=app)
            host = url.split("/")[2]
            found[label] = {"ok": got.ok, "kind": got.kind, "why": got.why, "body": got.body.decode(),
                            "seconds": time.monotonic() - begin, "asked": names.asked(host)}
        for name in RECORDS:
            ask(name, f"https://{name}/")
        ask("nowhere.test", "https://nowhere.test/")
        ask("denied", "https://secret-in-a-name.evil.test/")
        ask("private app", "https://private.test/", "private")
        ask("rebind again", "https://rebind.test/")
        names.questions.clear()
        ask("redirect", "https://public.test/again")
    found["corp"] = [name for name, _ in names.questions if name.endswith("corp.invalid")]
    found["loopback requests"] = len(servers["127.0.0.1"].requests)
    found["private requests"] = len(servers[PRIVATE].requests)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return namespace.run(__file__, "everything", tmp_path_factory.mktemp("names"))


def test_a_public_name_is_reached(found):
    assert found["public.test"]["body"] == PUBLIC


def test_a_name_that_changes_its_answer_is_resolved_once_for_a_connection(found):
    assert found["rebind.test"]["body"] == PUBLIC, found["rebind.test"]
    assert found["rebind.test"]["asked"].count(1) == 1


def test_the_second_answer_is_checked_as_the_first_was(found):
    assert found["rebind again"]["kind"] == 1 and "not public" in found["rebind again"]["why"]


@pytest.mark.parametrize("name", ["rebind-first.test", "private.test", "loop.test", "metadata.test", "zero.test",
                                  "mapped.test", "local-six.test"])
def test_a_name_with_an_address_that_is_not_public_is_refused(found, name):
    assert found[name]["kind"] == 1 and "not public" in found[name]["why"], found[name]


def test_of_mixed_addresses_only_public_ones_are_tried(found):
    assert found["mixed.test"]["body"] == PUBLIC, found["mixed.test"]


def test_loopback_got_no_request_and_the_private_one_that_of_its_grant(found):
    assert found["loopback requests"] == 0
    assert found["private app"]["body"] == PRIVATE
    assert found["private requests"] == 1


def test_a_name_nobody_granted_is_not_asked_for(found):
    assert found["denied"]["kind"] == 1 and found["denied"]["asked"] == []


def test_a_name_that_does_not_exist_is_not_tried_elsewhere(found):
    assert not found["nowhere.test"]["ok"] and "no address" in found["nowhere.test"]["why"], found["nowhere.test"]
    assert found["corp"] == []


def test_a_name_server_that_says_nothing_costs_its_time_and_no_more(found):
    assert not found["mute.test"]["ok"] and found["mute.test"]["seconds"] < 5, found["mute.test"]


def test_each_hop_is_resolved_anew(found):
    assert found["redirect"]["body"] == PUBLIC and found["redirect"]["asked"].count(1) == 2


def test_an_address_that_is_dead_gives_way_to_the_next(found):
    assert found["dead-six.test"]["body"] == PUBLIC, found["dead-six.test"]


def test_a_name_with_many_addresses_is_bounded(found):
    assert found["many.test"]["seconds"] < 5


def test_a_name_without_addresses_is_said_so(found):
    assert "no address" in found["empty.test"]["why"], found["empty.test"]


def test_an_address_of_ipv6_is_reached(found):
    if not found["has_six"]:
        pytest.skip("there is no IPv6 here")
    assert found["six.test"]["body"] == PUBLIC_SIX, found["six.test"]


if __name__ == "__main__":
    namespace.main(globals())
