"""What the tests of aether(1) share: running it, small modules and ELF files, logs taken apart.

Layouts are read here a second time, by other code than the product's: CBOR, ELF and the record are
taken from the documents (the record's list from include/aether/abi/receipt.h, which is the document).
"""
import hashlib
import json
import os
import re
import struct
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("B", "build")
AETHER = Path(os.environ.get("AETHER", BUILD / "bin/aether"))
MAKE_RECEIPTS = BUILD / "bin/make_receipts"

ENTRY_BYTES = 1152
RECORD_AT = 128
BUNDLE_FLAG = 0x00100000
SNAPSHOT = {"vector": (16, 4), "oxygen": (20, 4), "joint": (24, 4), "pressure": (28, 4), "dose": (32, 4),
            "outcome": (36, 4), "reason": (12, 4), "cycle": (40, 8), "previous": (48, 32), "proof": (80, 8),
            "record_hash": (96, 32)}


def record_fields():
    """[(name, offset, length)], from the header."""
    text = (ROOT / "include/aether/abi/receipt.h").read_text()
    found = re.findall(r"X\(\s*(\d+),\s*(\d+),\s*(\w+),\s*([UHF])\)", text)
    return [(name, int(offset), int(length)) for offset, length, name, _ in found]


FIELDS = record_fields()


def aether(*args, code=0, **kwargs):
    """Runs the program, checks its exit code; gives (stdout, stderr)."""
    done = subprocess.run([str(AETHER), *map(str, args)], capture_output=True, text=True, timeout=120, check=False, **kwargs)
    assert done.returncode == code, f"exit {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout, done.stderr


def aether_json(*args, code=0, stream=0):
    """The object of --json: on stdout, or stream=2: what a program's own stdout pushes to stderr."""
    return json.loads(aether(args[0], "--json", *args[1:], code=code)[1 if stream == 2 else 0])


def leb(number):
    out = bytearray()
    while True:
        byte = number & 0x7F
        number >>= 7
        if number == 0:
            return bytes(out) + bytes([byte])
        out.append(byte | 0x80)


def sleb(number):
    """A signed number that fits 32 bits."""
    out = bytearray()
    while True:
        byte = number & 0x7F
        number >>= 7
        if (number == 0 and not byte & 0x40) or (number == -1 and byte & 0x40):
            return bytes(out) + bytes([byte])
        out.append(byte | 0x80)


def vec(items):
    return leb(len(items)) + b"".join(items)


def name(text):
    return leb(len(text)) + text.encode()


def section(number, content):
    return bytes([number]) + leb(len(content)) + content


I32, F32 = 0x7F, 0x7D
# Index in the type section of the module below.
TYPES = {"->": 0, "->i": 1, "i->": 2, "ii->": 3, "->f": 4}


def module(imports=(), body=b"\x41\x00", version=None, memory=1, data=b"", entry="evaluate_limits"):
    """A guest: imports are (name, type key) of `aether`; body is the entry's code, giving an i32."""
    types = vec([b"\x60\x00\x00", b"\x60\x00\x01\x7f", b"\x60\x01\x7f\x00", b"\x60\x02\x7f\x7f\x00", b"\x60\x00\x01\x7d"])
    bodies = [b"\x00" + body + b"\x0b"]
    exports = [name(entry) + b"\x00" + leb(len(imports))]
    if version is not None:
        bodies.append(b"\x00\x41" + sleb(version) + b"\x0b")
        exports.append(name("payload_version") + b"\x00" + leb(len(imports) + 1))
    out = b"\0asm\x01\0\0\0" + section(1, types)
    if imports:
        out += section(2, vec([name("aether") + name(n) + b"\x00" + leb(TYPES[t]) for n, t in imports]))
    out += section(3, vec([leb(1)] * len(bodies)))
    out += section(5, b"\x01\x00" + leb(memory))
    out += section(7, vec(exports))
    out += section(10, vec([leb(len(b)) + b for b in bodies]))
    if data:
        out += section(11, b"\x01\x00\x41\x00\x0b" + leb(len(data)) + data)
    return out


def busy_module():
    """A guest that leaves something in every field that a guest can leave something in."""
    imports = [("commit_telemetry_vector", "ii->"), ("emit_signal", "i->"), ("commit_uplink", "ii->"),
               ("read_radiation_dosimeter", "->i"), ("get_status", "->i")]
    body = (b"\x41\x00\x41\x05\x10\x00"      # telemetry(0, 5)
            b"\x10\x04\x10\x01"              # signal(get_status())
            b"\x41\x11\x10\x03\x10\x02"      # uplink(0x11, dose)
            b"\x41\x03")                     # result 3
    return module(imports, body, version=0x217E0001, data=b"hello")


def trap_module():
    """Says something, then divides by zero."""
    return module([("emit_signal", "i->")], b"\x41\x07\x10\x00\x41\x01\x41\x00\x6d")


def refused_module():
    """Telemetry of 65 bytes: refused by the host."""
    return module([("commit_telemetry_vector", "ii->")], b"\x41\x00\x41\xc1\x00\x10\x00\x41\x00")


def elf(segments):
    """An ELF64 of [(flags, address, content, memory length)]; type 1, in this order."""
    header_len, table = 64, 64
    at = header_len + 56 * len(segments)
    headers, contents = b"", b""
    for flags, address, content, memory_len in segments:
        headers += struct.pack("<IIQQQQQQ", 1, flags, at + len(contents), address, address, len(content), memory_len, 0x1000)
        contents += content
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x100000, table, 0, 0, 64, 56, len(segments), 64, 0, 0)
    return header + headers + contents


TEXT, RODATA = b"\x90" * 5000, b"constants" * 3


def an_image():
    """Text, constants, data and a bundle; and the hash it must have."""
    image = elf([(6, 0x110000, b"data", 0x3000), (4, 0x102000, RODATA, len(RODATA)), (5, 0x100000, TEXT, 5000),
                 (4 | BUNDLE_FLAG, 0x400000, b"bundle", 6)])
    loaded = TEXT.ljust(0x2000, b"\0") + RODATA.ljust(0x1000, b"\0")
    return image, hashlib.sha256(loaded).hexdigest()


class Log:
    """A receipt log as bytes that can be forged."""

    def __init__(self, path):
        self.path = Path(path)
        self.bytes = bytearray(self.path.read_bytes())

    def count(self):
        return len(self.bytes) // ENTRY_BYTES

    def record(self, entry):
        at = (entry - 1) * ENTRY_BYTES + RECORD_AT
        return bytes(self.bytes[at:at + 1024])

    def get(self, entry, field):
        offset, length = next((o, n) for f, o, n in FIELDS if f == field)
        return self.record(entry)[offset:offset + length]

    def flip(self, entry, offset, length, last=False):
        """Changes one bit, in the first byte of a field or in its last."""
        at = (entry - 1) * ENTRY_BYTES + offset + (length - 1 if last else 0)
        self.bytes[at] ^= 1

    def reseal(self, entry):
        """Gives the board's view what the record now says: a forger who could do that, too."""
        at = (entry - 1) * ENTRY_BYTES
        digest = hashlib.sha256(self.record(entry)).digest()
        self.bytes[at + 96:at + 128] = digest
        self.bytes[at + 36:at + 40], self.bytes[at + 12:at + 16] = self.get(entry, "outcome"), self.get(entry, "reason")
        self.bytes[at + 80:at + 88] = digest[:8] if self.get(entry, "outcome")[0] == 1 else bytes(8)

    def save(self, path):
        Path(path).write_bytes(self.bytes)
        return path


class Site:
    """A folder with a key, keyrings, an image and whatever a test adds."""

    def __init__(self, folder):
        self.folder = folder
        self.key, self.foreign = folder / "dev.key", folder / "foreign.key"
        aether("keygen", "-o", self.key)
        aether("keygen", "-o", self.foreign)
        self.keyring, self.bench = folder / "keyring.bin", folder / "bench.bin"
        aether("keyring", "--key", f"{self.key}.pub", "-o", self.keyring)
        aether("keyring", "--key", f"{self.key}.pub", "--bench", "-o", self.bench)
        self.image = folder / "image.elf"
        image, self.image_hash = an_image()
        self.image.write_bytes(image)

    def bundle(self, wasm, *options, stem="payload", signed=True):
        payload, out = self.folder / f"{stem}.wasm", self.folder / f"{stem}.bundle"
        payload.write_bytes(wasm)
        who = ("--key", self.key) if signed else ("--unsigned",)
        aether("sign", payload, "-o", out, *who, *options)
        return out

    def log(self, bundle, count=1, fault=None, keyring=None, stem="receipts"):
        out = self.folder / f"{stem}.bin"
        command = [MAKE_RECEIPTS, bundle, keyring or self.keyring, self.image_hash, count, out]
        command += [] if fault is None else [fault]
        subprocess.run([str(word) for word in command], check=True, timeout=120)
        return Log(out)
