"""Without --dev: only enrolled operators load, unload and shut down; everyone may call; the client's key is shown."""
import datetime
import hashlib

import apps
import pytest
import service
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


def make_client(directory, name):
    """Certificate and key of a client, self-signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.utcnow()
    certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
                   .serial_number(1).not_valid_before(now - datetime.timedelta(hours=1))
                   .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
    paths = directory / f"{name}.crt", directory / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def enroll(certificate):
    """The lines of a policy that make it an operator's."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"[operators]\noperator = {hashlib.sha256(spki).hexdigest()}\n"


@pytest.fixture(scope="module", name="site")
def a_site(tmp_path_factory, tpm):
    directory = tmp_path_factory.mktemp("authority")
    operator, stranger = make_client(directory, "operator"), make_client(directory, "stranger")
    policy = directory / "policy.conf"
    policy.write_text(enroll(operator[0]))
    with service.Aetherd(directory, tpm=tpm, dev=False, options=["--policy", policy]) as server:
        yield server, operator, stranger


def test_an_enrolled_operator_loads_and_everyone_calls(site):
    server, (certificate, key), _ = site
    with server.connect(cert=certificate, key=key) as operator, server.connect() as anyone:
        assert operator.load("my-app", apps.spin())["status"] == "loaded"
        assert anyone.value("my-app", "one") == 1
        assert [app["name"] for app in anyone.data({"wasm_list": {}})["apps"]] == ["my-app"]
        assert operator.data({"wasm_unload": {"name": "my-app"}})["status"] == "unloaded"


def test_others_change_nothing(site):
    server, (certificate, key), (strange, strange_key) = site
    with server.connect(cert=certificate, key=key) as operator:
        operator.load("stays", apps.spin())
        for words in ({}, {"cert": strange, "key": strange_key}):
            with server.connect(**words) as client:
                assert "operator" in client.load("other", apps.spin())["message"]
                assert "operator" in client.data({"wasm_unload": {"name": "stays"}})["message"]
                client.send(b'"Shutdown"')
            with server.connect() as client:
                assert [app["name"] for app in client.data({"wasm_list": {}})["apps"]] == ["stays"]
        operator.data({"wasm_unload": {"name": "stays"}})
    text = (server.state / "log.jsonl").read_text()
    assert text.count('"kind":"load","app":"other"') == 2 and text.count('"outcome":"denied"') == 6


def test_status_says_who_may_load(site):
    server, *_ = site
    with server.connect() as client:
        assert client.outer("Status")["StatusReport"][0]["details"]["mode"] == "enrolled"


def test_an_operator_shuts_down(tmp_path):
    if service.SWTPM is None:
        pytest.skip("swtpm is not installed")
    certificate, key = make_client(tmp_path, "operator")
    policy = tmp_path / "policy.conf"
    policy.write_text(enroll(certificate))
    with service.Swtpm(tmp_path) as own, service.Aetherd(tmp_path, tpm=own, dev=False, options=["--policy", policy]
                                                         ) as server:
        with server.connect(cert=certificate, key=key) as operator:
            operator.send(b'"Shutdown"')
            assert server.process.wait(15) == 0, server.output
