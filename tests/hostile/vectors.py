"""V10 and S: SIMD."""
from tests.gen.wasm import s, section, u
from tests.hostile.build import *

ZERO = b"\xFD\x0C" + bytes(16)


def lanes():
    counts = {0x15: 16, 0x16: 16, 0x17: 16, 0x18: 8, 0x19: 8, 0x1A: 8, 0x1B: 4, 0x1C: 4, 0x1D: 2, 0x1E: 2, 0x1F: 4,
              0x20: 4, 0x21: 2, 0x22: 2}
    values = {0x17: i32(0), 0x1A: i32(0), 0x1C: i32(0), 0x1E: i64(0), 0x20: b"\x43" + bytes(4), 0x22: b"\x44" + bytes(8)}
    for op, count in counts.items():
        for lane in (0, count - 1, count, 127, 255):
            what = ZERO + values.get(op, b"") + b"\xFD" + bytes([op, lane]) + DROP
            yield "V10-lane-%02x-%d" % (op, lane), one(what), "returned" if lane < count else "refused", ""
    for index, lane in ((0, 32), (15, 32), (7, 255), (0, 128)):
        shuffle = bytearray(16)
        shuffle[index] = lane
        yield "V10-shuffle-%d-%d" % (index, lane), one(ZERO * 2 + b"\xFD\x0D" + bytes(shuffle) + DROP), "refused", ""
    yield "V10-shuffle-31", one(ZERO * 2 + b"\xFD\x0D" + b"\x1F" * 16 + DROP), "returned", ""
    for op, width in ((0x54, 1), (0x55, 2), (0x56, 4), (0x57, 8), (0x58, 1), (0x59, 2), (0x5A, 4), (0x5B, 8)):
        is_store = op >= 0x58
        for lane, align in ((0, 0), (16 // width - 1, 0), (16 // width, 0), (255, 0), (0, width.bit_length())):
            what = i32(0) + ZERO + b"\xFD" + u(op) + u(align) + u(0) + bytes([lane]) + (b"" if is_store else DROP)
            verdict = "returned" if lane < 16 // width and align == 0 else "refused"
            yield "V10-memory-lane-%02x-%d-%d" % (op, lane, align), with_memory(what), verdict, ""
    for op in (0x00, 0x0B, 0x01, 0x07, 0x5C, 0x5D):
        for align in (5, 32, 63, 64):
            yield ("V9-v128-%02x-%d" % (op, align),
                   with_memory(i32(0) + (ZERO if op == 0x0B else b"") + b"\xFD" + u(op) + u(align) + u(0)
                               + (b"" if op == 0x0B else DROP)), "refused", "")


def widths():
    yield "S1-const-cut", one(b"\xFD\x0C" + bytes(10)), "malformed", ""
    yield "S1-types", one(ZERO + i32(0) + b"\xFD\xAE\x01" + DROP), "invalid", ""
    yield "S1-select", one(ZERO * 2 + i32(1) + b"\x1B" + DROP), "returned", ""
    yield "S1-1000-params", module(types(func(), func((V128,) * 1000, (V128,) * 1000)), funcs(0, 1), RUN,
                                   code(body(ZERO * 1000 + b"\x10\x01" + DROP * 1000),
                                        body(b"".join(b"\x20" + u(k) for k in range(1000))))), "returned", ""
    yield "S1-high", one(ZERO * 20000 + DROP * 20000), "returned", ""
    yield "S1-50000-high", one(ZERO * 50000 + DROP * 50000), "trap:call stack exhausted", ""
    yield "S1-50000-locals", one(b"\x20" + u(49999) + DROP, groups=[(50000, V128)]), "trap:call stack exhausted", ""
    yield "S1-mixed-locals", one(b"\x20" + u(19999) + DROP, groups=[(1, I32), (1, V128)] * 10000), "returned", ""
    yield ("S1-br-table", one(b"\x02\x01" + ZERO * 100 + i32(1) + b"\x0E\x01\0\0" + END + DROP * 100,
                              more_types=[func((), (V128,) * 100)]), "returned", "")
    yield "S1-global", one(b"\x23\0" + b"\xFD\x15\x0F", results=(I32,),
                           middle=(globals_(global_(V128, b"\xFD\x0C" + bytes(range(16)))),)), "returned:15", ""


GROUPS = [lanes, widths]
