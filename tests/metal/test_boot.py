"""One ELF, every way to boot it; and every machine that it refuses."""
import re

import pytest
import qemu

SUCCESS = re.compile(r"\[AETHER\] cycle success — guest=3 proof=0x([0-9a-f]{16}) vector=0x20 — self-annihilation")
PHASES = ["PROT_ENTRY — Architecture Locked", "MEM_MAP — Memory Sanitized", "WASM_INIT — Payload Verified",
          "EXEC_LOOP — Active Execution"]
DOORS = [("pc", False), ("q35", False), ("microvm", False), ("pc", True), ("q35", True)]
NAMES = [f"{machine}-{'iso' if is_iso else 'kernel'}" for machine, is_iso in DOORS]


def bench(machine, is_iso=False, **more):
    return qemu.Setup(machine=machine, iso=qemu.ISO if is_iso else None, cmdline="" if is_iso else "bench", **more)


@pytest.mark.parametrize("machine, is_iso", DOORS, ids=NAMES)
def test_bench_mode_ends_with_the_success_line_and_33(machine, is_iso):
    with qemu.run(bench(machine, is_iso)) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert SUCCESS.fullmatch(run.last_line), run.explain()
        assert run.residue().is_clean, run.residue()


def test_phases_are_reached_in_their_order():
    with qemu.run(bench("microvm")) as run:
        at = [next(i for i, line in enumerate(run.lines) if line.endswith(phase)) for phase in PHASES]
        assert at == sorted(at), run.explain()


def test_every_door_leads_to_the_same_proof():
    proofs = set()
    for machine, is_iso in DOORS:
        with qemu.run(bench(machine, is_iso)) as run:
            match = SUCCESS.fullmatch(run.last_line)
            assert match, run.explain()
            proofs.add(match[1])
    assert len(proofs) == 1 and proofs != {"0" * 16}


def test_vector_0x21_wakes_as_well():
    with qemu.run(qemu.Setup(machine="microvm", cmdline="bench=joint")) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert "vector=0x21" in run.last_line


@pytest.mark.parametrize("ram_mib", [32, 128, 512])
def test_any_size_of_memory_is_used_and_cleaned(ram_mib):
    with qemu.run(bench("q35", ram_mib=ram_mib)) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert run.residue().is_clean, run.residue()


@pytest.mark.parametrize("machine", qemu.MACHINES)
def test_without_board_and_bench_word_it_ends_as_a_fault(machine):
    with qemu.run(qemu.Setup(machine=machine)) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — no-board" in run.last_line
        assert run.residue().is_clean, run.residue()


@pytest.mark.parametrize("feature", ["smep", "smap", "umip", "nx", "sse4.2"])
def test_a_processor_that_lacks_a_protection_is_refused_by_name(feature):
    with qemu.run(bench("microvm", cpu=f"max,-{feature}")) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert f"cycle fault — cpu-refused: {feature} " in run.last_line, run.explain()
        assert run.residue().is_clean, run.residue()


def test_a_processor_that_lacks_several_is_refused_once():
    with qemu.run(bench("pc", cpu="qemu64")) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cpu-refused" in run.last_line
        assert run.residue().is_clean, run.residue()
