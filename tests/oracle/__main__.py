"""Fuel and results of generated modules, ours beside wasmtime's.

  peers/venv/bin/python -m tests.oracle --batch build/bin/fuel_batch --count 1000 --seed 1
  … --any 200                        then as many of every kind, whatever they end in
  … --mutants 200                    then as many mutants of such: verdict, results, traps
  … --case INDEX --kind returns|any|mutant  both records of one case, in full
  … FILE...                          the same for files (wasm-smith's, a corpus), until they are through

Generates until COUNT modules returned in both engines. Prints a table of ends, the first differences
with their seed and index, and the counts; exit status 1 on any difference.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import time

from tests.gen import generate, mutate
from tests.oracle import compare, record

CHUNK = 200
SHOWN = 20


def run_ours(batch, paths):
    """{path: record} of our engine; a crash is an exception that names the module."""
    done = subprocess.run([batch], input="".join(p + "\n" for p in paths), text=True,
                          stdout=subprocess.PIPE, check=False)
    records = {}
    for line in done.stdout.splitlines():
        try:
            got = json.loads(line)
        except ValueError:
            raise SystemExit("fuel-oracle: not a record: %s" % line) from None
        records[got["file"]] = got
    if done.returncode != 0 or len(records) != len(paths):
        missing = [p for p in paths if p not in records]
        raise SystemExit("fuel-oracle: %s ended with status %d; first module without a record: %s"
                         % (batch, done.returncode, missing[:1]))
    return records


def make(seed, index, kind):
    """(what it is, bytes)."""
    if kind != "mutant":
        case = generate(seed, index, kind)
        return case.kind, case.wasm
    case = generate(seed, index, "any")
    return "mutant of " + case.kind, mutate(seed, index, case.wasm)


def judge(kind, ours, theirs):
    return (compare.compare_mutants if kind == "mutant" else compare.compare)(ours, theirs)


class Oracle:
    def __init__(self, args, peer):
        self.args, self.peer, self.engine = args, peer, peer.make_engine()
        self.ends = collections.Counter()
        self.counts = collections.Counter()
        self.differences = []
        self.returned = 0
        self.is_short = False
        self.fuel = 0

    def judge(self, name, kind, ours, theirs):
        verdict = judge(kind, ours, theirs)
        end = theirs["load"] if theirs["load"] != "ok" else record.TRAPS[theirs["trap"]]
        self.ends["returned" if end == "none" else end] += 1
        if verdict in (compare.EQUAL, compare.EXCUSED):
            self.counts[verdict] += 1
        else:
            self.counts["different"] += 1
            self.differences.append((name, verdict))
        if ours["load"] == theirs["load"] == "ok" and ours["trap"] == theirs["trap"] == 0:
            self.returned += 1
            self.fuel += theirs["fuel"]

    def chunk(self, kind, cases):
        """cases: [(name, path, bytes)]."""
        ours = run_ours(self.args.batch, [path for _, path, _ in cases])
        for name, path, data in cases:
            self.judge(name, kind, ours[path], self.peer.Run(self.engine, data).go())

    def generated(self, kind, indices):
        cases = []
        for index in indices:
            what, data = make(self.args.seed, index, kind)
            path = os.path.join(self.args.folder, "%s-%d.wasm" % (kind, index))
            with open(path, "wb") as file:
                file.write(data)
            name = "SEED=%d CASE=%d KIND=%s (%s)" % (self.args.seed, index, kind, what)
            cases.append((name, path, data))
        self.chunk(kind, cases)

    def campaign(self):
        """COUNT modules that return in both, of those made to; then ANY of every kind."""
        os.makedirs(self.args.folder, exist_ok=True)
        index, enough = 0, self.args.count
        begin = told = time.monotonic()
        while self.returned < enough and index < 3 * enough + CHUNK:
            step = min(CHUNK, enough - self.returned)
            self.generated("returns", range(index, index + step))
            index += step
            if time.monotonic() - told > 60:
                told = time.monotonic()
                print("%d returned, %d different, %.0f s" % (
                    self.returned, len(self.differences), told - begin), flush=True)
        self.is_short = self.returned < enough
        for at in range(0, self.args.any, CHUNK):
            self.generated("any", range(at, min(at + CHUNK, self.args.any)))
        for at in range(0, self.args.mutants, CHUNK):
            self.generated("mutant", range(at, min(at + CHUNK, self.args.mutants)))

    def files(self):
        paths = self.args.files
        for at in range(0, len(paths), CHUNK):
            cases = []
            for path in paths[at:at + CHUNK]:
                with open(path, "rb") as file:
                    cases.append((path, path, file.read()))
            self.chunk("file", cases)

    def close(self):
        print("end in the peer        modules")
        for end, count in self.ends.most_common():
            print("  %-20s %7d" % (end, count))
        print("returned in both: %d, %d fuel" % (self.returned, self.fuel))
        for name, verdict in self.differences[:SHOWN]:
            print("DIFFERENT %s: %s" % (name, verdict))
        if len(self.differences) > SHOWN:
            print("... and %d more" % (len(self.differences) - SHOWN))
        if self.is_short:
            print("only %d of %d modules returned" % (self.returned, self.args.count))
        print("%d passed, %d failed, %d skipped" % (
            self.counts[compare.EQUAL], self.counts["different"] + self.is_short,
            self.counts[compare.EXCUSED]))
        return 1 if self.differences or self.is_short else 0


def show_case(args, peer):
    what, data = make(args.seed, args.case, args.kind)
    os.makedirs(args.folder, exist_ok=True)
    path = os.path.join(args.folder, "%d.wasm" % args.case)
    with open(path, "wb") as file:
        file.write(data)
    ours = run_ours(args.batch, [path])[path]
    theirs = peer.Run(peer.make_engine(), data).go()
    print("case   %s" % what)
    print("ours   %s" % json.dumps(ours, sort_keys=True))
    print("peer   %s" % json.dumps(theirs, sort_keys=True))
    print("       %s" % judge(args.kind, ours, theirs))
    return 0


def main():
    parser = argparse.ArgumentParser(prog="tests.oracle", description=__doc__)
    parser.add_argument("--batch", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--any", type=int, default=0)
    parser.add_argument("--mutants", type=int, default=0)
    parser.add_argument("--kind", default="returns")
    parser.add_argument("--case", type=int)
    parser.add_argument("--folder", default="build/oracle")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    try:
        from tests.oracle import peer
    except ImportError as error:
        print("fuel-oracle: the peer is not there (%s); type: make setup-peers" % error)
        return 2

    def work():
        if args.case is not None:
            return show_case(args, peer)
        oracle = Oracle(args, peer)
        if args.files:
            oracle.files()
        else:
            oracle.campaign()
        return oracle.close()

    return peer.on_big_stack(work)


if __name__ == "__main__":
    sys.exit(main())
