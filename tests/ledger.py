"""tests/fuzz-ledger: one line for every campaign: date, commit, target, seed, executions, findings, tab-separated.

A ledger is for the record, not for the build: LEDGER=0 in the environment leaves it alone (as CI does).
"""
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEDGER = ROOT / "tests/fuzz-ledger"


def append(target, seed, executions, findings):
    if os.environ.get("LEDGER", "1") == "0":
        return
    commit = subprocess.run(["git", "rev-parse", "--short=10", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    with open(LEDGER, "a") as file:
        file.write("%s\t%s\t%s\t%d\t%d\t%d\n" % (time.strftime("%Y-%m-%d"), commit.stdout.strip() or "unknown", target,
                                                 seed, executions, findings))


if __name__ == "__main__":
    append(sys.argv[1], *map(int, sys.argv[2:5]))
