"""Runs the image in QEMU: one machine, one temporary directory, one process of ours, RAM in a file that stays readable.

    with qemu.run(qemu.Setup(machine="q35"), mission=MISSION) as run:
        assert run.exit_code == 33 and run.residue().is_clean

Without a mission the image runs alone. With one, aether-board is its board and starts it. Every process that is started
here is ended here, by its own pid; the directory goes when the `with` ends.
"""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import residue

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("B", "build")
IMAGE = BUILD / "aether.elf"
ISO = BUILD / "aether.iso"
BUNDLE = BUILD / "payload.bundle"
BOARD = BUILD / "bin/aether-board"
QEMU = os.environ.get("QEMU", "qemu-system-x86_64")
EXIT_SUCCESS, EXIT_FAULT = 33, 35
DEADLINE_SECONDS = 60  # with both cores busy a boot takes a second; nothing of ours takes ten
MACHINES = ("pc", "q35", "microvm")
KINDS = {
    "pc": "pc",
    "q35": "q35",
    "microvm": "microvm,isa-serial=on,rtc=off,pit=off,pic=off",
}


@dataclass
class Setup:
    machine: str = "q35"
    image: Path = IMAGE
    iso: Path = None  # boots from this by GRUB instead of -kernel
    cmdline: str = ""
    cpu: str = "max"
    ram_mib: int = 64
    icount: bool = False  # shift=0, sleep=off: a tick is an instruction
    has_exit_device: bool = True
    has_ram_file: bool = True  # RAM stays readable after the run
    has_bridge: bool = False  # the board is behind a PCI bridge
    extra: tuple = ()  # `{dir}` in a word is the run's directory

    def command(self, directory, with_board):
        command = [QEMU, "-accel", "tcg", "-cpu", self.cpu, "-m", str(self.ram_mib), "-nodefaults", "-display", "none",
                   "-no-reboot", "-serial", f"file:{directory}/serial"]
        if self.has_ram_file:
            command += ["-M", f"{KINDS[self.machine]},memory-backend=ram0",
                        "-object", f"memory-backend-file,id=ram0,size={self.ram_mib}M,mem-path={directory}/ram,share=on"]
        else:
            command += ["-M", KINDS[self.machine]]
        if self.has_exit_device:
            command += ["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]
        if self.icount:
            command += ["-icount", "shift=0,sleep=off"]
        if self.iso is not None:
            command += ["-cdrom", str(self.iso), "-boot", "d"]
        else:
            command += ["-kernel", str(self.image)]
            command += ["-append", self.cmdline] if self.cmdline else []
        if with_board:
            command += ["-device", "pcie-pci-bridge,id=bridge"] if self.has_bridge else []
            command += ["-chardev", "socket,path={socket},id=board",
                        "-device", "ivshmem-doorbell,chardev=board,vectors=2" + (",bus=bridge" if self.has_bridge else "")]
        return command + [word.replace("{dir}", str(directory)) for word in self.extra]


@dataclass
class Run:
    setup: Setup
    directory: Path
    exit_code: int = None  # of QEMU; None: it had to be stopped
    board_status: int = None  # of aether-board; None: no board
    seconds: float = 0.0
    errors: str = ""  # standard error of what we started
    events: list = field(default_factory=list)  # the board's

    @property
    def ram(self):
        return self.directory / "ram"

    @property
    def receipts(self):
        return self.directory / "receipts"

    @property
    def serial(self):
        path = self.directory / "serial"
        return path.read_text(errors="replace").replace("\r", "") if path.exists() else ""

    @property
    def lines(self):
        return [line for line in self.serial.split("\n") if line]

    @property
    def last_line(self):
        return self.lines[-1] if self.lines else ""

    def of(self, kind):
        return [event for event in self.events if event["event"] == kind]

    @property
    def commits(self):
        return self.of("commit")

    def residue(self):
        return residue.judge(self.ram, self.setup.machine, self.setup.image)

    def explain(self):
        """For an assertion's message."""
        shown = "\n".join(self.lines[-12:])
        failures = "\n".join(f"line {event['line']}: {event['text']}" for event in self.of("failure"))
        return (f"exit {self.exit_code}, board {self.board_status}, {self.seconds:.1f} s\n{self.errors}\n{failures}\n"
                f"{shown}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)


def _finish(process, timeout):
    """(standard output, standard error, exit code or None after a stop)."""
    try:
        output, errors = process.communicate(timeout=timeout)
        return output, errors, process.returncode
    except subprocess.TimeoutExpired:
        process.terminate()
        try:
            output, errors = process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
        return output, errors + f"\nstopped after {timeout} s\n", None


def board_command(setup, directory, mission, expect_exit, end_timeout=20, receipts=None):
    """aether-board with QEMU behind it. `mission` is a path, or a mission's text."""
    if not isinstance(mission, Path):
        path = directory / "mission"
        path.write_text(mission)
        mission = path
    return [str(BOARD), "--mission", str(mission), "--receipts", str(receipts or directory / "receipts"), "--json",
            "--expect-exit", str(expect_exit), "--end-timeout", str(end_timeout), "--",
            *setup.command(directory, with_board=True)]


def new_directory():
    return Path(tempfile.mkdtemp(prefix="aether-"))


def run(setup=Setup(), mission=None, expect_exit=EXIT_SUCCESS, timeout=DEADLINE_SECONDS, receipts=None):
    """Runs to the end, or to the timeout. Judges nothing: that is the test's."""
    result = Run(setup, new_directory())
    if mission is None:
        command = setup.command(result.directory, with_board=False)
    else:
        command = board_command(setup, result.directory, mission, expect_exit, receipts=receipts)
    begin = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, errors="replace", env={**os.environ, "TMPDIR": str(result.directory)})
    output, result.errors, code = _finish(process, timeout)
    result.seconds = time.monotonic() - begin
    if mission is None:
        result.exit_code = code
        return result
    result.board_status = code
    result.events = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    ends = result.of("end")
    result.exit_code = ends[0]["exit_code"] if ends else None
    return result


class Monitor:
    """QEMU's own view of the machine, over QMP. For a machine that has no exit device and so stays in its last `hlt`."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(path))
        self.file = self.socket.makefile("rw")
        self.file.readline()
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        self.file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:  # events may come between
            answer = json.loads(self.file.readline())
            if "return" in answer or "error" in answer:
                return answer.get("return")

    def human(self, line):
        return self.command("human-monitor-command", **{"command-line": line})

    def close(self):
        self.file.close()
        self.socket.close()


def run_to_the_last_halt(setup, seconds=DEADLINE_SECONDS):
    """(serial text, `info registers`, verdict on RAM) of a run without exit device, once the processor is in its last
    hlt. The machine is stopped then."""
    setup = replace(setup, has_exit_device=False, extra=(*setup.extra, "-qmp", "unix:{dir}/qmp,server=on,wait=off"))
    with Run(setup, new_directory()) as run:
        process = subprocess.Popen(setup.command(run.directory, with_board=False), stdin=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + seconds
            while "self-annihilation" not in run.last_line or not (run.directory / "qmp").exists():
                assert time.monotonic() < deadline and process.poll() is None, run.explain()
                time.sleep(0.05)
            monitor = Monitor(run.directory / "qmp")
            registers = ""
            while "HLT=1" not in registers:
                assert time.monotonic() < deadline, registers
                time.sleep(0.05)
                registers = monitor.human("info registers")
            monitor.command("quit")
            monitor.close()
            process.wait(timeout=10)
            return run.serial, registers, run.residue()
        finally:
            process.kill()
            process.wait()


def run_firmware_alone(setup):
    """The same machine with an image that ends at once: what the firmware leaves."""
    from elf import write_null_image
    directory = new_directory()
    write_null_image(directory / "null.elf")
    result = Run(replace(setup, image=directory / "null.elf", iso=None), directory)
    process = subprocess.Popen(result.setup.command(directory, with_board=False), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _, result.errors, result.exit_code = _finish(process, DEADLINE_SECONDS)
    return result
