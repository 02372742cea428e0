"""Runs instrumented tests and prints what of core/wasm they reach.

    coverage.py BUILD FOLDER -- AETHER TEST...

Runs every TEST, and `AETHER wast` over the converted suite files below FOLDER (left out, and said
so, where there are none). Prints llvm-cov's report of core/wasm by file; writes the lines that hold
a branch not taken to BUILD/cov/branches.txt. Fails under BRANCHES_MIN per cent of branches.
"""
import os
import pathlib
import re
import subprocess
import sys

BRANCHES_MIN = 90.0


def run(command, **options):
    return subprocess.run(command, check=False, **options)


def main():
    split = sys.argv.index("--")
    build = pathlib.Path(sys.argv[1])
    folders = [pathlib.Path(name) for name in sys.argv[2:split]]
    aether, tests = sys.argv[split + 1], sys.argv[split + 2:]
    raw = build / "cov" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for old in raw.glob("*.profraw"):
        old.unlink()
    environment = dict(os.environ, LLVM_PROFILE_FILE=str(raw / "%p-%m.profraw"))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    failed = [test for test in tests if run([test], **quiet).returncode != 0]
    suites = [str(path) for folder in folders for path in sorted(folder.rglob("*.json"))]
    for first in range(0, len(suites), 32):
        run([aether, "wast", "--legacy-exceptions", *suites[first:first + 32]], **quiet)
    print(f"coverage: {len(tests)} test programs, {len(suites)} suite files"
          + ("" if suites else " (run make conformance first, for these)"))
    if failed:
        print("coverage: failed:", *failed)

    data = build / "cov" / "merged.profdata"
    run(["llvm-profdata-19", "merge", "-sparse", "-o", data, *raw.glob("*.profraw")])
    objects = [aether] + [word for test in tests for word in ("-object", test)]
    files = ["core/wasm"]
    report = run(["llvm-cov-19", "report", *objects, f"-instr-profile={data}", *files],
                 capture_output=True, text=True).stdout
    for line in sorted(report.splitlines(), key=lambda text: (text.startswith("TOTAL"), text)):
        words = line.split()
        if len(words) == 13:
            print(f"{words[0]:<32} lines {words[9]:>8}  branches {words[12]:>8}"
                  f"  of {words[10]:>6} not taken {words[11]:>5}")
    shown = run(["llvm-cov-19", "show", "-show-branches=count", *objects,
                 f"-instr-profile={data}", *files], capture_output=True, text=True).stdout
    write_missed(build / "cov" / "branches.txt", shown)
    total = [line.split() for line in report.splitlines() if line.startswith("TOTAL")]
    branches = float(total[0][12].rstrip("%")) if total else 0.0
    print(f"coverage: {branches:.2f} % of branches, at least {BRANCHES_MIN} wanted;"
          f" what is not taken: {build}/cov/branches.txt")
    return 1 if branches < BRANCHES_MIN or failed else 0


def write_missed(path, shown):
    name = ""
    with open(path, "w", encoding="utf-8") as out:
        for line in shown.splitlines():
            if line.endswith(".c:") or line.endswith(".h:"):
                name = line[:-1]
            missed = re.search(r"Branch \((\d+):(\d+)\): \[True: ([^,]+), False: ([^\]]+)\]", line)
            if missed and "0" in (missed[3].strip(), missed[4].strip()):
                out.write(f"{name}:{missed[1]}:{missed[2]} true {missed[3]} false {missed[4]}\n")


if __name__ == "__main__":
    sys.exit(main())
