"""The judge of the suite's runs: skips have to be on the list, the list has to be right, lost files are failures."""
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import areas  # noqa: E402 (the path comes first)
import conformance  # noqa: E402

JUDGE = Path(conformance.__file__)
ALL = len(conformance.FOLDERS)


@pytest.fixture
def site(tmp_path):
    """A converted suite of one empty file a folder, and a program that says what the test wants of them."""
    for folder in conformance.FOLDERS:
        (tmp_path / "suite" / folder).mkdir(parents=True)
        (tmp_path / "suite" / folder / f"{Path(folder).name}_x.json").write_text("{}")
    return tmp_path


def judge(site, skips="", events=(), dies_at=None, only=None):
    """(exit status, lines) with a program that passes one assertion a file, and tells of the events given as
    (folder, line, result, text)."""
    program = site / "aether"
    program.write_text(f"""#!{sys.executable}
import json, os, sys
for path in sys.argv[2:]:
    if path.startswith("--"):
        continue
    folder = path.split("/")[-2]
    if folder == {dies_at!r}:
        os.abort()
    told = [event for event in {list(events)!r} if event[0] == folder]
    for _, line, result, text in told:
        print(json.dumps(dict(file=path, line=line, command="assert_return", result=result, text=text)))
    count = lambda word: sum(event[2] == word for event in told)
    print(json.dumps(dict(file=path, passed=1, failed=count("failed"), skipped=count("skipped"))))
print("the sum")
""")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (site / "skips").write_text(skips)
    words = ["--suite", site / "suite", "--skips", site / "skips", "--aether", program]
    run = subprocess.run([sys.executable, JUDGE, *words, *(only or [])], capture_output=True, text=True, check=False,
                         env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    return run.returncode, (run.stdout + run.stderr).splitlines()


def test_all_files_passing_is_success(site):
    status, lines = judge(site)

    assert status == 0
    assert lines[-1] == f"{ALL} passed, 0 failed, 0 skipped"


def test_a_failure_is_named_and_counts(site):
    status, lines = judge(site, events=[("threads", 7, "failed", "result 0 is wrong")])

    assert status == 1
    assert "failed: threads/threads_x:7: assert_return: result 0 is wrong" in lines
    assert lines[-1] == f"{ALL} passed, 1 failed, 0 skipped"


def test_a_skip_on_the_list_is_no_failure(site):
    status, lines = judge(site, "threads/threads_x 7 needs a second agent\ncore/core_x text*1 text\n",
                          [("threads", 7, "skipped", "second agent"), ("core", 9, "skipped", "text format")])

    assert status == 0
    assert "skipped: 1 needs a second agent" in lines and "skipped: 1 text format" in lines
    assert lines[-1] == f"{ALL} passed, 0 failed, 2 skipped"


@pytest.mark.parametrize("skips, events, sentence", [
    ("", [("threads", 7, "skipped", "second agent")],
     "failed: threads/threads_x:7: skipped (second agent), and the list does not name it"),
    ("threads/threads_x 7 why\n", [], "failed: threads/threads_x:7: the list names it as a skip, and it was none"),
    ("", [("core", 7, "skipped", "text format")],
     "failed: core/core_x: 1 assertions about the text format were skipped, the list says 0"),
    ("", [("async", 7, "skipped", "unsupported: canon task.return")],
     "failed: component/async/async_x: 1 assertions about what is refused by name were skipped, the list says 0"),
    ("core/core_x text*2 why\n", [("core", 7, "skipped", "text format")],
     "failed: core/core_x: 1 assertions about the text format were skipped, the list says 2"),
])
def test_skips_and_the_list_have_to_agree(site, skips, events, sentence):
    status, lines = judge(site, skips, events)

    assert status == 1
    assert sentence in lines


def test_a_line_of_the_list_that_is_not_understood_is_said(site):
    status, lines = judge(site, "core/x\n")

    assert status == 1
    assert "want `FILE LINE reason`" in lines[-1]


def test_a_program_that_dies_loses_one_file(site):
    status, lines = judge(site, dies_at="threads")

    assert status == 1
    assert any(line.startswith("failed: threads/threads_x: ended with -6") for line in lines)
    assert lines[-1] == f"{ALL - 1} passed, 1 failed, 0 skipped"


def test_a_folder_without_files_is_a_failure(site):
    (site / "suite/threads/threads_x.json").unlink()

    status, lines = judge(site)

    assert status == 1
    assert "no converted files" in lines[-1]


def test_the_list_in_the_repository_can_be_read():
    skips = conformance.Skips(JUDGE.parent / "skips.txt")

    assert sum(skips.texts.values()) == 1273
    assert sum(skips.refused.values()) == 168


def test_files_are_sorted_by_the_specifications_folders():
    assert [areas.area_of("core", name) for name in ("i64", "load64", "simd_load64_lane", "memory_grow", "bulk", "struct")] == [
        "core", "memory64", "simd", "multi-memory", "bulk-memory", "gc"]
    assert areas.area_of("threads", "memory") == "threads"


def test_without_the_suite_make_says_what_is_missing(tmp_path):
    """The sentence is the first line; what make adds comes after it."""
    run = subprocess.run(["make", "--no-print-directory", f"SUITES={tmp_path}", f"{tmp_path}/wast.tar.xz"],
                         cwd=JUDGE.parents[2], capture_output=True, text=True, check=False,
                         env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"})

    assert run.returncode != 0
    assert run.stderr.splitlines()[0] == (
        f"SUITES={tmp_path}: there is no wast.tar.xz in it; say SUITES=folder, the one with wast.tar.xz and wast2json.mjs")
