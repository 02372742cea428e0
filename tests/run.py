#!/usr/bin/python3
"""Runs the tests that make has built and counts them.

Unit tests: build/host/tests/M/test_F (plain) and build/san/tests/M/test_F (sanitizers) for every tests/unit/M/test_F.c.
Whole-program tests: one pytest process per tests/S/test_*.py.

What holds:
 (1) The last line is `N passed, N failed, N skipped`; the exit status is 1 if anything failed.
 (2) A binary that is missing, dies, hangs, or ends with another count than it announced is a failure.
 (3) A skip that tests/expected_skips.txt does not name, with a reason, is a failure.
 (4) A filter that matches nothing is a failure.
A pytest file that says `RUN_ALONE = True` runs when nothing else does (tests that look at wall time).
"""
import argparse
import fnmatch
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / os.environ.get("B", "build")
JOBS = int(os.environ.get("TEST_JOBS", os.cpu_count() or 1))
UNIT_SECONDS = 300
WHOLE_SECONDS = 900
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass
class Job:
    suite: str  # "wasm/leb128" or "metal/hostile"
    flavour: str  # "plain", "san" or "pytest"
    path: Path
    alone: bool = False

    @property
    def label(self):
        return f"{self.suite} ({self.flavour})"


@dataclass
class Outcome:
    job: Job
    seconds: float = 0.0
    results: list = field(default_factory=list)  # (test name, PASSED | FAILED | SKIPPED, detail)


def find_jobs(kind, suite_filter):
    jobs = []
    if kind in ("all", "unit"):
        for source in sorted((ROOT / "tests/unit").glob("*/test_*.c")):
            suite = f"{source.parent.name}/{source.stem.removeprefix('test_')}"
            for flavour, folder in (("plain", "host"), ("san", "san")):
                jobs.append(Job(suite, flavour, BUILD / folder / "tests" / source.parent.name / source.stem))
    if kind in ("all", "whole"):
        for source in sorted((ROOT / "tests").glob("*/test_*.py")):
            suite = f"{source.parent.name}/{source.stem.removeprefix('test_')}"
            alone = re.search(r"^RUN_ALONE = True$", source.read_text(), re.M) is not None
            jobs.append(Job(suite, "pytest", source, alone))
    if suite_filter:
        jobs = [job for job in jobs if suite_filter in (job.suite, job.suite.split("/")[0])]
    return jobs


def run_process(argv, env, seconds):
    """Runs argv in a process group of its own; on time-out the whole group ends. Returns (status or None, output)."""
    with tempfile.TemporaryFile() as sink:
        process = subprocess.Popen(argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=sink,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            status = None
        sink.seek(0)
        return status, sink.read().decode(errors="replace")


def parse_tap(text):
    """cmocka's TAP: a plan, then `ok`, `not ok` or `not ok # SKIP` with detail lines (`# ...`) after it.

    What a test prints itself, fail_msg's sentence with it, stands before its line.
    """
    planned, results, printed = None, [], ""
    for line in text.splitlines():
        if plan := re.fullmatch(r"1\.\.(\d+)", line):
            planned = int(plan[1])
        elif test := re.fullmatch(r"(not ok|ok) \d+ (# SKIP|-) (\S+).*", line):
            state = SKIPPED if test[2] == "# SKIP" else PASSED if test[1] == "ok" else FAILED
            results.append([test[3], state, printed])
            printed = ""
        elif results and line.startswith("#"):
            results[-1][2] += line + "\n"
        else:
            printed += line + "\n"
    return planned, [tuple(result) for result in results]


def run_unit(job, only):
    if not job.path.exists():
        return [("(build)", FAILED, f"{job.path} is not built\n")]
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", ONLY=only, ASAN_OPTIONS="detect_leaks=1",
               UBSAN_OPTIONS="print_stacktrace=1", ASAN_SYMBOLIZER_PATH="/usr/bin/llvm-symbolizer-19")
    status, output = run_process([str(job.path)], env, UNIT_SECONDS)
    planned, results = parse_tap(output)
    broken = sum(state == FAILED for _, state, _ in results)
    if status is None:
        results.append(("(whole binary)", FAILED, output + f"no end after {UNIT_SECONDS} s\n"))
    elif planned != len(results) or status != broken:
        results.append(("(whole binary)", FAILED,
                        output + f"exit status {status}, {planned} tests announced, {len(results)} reported\n"))
    elif planned == 0 and not only:
        results.append(("(whole binary)", FAILED, "no test in it\n"))
    return results


def run_whole(job, only):
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        env = dict(os.environ, B=str(BUILD), ONLY=only, AETHER_TEST_REPORT=str(report), PYTHONDONTWRITEBYTECODE="1",
                   PYTHONPATH=f"{ROOT}/tests/support:{os.environ.get('PYTHONPATH', '')}".rstrip(":"))
        argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "report_each", str(job.path)]
        status, output = run_process(argv, env, WHOLE_SECONDS)
        results = [tuple(json.loads(line)) for line in report.read_text().splitlines()] if report.exists() else []
    broken = any(state == FAILED for _, state, _ in results)
    nothing_selected = status == 5 and only
    if status is None:
        results.append(("(whole file)", FAILED, output + f"no end after {WHOLE_SECONDS} s\n"))
    elif not nothing_selected and status != (1 if broken else 0):
        results.append(("(whole file)", FAILED, output + f"pytest ended with status {status}\n"))
    return results


def run_job(job, only):
    begin = time.monotonic()
    results = run_whole(job, only) if job.flavour == "pytest" else run_unit(job, only)
    return Outcome(job, time.monotonic() - begin, results)


def read_expected_skips():
    """Lines `SUITE TEST reason`, where SUITE and TEST may be globs."""
    path, rules = ROOT / "tests/expected_skips.txt", []
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
        if line.strip() and not line.startswith("#"):
            parts = line.split(None, 2)
            if len(parts) != 3:
                sys.exit(f"{path}:{number}: want `SUITE TEST reason`")
            rules.append(parts)
    return rules


def judge_skips(outcome, rules):
    for index, (name, state, detail) in enumerate(outcome.results):
        if state == SKIPPED and not any(fnmatch.fnmatchcase(outcome.job.suite, suite) and fnmatch.fnmatchcase(name, test)
                                        for suite, test, _ in rules):
            outcome.results[index] = (name, FAILED, detail + "skipped, and tests/expected_skips.txt does not name it\n")


def show(outcome):
    states = [state for _, state, _ in outcome.results]
    counts = ", ".join(f"{states.count(state)} {state}" for state in (PASSED, FAILED, SKIPPED) if state in states)
    word = "FAIL" if FAILED in states else "ok  "
    print(f"{word} {outcome.job.label:<40} {counts or 'nothing selected':<24} {outcome.seconds:6.1f} s", flush=True)
    for name, state, detail in outcome.results:
        if state == FAILED:
            only = "" if name.startswith("(") else f" ONLY='{name}'"
            print(f"     failed: {name}; again: make test T={outcome.job.suite}{only}")
            for line in detail.splitlines()[-60:]:
                print(f"       | {line}")
    sys.stdout.flush()


def load_times():
    try:
        return json.loads((BUILD / "test-times.json").read_text())
    except (OSError, ValueError):
        return {}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=("all", "unit", "whole"), default="all")
    parser.add_argument("--suite", default="", help="M or M/F: wasm, wasm/leb128, metal/hostile")
    parser.add_argument("--only", default="", help="glob over test names")
    arguments = parser.parse_args()
    rules = read_expected_skips()
    jobs = find_jobs(arguments.kind, arguments.suite)
    times = load_times()
    jobs.sort(key=lambda job: -times.get(job.label, 60.0 if job.flavour == "pytest" else 1.0))

    begin, outcomes = time.monotonic(), []

    def take(outcome):
        judge_skips(outcome, rules)
        outcomes.append(outcome)
        times[outcome.job.label] = round(outcome.seconds, 2)
        show(outcome)

    with ThreadPoolExecutor(JOBS) as pool:
        for future in as_completed([pool.submit(run_job, job, arguments.only) for job in jobs if not job.alone]):
            take(future.result())
    for job in jobs:
        if job.alone:
            take(run_job(job, arguments.only))

    states = [state for outcome in outcomes for _, state, _ in outcome.results]
    failed = states.count(FAILED)
    if not states:
        print(f"nothing matches suite '{arguments.suite}' and name '{arguments.only}': that counts as a failure")
        failed = 1
    if BUILD.is_dir() and not (arguments.suite or arguments.only):
        (BUILD / "test-times.json").write_text(json.dumps(times, indent=0, sort_keys=True))
    for outcome in outcomes:
        for name, state, _ in outcome.results:
            if state == FAILED:
                print(f"failed: {outcome.job.label}: {name}")
    print(f"took {time.monotonic() - begin:.1f} s on {JOBS} at a time")
    print(f"{states.count(PASSED)} passed, {failed} failed, {states.count(SKIPPED)} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
