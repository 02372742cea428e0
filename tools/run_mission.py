#!/usr/bin/python3
"""Flies a mission with the bare-metal image, in front of you: the serial line live, then what was checked.

run_mission.py [--mission FILE] [--machine q35|pc] [--receipts FILE [--append]] [--image ELF] [--bundle FILE]
run_mission.py --bench [--machine q35|pc|microvm]      without a board: the image injects the drop itself

With a board every receipt is checked on the ground: `aether verify` runs the payload again from the receipt's inputs.
At the end guest RAM is scanned from outside. Exit status 0 only if all of it held.
"""
import argparse
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/metal"))
import qemu  # noqa: E402
import residue  # noqa: E402

AETHER = qemu.BUILD / "bin/aether"
KEYRING = qemu.BUILD / "keyring.bin"
SUCCESS_LINE = "[AETHER] cycle success"


class Tail(threading.Thread):
    """Shows a growing file, line by line, until it is told that no more will come."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.is_over = path, threading.Event()

    def run(self):
        shown = 0
        while True:
            was_over = self.is_over.is_set()
            text = self.path.read_bytes() if self.path.exists() else b""
            end = len(text) if was_over else text.rfind(b"\n") + 1
            if end > shown:
                sys.stdout.write(text[shown:end].decode(errors="replace").replace("\r", ""))
                sys.stdout.flush()
                shown = end
            if was_over:
                return
            time.sleep(0.02)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", action="store_true", help="no board: the image wakes itself")
    parser.add_argument("--mission", type=Path, default=ROOT / "board/missions/default.mission")
    parser.add_argument("--machine", choices=qemu.MACHINES, default="q35")
    parser.add_argument("--image", type=Path, default=qemu.IMAGE)
    parser.add_argument("--bundle", type=Path, default=qemu.BUNDLE)
    parser.add_argument("--receipts", type=Path, default=qemu.BUILD / "receipts.bin", help="where receipts go")
    parser.add_argument("--append", action="store_true", help="keep the receipts that are there; the chain goes on")
    parser.add_argument("--expect-exit", type=int, default=qemu.EXIT_SUCCESS, help="33 success, 35 fault")
    parser.add_argument("--cmdline", default="", help="more words for the image")
    return parser.parse_args()


def fly(arguments, directory, receipts):
    """(exit status, seconds) of the board, or of QEMU where there is none; everything it says is shown live."""
    words = " ".join((["bench"] if arguments.bench else []) + arguments.cmdline.split())
    setup = qemu.Setup(machine=arguments.machine, image=arguments.image, cmdline=words)
    if arguments.bench:
        command = setup.command(directory, with_board=False)
    else:
        command = qemu.board_command(setup, directory, arguments.mission, arguments.expect_exit, receipts=receipts)
        command.remove("--json")
    tail = Tail(directory / "serial")
    tail.start()
    begin = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(directory)})
    try:
        status = process.wait(timeout=qemu.DEADLINE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    seconds = time.monotonic() - begin
    tail.is_over.set()
    tail.join()
    return status, seconds


def verify(image, receipts, bundle):
    """(held, sentence): every receipt of the file, run again on the ground."""
    if not receipts.exists() or receipts.stat().st_size == 0:
        return False, "no receipt was stored"
    process = subprocess.run([AETHER, "verify", "--image", image, "--keyring", KEYRING, receipts, bundle], capture_output=True, text=True, timeout=120, check=False)
    said = (process.stdout + process.stderr).strip().splitlines()
    return process.returncode == 0, said[-1] if said else f"exit status {process.returncode}"


def main():
    arguments = parse_arguments()
    needed = [arguments.image] + ([] if arguments.bench else [qemu.BOARD, AETHER, arguments.mission, arguments.bundle])
    missing = [str(path) for path in needed if not path.exists()]
    if missing:
        print(f"run_mission.py: {', '.join(missing)} not there: `make run` builds what it needs", file=sys.stderr)
        return 2

    with qemu.Run(qemu.Setup(machine=arguments.machine, image=arguments.image), qemu.new_directory()) as run:
        if not arguments.append and not arguments.bench:
            arguments.receipts.unlink(missing_ok=True)
        status, seconds = fly(arguments, run.directory, arguments.receipts)
        wanted = arguments.expect_exit if arguments.bench else 0
        wants_success = arguments.expect_exit == qemu.EXIT_SUCCESS
        checks = [("machine" if arguments.bench else "mission", status == wanted,
                   f"{'exit code' if arguments.bench else 'the board says'} {status}, {seconds:.2f} s"),
                  ("last line", run.last_line.startswith(SUCCESS_LINE) == wants_success, run.last_line)]
        if not arguments.bench:
            checks.append(("receipts", *verify(arguments.image, arguments.receipts, arguments.bundle)))
        verdict = residue.judge(run.ram, arguments.machine, arguments.image)
        checks.append(("memory", verdict.is_clean, str(verdict)))

    print("-" * 40)
    for name, held, sentence in checks:
        print(f"{'held  ' if held else 'FAILED'}  {name:<10} {sentence}")
    return 0 if all(held for _, held, _ in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
