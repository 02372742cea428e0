"""The ring-0 gate by itself: its own protections, what is mapped, what it refuses, cycles that are alike.

The cell is hostile.c: its cases need no engine. Case numbers are those of its list.
"""
import json
import re
import socket
import struct
import threading
import time

import images
import pytest
import qemu
import residue

HOSTILE = qemu.BUILD / "metal/cells/hostile.elf"
CASES = re.findall(r'^\s*X\((\w+), \w+, "[^"]+"\)', (qemu.ROOT / "tests/metal/cells/hostile.c").read_text(), re.MULTILINE)
SELFTESTS = re.findall(r'^\s*X\(\w+, "([a-z-]+)"\)', (qemu.ROOT / "metal/selftest.h").read_text(), re.MULTILINE)
LEFT = b"AETHER RESIDUE! " * 256
CALM = "unknown_interface"  # ends with guest=1


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kernel")


def image(directory, case=CALM, flags=(), keyring=images.KEYRING):
    payload = struct.pack("<II", CASES.index(case), 0) + bytes(56) + b"\xc3" * 64
    return images.build(directory, payload, flags, keyring, HOSTILE)[0]


def run_bench(built, words="bench", machine="microvm", **options):
    return qemu.run(qemu.Setup(machine=machine, image=built, cmdline=words, **options))


class Monitor:
    """A QMP session beside a run."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(200):
            try:
                self.socket.connect(str(path))
                break
            except OSError:
                time.sleep(0.05)
        self.file = self.socket.makefile("rw")
        self.file.readline()
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "return" in answer or "error" in answer:
                return answer.get("return")

    def ask(self, line):
        return self.execute("human-monitor-command", **{"command-line": line})


def wait_until(monitor, sign):
    """Until `info registers` shows the sign: CPL=3 in the cell, HLT=1 asleep or at the end."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if sign in monitor.ask("info registers"):
            return
        time.sleep(0.1)
    raise AssertionError(f"no {sign} within 30 s")


def run_watched(built, tmp_path, watch, words="bench", **options):
    """Runs with a monitor; `watch` gets it and returns when it has seen enough. (run, what watch returned)."""
    path, runs = tmp_path / "qmp", []
    setup = qemu.Setup(machine="microvm", image=built, cmdline=words,
                       extra=("-qmp", f"unix:{path},server=on,wait=off"), **options)
    thread = threading.Thread(target=lambda: runs.append(qemu.run(setup)))
    thread.start()
    try:
        seen = watch(Monitor(path))
    finally:
        thread.join()
    return runs[0], seen


def test_a_processor_without_long_mode_is_refused_by_name(folder):
    with run_bench(image(folder), cpu="qemu32") as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cpu-refused: long-mode" in run.last_line
        assert run.residue().is_clean, str(run.residue())


def test_more_ram_than_the_scrub_reaches_is_refused(folder):
    with run_bench(image(folder), machine="q35", ram_mib=3584) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — machine: more-ram-than-3-GiB" in run.last_line


def test_a_cell_that_does_not_fit_into_the_machine_is_refused(folder):
    built = image(folder, flags=("--memory", "64MiB", "--arena", "96MiB"))

    with run_bench(built) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — machine" in run.last_line
        assert run.residue().is_clean, str(run.residue())
    with run_bench(built, ram_mib=256) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert run.residue().is_clean, str(run.residue())


@pytest.mark.parametrize("word", SELFTESTS)
def test_ring_0_is_bound_by_its_own_protections(word, folder):
    with run_bench(image(folder, keyring=images.BENCH_KEYRING), f"bench selftest={word}") as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert run.last_line == "[AETHER] cycle fault — kernel-fault vector=0x00 — self-annihilation"
        assert run.lines[-2].startswith("[AETHER] ring 0: "), run.explain()
        assert run.residue().is_clean, str(run.residue())


def test_the_control_run_leaves_what_the_scan_must_find(folder):
    with run_bench(image(folder, keyring=images.BENCH_KEYRING), "bench scrub=leave") as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert not run.residue().is_clean
        assert residue.count_pattern(run.ram, LEFT) == 1
    with run_bench(image(folder, keyring=images.BENCH_KEYRING)) as run:
        assert run.residue().is_clean, str(run.residue())
        assert residue.count_pattern(run.ram, LEFT[:16]) == 0


def test_many_cycles_are_alike_to_the_instruction(folder):
    built = image(folder, flags=("--return-to-dormancy", "--cycles", "20"))

    with run_bench(built, "bench=timer", icount=True) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert len([line for line in run.lines if "cycle success" in line]) == 20
        found = re.search(r"cycles=20 deadline-to-handler=(\d+)\.\.(\d+) handler-to-proof=(\d+)\.\.(\d+)", run.last_line)
        assert found and found[1] == found[2] and found[3] == found[4], run.last_line
        assert run.residue().is_clean, str(run.residue())


def test_a_fault_ends_a_mission_of_many_cycles(folder):
    built = image(folder, "read_page_zero", ("--return-to-dormancy", "--cycles", "5"))

    with run_bench(built) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert len([line for line in run.lines if "cycle fault" in line]) == 1


def test_an_nmi_in_ring_3_is_a_kernel_fault(folder, tmp_path):
    def watch(monitor):
        wait_until(monitor, "CPL=3")
        monitor.execute("inject-nmi")

    run, _ = run_watched(image(folder, "endless_loop", ("--deadline-ms", "60000")), tmp_path, watch)
    with run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — kernel-fault" in run.last_line
        assert run.residue().is_clean, str(run.residue())


def parse_tlb(text):
    """[(address, flags)] of `info tlb`: X means not executable, U ring 3, W writable."""
    return [(int(m[1], 16), m[2]) for m in re.finditer(r"^([0-9a-f]{16}): [0-9a-f]{16} (\S+)", text, re.MULTILINE)]


def test_no_page_is_writable_and_executable_while_a_cell_runs(folder, tmp_path):
    def watch(monitor):
        wait_until(monitor, "CPL=3")
        pages = parse_tlb(monitor.ask("info tlb"))
        monitor.execute("inject-nmi")
        return pages

    run, pages = run_watched(image(folder, "endless_loop", ("--deadline-ms", "60000")), tmp_path, watch)
    with run:
        assert len(pages) > 1000, run.explain()
    for address, flags in pages:
        is_cell = 0x40000000 <= address < 0x80000000
        assert ("U" in flags) == is_cell, (hex(address), flags)
        assert "X" in flags or "W" not in flags, (hex(address), flags)
        assert address >= 0x100000, (hex(address), flags)


def test_the_image_hash_does_not_know_the_payload(folder):
    short, _ = images.build(folder, b"x" * 5)
    long, _ = images.build(folder, b"y" * 70001)

    hashes = {images.check([images.AETHER, "image-hash", path]).split()[0] for path in (short, long)}
    assert len(hashes) == 1


@pytest.mark.parametrize("end", [0, 0x3FFFFF, 0x1400000, 2**64 - 1])
def test_a_bundle_that_ends_nowhere_is_no_bundle(folder, tmp_path, end):
    """The two words in front of the bundle are outside of the image hash, so the kernel takes nothing from them unchecked."""
    original = images.link(folder, images.sign(folder, images.AEROSPACE))
    content = bytearray(original.read_bytes())
    at = next(offset for offset in range(0, len(content) - 16, 16)
              if content[offset + 3:offset + 16] == bytes(13) and 0x400010 < int.from_bytes(content[offset:offset + 8], "little") < 0x410000
              and b"aether-bundle" in content[offset + 16:offset + 40])
    content[at:at + 8] = end.to_bytes(8, "little")
    (tmp_path / "bad.elf").write_bytes(content)

    with run_bench(tmp_path / "bad.elf") as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — no-bundle" in run.last_line, run.explain()
        assert run.residue().is_clean, str(run.residue())
