"""Small core modules for the tests of calls, made byte by byte: what a component would hide."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from modules import GLOBAL, MEMORY, export, get, i32, i64, module, u  # noqa: E402 (the path comes first)

P1 = "wasi_snapshot_preview1"
LOOP_FOREVER = b"\x03\x40\x0c\x00\x0b"  # loop (br 0) end
DROP = b"\x1a"


def call(index):
    return b"\x10" + u(index)


def store32(address, value):
    return i32(address) + value + b"\x36\x02\x00"


def spin():
    """spin() never comes back; one() gives 1."""
    return module(funcs=[(">", LOOP_FOREVER), (">i", i32(1))], exports=[export("spin", 0), export("one", 1)])


def counter():
    """next() gives how often it was called in this instance, by global and memory; peek(address) reads memory."""
    code = (b"\x23\x00" + i32(1) + b"\x6a\x24\x00"  # global += 1
            + i32(4096) + i32(4096) + b"\x28\x02\x00" + i32(1) + b"\x6a\x36\x02\x00"  # memory[4096] += 1
            + b"\x23\x00" + i32(4096) + b"\x28\x02\x00\x6c")  # their product
    return module(funcs=[(">i", code), ("i>i", get(0) + b"\x28\x02\x00")], memory=b"\x00\x01",
                  globals_=[b"\x7f\x01" + i32(0) + b"\x0b"], exports=[export("next", 0), export("peek", 1)])


def grow():
    """grow(pages) gives what memory.grow says."""
    return module(funcs=[("i>i", get(0) + b"\x40\x00")], memory=b"\x00\x01", exports=[export("grow", 0)])


def add():
    """add(i32, i32), wide(i64), trap(), deep(): numbers, a trap, a stack without end."""
    return module(funcs=[("ii>i", get(0) + get(1) + b"\x6a"), ("I>I", get(0)), (">", b"\x00"), (">", call(3))],
                  exports=[export("add", 0), export("wide", 1), export("trap", 2), export("deep", 3)])


def sleeper(milliseconds=60_000):
    """sleep() waits so long in poll_oneoff, a minute; one() gives 1."""
    # of the monotonic clock (1 at 16), for so many ns (at 24)
    subscription = store32(16, i32(1)) + i32(24) + i64(milliseconds * 1_000_000) + b"\x37\x03\x00"
    code = subscription + i32(0) + i32(64) + i32(1) + i32(128) + call(0) + DROP
    return module(imports=[(P1, "poll_oneoff", "iiii>i")], funcs=[(">", code), (">i", i32(1))], memory=b"\x00\x01",
                  exports=[export("sleep", 1), export("one", 2), export("memory", 0, MEMORY)])


def printer(text, times=1):
    """say() writes `text` to stdout, `times` times."""
    data = text if isinstance(text, bytes) else text.encode()
    once = store32(8, i32(1024)) + store32(12, i32(len(data))) + i32(1) + i32(8) + i32(1) + i32(20) + call(0) + DROP
    # local 0 counts
    loop = b"\x03\x40" + once + get(0) + i32(1) + b"\x6a\x22\x00" + i32(times) + b"\x48\x0d\x00\x0b"
    segment = b"\x00" + i32(1024) + b"\x0b" + u(len(data)) + data
    return module(imports=[(P1, "fd_write", "iiii>i")], funcs=[(">", loop, b"\x7f")], memory=b"\x00\x01",
                  datas=[segment], exports=[export("say", 1), export("memory", 0, MEMORY)])


def starter(code):
    """A module whose start function is `code`."""
    return module(funcs=[(">", code), (">i", i32(1))], start=0, exports=[export("one", 1)])


def nothing():
    """Exports nothing that can be called."""
    return module(globals_=[b"\x7f\x00" + i32(0) + b"\x0b"], exports=[export("g", 0, GLOBAL)])


def stranger():
    """Imports what nobody offers."""
    return module(imports=[("env", "nobody", ">")], funcs=[(">", call(0))], exports=[export("f", 1)])


def exporter(count, length):
    """`count` functions with names of `length` bytes, each of which gives 1."""
    return module(funcs=[(">i", i32(1))], exports=[export(f"{i:04}".ljust(length, "x"), 0) for i in range(count)])


def named(name):
    """One function of this name, which gives 1."""
    return module(funcs=[(">i", i32(1))], exports=[export(name, 0)])
