"""What certificates and the manifest say: their formulas and ours, from what a client knows, at every load and unload."""
import hashlib
import struct

import apps
import pytest
import service
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

P = "1.3.6.1.4.1.65230"
OURS = P + ".60000"


def sha(data):
    return hashlib.sha256(data).digest()


@pytest.fixture(scope="module", name="server")
def a_server(tmp_path_factory):
    with service.Aetherd(tmp_path_factory.mktemp("claims"), egress=["example.com:443"]) as running:
        yield running


def claims(server, sni=None):
    with server.connect(sni=sni) as connected:
        leaf = x509.load_der_x509_certificate(connected.socket.getpeercert(binary_form=True))
    found = {e.oid.dotted_string: e.value.value for e in leaf.extensions if hasattr(e.value, "value")}
    return leaf, found


def issuer_der(server):
    pem = (server.state / "keys" / "ca.crt").read_bytes()
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER) if pem.startswith(b"-----") else pem


def flat_root(server, *loaded):
    """Theirs: CA, attestation servers, egress CA, then code hash and key source of each app, by name."""
    leaves = sha(issuer_der(server)) + bytes(64)
    for _, content, source in sorted(loaded):
        leaves += sha(sha(content)) + sha(source.encode())
    return sha(leaves)


def tree_leaf(name, data):
    raw = name.encode()
    return sha(b"aether config leaf v1" + struct.pack("<I", len(raw)) + raw + struct.pack("<Q", len(data)) + data)


def test_the_default_leaf_follows_every_load_and_unload(server, client):
    one, two = apps.add(), apps.spin()
    _, empty = claims(server)
    assert empty[P + ".1.1"] == flat_root(server)
    assert P + ".2.3" not in empty and P + ".2.5" not in empty

    client.load("b", two, encryption_key="01" * 32)
    client.load("a", one)
    _, both = claims(server)
    client.data({"wasm_unload": {"name": "a"}})
    _, left = claims(server)

    assert both[P + ".1.1"] == flat_root(server, ("a", one, "generated"), ("b", two, "byok"))
    assert both[P + ".2.3"] == both[P + ".2.5"] == sha(b"a" + sha(one) + b"b" + sha(two))
    assert left[P + ".1.1"] == flat_root(server, ("b", two, "byok"))
    assert left[P + ".2.5"] == sha(b"b" + sha(two))
    assert len({e[OURS + ".4"] for e in (empty, both, left)}) == 3


def test_an_apps_leaf_says_what_the_app_is(server, client):
    content = apps.add()
    client.load("my-app", content, hostname="App.Example.com")

    for sni in ("app.example.com", "APP.EXAMPLE.COM"):
        leaf, found = claims(server, sni)

        assert leaf.subject.rfc4514_string().split("CN=")[1].split(",")[0] == "App.Example.com"
        assert found[P + ".3.1"] == sha(sha(sha(content)) + sha(b"generated"))
        assert found[P + ".3.2"] == sha(content)
        assert found[P + ".3.4"] == b"generated"
        assert P + ".1.1" not in found
        assert found[OURS + ".4"] == bytes.fromhex(client.outer("Manifest")["Manifest"]["root"])
    client.data({"wasm_unload": {"name": "my-app"}})
    assert P + ".3.2" not in claims(server, "app.example.com")[1]


def test_dev_is_said_in_every_leaf_and_in_status(server, client):
    client.load("my-app", apps.add())

    assert claims(server)[1][OURS + ".3"] == b"dev"
    assert claims(server, "my-app")[1][OURS + ".3"] == b"dev"
    assert client.outer("Status")["StatusReport"][0]["details"]["mode"] == "dev"


def test_the_manifest_is_the_tree_that_certificates_carry(server, client):
    content = apps.add()
    client.load("my-app", content, hostname="h.example", max_fuel=77)

    manifest = client.outer("Manifest")["Manifest"]

    leaves = [bytes.fromhex(leaf["hash"]) for leaf in manifest["leaves"]]
    named = {leaf["name"]: bytes.fromhex(leaf["hash"]) for leaf in manifest["leaves"]}
    root = sha(b"aether config root v1" + struct.pack("<I", len(leaves)) + b"".join(leaves))
    assert manifest["root"] == root.hex()
    assert claims(server)[1][OURS + ".4"] == root
    for name, data in [("core.ca_cert", issuer_der(server)), ("core.mode", b"dev"), ("core.evidence", b"none"),
                       ("core.operators", b""), ("egress.ca_bundle", b""), ("egress.grants", b"* example.com:443\n"),
                       ("wasm.my-app.code_hash", sha(content)), ("wasm.my-app.hostname", b"h.example"),
                       ("wasm.my-app.key_source", b"generated"), ("wasm.my-app.max_fuel", b"77")]:
        assert named[name] == tree_leaf(name, data), name
