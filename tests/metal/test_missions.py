"""The image beside its board: wakes from outside, commits, chains, and a board that breaks the rules."""
import images as build
import pytest
import qemu
import wasm

MISSIONS = qemu.ROOT / "board/missions"
DROP = "set pressure 0.12\nset dose 1250\nset oxygen 21\n"
ONE_WAKE = DROP + "await asleep\nraise 0x20\nawait commit\nexpect outcome result\nawait ended\n"


def held(run):
    """The mission held, the machine ended as expected, and nothing is left in its memory."""
    assert run.board_status == 0, run.explain()
    assert run.residue().is_clean, run.residue()


@pytest.fixture(scope="session")
def spinning(images):
    """Takes long enough for the board to act in the middle of a cycle. Two cycles, then the end."""
    return build.build(images, wasm.spins(1_000_000), ["--return-to-dormancy", "--cycles", "2"])


@pytest.mark.parametrize("machine", ["q35", "pc"])
def test_the_default_mission_holds_and_its_receipt_is_verified(machine):
    bundle = qemu.BUNDLE
    with qemu.run(qemu.Setup(machine=machine), mission=MISSIONS / "default.mission") as run:
        held(run)
        assert len(run.commits) == 1 and "guest=3" in run.last_line
        assert run.commits[0]["proof"][2:] in run.last_line
        status, said = build.verify(qemu.IMAGE, run.receipts, bundle)
        assert status == 0, said


def test_ten_wakes_of_both_vectors_make_a_chain_that_is_verified(images):
    image, bundle = build.build(images, build.AEROSPACE, ["--return-to-dormancy", "--cycles", "10"])
    with qemu.run(qemu.Setup(image=image), mission=MISSIONS / "ten_wakes.mission") as run:
        held(run)
        assert [commit["cycle"] for commit in run.commits] == list(range(1, 11))
        assert len({commit["proof"] for commit in run.commits}) == 10
        assert run.serial.count("cycle success") == 10
        status, said = build.verify(image, run.receipts, bundle)
        assert status == 0, said


def test_the_chain_goes_on_over_power_cycles(tmp_path):
    receipts = tmp_path / "receipts"
    for cycle in (1, 2, 3):
        with qemu.run(mission=ONE_WAKE, receipts=receipts) as run:
            held(run)
            assert run.commits[0]["cycle"] == cycle
    assert build.verify(qemu.IMAGE, receipts, qemu.BUNDLE)[0] == 0


def test_sensors_decide_what_the_guest_says():
    answers = {}
    for pressure, dose in ((1.0, 10), (0.14, 10), (1.0, 1001), (0.14, 1001)):
        mission = f"set pressure {pressure}\nset dose {dose}\nawait asleep\nraise 0x20\nawait commit\nawait ended\n"
        with qemu.run(mission=mission) as run:
            held(run)
            answers[pressure, dose] = run.commits[0]["status"]
    assert answers == {(1.0, 10): 0, (0.14, 10): 1, (1.0, 1001): 2, (0.14, 1001): 3}


def test_inputs_are_latched_at_the_wake(spinning):
    """What the board shows during a cycle is not what this cycle saw: its receipt has the values of the wake."""
    mission = ("set dose 1250\nawait asleep\nraise 0x20\nawait awake\npause 0.02\nset dose 9\nawait commit\nset dose 1250\n"
               "await asleep\nraise 0x20\nawait commit\nawait ended\n")
    image, bundle = spinning
    with qemu.run(qemu.Setup(image=image), mission=mission) as run:
        assert len(run.commits) == 2, run.explain()
        records = run.receipts.read_bytes()
        doses = [int.from_bytes(records[at + 128 + 248:at + 128 + 252], "little") for at in (0, 1152)]
        assert doses == [1250, 1250]
        status, said = build.verify(image, run.receipts, bundle)
        assert status == 0, f"the board logs the sensors of the wake: {said}"


def test_two_wakes_at_once_are_two_cycles(images):
    image, _ = build.build(images, wasm.returns(0), ["--return-to-dormancy", "--cycles", "2"])
    with qemu.run(qemu.Setup(image=image), mission="await asleep\nraise 0x20\nraise 0x21\nawait commit\nawait commit\n"
                                                   "await ended\n") as run:
        held(run)
        assert {commit["vector"] for commit in run.commits} == {0x20, 0x21}


@pytest.mark.parametrize("second", [0x20, 0x21])
def test_a_wake_during_a_cycle_is_counted_and_runs_next(spinning, second):
    mission = f"await asleep\nraise 0x20\nawait awake\nraise {second}\nawait commit\nawait commit\nawait ended\n"
    image, _ = spinning
    with qemu.run(qemu.Setup(image=image), mission=mission) as run:
        held(run)
        first, then = run.commits
        assert first["vector"] == 0x20 and then["vector"] == second
        assert first["latched"] == 1, "the wake came during the first cycle"
        assert then["latched"] == 1


def test_three_wakes_of_one_vector_during_a_cycle_are_one(spinning):
    mission = ("await asleep\nraise 0x20\nawait awake\nraise 0x21\nraise 0x21\nraise 0x21\nawait commit\nawait commit\n"
               "await ended\n")
    image, _ = spinning
    with qemu.run(qemu.Setup(image=image), mission=mission) as run:
        held(run)
        assert [commit["vector"] for commit in run.commits] == [0x20, 0x21]


def test_a_wake_during_the_scrub_wakes_nobody():
    mission = ONE_WAKE + "raise 0x20\nraise 0x21\nraise 0x20\n"
    with qemu.run(mission=mission) as run:
        held(run)
        assert len(run.commits) == 1


def test_a_wake_right_after_the_commit_changes_nothing():
    mission = DROP + "await asleep\nraise 0x20\nawait commit\nraise 0x20\nraise 0x21\nawait ended\n"
    with qemu.run(mission=mission) as run:
        held(run)
        assert len(run.commits) == 1


def test_a_vector_that_the_manifest_does_not_list_is_a_fault_with_a_receipt(images):
    image, bundle = build.build(images, wasm.returns(0), ["--vector", "0x20"])
    mission = ("await asleep\nraise 0x21\nawait commit\nexpect outcome fault\nexpect reason vector-not-granted\n"
               "expect proof zero\nawait ended\n")
    with qemu.run(qemu.Setup(image=image), mission=mission, expect_exit=qemu.EXIT_FAULT) as run:
        held(run)
        assert run.commits[0]["receipt_len"] == 1024
        status, said = build.verify(image, run.receipts, bundle)
        assert status == 0, said


@pytest.mark.parametrize("payload, outcome, reason", [
    (wasm.traps(), "trap", "unreachable"),
    (wasm.never_ends(), "trap", "out-of-fuel"),
    (wasm.shreds(), "fault", "shredded"),
], ids=["trap", "fuel", "shred"])
def test_an_end_without_result_has_a_receipt_that_verifies_and_no_proof(images, payload, outcome, reason):
    image, bundle = build.build(images, payload)
    mission = (f"await asleep\nraise 0x20\nawait commit\nexpect outcome {outcome}\nexpect reason {reason}\n"
               "expect proof zero\nawait ended\nexpect pmu nonzero\n")
    with qemu.run(qemu.Setup(image=image), mission=mission, expect_exit=qemu.EXIT_FAULT) as run:
        held(run)
        status, said = build.verify(image, run.receipts, bundle)
        assert status == 0, said


def test_a_fault_before_the_first_sleep_is_told_to_the_board(images):
    image, _ = build.build(images, wasm.returns(0), ["--unsigned"])
    mission = ("await commit\nexpect outcome fault\nexpect reason unsigned\nexpect vector 0\nexpect proof zero\n"
               "await ended\n")
    with qemu.run(qemu.Setup(image=image), mission=mission, expect_exit=qemu.EXIT_FAULT) as run:
        held(run)


def test_a_window_that_does_not_read_back_is_never_a_committed_proof(images):
    """A word of the receipt is overwritten all the time. The race is lost at the latest after some cycles."""
    image, _ = build.build(images, wasm.returns(1), ["--return-to-dormancy", "--cycles", "200"])
    mission = "hold 0x500 99\nrepeat 200\nawait asleep\nraise 0x20\nawait commit\nend\n"
    with qemu.run(qemu.Setup(image=image), mission=mission, expect_exit=qemu.EXIT_FAULT) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — commit-mismatch" in run.last_line, run.explain()
        mismatches = [commit for commit in run.commits if commit["reason"] == "commit-mismatch"]
        assert all(commit["proof"] == "0x" + "0" * 16 for commit in mismatches)
        assert run.residue().is_clean, run.residue()


def test_a_board_that_never_stores_does_not_keep_the_node_awake(images):
    """`stored` is held at a wrong value: the image gives up waiting and sleeps again."""
    image, _ = build.build(images, wasm.returns(1), ["--return-to-dormancy", "--cycles", "2"])
    mission = ("hold 0x78 77\ntimeout 40\nawait asleep\nraise 0x20\nawait commit\nawait asleep\nraise 0x20\nawait commit\n"
               "await ended\n")
    with qemu.run(qemu.Setup(image=image), mission=mission) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert len(run.commits) == 2


@pytest.mark.parametrize("cycles", [1, 3, 25])
def test_return_to_dormancy_does_as_many_cycles_as_the_manifest_says(images, cycles):
    image, _ = build.build(images, wasm.returns(5), ["--return-to-dormancy", "--cycles", str(cycles)])
    mission = f"repeat {cycles}\nawait asleep\nraise 0x21\nawait commit\nexpect status 5\nend\nawait ended\n"
    with qemu.run(qemu.Setup(image=image), mission=mission) as run:
        held(run)
        assert [commit["sequence"] for commit in run.commits] == list(range(1, cycles + 1))


def test_bench_mode_does_as_many_cycles_too(images):
    image, _ = build.build(images, wasm.returns(5), ["--return-to-dormancy", "--cycles", "7"])
    with qemu.run(qemu.Setup(machine="microvm", image=image, cmdline="bench")) as run:
        assert run.exit_code == qemu.EXIT_SUCCESS, run.explain()
        assert run.serial.count("cycle success") == 7
        assert run.residue().is_clean, run.residue()


def test_a_board_with_too_much_memory_is_no_board(tmp_path):
    """2 MiB do not fit between local APIC and ROM: the image does not move such a window there."""
    setup = qemu.Setup(extra=("-object", f"memory-backend-file,id=big,size=2M,mem-path={tmp_path}/big,share=on",
                              "-device", "ivshmem-plain,memdev=big"))
    with qemu.run(setup) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — no-board" in run.last_line
        assert run.residue().is_clean, run.residue()


def test_a_board_without_interrupts_is_no_board(tmp_path):
    setup = qemu.Setup(extra=("-object", f"memory-backend-file,id=plain,size=1M,mem-path={tmp_path}/plain,share=on",
                              "-device", "ivshmem-plain,memdev=plain"))
    with qemu.run(setup) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — no-board" in run.last_line


def test_a_window_that_a_bridge_does_not_pass_on_is_no_board():
    """The image moves the window; the bridge that the firmware set up before does not forward that address."""
    with qemu.run(qemu.Setup(has_bridge=True), mission="await ended\n", expect_exit=qemu.EXIT_FAULT) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — no-board" in run.last_line
        assert run.residue().is_clean, run.residue()


def test_limits_over_the_machines_memory_are_told(images):
    image, _ = build.build(images, wasm.returns(5), ["--memory", "128MiB", "--arena", "256MiB"])
    with qemu.run(qemu.Setup(image=image, cmdline="bench")) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert "cycle fault — machine (less memory than the manifest's limits take)" in run.last_line
        assert run.residue().is_clean, run.residue()


def test_the_joint_example_stops_a_joint_that_is_over_its_load(images):
    image, bundle = build.build(images, qemu.BUILD / "guest/joint.wasm")
    with qemu.run(qemu.Setup(image=image), mission=MISSIONS / "joint.mission") as run:
        held(run)
        assert run.commits[0]["telemetry"] == "10" + "82000000" + "5a000000" + "00000000" + "07000000"
        status, said = build.verify(image, run.receipts, bundle)
        assert status == 0, said
