"""Bundles that the real image must not run: each a fault by its name, before anything sleeps or is parsed, with a clean end.

The payload is no module at all. An image that looked at one byte of it would say `malformed-module`.
"""
import subprocess

import images as build
import pytest
import qemu

NO_MODULE = b"This is not a WebAssembly module."
FOREIGN_KEY = qemu.BUILD / "test-keys/foreign.key"


def changed(bundle, at):
    data = bytearray(bundle.read_bytes())
    data[at] ^= 1
    return bytes(data)


def signature_at(bundle):
    """The last byte of the signature: the payload's head and the payload stand behind it."""
    return bundle.stat().st_size - len(NO_MODULE) - 3


def by_foreign_key(directory):
    payload, out = directory / "no-module.bin", directory / "foreign.bundle"
    payload.write_bytes(NO_MODULE)
    subprocess.run([build.AETHER, "sign", payload, "--key", FOREIGN_KEY, "-o", out], check=True, capture_output=True)
    return out.read_bytes()


def signed(directory, flags=()):
    return build.sign(directory, NO_MODULE, flags)


BUNDLES = {
    "no-bundle": lambda directory: b"",
    "bad-bundle": lambda directory: changed(signed(directory), 1),
    "bad-bundle cut off": lambda directory: signed(directory).read_bytes()[:-1],
    "unsigned": lambda directory: signed(directory, ("--unsigned",)).read_bytes(),
    "unknown-key": by_foreign_key,
    "bad-signature": lambda directory: changed(signed(directory), signature_at(signed(directory))),
    "bad-signature of the manifest": lambda directory: changed(signed(directory), 0x40),
    "payload-hash": lambda directory: changed(signed(directory), -1),
    "unsupported": lambda directory: signed(directory, ("--fault-to-trap",)).read_bytes(),
}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_that_may_not_run_is_refused_by_name(images, name):
    word = name.split()[0]
    bundle = images / f"{name.replace(' ', '-')}.bundle"
    bundle.write_bytes(BUNDLES[name](images))

    with qemu.run(qemu.Setup(machine="microvm", image=build.link(images, bundle), cmdline="bench")) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert run.last_line.startswith(f"[AETHER] cycle fault — {word}"), run.explain()
        assert run.last_line.endswith("vector=0x00 — self-annihilation"), run.explain()
        assert "Payload Verified" not in run.serial, run.explain()
        assert run.residue().is_clean, str(run.residue())


def test_an_image_for_bench_use_runs_an_unsigned_bundle_but_none_with_a_wrong_signature(images):
    unsigned = build.sign(images, build.AEROSPACE, ("--unsigned",))
    wrong = images / "wrong.bundle"
    wrong.write_bytes(changed(signed(images), signature_at(signed(images))))

    with qemu.run(qemu.Setup(machine="microvm", image=build.link(images, unsigned, build.BENCH_KEYRING), cmdline="bench")) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert "guest=3" in run.last_line
    with qemu.run(qemu.Setup(machine="microvm", image=build.link(images, wrong, build.BENCH_KEYRING), cmdline="bench")) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert run.last_line.startswith("[AETHER] cycle fault — bad-signature"), run.explain()
