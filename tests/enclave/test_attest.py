"""Evidence of a real service: swtpm, aetherd, and both clients."""
import json
import os
import subprocess
import sys

import pytest
import service

cryptography = pytest.importorskip("cryptography")
sys.path.insert(0, str(service.ROOT / "sdk/python"))
import aether_enclave  # noqa: E402

CLIENT = service.BUILD / "bin/aether-enclave"
APP = service.EXAMPLES["c"]


def run(aetherd, command, *words, code=0, **kwargs):
    """(stdout, stderr) of one command of aether-enclave."""
    done = subprocess.run([str(w) for w in (CLIENT, command, f"127.0.0.1:{aetherd.port}", *words)], capture_output=True, text=True,
                          timeout=60, check=False, **kwargs)
    assert done.returncode == code, f"exit {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout, done.stderr


def attest(aetherd, *words, **kwargs):
    return json.loads(run(aetherd, "attest", "--ca", aetherd.ca, "--json", *words, **kwargs)[0])


@pytest.fixture(scope="module")
def measured(tmp_path_factory, tpm):
    with service.Aetherd(tmp_path_factory.mktemp("measured"), tpm=tpm) as running:
        yield running


@pytest.fixture(scope="module")
def app(measured):
    with measured.connect() as client:
        assert client.load("app", APP.read_bytes(), hostname="app.example")["status"] == "loaded"
    return ("--sni", "app.example", "--code-hash", f"@{APP}")


TPM_CHECKS = ["certificate", "chain", "dates", "evidence", "quote", "binding", "key", "signature", "pcrs"]


def held(verdict):
    return [check for check, result in verdict["checks"].items() if result == "ok"]


def test_a_tpm_is_verified_in_every_mode(measured, app):
    for words in ([], ["--challenge"], ["--attest-v2"], ["--attest-v2", "--challenge"]):
        verdict = attest(measured, *words)
        assert (verdict["evidence"], held(verdict)) == ("tpm", TPM_CHECKS)
        assert verdict["session"] == ("--attest-v2" in words)
        assert verdict["dev"] is True
        assert "code" in held(attest(measured, *app, *words))


def test_the_programs_on_disk_are_those_that_were_measured(measured, tmp_path):
    assert "measurement" in held(attest(measured, "--programs", service.BUILD / "bin"))
    for name in ("aetherd", "aether-cell"):
        (tmp_path / name).write_bytes((service.BUILD / "bin" / name).read_bytes())
    with open(tmp_path / "aether-cell", "ab") as cell:
        cell.write(b"\0")
    _, why = run(measured, "attest", "--ca", measured.ca, "--programs", tmp_path, code=1)
    assert "measurement: a PCR has another value than the expected one" in why


def test_a_pinned_key_outlives_a_restart_and_is_not_another_tpms(tmp_path):
    with service.Swtpm(tmp_path) as tpm:
        with service.Aetherd(tmp_path, tpm=tpm) as aetherd:
            name = attest(aetherd)["ak_name"]
            aetherd.restart()
            assert "origin" in held(attest(aetherd, "--ak", name, "--demand-origin"))
    with service.Swtpm(tmp_path / "other") as tpm, service.Aetherd(tmp_path / "other", tpm=tpm) as aetherd:
        _, why = run(aetherd, "attest", "--ca", aetherd.ca, "--ak", name, code=1)
    assert "origin: it is another attestation key" in why


def test_nothing_is_sent_to_a_server_that_proves_too_little(measured, app, tmp_path):
    wrong = "00" * 32
    for words, why in ((["--code-hash", wrong, "--sni", "app.example"], "code: the server runs other code"),
                       (["--code-hash", wrong], "code: the leaf has no code hash"),
                       (["--pcr", f"23={wrong}"], "measurement: "), (["--pcr-digest", wrong], "measurement: "),
                       (["--demand-origin"], "origin: "), (["--tpm-ca", measured.ca], "origin: "),
                       (["--oid", "1.3.6.1.4.1.65230.1.1=00"], "claims: "), (["--mr-enclave", wrong], "measurement: ")):
        _, said = run(measured, "unload", "app", "--ca", measured.ca, *words, code=1)
        assert why in said
    other = tmp_path / "ca.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
                    "-keyout", os.devnull, "-out", other], check=True, capture_output=True)
    _, said = run(measured, "unload", "app", "--ca", other, code=1)
    assert "chain: " in said
    assert json.loads(run(measured, "list", "--ca", measured.ca, "--json")[0])["apps"][0]["name"] == "app"


def test_a_leaf_follows_what_is_loaded(measured):
    """Workloads are in the certificate the moment an app is there, and gone with it."""
    oid = "1.3.6.1.4.1.65230.2.3"
    with measured.connect() as client:
        client.load("second", APP.read_bytes())
        with aether_enclave.RaTlsClient("127.0.0.1", measured.port, ca_cert=measured.ca) as seen:
            der = seen.socket.getpeercert(binary_form=True)
        values = aether_enclave.extension_values(aether_enclave.load_der(der))
        attest(measured, "--oid", f"{oid}={values[oid].hex()}")
        client.data({"wasm_unload": {"name": "second"}})
    run(measured, "attest", "--ca", measured.ca, "--oid", f"{oid}={values[oid].hex()}", code=1)


def test_the_python_client_finds_what_the_c_client_finds(measured, app):
    verdict = attest(measured)
    policy = aether_enclave.Policy(ak_name=bytes.fromhex(verdict["ak_name"]), demand_origin=True,
                                   pcrs={int(n): bytes.fromhex(v) for n, v in verdict["pcrs"].items()},
                                   pcr_digest=bytes.fromhex(verdict["pcr_digest"]))
    with aether_enclave.RaTlsClient("127.0.0.1", measured.port, ca_cert=measured.ca, policy=policy) as client:
        assert list(client.verdict.checks) == [*TPM_CHECKS[:8], "origin", "pcrs", "measurement"]
        assert client.request({"wasm_call": {"app": "app", "function": "hello", "params": []}})["status"] == "ok"
        wrong = aether_enclave.Policy(code_hash=bytes(32))
        with pytest.raises(aether_enclave.VerificationError, match="^code: "):
            client.verify(wrong)


def test_the_python_program_of_the_specification_works(measured):
    """Spec 004, lines 404 to 420, with this server's address and file names."""
    program = f'''
from ratls_client import RaTlsClient

client = RaTlsClient("127.0.0.1", {measured.port}, ca_cert="{measured.ca}")
client.connect()

# Load the WASM app
with open("{APP}", "rb") as f:
    wasm_bytes = list(f.read())
client.send({{"wasm_load": {{"name": "test-app", "bytes": wasm_bytes}}}})
result = client.recv()

# Call a function
client.send({{"wasm_call": {{"app": "test-app", "function": "hello", "params": []}}}})
result = client.recv()
print(result)  # {{"status": "ok", "returns": [{{"type": "string", "value": "Hello, World!"}}]}}
'''
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, "PYTHONPATH": str(service.ROOT / "sdk/python")})
    assert done.stderr == ""
    assert done.stdout == "{'status': 'ok', 'returns': [{'type': 'string', 'value': 'Hello, World!'}]}\n"


def test_without_cryptography_nothing_is_claimed(measured):
    program = f'''
import sys
sys.modules["cryptography"] = None
from aether_enclave import RaTlsClient, VerificationError
try:
    RaTlsClient("127.0.0.1", {measured.port}, ca_cert="{measured.ca}").connect()
except VerificationError as error:
    print(error)
with RaTlsClient("127.0.0.1", {measured.port}, verify=False) as client:
    print(client.verdict, client.request({{"wasm_list": {{}}}})["status"])
'''
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, "PYTHONPATH": str(service.ROOT / "sdk/python")})
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["certificate: python3-cryptography is not installed: nothing can be verified",
                                        "None apps"]


def test_no_evidence_is_said_and_refused_unless_allowed(aetherd):
    _, why = run(aetherd, "list", "--ca", aetherd.ca, code=1)
    assert "evidence: the server shows none" in why
    text, _ = run(aetherd, "attest", "--ca", aetherd.ca, "--allow-none")
    assert "evidence     none" in text and "anyone may load" in text
    with pytest.raises(aether_enclave.VerificationError, match="^evidence: "):
        aether_enclave.RaTlsClient("127.0.0.1", aetherd.port, ca_cert=aetherd.ca).connect()


def test_a_changed_client_hello_nonce_is_not_for_us(measured):
    """Two challenges give two leaves; each binds its own nonce, so neither can stand for the other."""
    assert attest(measured, "--challenge")["leaf_key"] != attest(measured, "--challenge")["leaf_key"]
    assert attest(measured)["leaf_key"] == attest(measured)["leaf_key"]


def certify(directory, public, usage):
    """As docs/attestation.md section 5 says: (ak.crt, the authority)."""
    ca, ca_key, csr, words, cert = (directory / name for name in ("tpm-ca.pem", "tpm-ca.key", "ak.csr", "ak.ext", "ak.crt"))
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    words.write_text(usage)
    for command in (["req", "-x509", *curve, "-days", "2", "-subj", "/CN=tpm authority", "-keyout", ca_key, "-out", ca],
                    ["req", "-new", *curve, "-keyout", directory / "none.key", "-subj", "/CN=ak", "-out", csr],
                    ["x509", "-req", "-in", csr, "-force_pubkey", public, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
                     "-extfile", words, "-out", cert]):
        subprocess.run(["openssl", *map(str, command)], check=True, capture_output=True)
    return cert, ca


@pytest.mark.parametrize("usage, holds", [("extendedKeyUsage=2.23.133.8.3\n", True), ("extendedKeyUsage=serverAuth\n", False)])
def test_a_certified_attestation_key_leads_to_its_authority(tmp_path, usage, holds):
    with service.Swtpm(tmp_path) as tpm, service.Aetherd(tmp_path, tpm=tpm) as aetherd:
        cert, ca = certify(tmp_path, aetherd.state / "keys/ak.pem", usage)
        assert aetherd.stop() == 0
        (aetherd.state / "keys/ak.crt").write_text(cert.read_text())
        aetherd.start()
        if holds:
            verdict = attest(aetherd, "--tpm-ca", ca, "--demand-origin")
            assert verdict["origin"] == "chain" and "origin" in held(verdict)
        else:
            _, why = run(aetherd, "attest", "--ca", aetherd.ca, "--tpm-ca", ca, code=1)
            assert "origin: the certificate is not one for attestation keys" in why
