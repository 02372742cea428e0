"""Images for tests: a payload, its manifest, a keyring, linked to the kernel that make has built. Compiles nothing.

Each is made once a run of pytest and kept in a directory of its own.
"""
import hashlib
import os
import subprocess
from pathlib import Path

import qemu

KERNEL = qemu.BUILD / "metal/kernel.o"
TEST_KERNEL = qemu.BUILD / "metal/kernel-test.o"  # page faults of guest memory come back as traps
CELL = qemu.BUILD / "cell/cell.bin.elf"
AEROSPACE = qemu.BUILD / "guest/aerospace.wasm"
KEYRING = qemu.BUILD / "keyring.bin"
BENCH_KEYRING = qemu.BUILD / "keyring-bench.bin"
AETHER = qemu.BUILD / "bin/aether"
KEY = qemu.ROOT / os.environ.get("KEYS", "keys") / "dev.key"
LINK_IMAGE = qemu.ROOT / "tools/link_image"


def check(command):
    process = subprocess.run([str(word) for word in command], cwd=qemu.ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, f"{command}: {process.stdout}{process.stderr}"
    return process.stdout


def sign(directory, payload, flags=()):
    """A bundle of `payload` (bytes or a path), signed with the development key unless flags say --unsigned."""
    if isinstance(payload, bytes):
        path = directory / f"{hashlib.sha256(payload).hexdigest()[:16]}.wasm"
        path.write_bytes(payload)
        payload = path
    bundle = directory / f"{payload.stem}-{hashlib.sha256(repr(flags).encode()).hexdigest()[:8]}.bundle"
    key = [] if "--unsigned" in flags else ["--key", KEY]
    check([AETHER, "sign", payload, *key, *flags, "-o", bundle])
    return bundle


def link(directory, bundle, keyring=KEYRING, cell=CELL, kernel=KERNEL):
    image = directory / f"{bundle.stem}-{keyring.stem}-{cell.stem}-{kernel.stem}.elf"
    if not image.exists():
        check([LINK_IMAGE, kernel, keyring, cell, bundle, image])
    return image


def build(directory, payload, flags=(), keyring=KEYRING, cell=CELL, kernel=KERNEL):
    """(image, bundle)."""
    bundle = sign(directory, payload, tuple(flags))
    return link(directory, bundle, keyring, cell, kernel), bundle


def verify(image, receipts, bundle):
    """(exit status, what it said) of a second run on the ground."""
    process = subprocess.run([AETHER, "verify", "--image", image, receipts, bundle], capture_output=True, text=True,
                             timeout=300, check=False)
    return process.returncode, process.stdout + process.stderr
