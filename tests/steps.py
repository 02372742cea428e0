#!/usr/bin/python3
"""steps.py MAKE TARGET...: makes targets one after another, shows what they print, adds up their closing lines.

A target whose last line is `N passed, N failed, N skipped` adds these numbers; any other counts as one test, passed if
its exit status is 0. A target that fails without a failed test in its line counts as one failure. The run goes on after
a failure. Last line: the sum, in the same form.
"""
import re
import shlex
import subprocess
import sys
import time

CLOSING = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped")


def run_step(make, target):
    """Returns (passed, failed, skipped)."""
    process = subprocess.Popen([*make, "--no-print-directory", target], stdout=subprocess.PIPE, text=True,
                               errors="replace", close_fds=False)
    last = ""
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        last = line.strip() or last
    status = process.wait()
    closing = CLOSING.fullmatch(last)
    if closing is None:
        return (1, 0, 0) if status == 0 else (0, 1, 0)
    passed, failed, skipped = map(int, closing.groups())
    return passed, failed or int(status != 0), skipped


def main():
    make, targets = shlex.split(sys.argv[1]), sys.argv[2:]
    rows = []
    for target in targets:
        print(f"==== make {target}", flush=True)
        begin = time.monotonic()
        counts = run_step(make, target)
        rows.append((target, counts, time.monotonic() - begin))
    print("==== steps")
    for target, (passed, failed, skipped), seconds in rows:
        word = "FAIL" if failed else "ok  "
        print(f"{word} {target:<24} {passed} passed, {failed} failed, {skipped} skipped {seconds:8.1f} s")
    passed, failed, skipped = (sum(counts[i] for _, counts, _ in rows) for i in range(3))
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
