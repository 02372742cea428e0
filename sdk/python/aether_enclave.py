"""A client of the enclave service: TLS 1.3, frames of JSON, and the server's evidence verified before anything is sent.

    from aether_enclave import RaTlsClient

    with RaTlsClient("server.example.com", 8443, ca_cert="ca.pem") as client:
        client.send({"wasm_call": {"app": "my-app", "function": "hello", "params": []}})
        print(client.recv())

A server that is believed may still be broken: every reply is bounded in size and in time, and one that is no reply raises
ReplyError. After it, and after a timeout, the connection is closed: the next answer would be that of another question.

connect() fails unless the server's certificate leads to `ca_cert` and carries evidence that holds (docs/attestation.md):
a TPM's quote over this certificate's key and minute, or an SGX DCAP quote of version 3. `allow_none=True` takes a server
without evidence; `policy` asks for more: code hash, attestation key, PCRs, extensions. `verify=False` checks nothing.

Signatures are checked by python3-cryptography. Without it nothing is claimed to be verified: connect() raises.
Not here, because Python's ssl module can not do it: the challenge extension 0xFFBB and evidence after the handshake;
`aether enclave` has both. Checks and their order are those of node/attest/verify.h.
"""
import hashlib
import json
import socket
import ssl
import struct
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
    HAS_CRYPTOGRAPHY = True
except ImportError:
    HAS_CRYPTOGRAPHY = False

FRAME_MAX = 16 << 20
REPLY_MAX = FRAME_MAX     # the service sends no longer ones
SLOWEST = 64 << 10        # bytes a second, once a reply has begun
P = "1.3.6.1.4.1.65230"
OURS = P + ".60000"
OID_CMW, OID_SGX = "1.3.6.1.5.5.7.1.35", "1.2.840.113741.1.13.1.0"
OID_CODE, OID_KIND, OID_DEV = P + ".3.2", OURS + ".1", OURS + ".3"
MEDIA_TYPE = "application/vnd.aether.tpm2-evidence"
EVIDENCE_MAX = 16384
DER_QUOTE_OID = bytes.fromhex("6781051402")
DER_AK_OID = bytes.fromhex("2b0601040183fd4e83d46005")
INTEL_QE = bytes.fromhex("939a7233f79c4ca9940a0db3957f0607")
CHECKS = ("certificate", "chain", "dates", "claims", "code", "evidence", "quote", "binding", "key", "signature", "origin",
          "pcrs", "measurement")


class VerificationError(Exception):
    """The server does not prove what was asked for. `check` is the word of CHECKS that failed."""

    def __init__(self, check, sentence):
        super().__init__(f"{check}: {sentence}")
        self.check = check


class ServerError(Exception):
    """The server answered a request with an Error envelope."""


class ReplyError(ServerError):
    """What came is no reply of this protocol. The connection is closed."""


@dataclass
class Policy:
    """What a server must prove. Fields are bytes; what is None is not asked for."""
    allow_none: bool = False       # a server without evidence will do
    code_hash: bytes = None        # the app's, in the certificate of its host name
    claims: dict = field(default_factory=dict)  # extension (dotted) -> value
    ak_name: bytes = None          # 34 bytes: the attestation key itself
    tpm_ca: bytes = None           # PEM: who certifies attestation keys
    demand_origin: bool = False    # ak_name or tpm_ca must be given and hold
    pcrs: dict = field(default_factory=dict)    # PCR -> 32 bytes
    pcr_digest: bytes = None
    intel_ca: bytes = None         # PEM: Intel's root
    mr_enclave: bytes = None
    mr_signer: bytes = None
    allow_debug: bool = False
    nonce: bytes = b""             # of a challenge; only for chains from elsewhere
    now: float = None              # seconds since 1970; None: the clock


@dataclass
class Verdict:
    """What was found. `checks` has "ok" for every check that was made and held; others are not in it."""
    checks: dict = field(default_factory=dict)
    evidence: str = "none"         # "none", "tpm", "sgx"
    origin: str = None             # "issuer", "pinned", "chain": who vouches for the attestation key
    dev: bool = False              # the server says it was started with --dev
    code_hash: bytes = None
    ak_name: bytes = None
    pcrs: dict = field(default_factory=dict)
    pcr_digest: bytes = None
    reset_count: int = None
    restart_count: int = None
    mr_enclave: bytes = None
    mr_signer: bytes = None


def require_cryptography():
    if not HAS_CRYPTOGRAPHY:
        raise VerificationError("certificate", "python3-cryptography is not installed: nothing can be verified")


# ---- bytes off the front -----------------------------------------------------------------------------------------------

class Malformed(Exception):
    """Inside of this module: a structure is not what it must be."""


class Reader:
    def __init__(self, content):
        self.content, self.at = bytes(content), 0

    def take(self, length):
        if length > len(self.content) - self.at:
            raise Malformed
        self.at += length
        return self.content[self.at - length:self.at]

    def number(self, length, order="big"):
        return int.from_bytes(self.take(length), order)

    def sized(self):
        """A TPM2B."""
        return self.take(self.number(2))

    def rest(self):
        return self.take(len(self.content) - self.at)

    def is_empty(self):
        return self.at == len(self.content)

    def end(self):
        if not self.is_empty():
            raise Malformed

    def element(self, tag):
        """(content, whole) of a DER element: one-byte tags, lengths as short as they can be, up to 65,535."""
        begin = self.at
        if self.number(1) != tag:
            raise Malformed
        length = self.number(1)
        if length in (0x81, 0x82):
            least = 0x80 if length == 0x81 else 0x100
            length = self.number(length - 0x80)
            if length < least:
                raise Malformed
        elif length >= 0x80:
            raise Malformed
        content = self.take(length)
        return content, self.content[begin:self.at]

    def cbor(self, major):
        """The head of a CBOR item of this major type, as short as it can be."""
        head = self.number(1)
        low = head & 31
        if head >> 5 != major or low > 27:
            raise Malformed
        if low < 24:
            return low
        width = 1 << (low - 24)
        value = self.number(width)
        if value < (24 if width == 1 else 1 << (4 * width)):
            raise Malformed
        return value


# ---- certificates ------------------------------------------------------------------------------------------------------

def load_der(der):
    """Whatever the library makes of wrong bytes (ValueError, InvalidVersion, UnsupportedAlgorithm ...) is Malformed."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        # Read here, so that it fails here.
        _ = (certificate.public_key(), certificate.extensions, certificate.signature_hash_algorithm, certificate.subject,
             certificate.issuer, certificate.not_valid_before, certificate.not_valid_after)
        return certificate
    except Exception as error:
        raise Malformed from error


def load_pems(pem):
    """Every certificate of a PEM text."""
    parts = pem.split(b"-----BEGIN CERTIFICATE-----")[1:]
    try:
        return [load_der(ssl.PEM_cert_to_DER_cert((b"-----BEGIN CERTIFICATE-----" + part).decode())) for part in map(cut_pem, parts)]
    except ValueError as error:
        raise Malformed from error


def cut_pem(part):
    """Without what stands behind the end line."""
    end = b"-----END CERTIFICATE-----"
    return part[:part.find(end)] + end if end in part else part


def spki_of(certificate):
    return certificate.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def point_of(certificate):
    """x | y of a P-256 key, else None."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return None
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)[1:]


def extension_values(certificate):
    """Dotted identifier -> raw content. An identifier that is there twice is malformed."""
    content = Reader(certificate.tbs_certificate_bytes)
    body = Reader(content.element(0x30)[0])
    values = {}
    while not body.is_empty():
        tag = body.content[body.at]
        inside = any_element(body)
        if tag == 0xA3:
            extensions = Reader(Reader(inside).element(0x30)[0])
            while not extensions.is_empty():
                one = Reader(extensions.element(0x30)[0])
                oid = dotted(one.element(0x06)[0])
                if one.content[one.at] == 0x01:
                    one.element(0x01)
                if oid in values:
                    raise Malformed
                values[oid] = one.element(0x04)[0]
                one.end()
    return values


def any_element(reader):
    return reader.element(reader.content[reader.at])[0]


def dotted(content):
    numbers, number = [], 0
    for byte in content:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def is_signed_by(certificate, issuer):
    if certificate.issuer != issuer.subject:
        return False
    key = issuer.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(certificate.signature_hash_algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(),
                       certificate.signature_hash_algorithm)
        else:
            return False
        return True
    except (InvalidSignature, ValueError, TypeError):
        return False


def may_sign(certificate):
    """Basic constraints say that it is an authority, and its key usage, if there is one, that it signs certificates."""
    try:
        if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
    except (x509.ExtensionNotFound, ValueError):
        return False
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True


def is_in_time(certificate, now):
    moment = datetime.fromtimestamp(now, timezone.utc).replace(tzinfo=None)
    return certificate.not_valid_before < moment < certificate.not_valid_after


def fingerprint(certificate):
    return certificate.fingerprint(hashes.SHA256())


def find_path(leaf, others, anchors, now):
    """None, or why there is none: a sentence, "dates" when only time is in the way. Any certificate may be an anchor."""
    known, at, path = {fingerprint(a) for a in anchors}, leaf, [leaf]
    while fingerprint(at) not in known:
        if len(path) > 8:
            return "the chain is too long"
        found = next((c for c in [*anchors, *others] if c is not at and is_signed_by(at, c)), None)
        if found is None or any(fingerprint(found) == fingerprint(c) for c in path):
            return "it leads to no certificate that was given"
        if not may_sign(found):
            return "it was signed by a certificate that is no authority"
        at = found
        path.append(at)
    return None if all(is_in_time(c, now) for c in path) else "dates"


def ecdsa(point, raw, message):
    """Whether r | s is x | y's signature over SHA-256(message)."""
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + point)
        signature = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        return True
    except (InvalidSignature, ValueError):
        return False


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# ---- evidence ----------------------------------------------------------------------------------------------------------

def read_record(record):
    """(TPMS_ATTEST, TPMT_SIGNATURE, PCR values, TPMT_PUBLIC, certificates) of a CMW record."""
    if len(record) > EVIDENCE_MAX:
        raise Malformed
    reader = Reader(record)
    if reader.cbor(4) != 3 or reader.take(reader.cbor(3)) != MEDIA_TYPE.encode():
        raise Malformed
    bundle_bytes = reader.take(reader.cbor(2))
    if reader.cbor(0) != 4:
        raise Malformed
    reader.end()
    outer = Reader(bundle_bytes)
    bundle = Reader(outer.element(0x30)[0])
    outer.end()
    statements = Reader(bundle.element(0x30)[0])
    first, second = (Reader(statements.element(0x30)[0]) for _ in range(2))
    statements.end()
    if first.element(0x06)[0] != DER_QUOTE_OID or second.element(0x06)[0] != DER_AK_OID:
        raise Malformed
    quote = Reader(first.element(0x30)[0])
    first.end()
    parts = [quote.element(0x04)[0] for _ in range(3)]
    quote.end()
    public = second.element(0x04)[0]
    second.end()
    certificates = []
    if not bundle.is_empty():
        listed = Reader(bundle.element(0x30)[0])
        bundle.end()
        while not listed.is_empty():
            certificates.append(listed.element(0x30)[1])
        if not 1 <= len(certificates) <= 4:
            raise Malformed
    return (*parts, public, certificates)


class Verifier:
    """The checks, in their order; the first that fails raises VerificationError."""

    def __init__(self, policy):
        self.policy, self.verdict = policy, Verdict()
        self.now = time.time() if policy.now is None else policy.now
        self.report_data = None

    def hold(self, check):
        self.verdict.checks[check] = "ok"

    def must(self, check, condition, sentence):
        if not condition:
            raise VerificationError(check, sentence)

    def fail(self, check, sentence):
        raise VerificationError(check, sentence)

    # -- the leaf --

    def leaf(self, chain, anchors, chain_is_checked=False):
        self.must("certificate", 1 <= len(chain) <= 8, "the server sent none, or more than eight")
        try:
            leaf = load_der(chain[0])
            values = extension_values(leaf)
        except (Malformed, IndexError):
            self.fail("certificate", "the server's certificate can not be read")
        self.must("certificate", point_of(leaf) is not None, "its key is not of P-256")
        self.hold("certificate")
        if not chain_is_checked:
            self.path("chain", leaf, chain[1:], anchors)
        self.hold("chain")
        self.must("dates", is_in_time(leaf, self.now), "the certificate is not valid yet, or not any more")
        self.hold("dates")
        self.claims(values)
        self.verdict.dev = OID_DEV in values
        self.bind(leaf)
        self.evidence(values)
        return self.verdict

    def path(self, check, leaf, others, anchors_pem):
        try:
            anchors = load_pems(anchors_pem)
            others = [load_der(der) for der in others]
        except Malformed:
            self.fail(check, "a certificate can not be read")
        self.must(check, anchors, "nothing in what was given to be trusted is a certificate")
        why = find_path(leaf, others, anchors, self.now)
        if why == "dates" and check == "chain":
            self.hold("chain")
            self.fail("dates", "a certificate is not valid yet, or not any more")
        self.must(check, why is None, why)

    def claims(self, values):
        for oid, value in self.policy.claims.items():
            self.must("claims", oid in values, f"the extension {oid} is not there")
            self.must("claims", values[oid] == value, f"the extension {oid} has another value than was asked for")
        if self.policy.claims:
            self.hold("claims")
        code = values.get(OID_CODE)
        self.must("code", code is None or len(code) == 32, "the leaf's code hash has not 32 bytes")
        self.verdict.code_hash = code
        if self.policy.code_hash is not None:
            self.must("code", code is not None, "the leaf has no code hash: it is not an app's (ask by its host name)")
            self.must("code", code == self.policy.code_hash, "the server runs other code")
            self.hold("code")

    def bind(self, leaf):
        binding = self.policy.nonce or leaf.not_valid_before.strftime("%Y-%m-%dT%H:%MZ").encode()
        self.report_data = hashlib.sha512(sha256(spki_of(leaf)) + binding).digest()

    def evidence(self, values):
        kind, record = values.get(OID_KIND), values.get(OID_CMW)
        if record is None and OID_SGX in values:
            self.verdict.evidence = "sgx"
            self.sgx(values[OID_SGX])
            return
        if record is None:
            self.must("evidence", kind in (None, b"none"), "the leaf says that it has evidence, but there is none")
            self.none()
            return
        self.must("evidence", kind in (None, b"tpm"), "the leaf has evidence of another kind than it says")
        self.verdict.evidence = "tpm"
        try:
            reader = Reader(record)
            content = reader.element(0x04)[0]
            reader.end()
            parts = read_record(content)
        except Malformed:
            self.fail("evidence", "it is no evidence of a TPM in a form that is known")
        self.hold("evidence")
        self.tpm(*parts)

    def none(self):
        p = self.policy
        self.must("evidence", p.allow_none, "the server shows none: nothing says on what machine it runs, or what")
        asked = (p.ak_name, p.tpm_ca, p.pcr_digest, p.pcrs, p.demand_origin, p.mr_enclave, p.mr_signer, p.nonce)
        self.must("evidence", not any(asked), "the server shows none, but something was asked of it")

    # -- a TPM --

    def tpm(self, attest, signature, pcr_values, public, certificates):
        quote = self.read_quote(attest)
        self.must("binding", quote["extra"] == sha256(self.report_data), "the quote is not for this key and this time")
        self.hold("binding")
        name, point = self.read_key(public)
        qualified = b"\x00\x0b" + sha256(bytes.fromhex("4000000b"), name)
        self.must("key", quote["signer"] == qualified, "the quote names another key as its signer")
        self.hold("key")
        self.check_signature(signature, point, attest)
        self.check_origin(name, point, certificates)
        self.check_pcrs(quote, pcr_values)
        self.check_measurement()

    def read_quote(self, attest):
        reader = Reader(attest)
        try:
            self.must("quote", reader.number(4) == 0xFF544347, "it is not by a TPM: the magic is wrong")
            self.must("quote", reader.number(2) == 0x8018, "the TPM signed something, but not a quote")
            quote = {"signer": reader.sized(), "extra": reader.sized(), "clock": reader.number(8),
                     "reset": reader.number(4), "restart": reader.number(4)}
            safe, quote["firmware"] = reader.number(1), reader.number(8)
            one = (reader.number(4), reader.number(2), reader.number(1))
            self.must("quote", one == (1, 0x000B, 3), "it is not of PCRs of the SHA-256 bank alone")
            quote["mask"] = reader.number(3, "little")
            quote["digest"] = reader.sized()
            reader.end()
            if safe > 1 or len(quote["digest"]) != 32:
                raise Malformed
        except Malformed:
            self.fail("quote", "it is not well-formed")
        self.hold("quote")
        return quote

    def read_key(self, public):
        reader = Reader(public)
        try:
            kinds = (reader.number(2), reader.number(2))
            attributes = reader.number(4)
            reader.sized()
            kinds += tuple(reader.number(2) for _ in range(5))
            x, y = reader.sized(), reader.sized()
            reader.end()
            if kinds != (0x0023, 0x000B, 0x0010, 0x0018, 0x000B, 0x0003, 0x0010) or len(x) > 32 or len(y) > 32:
                raise Malformed
        except Malformed:
            self.fail("key", "it is no P-256 key that signs by ECDSA")
        wanted = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 16 | 1 << 18
        self.must("key", attributes & wanted == wanted and not attributes & 1 << 17,
                  "it is not restricted, for signing, made in the TPM and fixed to it")
        return b"\x00\x0b" + sha256(public), x.rjust(32, b"\0") + y.rjust(32, b"\0")

    def check_signature(self, signature, point, attest):
        reader = Reader(signature)
        try:
            kinds, r, s = (reader.number(2), reader.number(2)), reader.sized(), reader.sized()
            reader.end()
            if kinds != (0x0018, 0x000B) or len(r) > 32 or len(s) > 32:
                raise Malformed
        except Malformed:
            self.fail("signature", "it is no ECDSA with SHA-256")
        raw = r.rjust(32, b"\0") + s.rjust(32, b"\0")
        self.must("signature", ecdsa(point, raw, attest), "the attestation key did not sign this quote")
        self.hold("signature")

    def check_origin(self, name, point, certificates):
        p = self.policy
        self.verdict.ak_name = name
        self.must("origin", p.ak_name is None or p.ak_name == name,
                  "it is another attestation key than the one that was given")
        if p.tpm_ca is not None:
            self.must("origin", certificates, "the server has no certificate for its attestation key")
            try:
                first = load_der(certificates[0])
                usages = first.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
                is_for_it = any(usage.dotted_string == "2.23.133.8.3" for usage in usages)
            except (Malformed, x509.ExtensionNotFound, ValueError):
                self.fail("origin", "the certificate is not one for attestation keys")
            self.must("origin", point_of(first) == point, "the certificate is not for the key that signed the quote")
            self.must("origin", is_for_it, "the certificate is not one for attestation keys")
            self.path("origin", first, certificates[1:], p.tpm_ca)
            self.verdict.origin = "chain"
        elif p.ak_name is not None:
            self.verdict.origin = "pinned"
        else:
            self.verdict.origin = "issuer"
            self.must("origin", not p.demand_origin, "nothing was given that says whose attestation key it is")
            return
        self.hold("origin")

    def check_pcrs(self, quote, values):
        indices = [i for i in range(24) if quote["mask"] >> i & 1]
        self.must("pcrs", len(values) == 32 * len(indices), "there are not as many values as PCRs were quoted")
        self.must("pcrs", quote["digest"] == sha256(values), "other values were quoted than are there")
        self.must("pcrs", 23 in indices, "PCR 23, which measures the service's programs, was not quoted")
        self.verdict.pcrs = {index: values[32 * n:32 * n + 32] for n, index in enumerate(indices)}
        self.verdict.pcr_digest = quote["digest"]
        self.verdict.reset_count, self.verdict.restart_count = quote["reset"], quote["restart"]
        self.hold("pcrs")

    def check_measurement(self):
        p, v = self.policy, self.verdict
        self.must("measurement", p.mr_enclave is None and p.mr_signer is None,
                  "an enclave of SGX was asked for, and this is a TPM")
        self.must("measurement", p.pcr_digest in (None, v.pcr_digest), "the digest of the PCRs is not the expected one")
        for index, value in p.pcrs.items():
            self.must("measurement", index in v.pcrs, f"PCR {index} is not in the quote")
            self.must("measurement", v.pcrs[index] == value, f"PCR {index} has another value than the expected one")
        if p.pcr_digest is not None or p.pcrs:
            self.hold("measurement")

    # -- SGX --

    def sgx(self, quote):
        reader = Reader(quote)
        try:
            signed = reader.take(432)
            data = Reader(reader.take(reader.number(4, "little")))
            reader.end()
            signature, key, qe_report, qe_signature = (data.take(n) for n in (64, 64, 384, 64))
            qe_data = data.take(data.number(2, "little"))
            kind = data.number(2, "little")
            chain = data.take(data.number(4, "little"))
            data.end()
            if kind != 5:
                raise Malformed
        except Malformed:
            self.fail("evidence", "the quote is not well-formed, or its certificates are not in it")
        self.must("evidence", signed[:8] == bytes((3, 0, 2, 0, 0, 0, 0, 0)), "it is no quote of version 3 with ECDSA P-256")
        self.hold("evidence")
        report = signed[48:]
        self.must("quote", signed[12:28] == INTEL_QE, "it is not by Intel's quoting enclave")
        is_debug = bool(qe_report[48] & 2 or (report[48] & 2 and not self.policy.allow_debug))
        self.must("quote", not is_debug, "the enclave is a debug one: its memory can be read")
        self.hold("quote")
        self.must("binding", report[320:] == self.report_data, "the quote is not for this key and this time")
        self.hold("binding")
        self.must("key", qe_report[320:] == sha256(key, qe_data) + bytes(32),
                  "the quoting enclave does not vouch for the attestation key")
        self.hold("key")
        self.must("signature", ecdsa(key, signature, signed), "the attestation key did not sign this quote")
        self.hold("signature")
        self.sgx_origin(chain, qe_report, qe_signature)
        self.sgx_measurement(report)

    def sgx_origin(self, chain, qe_report, qe_signature):
        self.must("origin", self.policy.intel_ca is not None, "Intel's root certificate was not given")
        try:
            certificates = load_pems(chain.rstrip(b"\0"))
        except Malformed:
            certificates = []
        self.must("origin", certificates, "the quote's certificates can not be read")
        try:
            anchors = load_pems(self.policy.intel_ca)
        except Malformed:
            anchors = []
        self.must("origin", anchors, "nothing in what was given to be trusted is a certificate")
        why = find_path(certificates[0], certificates[1:], anchors, self.now)
        self.must("origin", why is None, why)
        point = point_of(certificates[0])
        self.must("origin", point is not None and ecdsa(point, qe_signature, qe_report),
                  "the machine's key did not sign the quoting enclave's report")
        self.verdict.origin = "chain"
        self.hold("origin")

    def sgx_measurement(self, report):
        p, v = self.policy, self.verdict
        v.mr_enclave, v.mr_signer = report[64:96], report[128:160]
        self.must("measurement", not (p.ak_name or p.tpm_ca or p.pcr_digest or p.pcrs),
                  "a TPM was asked for, and this is an enclave of SGX")
        self.must("measurement", p.mr_enclave in (None, v.mr_enclave), "it is another enclave (MRENCLAVE)")
        self.must("measurement", p.mr_signer in (None, v.mr_signer), "the enclave is by somebody else (MRSIGNER)")
        if p.mr_enclave is not None or p.mr_signer is not None:
            self.hold("measurement")


def verify_chain(chain, ca_pem, policy=None):
    """The Verdict on a server's chain (DER, the leaf first), or VerificationError. `ca_pem`: who must have signed it."""
    require_cryptography()
    return Verifier(policy or Policy()).leaf(list(chain), ca_pem)


# ---- the connection ----------------------------------------------------------------------------------------------------

class RaTlsClient:
    """One connection. Requests go by send() and answers come by recv(), in turn; request() does both."""

    def __init__(self, host, port=8443, ca_cert=None, *, server_name=None, policy=None, allow_none=False, cert=None, key=None,
                 verify=True, timeout=30):
        self.host, self.port, self.ca_cert = host, port, ca_cert
        self.server_name, self.timeout, self.verifies = server_name, timeout, verify
        self.policy = policy or Policy(allow_none=allow_none)
        self.policy.allow_none = self.policy.allow_none or allow_none
        self.cert, self.key = cert, key
        self.socket, self.verdict = None, None

    def make_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False  # a leaf is trusted by its evidence, not by its name
        context.verify_mode = ssl.CERT_NONE
        if self.verifies:
            if self.ca_cert is None:
                raise VerificationError("chain", "ca_cert says whom to trust; verify=False checks nothing")
            require_cryptography()
            context.verify_mode = ssl.CERT_REQUIRED
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.load_verify_locations(str(self.ca_cert))
        if self.cert is not None:
            context.load_cert_chain(str(self.cert), None if self.key is None else str(self.key))
        return context

    def connect(self):
        """Connects and verifies; raises OSError (the network, or a chain that leads nowhere) or VerificationError."""
        context = self.make_context()
        raw = socket.create_connection((self.host, self.port), self.timeout)
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket = context.wrap_socket(raw, server_hostname=self.server_name or self.host)
            if self.verifies:
                self.verdict = self.verify()
        except BaseException:
            raw.close()
            self.close()
            raise
        return self

    def verify(self, policy=None):
        """Checks the connected server's certificate and evidence, by `policy` or the connection's own; gives a Verdict."""
        require_cryptography()
        if self.ca_cert is None:
            raise VerificationError("chain", "ca_cert says whom to trust")
        der = self.socket.getpeercert(binary_form=True)
        # With verify=True the chain was checked in the handshake, by OpenSSL. Without it there is only the leaf here.
        return Verifier(policy or self.policy).leaf([der], Path(self.ca_cert).read_bytes(), chain_is_checked=self.verifies)

    def send_outer(self, request):
        payload = json.dumps(request, separators=(",", ":")).encode()
        if len(payload) > FRAME_MAX:
            raise ValueError(f"the request would be a frame of {len(payload)} bytes; the most is {FRAME_MAX}")
        with self.closed_if_it_fails() as secured:
            secured.settimeout(self.timeout)
            secured.sendall(struct.pack(">I", len(payload)) + payload)

    def recv_outer(self):
        with self.closed_if_it_fails() as secured:
            return self.read_frame(secured)

    @contextmanager
    def closed_if_it_fails(self):
        """The socket, for a frame: when not all of it passes, nothing else may be taken for what should have come."""
        if self.socket is None:
            raise ConnectionError("there is no connection")
        try:
            yield self.socket
        except BaseException:
            self.close()
            raise

    def read_frame(self, secured):
        begin = time.monotonic()
        length = struct.unpack(">I", self.read(secured, 4, begin))[0]
        if length > REPLY_MAX:
            raise ReplyError(f"a reply of {length} bytes is not taken")
        return read_json(self.read(secured, length, begin))

    def read(self, secured, length, begin):
        """So many bytes, within the timeout and the time that they take at SLOWEST."""
        parts = bytearray()
        while len(parts) < length:
            if self.timeout is not None:
                left = begin + self.timeout + len(parts) / SLOWEST - time.monotonic()
                if left <= 0:
                    raise TimeoutError("the reply does not come to an end")
                secured.settimeout(left)
            part = secured.recv(min(length - len(parts), 1 << 20))
            if not part:
                raise EOFError("the server closed the connection")
            parts += part
        return bytes(parts)

    def send(self, inner):
        """Sends {"wasm_call": {...}} and its like, in a Data envelope."""
        self.send_outer({"Data": list(json.dumps(inner, separators=(",", ":")).encode())})

    def recv(self):
        """The inner answer; ServerError when the server says Error."""
        with self.closed_if_it_fails() as secured:
            reply = self.read_frame(secured)
            kind = next((word for word in ("Data", "Error") if isinstance(reply, dict) and word in reply), None)
            if kind is None:
                return reply
            content = read_envelope(reply, kind)
            if kind == "Data":
                return read_json(content)
        raise ServerError(printable(content.decode(errors="replace")))

    def request(self, inner):
        self.send(inner)
        return self.recv()

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def __enter__(self):
        return self.connect() if self.socket is None else self

    def __exit__(self, *_):
        self.close()


def read_json(content):
    """Strict, and whatever Python's reader makes of hostile JSON is one error."""
    def refuse(word):
        raise ValueError(f"{word} is no JSON")
    try:
        return json.loads(content.decode(), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise ReplyError("the reply is no JSON that can be read") from error


def read_envelope(reply, kind):
    """The bytes of {"Data": [..]}. bytes() alone would take a number, for as many zeros."""
    numbers = reply[kind]
    try:
        if len(reply) != 1 or not isinstance(numbers, list) or not all(type(n) is int for n in numbers):
            raise ValueError
        return bytes(numbers)
    except ValueError as error:
        raise ReplyError("the reply is no array of bytes") from error


def printable(text):
    """What a server says, so that a terminal takes no harm."""
    return "".join(c if c.isprintable() else f"\\{ord(c):02x}" for c in text)
