"""Verification of a server: the client in C and the one in Python judge the same certificates alike.

Each case is a chain that is served by a TLS server. aether-enclave verifies it over the wire, aether_enclave.py from its
bytes; both must hold, or both fail by the same word of ATTEST_CHECK_LIST.
"""
import datetime
import json
import os
import ssl
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

cryptography = pytest.importorskip("cryptography")
import evidence  # noqa: E402 (needs cryptography)
import scripted  # noqa: E402
import service  # noqa: E402
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from evidence import OURS, PEM, P, Quote, SgxQuote, WANTED, sha256  # noqa: E402

sys.path.insert(0, str(service.ROOT / "sdk/python"))
import aether_enclave  # noqa: E402

CLIENT = service.BUILD / "bin/aether-enclave"
HASH = sha256(b"the app")


@dataclass
class Case:
    quote: object = None
    wants: str = "ok"               # or the word of the check that fails
    chain: dict = field(default_factory=dict)
    policy: dict = field(default_factory=dict)   # of aether_enclave.Policy
    change: object = None           # chain of DER -> another one
    ca: str = "root"
    key: object = None              # of the leaf, when it is another one


def flip(der, at=-10):
    out = bytearray(der)
    out[at] ^= 1
    return bytes(out)


def minutes_ago(minutes):
    return datetime.datetime.utcnow().replace(second=0, microsecond=0) - datetime.timedelta(minutes=minutes)


@pytest.fixture(scope="module")
def site():
    return evidence.Site()


def cases(site):
    q, other = Quote, ec.generate_private_key(ec.SECP256R1())
    ak = site.ak_name()
    chain_of = {"tpm_ca": site.tpm_ca.public_bytes(PEM)}
    wrong_ca = {"tpm_ca": site.other_ca.public_bytes(PEM)}
    app = [(P + ".3.2", HASH)]
    intel = {"intel_ca": site.tpm_ca.public_bytes(PEM)}
    s = SgxQuote
    return {
        # what holds
        "a quote that is right": Case(q()),
        "the pinned attestation key": Case(q(), policy={"ak_name": ak, "demand_origin": True}),
        "a certified attestation key": Case(q(certs=[site.ak_certificate()]), policy=chain_of),
        "the certificate and its authority": Case(q(certs=[site.ak_certificate(), site.tpm_ca.public_bytes(evidence.DER)]),
                                                  policy=chain_of),
        "the expected PCRs": Case(q(), policy={"pcrs": {4: b"\x44" * 32, 23: b"\x17" * 32}}),
        "the expected digest of PCRs": Case(q(), policy={"pcr_digest": sha256(b"\x44" * 32, b"\x17" * 32)}),
        "the expected code": Case(q(), chain={"extensions": app}, policy={"code_hash": HASH}),
        "an expected extension": Case(q(), chain={"extensions": app}, policy={"claims": {P + ".3.2": HASH}}),
        "the issuer itself is trusted": Case(q(), ca="issuer"),
        "no evidence where none is asked for": Case(chain={"kind": b"none"}, policy={"allow_none": True}),
        "a certificate that does not say what it has": Case(q(), chain={"kind": None}),

        # certificate, chain, dates
        "another authority of the same name": Case(q(), "chain", ca="other_ca"),
        "a changed signature of the leaf": Case(q(), "chain", change=lambda c: [flip(c[0]), c[1]]),
        "a leaf by somebody else": Case(q(), "chain", chain={"issuer_key": site.other_key}),
        "a leaf without its issuer": Case(q(), "chain", change=lambda c: c[:1]),
        "a leaf of yesterday": Case(q(), "dates", chain={"begin": minutes_ago(60 * 24 * 2)}),
        "a leaf of tomorrow": Case(q(), "dates", chain={"begin": minutes_ago(-60)}),
        "a key on another curve": Case(chain={"leaf_key": ec.generate_private_key(ec.SECP384R1())}, wants="certificate",
                                       policy={"allow_none": True}),

        # claims and code
        "an extension that is not there": Case(q(), "claims", policy={"claims": {P + ".1.1": HASH}}),
        "an extension with another value": Case(q(), "claims", chain={"extensions": app}, policy={"claims": {P + ".3.2": flip(HASH)}}),
        "no code hash": Case(q(), "code", policy={"code_hash": HASH}),
        "other code": Case(q(), "code", chain={"extensions": app}, policy={"code_hash": sha256(b"another app")}),
        "a code hash that is too short": Case(q(), "code", chain={"extensions": [(P + ".3.2", HASH[:31])]}),

        # evidence
        "no evidence": Case(wants="evidence", chain={"kind": b"none"}),
        "none but it says that it has": Case(wants="evidence", policy={"allow_none": True}),
        "evidence but it says none": Case(q(), "evidence", chain={"kind": b"none"}, policy={"allow_none": True}),
        "none, but a key is pinned": Case(wants="evidence", chain={"kind": b"none"}, policy={"allow_none": True, "ak_name": ak}),
        "none, but PCRs are expected": Case(wants="evidence", chain={"kind": b"none"},
                                            policy={"allow_none": True, "pcrs": {23: b"\x17" * 32}}),
        "another media type": Case(q(media_type=b"application/vnd.aether.tpm1-evidence"), "evidence"),
        "a record that is no evidence": Case(q(indicator=2), "evidence"),
        "something behind the record": Case(q(record_tail=b"\0"), "evidence"),
        "something behind the bundle": Case(q(bundle_tail=b"\0"), "evidence"),
        "a length in too many bytes": Case(q(long_length=True), "evidence"),
        "five certificates": Case(q(certs=[site.ak_certificate()] * 5), "evidence"),

        # quote
        "another magic": Case(q(magic=0xFF544348), "quote"),
        "a certified creation, not a quote": Case(q(kind=0x801A), "quote"),
        "a quote of no bank": Case(q(banks=0), "quote"),
        "a quote of the SHA-1 bank": Case(q(bank=0x0004), "quote"),
        "something behind the quote": Case(q(tail=b"\0"), "quote"),
        "a digest of 20 bytes": Case(q(digest=b"\0" * 20), "quote"),

        # binding
        "evidence for another key": Case(q(), "binding", chain={"bind_key": other}),
        "evidence of another minute": Case(q(), "binding", chain={"bind_minute": b"2024-01-01T00:00Z"}),
        "evidence for a challenge of somebody": Case(q(), "binding", chain={"nonce": b"\xaa" * 32}),
        "extra data that is cut": Case(q(extra=b"\0" * 31), "binding"),
        "another certificate around the same evidence": Case(q(extra=sha256(b"stolen")), "binding"),

        # the attestation key
        "a key that signs anything": Case(q(attributes=WANTED & ~(1 << 16)), "key"),
        "a key that can leave its TPM": Case(q(attributes=WANTED & ~(1 << 1)), "key"),
        "a key that can be moved to another parent": Case(q(attributes=WANTED & ~(1 << 4)), "key"),
        "a key that was brought in": Case(q(attributes=WANTED & ~(1 << 5)), "key"),
        "a key that does not sign": Case(q(attributes=WANTED & ~(1 << 18)), "key"),
        "a key that decrypts": Case(q(attributes=WANTED | 1 << 17), "key"),
        "an RSA key": Case(q(key_type=0x0001), "key"),
        "a key on P-384": Case(q(curve=0x0004), "key"),
        "something behind the key": Case(q(public_tail=b"\0"), "key"),
        "a signer that is another key": Case(q(signer=b"\x00\x0b" + bytes(32)), "key"),

        # the signature
        "a signature by another key": Case(q(signature=evidence.sign(other, b"x")), "signature"),
        "a signature of zeros": Case(q(signature=(bytes(32), bytes(32))), "signature"),
        "a signature that is RSA": Case(q(scheme=0x0014), "signature"),
        "something behind the signature": Case(q(signature_tail=b"\0"), "signature"),
        "a key that did not sign it": Case(q(public_point=evidence.point(other)), "signature"),
        "a key that is no point": Case(q(public_point=b"\x01" * 64), "signature"),

        # whose key it is
        "another pinned key": Case(q(), "origin", policy={"ak_name": b"\x00\x0b" + bytes(32)}),
        "nobody vouches for the key": Case(q(), "origin", policy={"demand_origin": True}),
        "no certificate for the key": Case(q(), "origin", policy=chain_of),
        "a certificate by another authority": Case(q(certs=[site.ak_certificate()]), "origin", policy=wrong_ca),
        "a certificate signed by another key": Case(q(certs=[site.ak_certificate(issuer_key=other)]), "origin", policy=chain_of),
        "a certificate for another key": Case(q(certs=[site.ak_certificate(key=other)]), "origin", policy=chain_of),
        "a certificate for servers": Case(q(certs=[site.ak_certificate(usages=("1.3.6.1.5.5.7.3.1",))]), "origin", policy=chain_of),
        "a certificate for nothing": Case(q(certs=[site.ak_certificate(usages=())]), "origin", policy=chain_of),

        # PCRs
        "other values than were quoted": Case(q(shown_values=[b"\x45" * 32, b"\x17" * 32]), "pcrs"),
        "a value too few": Case(q(shown_values=[b"\x44" * 32]), "pcrs"),
        "a value too many": Case(q(mask=1 << 23), "pcrs"),
        "without PCR 23": Case(q(mask=1 << 4, values=[b"\x44" * 32]), "pcrs"),
        "another PCR than expected": Case(q(), "measurement", policy={"pcrs": {4: b"\x45" * 32}}),
        "a PCR that was not quoted": Case(q(), "measurement", policy={"pcrs": {7: bytes(32)}}),
        "another digest than expected": Case(q(), "measurement", policy={"pcr_digest": bytes(32)}),
        "a TPM where an enclave is asked for": Case(q(), "measurement", policy={"mr_enclave": b"\xe1" * 32}),

        # SGX: a quote in Intel's layout, by an authority of this test
        "SGX": Case(chain={"sgx": s(), "kind": None}, policy=intel),
        "SGX, the expected enclave": Case(chain={"sgx": s(), "kind": None},
                                          policy={**intel, "mr_enclave": b"\xe1" * 32, "mr_signer": b"\x51" * 32}),
        "SGX, another enclave": Case(wants="measurement", chain={"sgx": s(), "kind": None}, policy={**intel, "mr_enclave": bytes(32)}),
        "SGX, another signer": Case(wants="measurement", chain={"sgx": s(), "kind": None}, policy={**intel, "mr_signer": bytes(32)}),
        "SGX, a pinned TPM": Case(wants="measurement", chain={"sgx": s(), "kind": None}, policy={**intel, "ak_name": ak}),
        "SGX, version 4": Case(wants="evidence", chain={"sgx": s(version=4), "kind": None}, policy=intel),
        "SGX, certificates elsewhere": Case(wants="evidence", chain={"sgx": s(cert_type=1), "kind": None}, policy=intel),
        "SGX, something behind": Case(wants="evidence", chain={"sgx": s(tail=b"\0"), "kind": None}, policy=intel),
        "SGX, a length that lies": Case(wants="evidence", chain={"sgx": s(length_off=1), "kind": None}, policy=intel),
        "SGX, another quoting enclave": Case(wants="quote", chain={"sgx": s(vendor=bytes(16)), "kind": None}, policy=intel),
        "SGX, a debug enclave": Case(wants="quote", chain={"sgx": s(flags=7), "kind": None}, policy=intel),
        "SGX, a debug quoting enclave": Case(wants="quote", chain={"sgx": s(qe_flags=7), "kind": None}, policy=intel),
        "SGX, for another key": Case(wants="binding", chain={"sgx": s(), "kind": None, "bind_key": other}, policy=intel),
        "SGX, another attestation key": Case(wants="key", chain={"sgx": s(qe_hash=bytes(32)), "kind": None}, policy=intel),
        "SGX, a forged signature": Case(wants="signature", chain={"sgx": s(signing_key=other), "kind": None}, policy=intel),
        "SGX, a forged quoting enclave": Case(wants="origin", chain={"sgx": s(pck_signing_key=other), "kind": None}, policy=intel),
        "SGX, without Intel's root": Case(wants="origin", chain={"sgx": s(), "kind": None}),
        "SGX, another root": Case(wants="origin", chain={"sgx": s(), "kind": None},
                                  policy={"intel_ca": site.other_ca.public_bytes(PEM)}),
    }


NAMES = list(cases(evidence.Site()))


def by_python(chain, ca, policy):
    try:
        aether_enclave.verify_chain(chain, ca, aether_enclave.Policy(**policy))
    except aether_enclave.VerificationError as error:
        return error.check
    return "ok"


def options_of(policy, directory):
    words = []
    flags = {"allow_none": "--allow-none", "demand_origin": "--demand-origin"}
    texts = {"code_hash": "--code-hash", "ak_name": "--ak", "pcr_digest": "--pcr-digest", "mr_enclave": "--mr-enclave",
             "mr_signer": "--mr-signer"}
    files = {"tpm_ca": "--tpm-ca", "intel_ca": "--intel-ca"}
    for name, value in policy.items():
        if name in flags:
            words += [flags[name]] if value else []
        elif name in texts:
            words += [texts[name], value.hex()]
        elif name in files:
            path = directory / f"{name}.pem"
            path.write_bytes(value)
            words += [files[name], path]
        elif name == "pcrs":
            words += [word for index, pcr in value.items() for word in ("--pcr", f"{index}={pcr.hex()}")]
        else:
            words += [word for oid, claim in value.items() for word in ("--oid", f"{oid}={claim.hex()}")]
    return words


def by_c(chain, ca, policy, key, directory):
    """Over TLS: what aether-enclave attest says."""
    chain_path, key_path, ca_path = directory / "chain.pem", directory / "leaf.key", directory / "ca.pem"
    chain_path.write_text("".join(ssl.DER_cert_to_PEM_cert(der) for der in chain))
    key_path.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    ca_path.write_bytes(ca)
    with scripted.Server(directory, lambda _: None, chain=chain_path, key=key_path) as server:
        command = [CLIENT, "attest", f"127.0.0.1:{server.port}", "--ca", ca_path, "--json", *options_of(policy, directory)]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "LC_ALL": "C"})
        assert server.requests == [], "something was sent before the server was believed"
    if done.returncode == 0:
        assert json.loads(done.stdout)["checks"]["chain"] == "ok"
        return "ok"
    assert done.returncode == 1 and done.stdout == "", done
    return done.stderr.split(": ")[2]


@pytest.mark.parametrize("name", NAMES)
def test_both_clients_judge_alike(site, name, tmp_path):
    case = cases(site)[name]
    chain = site.chain(case.quote, **case.chain)
    chain = case.change(chain) if case.change else chain
    ca = getattr(site, case.ca).public_bytes(PEM)
    key = case.chain.get("leaf_key", site.leaf_key)

    python, c = by_python(chain, ca, case.policy), by_c(chain, ca, case.policy, key, tmp_path)

    assert (python, c) == (case.wants, case.wants)


def test_every_check_has_a_case_that_fails(site):
    assert {case.wants for case in cases(site).values()} == {"ok", *aether_enclave.CHECKS}


def test_no_byte_of_evidence_can_change_unseen(site):
    """Every byte that the issuer signed, one after another, is changed: Python refuses each, by some check."""
    chain = site.chain(Quote())
    ca = site.root.public_bytes(PEM)
    signed = aether_enclave.load_der(chain[0]).tbs_certificate_bytes
    begin = chain[0].index(signed)
    assert by_python(chain, ca, {}) == "ok"
    passed = [at for at in range(begin, begin + len(signed)) if by_python([flip(chain[0], at), chain[1]], ca, {}) == "ok"]
    assert passed == []


def test_a_real_quote_of_sgx_leads_to_intels_root():
    """As tests/unit/attest/test_sgx_sample.c does it in C."""
    quote = (service.ROOT / "tests/corpus/dcap/sgx_quote_v3").read_bytes()
    root = b"-----BEGIN CERTIFICATE-----" + quote.rstrip(b"\0").rsplit(b"-----BEGIN CERTIFICATE-----", 1)[1]

    def judge(content, **policy):
        verifier = aether_enclave.Verifier(aether_enclave.Policy(now=1795305600, **policy))
        verifier.report_data = quote[368:432]
        try:
            verifier.sgx(content)
        except aether_enclave.VerificationError as error:
            return error.check
        return verifier.verdict.mr_enclave

    assert judge(quote, intel_ca=root) == quote[112:144]
    assert judge(quote) == "origin"
    assert judge(quote, intel_ca=root, mr_signer=bytes(32)) == "measurement"
    for at in (0, 12, 64, 200, 440, 520, 600, 1000, 1045):
        assert isinstance(judge(flip(quote, at), intel_ca=root), str)
