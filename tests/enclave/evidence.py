"""Certificates with evidence as docs/attestation.md lays it out, made by keys of a test's own, and made wrong on purpose.

A "TPM" here is a P-256 key and the structures that a TPM would have signed; an "Intel" is a certificate authority. So a
test can have what a real one would never sign. The real things are tested with swtpm (test_attest.py).

    site = Site()                     authorities and keys
    site.chain(tpm=Quote(), ...)      (leaf DER, issuer DER), the leaf's key is site.leaf_key
"""
import datetime
import hashlib
import struct
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509.oid import NameOID

P = "1.3.6.1.4.1.65230"
OURS = P + ".60000"
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
MEDIA_TYPE = b"application/vnd.aether.tpm2-evidence"
WANTED = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 16 | 1 << 18


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def point(key):
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)[1:]


def spki(key):
    return key.public_key().public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def sign(key, message):
    """r, s as 32 bytes each."""
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big"), s.to_bytes(32, "big")


def der(tag, content):
    size = len(content)
    head = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + struct.pack(">H", size)
    return bytes([tag]) + head + content


def sized(content):
    return struct.pack(">H", len(content)) + content


def cbor_head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    if value < 256:
        return bytes([major << 5 | 24, value])
    return bytes([major << 5 | 25]) + struct.pack(">H", value)


@dataclass
class Quote:
    """What a TPM would say; a test changes a field to make it wrong."""
    magic: int = 0xFF544347
    kind: int = 0x8018
    extra: bytes = None          # SHA-256(report data)
    signer: bytes = None         # qualified name of the attestation key
    banks: int = 1
    bank: int = 0x000B
    mask: int = 1 << 4 | 1 << 23
    values: list = field(default_factory=lambda: [b"\x44" * 32, b"\x17" * 32])
    shown_values: list = None    # what stands beside the quote
    digest: bytes = None
    tail: bytes = b""
    attributes: int = WANTED
    key_type: int = 0x0023
    cipher: int = 0x0010
    curve: int = 0x0003
    public_tail: bytes = b""
    public_point: bytes = None   # another key's
    scheme: int = 0x0018
    signature: tuple = None
    signature_tail: bytes = b""
    certs: list = field(default_factory=list)
    media_type: bytes = MEDIA_TYPE
    indicator: int = 4
    bundle_tail: bytes = b""
    record_tail: bytes = b""
    long_length: bool = False    # a length of DER in more bytes than it needs


class Site:
    def __init__(self):
        self.root_key, self.issuer_key, self.leaf_key, self.ak, self.tpm_ca_key, self.other_key = (
            ec.generate_private_key(ec.SECP256R1()) for _ in range(6))
        self.root = self.certificate("root", self.root_key, "root", self.root_key, ca=True)
        self.issuer = self.certificate("issuer", self.issuer_key, "root", self.root_key, ca=True)
        self.tpm_ca = self.certificate("tpm ca", self.tpm_ca_key, "tpm ca", self.tpm_ca_key, ca=True)
        self.other_ca = self.certificate("root", self.other_key, "root", self.other_key, ca=True)
        self.sgx_quotes = {}

    @staticmethod
    def name(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def certificate(self, subject, key, issuer, issuer_key, ca=False, begin=None, days=1, extensions=(), usages=()):
        begin = begin or datetime.datetime.utcnow().replace(second=0, microsecond=0) - datetime.timedelta(minutes=5)
        builder = (x509.CertificateBuilder().subject_name(self.name(subject)).issuer_name(self.name(issuer))
                   .public_key(key.public_key()).serial_number(x509.random_serial_number()).not_valid_before(begin)
                   .not_valid_after(begin + datetime.timedelta(days=days)))
        if ca:
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        if usages:
            builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(u) for u in usages]), critical=False)
        for oid, value in extensions:
            builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), critical=False)
        return builder.sign(issuer_key, hashes.SHA256())

    def ak_certificate(self, key=None, issuer_key=None, usages=("2.23.133.8.3",)):
        return self.certificate("ak", key or self.ak, "tpm ca", issuer_key or self.tpm_ca_key, usages=usages).public_bytes(DER)

    def ak_public(self, quote):
        at = quote.public_point or point(self.ak)
        return (struct.pack(">HHI", quote.key_type, 0x000B, quote.attributes) + sized(b"") +
                struct.pack(">HHHHH", quote.cipher, 0x0018, 0x000B, quote.curve, 0x0010) + sized(at[:32]) + sized(at[32:]) +
                quote.public_tail)

    def ak_name(self, quote=None):
        return b"\x00\x0b" + sha256(self.ak_public(quote or Quote()))

    def attest(self, quote, report_data):
        signer = quote.signer or b"\x00\x0b" + sha256(bytes.fromhex("4000000b"), self.ak_name(quote))
        digest = quote.digest or sha256(*quote.values)
        return (struct.pack(">IH", quote.magic, quote.kind) + sized(signer) + sized(quote.extra or sha256(report_data)) +
                struct.pack(">QIIBQ", 123456, 7, 2, 1, 0x20200101) + struct.pack(">IHB", quote.banks, quote.bank, 3) +
                quote.mask.to_bytes(3, "little") + sized(digest) + quote.tail)

    def record(self, quote, report_data):
        attest, public = self.attest(quote, report_data), self.ak_public(quote)
        r, s = quote.signature or sign(self.ak, attest)
        signature = struct.pack(">HH", quote.scheme, 0x000B) + sized(r) + sized(s) + quote.signature_tail
        values = b"".join(quote.values if quote.shown_values is None else quote.shown_values)
        first = der(0x30, der(6, bytes.fromhex("6781051402")) +
                    der(0x30, der(4, attest) + der(4, signature) + der(4, values)))
        second = der(0x30, der(6, bytes.fromhex("2b0601040183fd4e83d46005")) + der(4, public))
        certs = der(0x30, b"".join(quote.certs)) if quote.certs else b""
        bundle = der(0x30, der(0x30, first + second) + certs) + quote.bundle_tail
        if quote.long_length:
            content = der(0x30, first + second) + certs
            bundle = b"\x30\x83\x00" + struct.pack(">H", len(content)) + content
        return (cbor_head(4, 3) + cbor_head(3, len(quote.media_type)) + quote.media_type + cbor_head(2, len(bundle)) + bundle +
                cbor_head(0, quote.indicator) + quote.record_tail)

    def chain(self, quote=None, kind=b"tpm", extensions=(), begin=None, days=1, bind_key=None, bind_minute=None, nonce=b"",
              leaf_key=None, issuer_key=None, sgx=None):
        """The DER of leaf and issuer. `quote`, `sgx`: None is no evidence of that kind."""
        leaf_key = leaf_key or self.leaf_key
        begin = begin or datetime.datetime.utcnow().replace(second=0, microsecond=0) - datetime.timedelta(minutes=1)
        minute = bind_minute or begin.strftime("%Y-%m-%dT%H:%MZ").encode()
        report_data = hashlib.sha512(sha256(spki(bind_key or leaf_key)) + (nonce or minute)).digest()
        every = []
        if quote is not None:
            every.append(("1.3.6.1.5.5.7.1.35", der(4, self.record(quote, report_data))))
        if sgx is not None:
            every.append(("1.2.840.113741.1.13.1.0", self.sgx_quote(sgx, report_data)))
        every += extensions
        if kind is not None:
            every.append((OURS + ".1", kind))
        leaf = self.certificate("Enclave OS RA-TLS", leaf_key, "issuer", issuer_key or self.issuer_key, begin=begin, days=days,
                                extensions=every)
        return [leaf.public_bytes(DER), self.issuer.public_bytes(DER)]

    def root_pem(self):
        return self.root.public_bytes(PEM)

    # ---- SGX: a quote of version 3 in Intel's layout, by a quoting enclave and an authority of ours ----

    def sgx_quote(self, quote, report_data):
        attestation_key, pck_key = self.other_key, self.ak
        report = bytearray(384)
        report[48] = quote.flags
        report[64:96], report[128:160] = quote.mr_enclave, quote.mr_signer
        report[320:384] = quote.report_data or report_data
        header = struct.pack("<HHIHH", quote.version, 2, 0, 9, 14) + quote.vendor + bytes(20)
        signed = header + bytes(report)
        qe_data = bytes(range(32))
        qe_report = bytearray(384)
        qe_report[48] = quote.qe_flags
        qe_report[320:352] = quote.qe_hash or sha256(point(attestation_key), qe_data)
        r, s = sign(quote.signing_key or attestation_key, signed)
        qr, qs = sign(quote.pck_signing_key or pck_key, bytes(qe_report))
        pck = self.certificate("pck", pck_key, "tpm ca", self.tpm_ca_key)
        chain = pck.public_bytes(PEM) + self.tpm_ca.public_bytes(PEM)
        data = (r + s + point(attestation_key) + bytes(qe_report) + qr + qs + struct.pack("<H", len(qe_data)) + qe_data +
                struct.pack("<HI", quote.cert_type, len(chain)) + chain + quote.tail)
        return signed + struct.pack("<I", len(data) + quote.length_off) + data


@dataclass
class SgxQuote:
    version: int = 3
    vendor: bytes = bytes.fromhex("939a7233f79c4ca9940a0db3957f0607")
    flags: int = 5
    qe_flags: int = 5
    mr_enclave: bytes = b"\xe1" * 32
    mr_signer: bytes = b"\x51" * 32
    report_data: bytes = None
    qe_hash: bytes = None
    signing_key: object = None
    pck_signing_key: object = None
    cert_type: int = 5
    tail: bytes = b""
    length_off: int = 0
