"""The service as an operator runs it: a configuration, a policy, a TPM, roles without root's rights, no --dev."""
import os
import re
import subprocess

import pytest
import service
from page import run_openssl


def make_operator(directory):
    key, cert = directory / "operator.key", directory / "operator.pem"
    run_openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=first operator", "-keyout", key, "-out", cert)
    return key, cert


@pytest.fixture(scope="module")
def operated(tmp_path_factory, tpm):
    directory = tmp_path_factory.mktemp("operated")
    key, cert = make_operator(directory)
    policy, conf = directory / "policy.conf", directory / "aetherd.conf"
    policy.write_text("[egress wasm-example]\nallow = www.lemonde.fr\n")
    printed = subprocess.run([service.AETHERD, "--enroll", cert, "--policy", policy], capture_output=True, text=True,
                             check=True).stdout
    assert printed in policy.read_text() and "first operator" in printed
    user = "user = nobody\n" if os.geteuid() == 0 else ""
    conf.write_text(f"[service]\npolicy = {policy}\ntpm = {tpm.tcti}\n{user}[limits]\ncalls_per_app = 2\n")
    with service.Aetherd(directory, dev=False, options=["--config", conf]) as running:
        yield running, key, cert


def example():
    return service.EXAMPLES["c"].read_bytes()


def test_nobody_but_an_operator_loads_unloads_or_stops(operated, tmp_path):
    aetherd, key, cert = operated
    other_key, other_cert = make_operator(tmp_path)
    with aetherd.connect(ca=aetherd.ca) as anyone:
        assert anyone.load("wasm-example", example())["status"] == "error"
    with aetherd.connect(ca=aetherd.ca, cert=other_cert, key=other_key) as stranger:
        assert stranger.load("wasm-example", example())["status"] == "error"
    with aetherd.connect(ca=aetherd.ca, cert=cert, key=key) as operator:
        assert operator.load("wasm-example", example())["status"] == "loaded"
    with aetherd.connect(ca=aetherd.ca) as anyone:
        assert anyone.data({"wasm_unload": {"name": "wasm-example"}})["status"] == "error"
        assert "World" in anyone.value("wasm-example", "hello") or anyone.value("wasm-example", "hello")
        assert anyone.value("wasm-example", "kv-store", "a", "b")
        anyone.send(b'"Shutdown"')
    with aetherd.connect(ca=aetherd.ca) as anyone:
        assert anyone.outer("Ping") == "Pong"


def test_the_roles_have_the_rights_of_nobody(operated):
    aetherd, _, _ = operated
    if os.geteuid() != 0:
        pytest.skip("only root can give rights away")
    out = aetherd.output
    assert "--dev" not in out
    if "user-namespace" in re.search(r"roles: ([^;\n]*)", out).group(1):
        assert (aetherd.state / "store" / "data.mdb").stat().st_uid == 65534
        assert (aetherd.state / "keys").stat().st_uid == 65534


def test_status_says_what_boxes_are_made_of(operated):
    aetherd, _, _ = operated
    with aetherd.connect(ca=aetherd.ca) as client:
        status = str(client.outer("Status"))
    assert "roles: seccomp" in status and "box: seccomp" in status


def test_it_starts_again_on_the_same_state(operated):
    aetherd, key, cert = operated
    before = (aetherd.state / "ca.pem").read_text()
    aetherd.restart()
    assert (aetherd.state / "ca.pem").read_text() == before
    with aetherd.connect(ca=aetherd.ca, cert=cert, key=key) as operator:
        assert operator.load("wasm-example", example())["status"] == "loaded"


def test_an_operator_stops_it_and_the_log_holds(operated):
    aetherd, key, cert = operated
    with aetherd.connect(ca=aetherd.ca, cert=cert, key=key) as operator:
        operator.send(b'"Shutdown"')
    assert aetherd.process.wait(20) == 0
    assert "main was asked to shut down" in aetherd.output
    aether = service.BUILD / "bin" / "aether"
    checked = subprocess.run([aether, "log", "verify", aetherd.state / "log.jsonl"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
