"""A cell that attacks in the real cell's place: one protection a case, the expected end of each, a clean scan after it.

The cases and their ends are the list CASES of cells/hostile.c; nothing is repeated here. A case that comes back from its
attack ends as guest=23130 (ESCAPED), which no case expects.
"""
import os
import re
import struct
import subprocess
from pathlib import Path

import pytest
import qemu

ROOT = qemu.ROOT
SOURCE = ROOT / "tests/metal/cells/hostile.c"
CELL = qemu.BUILD / "metal/cells/hostile.elf"
KERNEL = qemu.BUILD / "metal/kernel.o"
KEYRING = qemu.BUILD / "keyring.bin"
KEY = ROOT / os.environ.get("KEYS", "keys") / "dev.key"
PATTERN = (0x53534154545F5345).to_bytes(8, "little")

CASES = re.findall(r'^\s*X\((\w+), (\w+), "([^"]+)"\)', SOURCE.read_text(), re.MULTILINE)
SLOW_COUNT = int(os.environ.get("HOSTILE_INTERRUPTS", "16"))  # of the 256 software interrupts; all in `make full`


def image(directory, pick, argument):
    """The kernel as published, with the hostile cell and a signed payload that names the case."""
    payload, bundle, out = directory / "case.bin", directory / "case.bundle", directory / "case.elf"
    payload.write_bytes(struct.pack("<II", pick, argument) + bytes(56) + b"\xc3" * 64)
    subprocess.run([qemu.BUILD / "bin/aether", "sign", payload, "--key", KEY, "--deadline-ms", "100", "-o", bundle],
                   check=True, capture_output=True)
    subprocess.run([ROOT / "tools/link_image", KERNEL, KEYRING, CELL, bundle, out], check=True, cwd=ROOT)
    return out


def check(run, end):
    assert not run.errors, run.explain()
    if end.startswith("guest="):
        assert f"cycle success — {end} proof=0x" in run.last_line, run.explain()
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
    else:
        assert f"cycle fault — {end}" in run.last_line, run.explain()
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
    verdict = run.residue()
    assert verdict.is_clean, str(verdict)
    assert residue_of_pattern(run) == 0


def residue_of_pattern(run):
    import residue
    return residue.count_pattern(run.ram, PATTERN)


def test_there_are_at_least_thirty_cases():
    assert len({name for name, _, _ in CASES}) >= 30


@pytest.mark.parametrize("pick", range(len(CASES)), ids=[f"{name}-{argument}" for name, argument, _ in CASES])
def test_attack(pick, tmp_path):
    name, _, end = CASES[pick]

    with qemu.run(qemu.Setup(machine="microvm", image=image(tmp_path, pick, 0), cmdline="bench")) as run:
        check(run, end)


@pytest.mark.parametrize("number", [i * 256 // SLOW_COUNT + (i % max(1, 256 // SLOW_COUNT)) for i in range(SLOW_COUNT)])
def test_every_software_interrupt_is_refused(number, tmp_path):
    with qemu.run(qemu.Setup(machine="microvm", image=image(tmp_path, 0xFFFF, number), cmdline="bench")) as run:
        check(run, "exception")


@pytest.mark.parametrize("name", ["store_to_window", "load_from_window", "store_to_lapic"])
def test_the_board_s_registers_are_out_of_reach_with_a_board(name, tmp_path):
    pick = [case for case, _, _ in CASES].index(name)
    mission = "await asleep\nset pressure 0.12\nset dose 1250\nraise 0x20\nawait commit\n" \
              "expect outcome fault\nexpect reason page-fault\nexpect proof zero\nawait ended\n"

    with qemu.run(qemu.Setup(machine="q35", image=image(tmp_path, pick, 0)), mission=mission,
                  expect_exit=qemu.EXIT_FAULT) as run:
        assert run.board_status == 0, run.explain()
        assert run.residue().is_clean
