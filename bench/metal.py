#!/usr/bin/python3
"""Measures the bare-metal image: what a wake costs in instructions, how much that varies, sizes and wall times.

bench/metal.py [--wakes 1000] [--update]

Under `-icount shift=0,sleep=off` a tick of the TSC is one instruction, so counts do not depend on the host.
 (1) Board: doorbell wakes of both vectors; handler's first instruction -> proof read back. Spread must be 0.
 (2) APIC one-shot: deadline -> handler, and handler -> proof. Spread must be 0. Halted time is not counted.
 (3) Counts are compared with bench/golden.json; more than its tolerance away is a failure, --update writes new ones.
 (4) Image size, and wall times beside those of the throw-away prototypes that came before this kernel; these are for
     reading only: they depend on the machine and on what else it does.
Exit status 1 if a spread is not 0, a count has moved, or the image is too big.
"""
import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/metal"))
import images  # noqa: E402
import qemu  # noqa: E402

GOLDEN = ROOT / "bench/golden.json"
IMAGE_MAX = 768 << 10
BOOTS = 9
SLOW_SECONDS = 900
# Throw-away prototypes: (spawn -> kernel entry, spawn -> exit), ms, median of 15 on an idle machine.
PROTOTYPE = {"microvm": (25, 27), "pc": (58, 61), "q35": (69, 72)}
TIMER_LINE = re.compile(r"bench timer: cycles=(\d+) deadline-to-handler=(\d+)\.\.(\d+) handler-to-proof=(\d+)\.\.(\d+)")


def dormant_image(directory, cycles):
    flags = ["--return-to-dormancy", "--cycles", str(cycles)]
    return images.build(directory, images.AEROSPACE, flags)[0]


def measure_board(directory, wakes):
    """{row name: [ticks of each wake]}."""
    mission = "timeout 60\nset pressure 0.12\nset dose 1250\n"
    for vector in (0x20, 0x21):
        mission += f"repeat {wakes}\nawait asleep\nraise {vector}\nawait commit\nexpect outcome result\nend\n"
    setup = qemu.Setup(machine="q35", image=dormant_image(directory, 2 * wakes), icount=True)
    with qemu.run(setup, mission=mission + "await ended\n", timeout=SLOW_SECONDS) as run:
        if run.board_status != 0:
            raise RuntimeError("board mission failed: " + run.explain())
        rows = {f"board 0x{vector:x}: handler -> proof": [commit["ticks"] for commit in run.commits if commit["vector"] == vector]
                for vector in (0x20, 0x21)}
        wall = [commit["wall_us"] for commit in run.commits]
    return rows, wall


def measure_timer(directory, wakes):
    """{row name: [least, most]}, as the kernel itself reports after the last cycle."""
    setup = qemu.Setup(machine="q35", image=dormant_image(directory, wakes), cmdline="bench=timer", icount=True)
    with qemu.run(setup, timeout=SLOW_SECONDS) as run:
        match = TIMER_LINE.search(run.serial)
        if run.exit_code != qemu.EXIT_SUCCESS or match is None or int(match[1]) != wakes:
            raise RuntimeError("timer run failed: " + run.explain())
    return {"one-shot 0x20: deadline -> handler": [int(match[2]), int(match[3])],
            "one-shot 0x20: handler -> proof": [int(match[4]), int(match[5])]}


def boot_once(machine):
    """(ms to the first byte of the kernel's serial output, ms to the exit, exit code)."""
    directory = qemu.new_directory()
    try:
        command = qemu.Setup(machine=machine, cmdline="bench").command(directory, with_board=False)
        command[command.index("-serial") + 1] = "stdio"
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.read(1)
        entry = time.monotonic() - begin
        process.communicate(timeout=qemu.DEADLINE_SECONDS)
        return entry * 1000, (time.monotonic() - begin) * 1000, process.returncode
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def spread(values):
    return max(values) - min(values)


def report_counts(rows, wakes, golden, tolerance):
    failures = []
    print(f"instructions, {wakes} wakes each, -icount shift=0,sleep=off, q35")
    print(f"  {'':<36} {'least':>12} {'most':>12} {'spread':>7} {'golden':>12} {'moved':>8}")
    for name, values in rows.items():
        known = golden.get(name)
        moved = (min(values) - known) / known if known else None
        shown = "-" if moved is None else f"{moved:+.2%}"
        print(f"  {name:<36} {min(values):>12,} {max(values):>12,} {spread(values):>7,} {known or 0:>12,} {shown:>8}")
        if spread(values) != 0:
            failures.append(f"{name}: spread {spread(values)}")
        if moved is None or abs(moved) > tolerance:
            failures.append(f"{name}: {min(values)} is not the golden {known}; if it is meant to be so, --update")
    return failures


def report_times(wall):
    print(f"wall time, {BOOTS} boots each, this machine as busy as it is, default image in bench mode")
    print(f"  {'':<10} {'spawn -> entry, ms':>22} {'prototype':>10} {'spawn -> exit, ms':>22} {'prototype':>10}")
    failures = []
    for machine in ("microvm", "pc", "q35"):
        boots = [boot_once(machine) for _ in range(BOOTS)]
        if any(code != qemu.EXIT_SUCCESS for _, _, code in boots):
            failures.append(f"{machine}: exit codes {[code for _, _, code in boots]}")
        cells = ["/".join(f"{value:.0f}" for value in (min(column), statistics.median(column), max(column)))
                 for column in ([boot[i] for boot in boots] for i in (0, 1))]
        print(f"  {machine:<10} {cells[0]:>22} {PROTOTYPE[machine][0]:>10} {cells[1]:>22} {PROTOTYPE[machine][1]:>10}")
    print("  (least/median/most; the prototype ran no engine and checked no signature)")
    print(f"  board: interrupt -> receipt stored, icount, us: least {min(wall)} median {statistics.median(wall):.0f} most {max(wall)}")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wakes", type=int, default=1000)
    parser.add_argument("--update", action="store_true", help="write the counts to bench/golden.json")
    arguments = parser.parse_args()
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {"tolerance": 0.02, "counts": {}}

    directory = qemu.new_directory()
    try:
        rows, wall = measure_board(directory, arguments.wakes)
        rows |= measure_timer(directory, arguments.wakes)
    except RuntimeError as error:
        print(f"bench/metal.py: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)

    if arguments.update:
        golden["counts"] = {name: min(values) for name, values in rows.items()}
        GOLDEN.write_text(json.dumps(golden, indent=4) + "\n")
    failures = report_counts(rows, arguments.wakes, golden["counts"], golden["tolerance"])
    failures += report_times(wall)
    size = qemu.IMAGE.stat().st_size
    print(f"image: {size:,} bytes, limit {IMAGE_MAX:,}")
    if size > IMAGE_MAX:
        failures.append("the image is too big")
    for failure in failures:
        print(f"FAILED  {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
