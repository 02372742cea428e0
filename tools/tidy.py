#!/usr/bin/python3
"""tidy.py BUILD JOBS -- LABEL FLAGS... -- FILES... [-- LABEL FLAGS... -- FILES...]: clang-tidy over each file once.

A result is kept under BUILD/tidy/ by the hash of everything it depends on: the file, each header of the project that it
includes, .clang-tidy, the flags, clang-tidy's version. Only a clean result is kept. Exit status 1 if a file has findings.
"""
import hashlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIDY = "clang-tidy-19"
CLANG = "clang-19"


def read_groups(words):
    groups, parts = [], []
    for word in [*words, "--"]:
        if word != "--":
            parts.append(word)
            continue
        groups.append(parts)
        parts = []
    return [(flags[0], flags[1:], files) for flags, files in zip(groups[::2], groups[1::2])]


def hash_inputs(source, flags, common):
    """Hash over the contents of the source and of every header that is not the system's."""
    listing = subprocess.run([CLANG, *flags, "-MM", "-MT", "x", source], capture_output=True, text=True)
    if listing.returncode != 0:
        return None
    names = listing.stdout.replace("\\\n", " ").split()[1:]
    digest = hashlib.sha256(common + "\0".join(flags).encode())
    for name in sorted(set(names)):
        digest.update(name.encode() + b"\0" + Path(name).read_bytes())
    return digest.hexdigest()


def check(job):
    source, flags, common, cache = job
    key = hash_inputs(source, flags, common)
    if key is not None and (cache / key).exists():
        return source, True, "", 0.0
    begin = time.monotonic()
    run = subprocess.run([TIDY, "--quiet", "--warnings-as-errors=*", source, "--", *flags], capture_output=True, text=True)
    if run.returncode == 0 and key is not None:
        (cache / key).touch()
    return source, run.returncode == 0, run.stdout + (run.stderr if run.returncode else ""), time.monotonic() - begin


def main():
    build, jobs, *words = sys.argv[1:]
    cache = Path(build) / "tidy"
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True).stdout
    common = version + b"".join(path.read_bytes() for path in [Path(".clang-tidy"), *sorted(Path("tests").rglob(".clang-tidy"))])
    work = [(source, flags, common, cache) for _, flags, files in read_groups(words[1:]) for source in files]
    failed, fresh = [], 0
    with ThreadPoolExecutor(int(jobs)) as pool:
        for source, clean, output, seconds in pool.map(check, work):
            fresh += seconds > 0
            if not clean:
                failed.append(source)
                print(output, flush=True)
    for source in failed:
        print(f"tidy: findings in {source}")
    print(f"tidy: {len(work)} files, {fresh} looked at now, {len(failed)} with findings")
    return 1 if failed or not work else 0


if __name__ == "__main__":
    sys.exit(main())
