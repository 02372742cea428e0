#!/usr/bin/python3
"""Programs that others made, as components: CPython through the official adapter, and JavaScript.

Each check is a line; the last is `N passed, N failed, N skipped`.
"""
import argparse
import sys
import tempfile
import time
from pathlib import Path

import programs

CLOCK = ("--fixed-clock", "2026-01-31T12:00:00Z")
CALLS = [
    ('greet("bob")', '"Grüße, bob!"'),
    ('distance({x: 0, y: 3, name: "a"}, {x: 4, y: 0, name: "b"})', "5"),
    ("total([1, 2, 3])", "6"),
    ("reverse([1, 2, 255])", "[255, 2, 1]"),
    ("describe(path([1, 2.5]), green)", '"path 1-2.5 green no note"'),
    ('describe(circle(1.5), red, some("hi"))', '"circle 1.5 red hi"'),
    ('describe(dot, blue, "x")', '"dot  blue x"'),
    ('parse("{\\"a\\": 1, \\"b\\": 2}")', 'ok(["a", "b"])'),
    ('parse("{")', 'err("SyntaxError")'),
    ("clock()", '"2026-01-31T12:00:00.000Z"'),
]


def javascript(checks, component):
    for call, wanted in CALLS:
        done = checks.run(component, [], ["--invoke", call, *CLOCK])
        checks.check_run(f"js: {call}", done, 0, [wanted], b"")
    x = 1
    for _ in range(100000):
        x = (x * 1103515245 + 12345) & 0xFFFFFFFF
    begin = time.monotonic()
    done = checks.run(component, [], ["--invoke", "spend(100000)"])
    checks.check_run("js: spend(100000)", done, 0, [str(x % 1000000)], b"")
    print(f"js: 100,000 rounds {time.monotonic() - begin:.2f} s")


def cpython(checks, component):
    done = checks.run(component, ["-c", "print(6 * 7)"])
    checks.check_run("cpython: print(6 * 7)", done, 0, ["42"], b"")
    print(f"cpython: print(6 * 7) {checks.seconds:.2f} s")
    with tempfile.TemporaryDirectory(prefix="aether-python-") as folder:
        programs.fill(folder)
        options = ["--dir", f"{folder}::/data", "--dir", f"{programs.HERE / 'python'}::/program:ro", "--env", "GREETING=hello"]
        done = checks.run(component, ["/program/program.py", "x", "--json"], options, b"first second\n")
        lines = done.stdout.decode(errors="replace").splitlines()
        # The adapter tells that the program failed, not with which code: 5 becomes 1.
        checks.check("cpython: program: exit code", done.returncode == 1, (done.returncode, done.stderr[-500:]))
        checks.check("cpython: program: what it says", done.stderr == b"done\n", done.stderr[-500:])
        for line in ("arguments x --json", "variable hello 1", "refused /etc/passwd FileNotFoundError",
                     "refused /data/../etc/passwd PermissionError", "slept True", "input ['FIRST', 'SECOND']"):
            checks.check(f"cpython: program: {line}", line in lines, lines)
        moved = "".join(f"{n} {n * n}\n" for n in range(1000))
        made = Path(folder) / "moved.txt"
        checks.check("cpython: the file that it made", made.exists() and made.read_text() == moved, made.exists())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--aether", type=Path, required=True)
    parser.add_argument("--python", type=Path, help="CPython as a component")
    parser.add_argument("--js", type=Path, help="the program of tests/wasi/js as a component")
    parser.add_argument("--option", action="append", default=[], help="for `aether run`")
    args = parser.parse_args()
    checks = programs.Checks(args.aether, args.option)
    if args.js:
        javascript(checks, args.js)
    if args.python:
        cpython(checks, args.python)
    print(f"{checks.passed} passed, {checks.failed} failed, 0 skipped")
    return 0 if checks.passed and not checks.failed else 1


if __name__ == "__main__":
    sys.exit(main())
