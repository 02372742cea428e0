"""aether-board against a machine of our own (fake_machine.py): no QEMU here."""
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("B", "build")
BOARD = BUILD / "bin/aether-board"
FAKE = Path(__file__).resolve().parent / "fake_machine.py"
ENTRY_BYTES = 1152

ONE_WAKE = """timeout 10
set pressure 0.12
set dose 1250
await asleep
raise 0x20
await commit
expect outcome result
expect status 3
expect proof nonzero
expect sequence 1
expect vector 0x20
expect signal 0xBEEF
expect signals 1
expect uplink 0x11 0x22
await ended
expect pmu nonzero
"""


@pytest.fixture(params=["bin", "san/bin"], ids=["plain", "san"], autouse=True)
def each_build(request, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "BOARD", BUILD / request.param / "aether-board")


class Result:
    def __init__(self, process):
        self.status = process.returncode
        self.errors = process.stderr
        self.text = process.stdout
        self.events = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]

    def of(self, kind):
        return [event for event in self.events if event["event"] == kind]

    @property
    def end(self):
        return self.events[-1]


def fly(tmp_path, mission, behaviour="good", cycles=1, options=(), is_json=True):
    path = tmp_path / "test.mission"
    path.write_text(mission)
    command = [str(BOARD), "--mission", str(path), *(["--json"] if is_json else []), *options]
    command += ["--", sys.executable, str(FAKE), "{socket}", behaviour, str(cycles)]
    return Result(subprocess.run(command, capture_output=True, text=True, timeout=60, check=False))


def check_only(tmp_path, mission):
    path = tmp_path / "test.mission"
    path.write_text(mission)
    return subprocess.run([str(BOARD), "--mission", str(path), "--check"], capture_output=True, text=True, timeout=10,
                          check=False)


def test_a_mission_that_holds_ends_with_status_0(tmp_path):
    result = fly(tmp_path, ONE_WAKE)

    assert result.status == 0, result.errors + result.text
    assert result.end["good"] and result.end["checks"] == 9 and result.end["exit_code"] == 33
    commit, = result.of("commit")
    assert commit["proof"] != "0x" + "0" * 16 and commit["ticks"] == 7249


def test_lines_for_people_say_the_same(tmp_path):
    result = fly(tmp_path, ONE_WAKE, is_json=False)

    assert result.status == 0
    assert "board: commit 1  vector 0x20  result  status 3" in result.text
    assert result.text.strip().endswith("board: mission held: 1 commits, 9 expectations, 0 failures")


def test_a_wrong_status_is_told_with_file_and_line(tmp_path):
    result = fly(tmp_path, ONE_WAKE, "wrong-status", is_json=False)

    assert result.status == 1
    assert "test.mission:8: expected status 3, it is 1" in result.errors
    assert "MISSION FAILED" in result.text


def test_a_fault_has_a_reason_and_no_proof(tmp_path):
    mission = "await asleep\nraise 0x21\nawait commit\nexpect outcome fault\nexpect reason page-fault\nexpect proof zero\n"
    result = fly(tmp_path, mission, "fault", options=["--expect-exit", "35"])

    assert result.status == 0, result.text


def test_a_trap_has_a_name(tmp_path):
    mission = "await asleep\nraise 0x21\nawait commit\nexpect outcome trap\nexpect reason out-of-fuel\nexpect proof zero\n"

    assert fly(tmp_path, mission, "trap").status == 0


def test_the_exit_code_counts(tmp_path):
    result = fly(tmp_path, ONE_WAKE, options=["--expect-exit", "35"])

    assert result.status == 1
    assert "exit code is 33, expected 35" in result.of("failure")[0]["text"]


@pytest.mark.parametrize("behaviour", ["dies", "dies-awake"])
def test_a_machine_that_dies_ends_the_mission_at_once(tmp_path, behaviour):
    result = fly(tmp_path, ONE_WAKE, behaviour)

    assert result.status == 1
    assert "the machine ended with exit code 1" in result.of("failure")[0]["text"]


def test_an_await_in_vain_times_out(tmp_path):
    result = fly(tmp_path, "await asleep 0.3\nraise 0x20\n", "mute")

    assert result.status == 1
    assert "awaited dormancy in vain for 0.3 s" in result.of("failure")[0]["text"]
    assert not result.of("raise")


def test_a_machine_that_lingers_is_stopped(tmp_path):
    result = fly(tmp_path, ONE_WAKE, "lingers", options=["--end-timeout", "1"])

    assert result.status == 1
    assert "did not end" in result.of("failure")[0]["text"]


def test_a_skipped_sequence_is_a_failure(tmp_path):
    result = fly(tmp_path, "await asleep\nraise 0x20\nawait commit\nexpect sequence 2\n", "skips-sequence")

    assert result.status == 1 and not result.of("failure")
    assert result.end["failures"] == 1


@pytest.mark.parametrize("behaviour", ["wrong-proof", "forked-chain"])
def test_a_receipt_that_does_not_fit_is_kept_and_counts_as_a_failure(tmp_path, behaviour):
    receipts = tmp_path / "r.log"
    result = fly(tmp_path, "await asleep\nraise 0x20\nawait commit\n", behaviour, options=["--receipts", str(receipts)])

    assert result.status == 1
    assert receipts.stat().st_size == ENTRY_BYTES


def test_receipts_are_chained_over_cycles_and_over_runs(tmp_path):
    receipts = tmp_path / "r.log"
    mission = "repeat 5\nawait asleep\nraise 0x20\nawait commit\nawait asleep\nraise 0x21\nawait commit\nend\n" \
              "expect sequence 10\nawait ended\n"
    cycles = []
    for _ in range(2):
        result = fly(tmp_path, mission, cycles=10, options=["--receipts", str(receipts)])
        assert result.status == 0, result.text
        cycles += [commit["cycle"] for commit in result.of("commit")]

    data = receipts.read_bytes()
    assert cycles == list(range(1, 21))
    assert len(data) == 20 * ENTRY_BYTES
    previous = bytes(32)
    for at in range(0, len(data), ENTRY_BYTES):
        record = data[at + 128:at + ENTRY_BYTES]
        assert record[264:296] == previous == data[at + 48:at + 80]
        previous = hashlib.sha256(record).digest()


def test_a_commit_without_a_receipt_leaves_the_chain_alone(tmp_path):
    receipts = tmp_path / "r.log"
    result = fly(tmp_path, "await asleep\nraise 0x20\nawait commit\n", "no-receipt", options=["--receipts", str(receipts)])

    assert result.status == 0
    assert receipts.stat().st_size == 0
    assert result.of("commit")[0]["receipt_sha256"] == "0" * 64


@pytest.mark.parametrize("content", [b"x", b"\0" * ENTRY_BYTES])
def test_a_file_that_is_no_log_is_refused_and_left_alone(tmp_path, content):
    receipts = tmp_path / "r.log"
    receipts.write_bytes(content)
    result = fly(tmp_path, ONE_WAKE, options=["--receipts", str(receipts)])

    assert result.status == 2
    assert "give another --receipts file" in result.errors
    assert receipts.read_bytes() == content


def test_shared_memory_can_be_a_file_that_stays(tmp_path):
    memory = tmp_path / "window"
    assert fly(tmp_path, ONE_WAKE, options=["--memory", str(memory)]).status == 0

    assert memory.stat().st_size == 1 << 20
    assert memory.read_bytes()[0x48:0x4C] == b"\1\0\0\0"


def test_a_held_word_stays_what_the_board_holds(tmp_path):
    mission = "await asleep\nhold 0x50 77\npause 0.3\nset 0x50 1\npause 0.3\nraise 0x20\nawait commit\n" \
              "expect map 77\nrelease\nawait ended\n"

    assert fly(tmp_path, mission).status == 0


def test_no_file_of_ours_is_left(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    path = tmp_path / "m"
    path.write_text(ONE_WAKE)
    command = [str(BOARD), "--mission", str(path), "--", sys.executable, str(FAKE), "{socket}", "good"]
    process = subprocess.run(command, env={**os.environ, "TMPDIR": str(scratch)}, capture_output=True, timeout=60,
                             check=False)

    assert process.returncode == 0
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("mission, line, words", [
    ("set\n", 1, "wants a register and a value"),
    ("\n# nothing\nset volume 11\n", 3, 'no register "volume"'),
    ("set pressure low\n", 1, '"low" is no value'),
    ("set dose 0x1FFFFFFFF\n", 1, "is no value"),
    ("raise 0x22\n", 1, "wants a vector"),
    ("await lunch\n", 1, "wants commit, awake, asleep or ended"),
    ("await commit -1\n", 1, "is no timeout"),
    ("expect\n", 1, "can not expect"),
    ("expect outcome success\n", 1, "write result, trap or fault"),
    ("expect reason because\n", 1, "no reason"),
    ("expect uplink 1\n", 1, "wants one value"),
    ("repeat 3\nraise 0x20\n", 1, "has no end"),
    ("end\n", 1, "without a repeat"),
    ("launch\n", 1, 'no step "launch"'),
    ("# only a comment\n", 1, "no step"),
])
def test_a_wrong_mission_is_refused_with_its_line(tmp_path, mission, line, words):
    process = check_only(tmp_path, mission)

    assert process.returncode == 2
    assert f"test.mission:{line}: " in process.stderr and words in process.stderr, process.stderr


@pytest.mark.parametrize("mission", sorted((ROOT / "board/missions").glob("*.mission")), ids=lambda p: p.name)
def test_our_own_missions_are_sound(mission):
    process = subprocess.run([str(BOARD), "--mission", str(mission), "--check"], capture_output=True, timeout=10,
                             check=False)
    assert process.returncode == 0


@pytest.mark.parametrize("arguments", [[], ["--mission", "/nonexistent", "--socket", "s"], ["--what"],
                                       ["--mission", "m", "--expect-exit", "900", "--", "x"]])
def test_a_wrong_command_line_is_status_2_and_points_at_help(arguments):
    process = subprocess.run([str(BOARD), *arguments], capture_output=True, text=True, timeout=10, check=False)

    assert process.returncode == 2 and process.stderr != ""


def test_help_teaches_every_step():
    process = subprocess.run([str(BOARD), "--help"], capture_output=True, text=True, timeout=10, check=False)

    assert process.returncode == 0
    for word in ("set", "raise", "await", "expect", "repeat", "print", "pause", "hold", "release", "timeout", "{socket}"):
        assert word in process.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_board_that_is_told_to_end_leaves_nothing(tmp_path, number):
    path, places = tmp_path / "test.mission", Path(tempfile.mkdtemp())  # a socket's path is short
    path.write_text("timeout 30\nawait asleep\nraise 0x20\nawait commit\nawait commit\n")
    with subprocess.Popen([str(BOARD), "--mission", str(path), "--json", "--", sys.executable, str(FAKE), "{socket}", "good", "2"],
                          env={**os.environ, "TMPDIR": str(places)}, stdout=subprocess.PIPE, text=True) as process:
        assert any('"event":"commit"' in line for line in process.stdout), "it waits for the second commit from here on"
        assert list(places.glob("*/b.sock"))

        process.send_signal(number)

        assert process.wait(10) == 128 + number
    places.rmdir()  # empty, or this fails
