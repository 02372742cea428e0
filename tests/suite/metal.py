"""The suite in ring 3 under QEMU, beside what the host said of the same files.

For each folder of the specification one image: the kernel of test images, tests/metal/cells/suite in the cell's place,
and a pack of the folder's files as the payload. The cell's telemetry has counts and a digest of all
verdicts; equal digests mean that both said the same of every command.
"""
import collections
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from areas import ORDER, area_of

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/metal"))
import images  # noqa: E402 (the path comes first)
import qemu  # noqa: E402

SECONDS = 3000
MISSION = f"timeout {SECONDS}\nawait asleep\nraise 0x20\nawait commit\nawait ended\n"
# suite/limits.h: all that a job can have, arena and guest memory; the machine has more.
MEMORY_MIB, WHOLE_MIB = 128, 256
RAM_MIB = 384
FAULT_AS_TRAP = "page fault as a trap"  # tests/metal/kernel/upcall.c
RESULTS = {"passed": 0, "failed": 1, "skipped": 2}  # enum suite_result
FNV_START, FNV_PRIME, MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


def digest(events):
    """As suite_cell.c makes it of what the runner tells."""
    value = FNV_START
    for event in events:
        for byte in event["file"].encode() + struct.pack("<IB", event["line"], RESULTS[event["result"]]):
            value = (value ^ byte) * FNV_PRIME & MASK
    return value


def vectors(telemetry):
    """The vectors of a receipt: a length byte before each."""
    found, at = [], 0
    while at < len(telemetry):
        found.append(telemetry[at + 1:at + 1 + telemetry[at]])
        at += 1 + telemetry[at]
    return found


def build_image(folder, aether, cell, paths, area):
    pack = folder / f"{area}.pack"
    subprocess.run([aether, "wast", *map(str, paths), "--pack", pack], check=True)
    flags = ["--memory", f"{MEMORY_MIB}MiB", "--arena", f"{WHOLE_MIB}MiB", "--deadline-ms", str(SECONDS * 1000), "--grant", "telemetry"]
    flags += ["--entry", "legacy"] if area == "legacy" else []
    return images.build(folder, pack, flags, cell=cell, kernel=images.TEST_KERNEL)[0]


def run_area(folder, aether, cell, paths, area):
    """((files, passed, failed, skipped, digest), first failures) or (None, why)."""
    image = build_image(folder, aether, cell, paths, area)
    setup = qemu.Setup(image=image, ram_mib=RAM_MIB, has_ram_file=False)
    with qemu.run(setup, mission=MISSION, timeout=SECONDS + 60) as run:
        if run.board_status != 0 or not run.commits or run.commits[0]["outcome"] != "result":
            return None, f"{area}: no result from ring 3: {run.explain()}"
        if run.commits[0]["status"] != 0:
            return None, f"{area}: ring 3 refused the pack: status {run.commits[0]['status']}"
        faults = [line for line in run.lines if FAULT_AS_TRAP in line]
        if faults:  # every access is checked before it is made, so each of these is a check that is missing
            return None, f"{area}: {len(faults)} page faults came back as traps; the first: {faults[0]}"
        head, *failures = vectors(bytes.fromhex(run.commits[0]["telemetry"]))
        print(f"ring 3: {area}: {run.seconds:.1f} s", flush=True)
        shown = []
        for failure in failures:
            file, line = struct.unpack_from("<II", failure)
            shown.append(f"{paths[file].name}:{line}: {failure[8:].decode(errors='replace')}")
        return struct.unpack("<IIIIQ", head), shown


def compare(aether, cell, files, events, counts):
    """Sentences about folders where ring 3 says something else."""
    apart = []
    areas = collections.defaultdict(list)
    for path in files:
        name = path.stem.removeprefix("wast_core_")
        areas[area_of(path.parent.name, name)].append(path)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        for area in sorted(areas, key=ORDER.index):
            paths = areas[area]
            names = set(map(str, paths))
            told = sorted((event for event in events if event["file"] in names), key=lambda event: paths_order(paths, event))
            expected = tuple(sum(counts[str(path)][word] for path in paths if str(path) in counts) for word in RESULTS)
            said, shown = run_area(Path(folder), aether, cell, paths, area)
            if said is None:
                apart.append(shown)
            elif said != (len(paths), *expected, digest(told)):
                apart.append(f"{area}: ring 3 ran {said[0]} files: {said[1]} passed, {said[2]} failed, {said[3]} skipped; "
                             f"the host {len(paths)}: {expected[0]}, {expected[1]}, {expected[2]}; "
                             f"first failures in ring 3: {'; '.join(shown) or 'none'}")
    return apart


def paths_order(paths, event):
    """The host tells file by file in the same order; a stable sort keeps lines as they came."""
    return [str(path) for path in paths].index(event["file"])
