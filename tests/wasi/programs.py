#!/usr/bin/python3
"""Programs that others made, unmodified, and what they have to say.

CPython as npm has it (preview 1), and a program of ours that Go's own compiler made. Each check is a
line; the last is `N passed, N failed, N skipped`.
"""
import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = {"a.txt": b"one\n", "folder/b.bin": bytes(range(256)) * 1000, "folder/empty": b""}


class Checks:
    def __init__(self, aether, options):
        self.aether, self.options = aether, options
        self.passed = self.failed = 0

    def run(self, program, arguments, options=(), stdin=b"", seconds=120):
        command = [self.aether, "run", *self.options, *options, program, *arguments]
        begin = time.monotonic()
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=seconds, check=False)
        self.seconds = time.monotonic() - begin
        return done

    def check(self, name, holds, found):
        self.passed += bool(holds)
        self.failed += not holds
        print(f"{name}: {'ok' if holds else f'is {found!r}'}", flush=True)

    def check_run(self, name, done, code, stdout, stderr=None):
        self.check(f"{name}: exit code", done.returncode == code, (done.returncode, done.stderr[-500:]))
        got, wanted = done.stdout.decode(errors="replace").splitlines(), stdout
        different = next(((g, w) for g, w in zip(got + [None] * len(wanted), wanted) if g != w), None)
        self.check(f"{name}: output, {len(wanted)} lines", got == wanted, different or got[len(wanted):])
        if stderr is not None:
            self.check(f"{name}: what it says", done.stderr == stderr, done.stderr[-500:])


def fill(folder):
    for name, content in FILES.items():
        path = Path(folder) / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def digest(content):
    return hashlib.sha256(content).hexdigest()[:16]


def go_program(checks, program):
    with tempfile.TemporaryDirectory(prefix="aether-go-") as folder:
        fill(folder)
        done = checks.run(program, ["x", "--json", "-c"], ["--dir", f"{folder}::/data", "--env", "GREETING=hello"],
                          b"first\nsecond\n")
        files = json.dumps([{"name": f"/data/{name}", "size": len(content), "hash": digest(content)}
                            for name, content in sorted(FILES.items())], separators=(",", ":"))
        checks.check_run("go", done, 7, ["arguments x --json -c", "variable hello", files, "outside true", "missing true",
                                         f"sum {sum(range(1000000))}", "slept true", "line FIRST", "line SECOND"], b"done\n")
        made = Path(folder) / "made.gz"
        checks.check("go: the file that it made", made.exists() and gzip.decompress(made.read_bytes()) == b"packed by go\n" * 1000,
                     made.exists())
        print(f"go: {checks.seconds:.2f} s")


def cpython(checks, program):
    done = checks.run(program, ["-c", "print(6 * 7)"])
    checks.check_run("cpython: print(6 * 7)", done, 0, ["42"], b"")
    print(f"cpython: print(6 * 7) {checks.seconds:.2f} s")
    with tempfile.TemporaryDirectory(prefix="aether-python-") as folder:
        fill(folder)
        options = ["--dir", f"{folder}::/data", "--dir", f"{HERE / 'python'}::/program:ro", "--env", "GREETING=hello"]
        done = checks.run(program, ["/program/program.py", "x", "--json"], options, b"first second\n")
        files = json.dumps({f"/data/{name}": [len(content), digest(content)] for name, content in sorted(FILES.items())})
        moved = "".join(f"{n} {n * n}\n" for n in range(1000))
        checks.check_run("cpython: program", done, 5, [
            "arguments x --json", "variable hello 1", files, f"moved {len(moved)} False",
            "refused /etc/passwd FileNotFoundError", "refused /data/../etc/passwd PermissionError",
            f"integer {pow(3, 1000) % 10**12} {sum(n * n for n in range(10000))}",
            "words ['a', 'cell', 'owns', 'nothing', 'real']", "random 100 True", "slept True",
            "input ['FIRST', 'SECOND']"], b"done\n")
        found = (Path(folder) / "moved.txt").read_text() if (Path(folder) / "moved.txt").exists() else ""
        checks.check("cpython: the file that it made", found == moved, found[:80])
        done = checks.run(program, ["-c", "open('/data/x', 'w')"], ["--dir", f"{folder}::/data:ro"])
        checks.check("cpython: a read-only folder", done.returncode == 1 and b"Read-only" in done.stderr
                     and not (Path(folder) / "x").exists(), done.stderr[-200:])
    fixed = ["--fixed-clock", "2026-01-31T12:00:00Z", "--fixed-random", "7"]
    code = "import os, time, random; print(time.time(), os.urandom(8).hex(), random.random(), hash('x'))"
    first, second = (checks.run(program, ["-c", code], fixed) for _ in range(2))
    checks.check("cpython: fixed clock and randomness", first.returncode == 0 and first.stdout == second.stdout
                 and first.stdout.startswith(b"1769860800.0 "), (first.stdout, second.stdout, first.stderr[-200:]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--aether", type=Path, required=True)
    parser.add_argument("--python", type=Path, help="python.wasm")
    parser.add_argument("--go", type=Path, help="the program of tests/wasi/go")
    parser.add_argument("--option", action="append", default=[], help="for `aether run`")
    args = parser.parse_args()
    checks = Checks(args.aether, args.option)
    if args.go:
        go_program(checks, args.go)
    if args.python:
        cpython(checks, args.python)
    print(f"{checks.passed} passed, {checks.failed} failed, 0 skipped")
    return 0 if checks.passed and not checks.failed else 1


if __name__ == "__main__":
    sys.exit(main())
