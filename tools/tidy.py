#!/usr/bin/python3
"""tidy.py BUILD JOBS [SEED] -- LABEL FLAGS... -- FILES... [-- LABEL FLAGS... -- FILES...]: clang-tidy over each file once.

With a SEED the analyzer goes to its full depth in a tenth of the files, which SEED chooses, and in those that differ from
the parent commit; in the others it ends a function after NODES_SHORT steps. Every other check sees every file always.

A result is kept under BUILD/tidy/ by the hash of everything it depends on: the file, each header of the project that it
includes, .clang-tidy, the flags, clang-tidy's version. Only a clean result is kept. Exit status 1 if a file has findings.
"""
import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIDY = "clang-tidy-19"
CLANG = "clang-19"
NODES_SHORT = 75000  # what the analyzer's own shallow mode has; its deep mode has 225000
SHORT = [f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", f"max-nodes={NODES_SHORT}")]


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


def read_changed():
    """What differs from the parent commit; nothing where there is none (a clone of one commit)."""
    listing = subprocess.run(["git", "diff", "--name-only", "HEAD^"], capture_output=True, text=True)
    return set(listing.stdout.split()) if listing.returncode == 0 else set()


def in_tenth(source, seed):
    return hashlib.sha256(f"{seed} {source}".encode()).digest()[0] % 10 == 0


def run_tidy(source, flags, extra):
    return subprocess.run([TIDY, "--quiet", "--warnings-as-errors=*", *extra, source, "--", *flags], capture_output=True, text=True)


def check(job):
    source, flags, common, cache, short = job
    key = hash_inputs(source, flags, common)
    if key is not None and ((cache / key).exists() or (short and (cache / f"{key}.short").exists())):
        return source, True, "", 0.0
    begin = time.monotonic()
    run = run_tidy(source, flags, SHORT if short else [])
    if short and run.returncode != 0:  # what counts is what the full depth says
        short, run = False, run_tidy(source, flags, [])
    if run.returncode == 0 and key is not None:
        (cache / (f"{key}.short" if short else key)).touch()
    return source, run.returncode == 0, run.stdout + (run.stderr if run.returncode else ""), time.monotonic() - begin


def main():
    words = sys.argv[1:]
    build, jobs, *seed = words[:words.index("--")]
    changed = read_changed() if seed else set()
    cache = Path(build) / "tidy"
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True).stdout
    common = version + b"".join(path.read_bytes() for path in [Path(".clang-tidy"), *sorted(Path("tests").rglob(".clang-tidy"))])
    work = [(source, flags, common, cache, bool(seed) and source not in changed and not in_tenth(source, seed[0]))
            for _, flags, files in read_groups(words[words.index("--") + 1:]) for source in files]
    work.sort(key=lambda job: (job[4], -os.path.getsize(job[0])))  # the longest first
    failed, fresh = [], 0
    with ThreadPoolExecutor(int(jobs)) as pool:
        for source, clean, output, seconds in pool.map(check, work):
            fresh += seconds > 0
            if not clean:
                failed.append(source)
                print(output, flush=True)
    for source in failed:
        print(f"tidy: findings in {source}")
    short = sum(job[4] for job in work)
    print(f"tidy: {len(work)} files ({len(work) - short} to full depth), {fresh} looked at now, {len(failed)} with findings")
    return 1 if failed or not work else 0


if __name__ == "__main__":
    sys.exit(main())
