"""Ends that the cell or the gate decides, on the real image: the ground comes to the same receipt by itself.

test_missions.py has results, traps and shredding; here are the faults. Each receipt is verified against image, keyring and
bundle; in the log of a fault every single field is then forged, and each forgery is refused.
"""
import json
import re
import subprocess

import images as build
import pytest
import qemu
import wasm

MISSION = ("await asleep\nraise 0x20\nawait commit\nexpect outcome fault\nexpect reason {reason}\nexpect proof zero\n"
           "await ended\n")
GOOD = wasm.returns(3)
BIG = wasm.module(wasm.i32(1) + b"\x1a" + b"".join(wasm.i32(n) + b"\x1a" for n in range(9000)) + wasm.i32(0))

FAULTS = {
    "malformed-module": (GOOD + b"\xff", ()),
    "invalid-module": (wasm.module(b""), ()),
    "missing-import": (wasm.module(wasm.i32(0), imports=[("open_file", (), ())]), ()),
    "missing-export": (wasm.module(wasm.i32(0), name="main"), ()),
    "memory-cap": (wasm.module(wasm.i32(0), pages=33), ()),
    "no-memory": (BIG, ("--memory", "64KiB", "--arena", "384KiB", "--stack", "64")),
    "vector-not-granted": (GOOD, ("--vector", "0x21")),
}


def verify(image, receipts, bundle):
    """(exit code, the one object that it says)."""
    process = subprocess.run([str(word) for word in (build.AETHER, "verify", "--json", "--image", image, "--keyring",
                                                     build.KEYRING, receipts, bundle)],
                             capture_output=True, text=True, timeout=120, check=False)
    return process.returncode, json.loads(process.stdout)[0]


def fields():
    text = (qemu.ROOT / "include/aether/abi/receipt.h").read_text()
    return [(name, int(at)) for at, name in re.findall(r"X\(\s*(\d+),\s*\d+,\s*(\w+),", text)]


@pytest.mark.parametrize("reason", sorted(FAULTS))
def test_a_fault_of_the_machine_is_derived_again_on_the_ground(images, tmp_path, reason):
    payload, flags = FAULTS[reason]
    image, bundle = build.build(images, payload, flags)
    with qemu.run(qemu.Setup(image=image), mission=MISSION.format(reason=reason), expect_exit=qemu.EXIT_FAULT) as run:
        assert run.board_status == 0, run.explain()
        receipts = tmp_path / "receipts.bin"
        receipts.write_bytes(run.receipts.read_bytes())

    code, said = verify(image, receipts, bundle)
    assert (code, said["verdict"], said["reason"]) == (0, "match", reason)

    log = receipts.read_bytes()
    for name, at in fields():
        forged = bytearray(log)
        forged[128 + at] ^= 1
        receipts.write_bytes(forged)
        code, said = verify(image, receipts, bundle)
        assert (code, said["field"]) == (1, name)


def test_a_deadline_is_unproven_on_the_ground(images, tmp_path):
    image, bundle = build.build(images, wasm.never_ends(), ("--deadline-ms", "50", "--fuel", "0x3fffffffffffffff"))
    with qemu.run(qemu.Setup(image=image), mission=MISSION.format(reason="deadline"), expect_exit=qemu.EXIT_FAULT) as run:
        assert run.board_status == 0, run.explain()
        receipts = tmp_path / "receipts.bin"
        receipts.write_bytes(run.receipts.read_bytes())

    code, said = verify(image, receipts, bundle)

    assert (code, said["verdict"], said["reason"]) == (0, "unproven", "deadline")
