"""Page faults of guest memory as traps: in a test image, for the memory handlers; in every other image, and for all else, a fault.

The cell (cells/suite/fault_cell.c) tells the engine that memory is there which is not: one page is mapped, two are said.
"""
import re
import struct
import subprocess
import sys

import images as build
import pytest
import qemu
import wasm

sys.path.insert(0, str(qemu.ROOT / "tests/suite"))
import metal  # noqa: E402 (the path comes first)

CELL = qemu.BUILD / "metal/cells/fault_cell.elf"
SYMBOLS = qemu.BUILD / "metal/cells/fault_cell.elf.whole"
PAGE, MEMORY = 0x10000, 0x70000000  # CELL_MEMORY
GATE_OK, GATE_UNKNOWN = 0, 2
OUT_OF_BOUNDS = 5  # OUTCOME_TRAP_LIST
FAULT_TO_TRAP = 1 << 2  # enum receipt_flag
RECORD_AT, FLAGS_AT = 128, 196  # abi/receipt_log.h, abi/receipt.h
AS_TRAP = "test image: page fault as a trap"
MISSION = "await asleep\nset pressure 0.12\nset dose 1250\nraise 0x20\nawait commit\n{}await ended\n"
FAULT = MISSION.format("expect outcome fault\nexpect reason {}\nexpect proof zero\n")

V128 = b"\xfd\x0c" + bytes(16)
ZERO = {"i32": wasm.i32(0), "i64": wasm.i64(0), "f32": b"\x43" + bytes(4), "f64": b"\x44" + bytes(8), "v128": V128}
LOADS = {"i32.load": b"\x28\2", "i64.load": b"\x29\3", "f32.load": b"\x2a\2", "f64.load": b"\x2b\3", "i32.load8_s": b"\x2c\0",
         "i64.load32_u": b"\x35\2", "v128.load": b"\xfd\0\4", "v128.load8x8_s": b"\xfd\1\3", "v128.load32_splat": b"\xfd\x09\2"}
STORES = {"i32.store": b"\x36\2", "i64.store": b"\x37\3", "f32.store": b"\x38\2", "f64.store": b"\x39\3", "i32.store8": b"\x3a\0",
          "i64.store16": b"\x3d\1", "v128.store": b"\xfd\x0b\4"}


def access(name, address, offset=0):
    """(body up to the operator, the operator and what is behind it)."""
    operator = (LOADS | STORES)[name] + wasm.uleb(offset)
    if name in LOADS:
        return wasm.i32(address), operator + b"\x1a" + wasm.i32(1)
    return wasm.i32(address) + ZERO[name.partition(".")[0]], operator + wasm.i32(1)


def good(number):
    """Writes and reads what is there; its result shows that it did."""
    return wasm.i32(8) + wasm.i32(number) + b"\x36\2\0" + wasm.i32(8), b"\x28\2\0"


def module(accesses):
    """Functions () -> i32, all exported; (bytes, offset of each one's operator)."""
    count = len(accesses)
    bodies = [b"\0" + before + after + b"\x0b" for before, after in accesses]
    head = (b"\0asm\1\0\0\0" + wasm.section(1, wasm.vector([b"\x60\0\1\x7f"])) + wasm.section(3, wasm.vector([b"\0"] * count))
            + wasm.section(5, wasm.vector([b"\0\2"]))
            + wasm.section(7, wasm.vector([wasm.text(f"f{i:02}") + b"\0" + wasm.uleb(i) for i in range(count)])))
    coded = [wasm.uleb(len(body)) + body for body in bodies]
    whole = head + wasm.section(10, wasm.vector(coded))
    offsets, at = [], len(whole) - sum(map(len, coded))
    for (before, _), body, code in zip(accesses, bodies, coded):
        offsets.append(at + len(code) - len(body) + 1 + len(before))
        at += len(code)
    return whole, offsets


def start(directory, accesses, kernel, entry="memory", end="", flags=()):
    flags = ["--memory", "64KiB", "--grant", "telemetry", "--entry", entry, *flags]
    image, _ = build.build(directory, module(accesses)[0], flags, cell=CELL, kernel=kernel)
    return qemu.run(qemu.Setup(image=image), mission=end or MISSION.format("expect outcome result\n"),
                    expect_exit=qemu.EXIT_FAULT if end else qemu.EXIT_SUCCESS)


def telemetry(run):
    """(the gate's answer to the upcall, [(trap, function, offset, result)])."""
    data, found = bytes.fromhex(run.commits[0]["telemetry"]), []
    while data:
        found.append(data[1:1 + data[0]])
        data = data[1 + data[0]:]
    told = b"".join(found[1:])
    return struct.unpack("<I", found[0])[0], [struct.unpack_from("<4I", told, at) for at in range(0, len(told), 16)]


def receipt_flags(run):
    return struct.unpack_from("<I", run.receipts.read_bytes(), RECORD_AT + FLAGS_AT)[0]


def as_traps(run):
    return [int(address, 16) for address in re.findall(AS_TRAP + r" — address=0x([0-9a-f]+)", run.serial)]


# Names in the order of their runs: loads and stores of every kind of register, a load first and a store first.
ORDERS = {"loads first": [*LOADS, *STORES], "stores first": [*STORES, *LOADS], "in turn": ["i32.load", "i32.store"] * 4}


@pytest.mark.parametrize("order", ORDERS)
def test_in_a_test_image_an_access_to_a_missing_page_is_the_trap_that_it_is_in_wasm(images, order):
    names = ORDERS[order]
    accesses = [good(41), *[access(name, PAGE + 16 * i) for i, name in enumerate(names)], good(42)]
    accesses.insert(2, access("i32.load", 2 * PAGE))  # the engine's own check says no: the same trap
    _, offsets = module(accesses)

    with start(images, accesses, build.TEST_KERNEL) as run:
        assert run.board_status == 0, run.explain()
        answer, told = telemetry(run)
        assert answer == GATE_OK
        expected = [(OUT_OF_BOUNDS, i, offset, 0) for i, offset in enumerate(offsets)]
        expected[0], expected[-1] = (0, 0, 0, 41), (0, 0, 0, 42)
        assert told == expected
        assert as_traps(run) == [MEMORY + PAGE + 16 * i for i in range(len(names))]
        assert receipt_flags(run) & FAULT_TO_TRAP != 0


def test_an_access_across_the_end_and_one_by_its_offset_trap_too_and_change_nothing(images):
    accesses = [access("i64.store", PAGE - 4), (wasm.i32(PAGE - 8), b"\x28\2\0"), access("i32.load", 0, PAGE + 4)]
    _, offsets = module(accesses)

    with start(images, accesses, build.TEST_KERNEL) as run:
        assert run.board_status == 0, run.explain()
        assert telemetry(run)[1] == [(OUT_OF_BOUNDS, 0, offsets[0], 0), (0, 0, 0, 0), (OUT_OF_BOUNDS, 2, offsets[2], 0)]
        assert len(as_traps(run)) == 2


@pytest.mark.parametrize("name", ["i32.load", "i32.store"])
def test_the_same_program_in_an_ordinary_image_is_refused_and_its_fault_ends_the_cycle(images, name):
    with start(images, [good(41), access(name, PAGE)], build.KERNEL, end=FAULT.format("page-fault")) as run:
        assert run.board_status == 0, run.explain()
        assert telemetry(run) == (GATE_UNKNOWN, [])
        assert f"page-fault address=0x{MEMORY + PAGE:x}" in run.last_line, run.explain()
        assert as_traps(run) == []
        assert receipt_flags(run) & FAULT_TO_TRAP == 0
        assert run.residue().is_clean


FILL = (wasm.i32(PAGE) + wasm.i32(7) + wasm.i32(8), b"\xfc\x0b\0" + wasm.i32(1))
# What is wrong: the access, where it hits.
OTHERS = {
    "null": (access("i32.load", 4), 4),
    "kernel": (access("i32.load", 0), 0x100000),
    "text": (access("i32.store", 0), 0x40000000),
    "below": (access("i32.load", 0), MEMORY - PAGE),
    "cold": (FILL, MEMORY + PAGE),
    "data-entry": (access("i32.load", PAGE), MEMORY + PAGE),
    "wild-entry": (access("i32.load", PAGE), MEMORY + PAGE),
    "itself": (good(1), MEMORY + PAGE),
}


@pytest.mark.parametrize("wrong", OTHERS)
def test_in_a_test_image_everything_else_is_still_a_fault(images, wrong):
    what, address = OTHERS[wrong]

    with start(images, [what], build.TEST_KERNEL, wrong, end=FAULT.format("page-fault")) as run:
        assert run.board_status == 0, run.explain()
        assert telemetry(run) == (GATE_OK, [])
        assert f"page-fault address=0x{address:x}" in run.last_line, run.explain()
        assert as_traps(run) == []
        assert receipt_flags(run) & FAULT_TO_TRAP != 0
        assert run.residue().is_clean


def test_a_cell_that_faults_for_ever_ends_by_its_deadline(images):
    with start(images, [good(1)], build.TEST_KERNEL, "endless", FAULT.format("deadline"), ["--deadline-ms", "50"]) as run:
        assert run.board_status == 0, run.explain()
        assert as_traps(run) != []
        assert run.residue().is_clean


@pytest.mark.parametrize("kernel", [build.KERNEL, build.TEST_KERNEL], ids=["ordinary", "test"])
def test_no_bundle_can_ask_for_it(images, kernel):
    bundle = build.sign(images, wasm.returns(3), ("--fault-to-trap",))

    with qemu.run(qemu.Setup(machine="microvm", image=build.link(images, bundle, kernel=kernel), cmdline="bench")) as run:
        assert run.exit_code == qemu.EXIT_FAULT, run.explain()
        assert run.last_line.startswith("[AETHER] cycle fault — unsupported"), run.explain()


def test_the_ground_does_not_take_a_receipt_of_a_test_image_for_one_of_an_ordinary_image(images):
    image, bundle = build.build(images, wasm.returns(3), kernel=build.TEST_KERNEL)

    with qemu.run(qemu.Setup(image=image), mission=MISSION.format("")) as run:
        assert run.board_status == 0, run.explain()
        status, said = build.verify(image, run.receipts, bundle)
        assert status == 1 and "flags" in said, said


def test_the_suite_s_runner_takes_no_such_trap_for_a_pass(images, monkeypatch):
    payload, _ = module([good(41), access("i32.load", PAGE), access("i32.store", PAGE)])
    flags = ["--memory", "64KiB", "--grant", "telemetry", "--entry", "memory"]
    image, _ = build.build(images, payload, flags, cell=CELL, kernel=build.TEST_KERNEL)
    monkeypatch.setattr(metal, "build_image", lambda *_: image)

    said, why = metal.run_area(images, build.AETHER, CELL, [], "core")

    assert said is None
    assert why.startswith("core: 2 page faults came back as traps; the first: [AETHER] " + AS_TRAP), why


def test_no_byte_of_an_ordinary_kernel_can_turn_a_fault_into_a_trap():
    """The switch is which file was linked: the one that does it is in the kernel of test images alone."""
    def has_it(kernel):
        return AS_TRAP.encode() in kernel.read_bytes()

    assert has_it(build.TEST_KERNEL) and not has_it(build.KERNEL) and not has_it(qemu.IMAGE)


# The state of a run in the registers of preserve_none: pc, frame, instance, fuel. A trap needs them as they were.
STATE = {"r12": "r12", "r12d": "r12", "r13": "r13", "r13d": "r13", "rdi": "rdi", "edi": "rdi", "rsi": "rsi", "esi": "rsi"}
INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(\w+)(?:\s+(.*))?$")


def broken_order(listing):
    """(functions seen, accesses that come after the run's state was changed)."""
    seen, changed, broken, name = 0, None, [], ""
    for line in listing.splitlines():
        if line.endswith(">:"):
            seen, changed, name = seen + 1, None, line
        match = INSTRUCTION.match(line)
        if match is None:
            continue
        operands = re.sub(r"\s*<.*>$", "", match[2] or "")
        bases = re.findall(r"\(([^)]*)\)", operands)
        if changed and any(not base.startswith(("%r12", "%r13")) for base in bases):
            broken.append(f"{name} {line}")
        last = re.search(r"%(\w+)$", operands)
        if last and last[1] in STATE and not match[1].startswith(("cmp", "test", "jmp")):
            changed = STATE[last[1]]
    return seen, broken


def test_memory_handlers_leave_the_state_of_the_run_alone_until_their_access_is_done():
    symbols = subprocess.run(["llvm-nm-19", SYMBOLS], capture_output=True, text=True, check=True).stdout
    start, end = (re.search(rf"^(\w+) . memory_handlers_{word}$", symbols, re.MULTILINE)[1] for word in ("start", "end"))
    listing = subprocess.run(["llvm-objdump-19", "-d", "--no-show-raw-insn", f"--start-address=0x{start}",
                              f"--stop-address=0x{end}", SYMBOLS], capture_output=True, text=True, check=True).stdout

    seen, broken = broken_order(listing)

    assert seen > 100 and broken == []


def test_a_handler_that_moves_on_before_its_access_is_found():
    listing = "0 <wasm_op_LOAD>:\n  0:\taddq\t$0x10, %r12\n  4:\tmovl\t(%r14,%rax), %ecx\n"

    assert broken_order(listing) == (1, ["0 <wasm_op_LOAD>:   4:\tmovl\t(%r14,%rax), %ecx"])
