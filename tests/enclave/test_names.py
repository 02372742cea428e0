"""Names of the real resolver, asked by the confined role io in a network namespace with a name server of ours."""
import sys
from pathlib import Path

import pytest
import service

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "egress"))
import namespace  # noqa: E402 (the path comes first)
import web  # noqa: E402
from names import NameServer  # noqa: E402
from namespace import PRIVATE, PUBLIC  # noqa: E402
from test_egress import FLAT, flat  # noqa: E402

RECORDS = {"public.test": [[PUBLIC]], "private.test": [[PRIVATE]], "rebind.test": [[PUBLIC], ["127.0.0.1"]]}


def everything(directory, _has_six):
    """Runs in the namespace."""
    names = NameServer(RECORDS)
    authority = web.Authority(directory)
    certificate = authority.issue("all", sorted(RECORDS))
    servers = {host: web.Server(*certificate, host=host, port=443) for host in (PUBLIC, PRIVATE, "127.0.0.1")}
    for host, server in servers.items():
        server.pages["/"] = web.answer(host.encode())
    found = {}
    with service.Aetherd(directory / "service", egress=sorted(RECORDS), egress_ca=authority.path) as aetherd:
        with aetherd.connect() as client:
            assert client.data({"wasm_load": {"name": "app", "bytes": list(FLAT)}})["status"] == "loaded"
            for label, host in (("public", "public.test"), ("private", "private.test"), ("rebind", "rebind.test"),
                                ("rebind again", "rebind.test"), ("denied", "secret.evil.test")):
                reply = client.data({"wasm_call": {"app": "app", "function": "fetch",
                                                   "params": flat(f"https://{host}/")}})
                value = reply["returns"][0]["value"]
                found[label] = value["err"] if "err" in value else bytes(value["ok"][2]).decode()
    found["requests"] = [len(servers[host].requests) for host in (PUBLIC, PRIVATE, "127.0.0.1")]
    found["asked"] = sorted({name for name, _ in names.questions})
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return namespace.run(__file__, "everything", tmp_path_factory.mktemp("names"))


def test_a_confined_io_resolves_and_connects(found):
    assert found["public"] == PUBLIC


def test_an_address_that_is_not_public_is_refused(found):
    assert "not public" in found["private"]


def test_a_name_that_changes_its_answer_does_not_get_in(found):
    assert found["rebind"] == PUBLIC and "not public" in found["rebind again"]


def test_nobody_but_granted_names_is_asked_for(found):
    assert "no grant" in found["denied"]
    assert found["asked"] == sorted(RECORDS)


def test_only_the_public_server_got_requests(found):
    assert found["requests"] == [2, 0, 0]


if __name__ == "__main__":
    namespace.main(globals())
