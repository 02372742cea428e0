"""aether sign, bundle, keyring, keygen: what is written is what the documents say, byte by byte."""
import base64
import hashlib
import os
import re
import stat
import struct
import subprocess

import pytest
from support import aether, aether_json, busy_module

RIGHTS = ["pressure", "dose", "oxygen", "joint", "telemetry", "uplink", "signal"]
P384 = """-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEqofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3
NhfeSpYmLG9dnpi/kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f
-----END PUBLIC KEY-----
"""


def decode(data, at=0):
    """Deterministic CBOR by other code: (value, next offset). Tags are ("tag", number, value)."""
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if info >= 24:
        width = 1 << (info - 24)
        number = int.from_bytes(data[at:at + width], "big")
        at += width
        assert number >= (24, 256, 65536, 1 << 32)[info - 24], "shortest form"
    else:
        number = info
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        value = bytes(data[at:at + number])
        return (value if major == 2 else value.decode()), at + number
    if major == 4:
        items = []
        for _ in range(number):
            item, at = decode(data, at)
            items.append(item)
        return items, at
    if major == 5:
        pairs = {}
        for _ in range(number):
            key, at = decode(data, at)
            assert not pairs or key > max(pairs), "keys ascend"
            pairs[key], at = decode(data, at)
        return pairs, at
    assert major == 6
    value, at = decode(data, at)
    return ("tag", number, value), at


def encode_bytes(content):
    head = bytes([0x40 | len(content)]) if len(content) < 24 else b"\x58" + bytes([len(content)])
    if len(content) > 255:
        head = b"\x59" + struct.pack(">H", len(content))
    return head + content


def public_point(path):
    text = path.read_text()
    der = base64.b64decode("".join(line for line in text.splitlines() if "-" not in line))
    return der[-64:]


def integer(raw):
    raw = raw.lstrip(b"\0") or b"\0"
    raw = b"\0" + raw if raw[0] & 0x80 else raw
    return b"\x02" + bytes([len(raw)]) + raw


def der_signature(raw):
    both = integer(raw[:32]) + integer(raw[32:])
    return b"\x30" + bytes([len(both)]) + both


@pytest.fixture(name="payload")
def a_payload(site):
    path = site.folder / "payload.wasm"
    path.write_bytes(busy_module())
    return path


def sign(site, payload, *options, code=0):
    out = site.folder / "out.bundle"
    out.unlink(missing_ok=True)
    _, errors = aether("sign", payload, "-o", out, "--key", site.key, *options, code=code)
    assert out.exists() == (code == 0)
    return out if code == 0 else errors


def test_the_default_bundle_is_as_documented(site, payload):
    content = sign(site, payload).read_bytes()

    (label, version, body, wasm), end = decode(content)

    assert (label, version, end) == ("aether-bundle", 1, len(content))
    assert wasm == payload.read_bytes()
    tag, number, (protected, unprotected, manifest, signatures) = body
    assert (tag, number, protected, unprotected, len(signatures)) == ("tag", 98, b"", {}, 1)
    fields, end = decode(manifest)
    assert end == len(manifest)
    assert fields == {0: 1, 1: hashlib.sha256(wasm).digest(), 2: 0,
                      4: {0: 10000000, 1: 2 << 20, 2: 65536, 3: 4 << 20, 4: 16384, 5: 2000000000},
                      5: [0x20, 0x21], 6: RIGHTS, 8: 0, 9: 0}
    header, _ = decode(signatures[0][0])
    kid = hashlib.sha256(public_point(site.folder / "dev.key.pub")).digest()[:8]
    assert header == {1: -7, 4: kid}


def test_the_signature_is_good_for_openssl(site, payload):
    body = decode(sign(site, payload).read_bytes())[0][2][2]
    header, _, signature = body[3][0]
    structure = b"\x85\x69Signature\x40" + encode_bytes(header) + b"\x40" + encode_bytes(body[2])
    (site.folder / "structure").write_bytes(structure)
    (site.folder / "signature").write_bytes(der_signature(signature))

    done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", site.folder / "dev.key.pub", "-signature",
                           site.folder / "signature", site.folder / "structure"], capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "Verified OK"


def test_every_option_reaches_the_manifest(site, payload):
    out = sign(site, payload, "--entry", "diagnostic", "--fuel", "123", "--memory", "64KiB", "--arena", "1MiB", "--stack", "0x100",
               "--tables", "7", "--deadline-ms", "30", "--vector", "0x30", "--vector", "0x21", "--grant", "signal", "--grant", "dose",
               "--mission", "m\"\n", "--counter", "18446744073709551615", "--return-to-dormancy", "--cycles", "5", "--fault-to-trap",
               "--key", site.foreign)

    said = aether_json("bundle", out)

    assert said["entry"] == "diagnostic"
    assert said["limits"] == {"fuel": 123, "memory": 65536, "stack": 256, "arena": 1 << 20, "tables": 7, "deadline_ns": 30000000}
    assert said["vectors"] == [0x21, 0x30]
    assert said["grants"] == ["dose", "signal"]
    assert said["mission"] == "m\"\n"
    assert said["counter"] == 18446744073709551615
    assert (said["return_to_dormancy"], said["fault_to_trap"], said["cycles"]) == (True, True, 5)
    assert len(set(said["signers"])) == 2
    assert said["signed"] and said["payload_is_named"]
    text, _ = aether("bundle", out)
    assert "vectors       0x21 0x30" in text


def test_an_unsigned_bundle_says_so(site, payload):
    out = site.folder / "unsigned.bundle"
    aether("sign", payload, "-o", out, "--unsigned")

    said = aether_json("bundle", out)

    assert (said["signed"], said["signers"]) == (False, [])
    assert isinstance(decode(out.read_bytes())[0][2], bytes)


def test_no_grants_can_be_asked_for(site, payload):
    assert aether_json("bundle", sign(site, payload, "--grant", "none"))["grants"] == []


@pytest.mark.parametrize("options,text", [
    (("--memory", "65537"), "limit memory"), (("--memory", "129MiB", "--arena", "200MiB"), "limit memory"),
    (("--arena", "2MiB"), "limit arena"), (("--arena", "4097KiB", "--memory", "1MiB", "--arena", "4000001"), "limit arena"),
    (("--fuel", "0x4000000000000000"), "limit fuel"), (("--stack", "1"), "limit stack"), (("--tables", "99999999"), "limit tables"),
    (("--deadline-ms", "0"), "limit deadline"), (("--deadline-ms", "3600001"), "limit deadline"), (("--vector", "0x10"), "vector 16"),
    (("--vector", "0x20", "--vector", "0x20"), "ascend")])
def test_a_limit_out_of_bounds_is_refused_by_name(site, payload, options, text):
    assert text in sign(site, payload, *options, code=1)


@pytest.mark.parametrize("options", [
    ("--unsigned",), ("--memory", "x"), ("--memory", "1KB"), ("--fuel", "1MiB"), ("--fuel", "-1"), ("--fuel", ""), ("--fuel",),
    ("--vector", "y"), ("--grant", "root"), ("--grant", "none", "--grant", "dose"), ("--cycles", "2"), ("--return-to-dormancy",),
    ("--entry", "e" * 65), ("--mission", "m" * 65), ("--what",), ("--unsigned=yes",), ("--fuel", "18446744073709551616")])
def test_a_wrong_command_line_is_usage(site, payload, options):
    assert sign(site, payload, *options, code=2)


def test_files_that_are_not_there_are_told(site, payload):
    sign(site, site.folder / "none.wasm", code=3)
    aether("sign", payload, "-o", site.folder / "x.bundle", "--key", site.folder / "none.key", code=3)
    aether("sign", payload, "-o", site.folder / "no" / "folder.bundle", "--key", site.key, code=3)
    aether("sign", payload, "-o", site.folder / "x.bundle", "--key", f"{site.key}.pub", code=3)
    aether("sign", payload, "--key", site.key, code=2)
    aether("sign", payload, "-o", site.folder / "x.bundle", code=2)
    assert not (site.folder / "x.bundle").exists()


def test_a_payload_over_eight_mebibytes_is_refused(site):
    big = site.folder / "big.wasm"
    big.write_bytes(bytes((8 << 20) + 1))

    assert f"{big}: over {8 << 20} bytes" in sign(site, big, code=3)


def test_a_damaged_bundle_is_told_with_its_offset(site, payload):
    content = sign(site, payload).read_bytes()
    path = site.folder / "damaged.bundle"
    for length in list(range(0, 300, 7)) + [len(content) - 1]:
        path.write_bytes(content[:length])
        _, errors = aether("bundle", path, code=1)
        assert errors.startswith("aether: ")
    path.write_bytes(content + b"\0")
    _, errors = aether("bundle", path, code=1)
    assert f"bytes after the last item (at byte {len(content)})" in errors
    path.write_bytes(content[:-1] + b"\xff")
    text, errors = aether("bundle", path, code=1)
    assert "NOT the one that is named" in text
    assert errors == f"aether: {path}: the payload is not the one that the manifest names\n"


@pytest.mark.parametrize("make", [
    lambda path: os.mkfifo(path), lambda path: path.symlink_to("target"), lambda path: path.mkdir()])
def test_only_a_regular_file_is_replaced(site, payload, tmp_path, make):
    """Renamed over /dev/null, a bundle would stand where the device stood."""
    path = tmp_path / "special"
    make(path)
    before = path.lstat()
    _, errors = aether("sign", payload, "--key", site.key, "-o", path, code=3)

    assert errors.startswith(f"aether: {path}: ") and errors.count("\n") == 1
    assert path.lstat().st_mode == before.st_mode and path.lstat().st_ino == before.st_ino
    assert list(tmp_path.iterdir()) == [path]


def test_names_that_no_reader_takes_are_not_written(site, payload):
    for option in ("--entry", "--mission"):
        assert f"{option}: not UTF-8" in sign(site, payload, option, "\udcff\udcfe", code=2)


def test_a_key_signs_once(site, payload):
    assert "signs already" in sign(site, payload, "--key", site.key, code=3)


def test_a_key_is_for_its_owner_alone_and_never_overwritten_unasked(site):
    path = site.folder / "fresh.key"
    old = os.umask(0)
    try:
        text, _ = aether("keygen", "-o", path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kid = hashlib.sha256(public_point(site.folder / "fresh.key.pub")).hexdigest()[:16]
    assert text == f"kid {kid}\n"
    before = path.read_bytes()

    _, errors = aether("keygen", "-o", path, code=3)
    assert "--force" in errors
    assert path.read_bytes() == before
    said = aether_json("keygen", "-o", path, "--force")

    assert path.read_bytes() != before
    assert re.fullmatch("[0-9a-f]{16}", said["kid"]) and said["kid"] != kid
    assert not list(site.folder.glob("*.new.*"))
    aether("keygen", code=2)


def test_the_keyring_is_as_documented(site):
    out = site.folder / "ring.bin"
    publics = [site.folder / "dev.key.pub", site.folder / "foreign.key.pub"]
    aether("keyring", "--key", publics[0], "--key", publics[1], "--bench", "-o", out)

    entries = sorted(hashlib.sha256(public_point(p)).digest()[:8] + public_point(p) for p in publics)

    assert out.read_bytes() == b"AKEY" + struct.pack("<III", 1, 1, 2) + b"".join(entries)
    assert site.keyring.read_bytes()[8:16] == struct.pack("<II", 0, 1)


def test_a_keyring_takes_public_p256_keys_only(site):
    out = site.folder / "bad.bin"
    other = site.folder / "p384.pub"
    other.write_text(P384)
    aether("keyring", "--key", other, "-o", out, code=3)
    aether("keyring", "--key", site.key, "-o", out, code=3)
    aether("keyring", "--key", f"{site.key}.pub", "--key", f"{site.key}.pub", "-o", out, code=1)
    aether("keyring", "-o", out, code=2)
    aether("keyring", "--key", f"{site.key}.pub", code=2)
    assert not out.exists()
