#!/usr/bin/python3
"""The 72 preview-1 programs of WebAssembly/wasi-testsuite, as they are.

Each NAME.wasm has a NAME.json beside it: args, env, root (a folder, granted as "/"), stdout, stderr,
exit_code. Prints each program that does not do what is expected, how many pass of each language, then
`N passed, N failed, N skipped`. With --expect N fewer than N passed programs are a failure.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from suite_p2 import grant

LANGUAGES = ("assemblyscript", "c", "rust")
SECONDS = 60


def run(aether, options, module):
    """None, or why it failed."""
    spec_file = module.with_suffix(".json")
    spec = json.loads(spec_file.read_text()) if spec_file.exists() else {}
    with tempfile.TemporaryDirectory(prefix="aether-wasi-") as folder:
        command = [aether, "run", *options, *grant(spec, module, folder)]
        for name, value in spec.get("env", {}).items():
            command += ["--env", f"{name}={value}"]
        command += [module, *spec.get("args", [])]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return f"not done after {SECONDS} s"
    expected = spec.get("exit_code", 0)
    if done.returncode != expected:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no word"]
        return f"exit code {done.returncode}, not {expected}: " + " | ".join(said[:3])
    for name, got in (("stdout", done.stdout), ("stderr", done.stderr)):
        if name in spec and got.decode(errors="replace") != spec[name]:
            return f"{name} is {got[:80]!r}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", type=Path, required=True, help="the folder `tests` of wasi-testsuite")
    parser.add_argument("--aether", type=Path, required=True)
    parser.add_argument("--option", action="append", default=[], help="for `aether run`")
    parser.add_argument("--only", default="", help="programs with this in their name")
    parser.add_argument("--expect", type=int, default=0)
    args = parser.parse_args()
    total_passed = total = 0
    for language in LANGUAGES:
        modules = sorted((args.suite / language / "testsuite/wasm32-wasip1").glob(f"*{args.only}*.wasm" if args.only else "*.wasm"))
        passed = 0
        for module in modules:
            why = run(args.aether, args.option, module)
            passed += why is None
            if why is not None:
                print(f"{language}/{module.stem}: {why}")
        print(f"{language}: {passed} of {len(modules)}")
        total_passed, total = total_passed + passed, total + len(modules)
    print(f"preview 1: {total_passed} of {total} programs")
    print(f"{total_passed} passed, {total - total_passed} failed, 0 skipped")
    return 1 if total == 0 or total_passed < (args.expect or total) else 0


if __name__ == "__main__":
    sys.exit(main())
