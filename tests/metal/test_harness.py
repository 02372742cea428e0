"""The harness itself: it sees what is left in RAM, and a run that does not end is ended."""
import elf
import pytest
import qemu
import residue


@pytest.mark.parametrize("machine", qemu.MACHINES)
def test_an_image_that_leaves_everything_is_seen_to(machine):
    with qemu.run_firmware_alone(qemu.Setup(machine=machine)) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        pages, size = residue.nonzero_pages(run.ram)

        assert size == 64 << 20
        off_the_list = [page for page, _ in pages if not residue.is_firmware(machine, page)]
        assert 0x100000 in off_the_list and 0 in off_the_list
        assert residue.count_pattern(run.ram, b"\xb8\x10\x00\x00\x00\xe6\xf4\xfa\xf4") >= 1


@pytest.mark.parametrize("machine", qemu.MACHINES)
def test_the_firmware_leaves_the_same_twice(machine):
    with qemu.run_firmware_alone(qemu.Setup(machine=machine)) as first, \
         qemu.run_firmware_alone(qemu.Setup(machine=machine)) as second:
        for page, count, allowed in residue.firmware_differences(first.ram, machine, second.ram):
            assert count <= allowed, f"0x{page:x}"


def test_a_machine_that_hangs_is_stopped(tmp_path):
    elf.write_null_image(tmp_path / "null.elf")
    with qemu.run(qemu.Setup(machine="microvm", image=tmp_path / "null.elf", extra=("-S",)), timeout=1) as run:
        assert run.exit_code is None and "stopped after 1 s" in run.errors


def test_what_the_elf_says_of_physical_memory_is_what_was_loaded(tmp_path):
    elf.write_null_image(tmp_path / "null.elf")

    assert elf.Elf(tmp_path / "null.elf").physical(0x100000, 5) == b"\xb8\x10\0\0\0"
    with pytest.raises(ValueError):
        elf.Elf(tmp_path / "null.elf").physical(0x200000, 1)
