#!/usr/bin/python3
"""The payload campaign: seeded payloads, each signed and run in the real image, one machine each.

Of ten payloads one is random bytes, five are mutants of valid modules, four are generated valid modules; some run under
narrow limits. For each one:
 (1) the machine ends by itself, with exit code 33 or 35: nothing hangs;
 (2) its last line is, byte for byte, what the second run on the host says (tests/tools/payload_batch.c): outcome, reason,
     place and fuel of a trap, and for a success the proof, which is the hash of the whole receipt;
 (3) its RAM, scanned from outside, holds no residue.
A payload made to run for ever under a short deadline must end as `deadline` where the host's fuel ran out, too.
A failed payload stays in $B/payloads/failed with its bundle. Run by `make payloads N=1000 SEED=1`.
"""
import argparse
import collections
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/metal")]

import images  # noqa: E402
import qemu  # noqa: E402
from tests.gen import generate, mutate  # noqa: E402
from tests.gen.rng import Rng  # noqa: E402

FOLDER = qemu.BUILD / "payloads"
BATCH = qemu.BUILD / "bin/payload_batch"
GUESTS = qemu.BUILD / "guest"
CHUNK = 100
RAM_MIB = 32  # half the usual: half the time to scrub and scan
HOST_FUEL = 20_000_000
REASONS_WANTED = 15  # of a whole campaign
DEADLINE_LINE = "[AETHER] cycle fault — deadline vector=0x20 — self-annihilation"
HEADER = b"\0asm\x01\0\0\0"


class Payload:
    def __init__(self, index, sort, data, flags, is_timed=False):
        self.index, self.sort, self.data, self.flags = index, sort, data, flags
        self.is_timed = is_timed  # the deadline is short: it, and not fuel, may end it
        self.bundle = self.image_hash = None
        self.exit_code, self.line, self.residue, self.problem = None, "", "", ""


def narrow_limits(rng):
    """A limit that many payloads do not fit in."""
    return rng.pick([
        lambda: ["--fuel", rng.pick([0, 1, rng.below(50), rng.below(2000)])],
        lambda: ["--memory", rng.pick(["0", "64KiB", "192KiB", "1MiB"])],
        lambda: ["--memory", "1MiB", "--arena", "1280KiB"],
        lambda: ["--stack", rng.pick([16, 40, 100, 1000])],
        lambda: ["--tables", rng.pick([0, 3, 30])],
        lambda: ["--grant", rng.pick(["none", "signal", "telemetry", "pressure"])],
    ])()


def make_payload(seed, index):
    rng = Rng(seed ^ 0x7061796C, index)
    flags = ["--deadline-ms", 30000] + (narrow_limits(rng) if rng.chance(0.15) else [])
    turn = index % 10
    if turn == 0:
        data = rng.bytes(1 + rng.below(rng.pick([8, 100, 3000])))
        return Payload(index, "random", (HEADER if rng.chance(0.4) else b"") + data, flags)
    if turn <= 5:
        guests = sorted(GUESTS.glob("*.wasm"))
        base = rng.pick(guests).read_bytes() if guests and rng.chance(0.2) else generate(seed, index).wasm
        return Payload(index, "mutant", mutate(seed, index, base), flags)
    case = generate(seed, index)
    if case.entry is not None:
        flags = flags + ["--entry", case.entry]
    is_timed = case.kind == "forever" and rng.chance(0.7)
    if is_timed:
        flags = ["--deadline-ms", 50, "--fuel", 10**15]
    return Payload(index, case.kind, case.wasm, flags, is_timed)


def run_machine(payload):
    """Signs, links, runs, scans. What is not as it should be is in `problem`."""
    directory = FOLDER / str(payload.index)
    directory.mkdir(parents=True, exist_ok=True)
    payload.bundle = images.sign(directory, payload.data, tuple(payload.flags))
    image = images.link(directory, payload.bundle)
    payload.image_hash = images.check([images.AETHER, "image-hash", image]).split()[0]
    with qemu.run(qemu.Setup(machine="microvm", image=image, cmdline="bench", ram_mib=RAM_MIB)) as run:
        payload.exit_code, payload.line = run.exit_code, run.last_line
        if run.exit_code is None:
            payload.problem = "it hangs: " + run.explain()
            return payload
        verdict = run.residue()
        if not verdict.is_clean:
            payload.problem = "residue: " + str(verdict)
    image.unlink()
    return payload


def expectations(payloads):
    """{bundle path: what the host says}."""
    lines = "".join("%s %s\n" % (p.bundle, p.image_hash) for p in payloads)
    done = subprocess.run([BATCH, images.KEYRING, str(HOST_FUEL)], input=lines, text=True, stdout=subprocess.PIPE,
                          check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(rows) != len(payloads):
        raise SystemExit("payloads: %s ended with status %d after %d of %d answers" % (
            BATCH, done.returncode, len(rows), len(payloads)))
    return {row["bundle"]: row for row in rows}


def judge(payload, host):
    """Sets `problem` where machine and host disagree; returns the reason for the table."""
    allowed = [host["line"]]
    if payload.is_timed:
        allowed = [DEADLINE_LINE] if host["endless"] else [host["line"], DEADLINE_LINE]
    reason = host["reason"] + (" (%s)" % host["refusal"] if host["refusal"] != "none" else "")
    if payload.line == DEADLINE_LINE:
        reason = "deadline"
    if payload.problem:
        return reason
    if payload.line not in allowed:
        payload.problem = "machine: %s\n  host:    %s" % (payload.line, " or ".join(allowed))
        return reason
    wanted = qemu.EXIT_SUCCESS if reason == "success" else qemu.EXIT_FAULT
    if payload.exit_code != wanted:
        payload.problem = "exit code %d, not %d" % (payload.exit_code, wanted)
    return reason


def keep(payload):
    """The failed payload, where it can be looked at."""
    place = FOLDER / "failed" / str(payload.index)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(FOLDER / str(payload.index), place)
    print("FAILED payload %d (%s), kept in %s\n  signed with %s\n  %s" % (
        payload.index, payload.sort, place, " ".join(map(str, payload.flags)), payload.problem), flush=True)


class Campaign:
    def __init__(self, seed, count, jobs):
        self.seed, self.count, self.jobs = seed, count, jobs
        self.reasons, self.sorts = collections.Counter(), collections.Counter()
        self.passed = self.failed = 0

    def finish(self, payloads):
        answers = expectations(payloads)
        for payload in payloads:
            reason = judge(payload, answers[str(payload.bundle)])
            self.reasons[reason] += 1
            self.sorts[payload.sort if payload.sort in ("random", "mutant") else "generated"] += 1
            if payload.problem:
                self.failed += 1
                keep(payload)
            else:
                self.passed += 1
            shutil.rmtree(FOLDER / str(payload.index), ignore_errors=True)

    def run(self, only=None):
        begin = told = time.monotonic()
        indices = iter(range(self.count) if only is None else [only])
        with ThreadPoolExecutor(self.jobs) as pool:
            while chunk := list(itertools.islice(indices, CHUNK)):
                self.finish(list(pool.map(lambda i: run_machine(make_payload(self.seed, i)), chunk)))
                if time.monotonic() - told > 60:
                    told = time.monotonic()
                    print("%d payloads, %d failed, %d reasons, %.0f s" % (
                        self.passed + self.failed, self.failed, len(self.reasons), told - begin), flush=True)
        return time.monotonic() - begin

    def close(self, seconds):
        total = self.passed + self.failed
        print("how it ended                                   payloads")
        for reason, count in self.reasons.most_common():
            print("  %-44s %8d" % (reason, count))
        print("seed %d: %d payloads (%s) in %.0f s, %d different ends" % (
            self.seed, total, ", ".join("%d %s" % (n, s) for s, n in sorted(self.sorts.items())), seconds,
            len(self.reasons)))
        if self.count >= 1000 and len(self.reasons) < REASONS_WANTED:
            print("fewer than %d different ends" % REASONS_WANTED)
            self.failed += 1
        print("%d passed, %d failed, 0 skipped" % (self.passed, self.failed))
        return 1 if self.failed or not total else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--only", type=int, help="this payload alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    campaign = Campaign(arguments.seed, arguments.count if arguments.only is None else 1, arguments.jobs)
    return campaign.close(campaign.run(arguments.only))


if __name__ == "__main__":
    sys.exit(main())
