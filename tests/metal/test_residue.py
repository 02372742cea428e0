"""Nothing survives: RAM is scanned from outside after every kind of end, beside a control run that leaves everything."""
import re

import images as build
import pytest
import qemu
import residue
import wasm

ENDS = {
    "result": (wasm.returns(1), qemu.EXIT_SUCCESS, "cycle success"),
    "trap": (wasm.traps(), qemu.EXIT_FAULT, "trap: unreachable"),
    "fuel": (wasm.never_ends(), qemu.EXIT_FAULT, "trap: all fuel consumed"),
    "shredded": (wasm.shreds(), qemu.EXIT_FAULT, "shredded"),
    "malformed": (b"\0asm\x01\0\0\0\xff\xff", qemu.EXIT_FAULT, "malformed-module"),
    "memory-cap": (wasm.module(wasm.i32(0), pages=1000), qemu.EXIT_FAULT, "memory-cap"),
}


def bench(machine, image, words=""):
    return qemu.Setup(machine=machine, image=image, cmdline=f"bench {words}".strip())


@pytest.mark.parametrize("name", ENDS)
def test_every_end_is_clean(images, name):
    payload, exit_code, words = ENDS[name]
    image, _ = build.build(images, payload)
    with qemu.run(bench("microvm", image)) as run:
        assert run.exit_code == exit_code, run.explain()
        assert words in run.last_line, run.explain()
        assert run.residue().is_clean, run.residue()
        assert len(run.residue().scrub) == 1


def test_a_deadline_is_clean(images):
    image, _ = build.build(images, wasm.never_ends(), ["--fuel", str(1 << 60), "--deadline-ms", "200"])
    with qemu.run(bench("q35", image)) as run:
        assert run.exit_code == qemu.EXIT_FAULT and "deadline" in run.last_line, run.explain()
        assert run.residue().is_clean, run.residue()


@pytest.mark.parametrize("machine", qemu.MACHINES)
def test_the_control_run_leaves_the_pattern_and_the_real_one_does_not(images, machine):
    image, _ = build.build(images, wasm.plants_pattern(), keyring=build.BENCH_KEYRING)

    with qemu.run(bench(machine, image, "scrub=leave")) as control:
        assert control.exit_code == qemu.EXIT_SUCCESS, control.explain()
        verdict = control.residue()
        assert not verdict.is_clean and verdict.residue_bytes > 100_000
    with qemu.run(bench(machine, image)) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert run.residue().is_clean, run.residue()
        assert residue.count_pattern(run.ram, wasm.PATTERN) == 0
        assert residue.count_pattern(run.ram, b"[AETHER]") == 0


def test_the_words_for_the_control_run_do_nothing_in_an_image_that_is_not_for_bench_use(images):
    image, _ = build.build(images, wasm.plants_pattern())
    with qemu.run(bench("microvm", image, "scrub=leave")) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert run.residue().is_clean, run.residue()


@pytest.mark.parametrize("machine", qemu.MACHINES)
def test_firmware_pages_are_what_the_firmware_leaves_alone(machine):
    setup = qemu.Setup(machine=machine, cmdline="bench")
    with qemu.run(setup) as run, qemu.run_firmware_alone(setup) as alone:
        assert run.exit_code == alone.exit_code == qemu.EXIT_SUCCESS, run.explain()
        for page, count, allowed in residue.firmware_differences(run.ram, machine, alone.ram):
            assert count <= allowed, f"0x{page:x}: {count} bytes differ, {allowed} may"


@pytest.mark.parametrize("machine", qemu.MACHINES)
def test_no_register_holds_anything_at_the_last_halt(machine):
    serial, registers, verdict = qemu.run_to_the_last_halt(qemu.Setup(machine=machine, cmdline="bench"))
    assert "cycle success" in serial and verdict.is_clean, verdict

    general = dict(re.findall(r"\b(E[A-D]X|E[SD]I|E[BS]P)=([0-9a-f]+)", registers))
    vectors = dict(re.findall(r"\b(XMM\d+)=([0-9a-f]+ [0-9a-f]+)", registers))
    others = dict(re.findall(r"\b(CR2|CR3|DR[0-3]|EFER)=([0-9a-f]+)", registers))
    assert (len(general), len(vectors), len(others)) == (8, 8, 7), registers
    for name, value in (general | vectors | others).items():
        assert set(value) <= {"0", " "}, f"{name}={value}"
