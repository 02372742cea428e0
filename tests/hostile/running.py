"""R1 to R13: valid modules that go wrong when they run."""
from tests.gen.wasm import LOAD, STORE, name, s, section, u, vec
from tests.hostile.build import *

OOB, OOB_TABLE = "trap:out of bounds memory access", "trap:out of bounds table access"
FUEL, STACK = "trap:all fuel consumed", "trap:call stack exhausted"
ZERO = {"i": i32(0), "I": i64(0), "f": b"\x43" + bytes(4), "F": b"\x44" + bytes(8)}


def accesses():
    for op, letter, log2 in LOAD + STORE:
        width = 1 << ((3 if op in (0x29, 0x2B, 0x37, 0x39) else 2 if op in (0x28, 0x2A, 0x34, 0x35, 0x36, 0x38, 0x3E)
                       else 1 if op in (0x2E, 0x2F, 0x32, 0x33, 0x3B, 0x3D) else 0))
        assert width >= 1 << log2
        is_store = op >= 0x36

        def access(address, offset):
            value = ZERO[letter] if is_store else b""
            return with_memory(i32(address) + value + bytes([op, 0]) + u(offset) + (b"" if is_store else DROP))

        last = 65536 - width
        for what, address, offset, verdict in (
                ("last", last, 0, "returned"), ("last-by-offset", 0, last, "returned"), ("past", last + 1, 0, OOB),
                ("past-by-offset", 1, last, OOB), ("minus-1", MAX32, 0, OOB), ("wraps", MAX32, 1, OOB),
                ("wraps-far", MAX32, MAX32, OOB), ("offset-max", 0, MAX32, OOB), ("sum-32", 1 << 31, 1 << 31, OOB)):
            yield "R1-%02x-%s" % (op, what), access(address, offset), verdict, ""
    for log2, op, pops in ((4, 0x00, 0), (4, 0x0B, 1), (0, 0x07, 0), (3, 0x01, 0), (2, 0x5C, 0), (3, 0x5D, 0)):
        width = {0x00: 16, 0x0B: 16, 0x07: 1, 0x01: 8, 0x5C: 4, 0x5D: 8}[op]
        vector = b"\xFD\x0C" + bytes(16)
        for address, offset, verdict in ((65536 - width, 0, "returned"), (65537 - width, 0, OOB), (MAX32, MAX32, OOB),
                                         (MAX32, 1, OOB), (0, MAX32, OOB)):
            what = i32(address) + (vector if pops else b"") + b"\xFD" + u(op) + u(0) + u(offset)
            yield ("R1-v128-%02x-%d-%d" % (op, address, offset), with_memory(what + (b"" if pops else DROP)), verdict, "")


def bulk():
    three = {"fill": b"\xFC\x0B\0", "copy": b"\xFC\x0A\0\0", "init": b"\xFC\x08\0\0"}
    around = {"behind": (data_count(1),)}
    for what, op in three.items():
        size = 8 if what == "init" else 65536
        for case, to, second, count, verdict in (
                ("all", 0, 0, size, "returned"), ("one-more", 0, 0, size + 1, OOB), ("end-empty", 65536, 0, 0, "returned"),
                ("past-empty", 65537, 0, 0, OOB), ("wraps", MAX32, 0, 2, OOB), ("count-max", 0, 0, MAX32, OOB),
                ("both-max", MAX32, MAX32 if what == "copy" else 0, MAX32, OOB), ("straddles", 65535, 0, 2, OOB)):
            bytes_ = module(types(func()), funcs(0), memories(limits(1)), RUN, data_count(1),
                            code(body(i32(to) + i32(second) + i32(count) + op)), datas(passive(b"abcdefgh")))
            yield "R3-%s-%s" % (what, case), bytes_, verdict, ""

    def init(*codes):
        return module(types(func()), funcs(0), memories(limits(1)), RUN, data_count(1),
                      code(body(b"".join(codes))), datas(passive(b"abcdefgh")))

    yield "R3-init-dropped", init(b"\xFC\x09\0", i32(0) * 2 + i32(1) + b"\xFC\x08\0\0"), OOB, ""
    yield "R3-init-dropped-empty", init(b"\xFC\x09\0", i32(0) * 3 + b"\xFC\x08\0\0"), "returned", ""
    yield "R3-init-dropped-source-1", init(b"\xFC\x09\0", i32(0) + i32(1) + i32(0) + b"\xFC\x08\0\0"), OOB, ""
    yield "R3-drop-twice", init(b"\xFC\x09\0" * 2), "returned", ""
    yield "R3-init-source-wraps", init(i32(0) + i32(MAX32) + i32(2) + b"\xFC\x08\0\0"), OOB, ""
    # R12: a fill that fails does nothing: the byte at 65535 is still 0.
    yield ("R12-fill-fails-whole", one(i32(65535) + b"\x2D\0\0", results=(I32,),
                                       middle=(memories(limits(1)),)), "returned:0", "")


def table_ops():
    around = (types(func()), funcs(0), tables(table(FUNCREF, 10, 20)), RUN)
    passive_elem = elems(b"\x01\0" + vec([b"\0"] * 5))

    def go(what, with_elem=False):
        return module(*around, *([passive_elem] if with_elem else [elems(b"\x03\0" + vec([b"\0"]))]), code(body(what)))

    null = b"\xD0\x70"
    for what, source, verdict in (
            ("get-last", i32(9) + b"\x25\0" + DROP, "returned"), ("get-past", i32(10) + b"\x25\0" + DROP, OOB_TABLE),
            ("get-max", i32(MAX32) + b"\x25\0" + DROP, OOB_TABLE), ("set-past", i32(10) + null + b"\x26\0", OOB_TABLE),
            ("set-max", i32(MAX32) + null + b"\x26\0", OOB_TABLE),
            ("fill-all", i32(0) + null + i32(10) + b"\xFC\x11\0", "returned"),
            ("fill-past", i32(0) + null + i32(11) + b"\xFC\x11\0", OOB_TABLE),
            ("fill-wraps", i32(MAX32) + null + i32(2) + b"\xFC\x11\0", OOB_TABLE),
            ("fill-end-empty", i32(10) + null + i32(0) + b"\xFC\x11\0", "returned"),
            ("fill-past-empty", i32(11) + null + i32(0) + b"\xFC\x11\0", OOB_TABLE),
            ("copy-past", i32(1) + i32(0) + i32(10) + b"\xFC\x0E\0\0", OOB_TABLE),
            ("copy-wraps", i32(0) + i32(MAX32) + i32(2) + b"\xFC\x0E\0\0", OOB_TABLE),
            ("copy-max", i32(0) * 2 + i32(MAX32) + b"\xFC\x0E\0\0", OOB_TABLE),
            ("grow-max", null + i32(MAX32) + b"\xFC\x0F\0" + DROP, "returned"),
            ("grow-to-max-and-over", (null + i32(10) + b"\xFC\x0F\0" + DROP) * 2 + i32(19) + b"\x25\0" + DROP, "returned")):
        yield "R4-" + what, go(source), verdict, ""
    for what, source, verdict in (
            ("init-all", i32(0) * 2 + i32(5) + b"\xFC\x0C\0\0", "returned"),
            ("init-past-source", i32(0) * 2 + i32(6) + b"\xFC\x0C\0\0", OOB_TABLE),
            ("init-past-table", i32(6) + i32(0) + i32(5) + b"\xFC\x0C\0\0", OOB_TABLE),
            ("init-wraps", i32(0) + i32(MAX32) + i32(2) + b"\xFC\x0C\0\0", OOB_TABLE),
            ("init-dropped", b"\xFC\x0D\0" + i32(0) * 2 + i32(1) + b"\xFC\x0C\0\0", OOB_TABLE),
            ("init-dropped-empty", b"\xFC\x0D\0" + i32(0) * 3 + b"\xFC\x0C\0\0", "returned")):
        yield "R4-" + what, go(source, True), verdict, ""


def growth():
    def grow(n, high=None):
        return one(i32(n) + b"\x40\0", results=(I32,), middle=(memories(limits(1, high)),))

    yield "R5-grow-max", grow(MAX32), "returned:0xFFFFFFFF", ""
    yield "R5-grow-65536", grow(65536), "returned:0xFFFFFFFF", ""
    yield "R5-grow-65535", grow(65535), "returned:0xFFFFFFFF", ""
    yield "R5-grow-cap", grow(1023), "returned:1", ""
    yield "R5-grow-over-cap", grow(1024), "returned:0xFFFFFFFF", ""
    yield "R5-grow-declared", grow(1, 1), "returned:0xFFFFFFFF", ""
    yield "R5-grow-0", grow(0), "returned:1", ""
    loop = b"\x03\x40" + i32(1) + b"\x40\0" + DROP + b"\x0C\0\x0B"
    yield "R5-grow-loop", with_memory(loop), FUEL, ""
    fresh = i32(1) + b"\x40\0" + DROP + i32(65536) + i32(7) + b"\x36\x02\0" + i32(65536) + b"\x28\x02\0"
    yield "R5-use-new-page", with_memory(fresh, (I32,)), "returned:7", ""
    other = module(types(func((), (I32,)), func()), funcs(0, 1), memories(limits(0)), RUN,
                   code(body(b"\x10\x01" + i32(0) + b"\x28\x02\0"), body(i32(1) + b"\x40\0" + DROP)))
    yield "R5-grown-by-callee", other, "returned:0", ""


def indirect():
    def call(index, type_=0, with_elem=True):
        return module(types(func(), func((I32,), (I32,))), funcs(0, 0, 1), tables(table(FUNCREF, 4)), RUN,
                      elems(b"\0" + i32(0) + END + vec([b"\x01", b"\x02"])),
                      code(body((i32(0) if type_ else b"") + i32(index) + b"\x11" + u(type_) + b"\0"
                                + (DROP if type_ else b"")), body(b""), body(i32(0))))

    yield "R6-fits", call(0), "returned", ""
    yield "R6-other-fits", call(1, 1), "returned", ""
    yield "R6-signature", call(1), "trap:indirect call type mismatch", ""
    yield "R6-null", call(2), "any", ""
    yield "R6-past", call(4), "trap:undefined element", ""
    for index in (5, 1 << 31, MAX32):
        yield "R6-far-%d" % index, call(index), "trap:undefined element", ""


def recursion():
    yield "R7-plain", one(b"\x10\0"), STACK, ""
    yield "R7-50000-locals", one(b"\x10\0", groups=[(50000, I64)]), STACK, ""
    yield "R7-one-frame-too-big", one(b"\x10\x00", groups=[(50000, V128)]), STACK, ""
    yield "R7-params", one(i32(0) * 500 + b"\x10\x01", more_types=[func((I32,) * 500)]) if False else module(
        types(func(), func((I32,) * 500)), funcs(0, 1), RUN,
        code(body(i32(0) * 500 + b"\x10\x01"), body(i32(0) * 500 + b"\x10\x01"))), STACK, ""
    yield ("R7-indirect", module(types(func()), funcs(0), tables(table(FUNCREF, 1)), RUN,
                                 elems(b"\0" + i32(0) + END + vec([b"\0"])), code(body(i32(0) + b"\x11\0\0"))), STACK, "")
    yield ("R7-call-ref", module(types(func()), funcs(0), RUN, code(body(b"\xD2\0\x14\0"))), STACK, "")
    yield ("R7-mutual", module(types(func()), funcs(0, 0), RUN, code(body(b"\x10\x01"), body(b"\x10\0"))), STACK, "")
    yield "R7-high-operands", one(i32(1) * 30000 + b"\x10\0" + DROP * 30000), STACK, ""


def loops():
    yield "R8-empty", one(b"\x03\x40\x0C\0\x0B"), FUEL, ""
    for what, kind, count in (("i64", I64, 50000), ("v128", V128, 20000)):
        yield ("R8-calls-of-%d-%s-locals" % (count, what), module(types(func()), funcs(0, 0), RUN, code(
            body(b"\x03\x40\x10\x01\x0C\0\x0B"), body(b"\x20" + u(count - 1) + DROP, [(count, kind)]))), FUEL, "")
    yield "R8-br-if", one(b"\x03\x40" + i32(1) + b"\x0D\0\x0B"), FUEL, ""
    yield "R8-br-table", one(b"\x03\x40" + i32(9) + b"\x0E\x01\0\0\x0B"), FUEL, ""
    yield "R8-fill", with_memory(b"\x03\x40" + i32(0) * 2 + i32(65536) + b"\xFC\x0B\0\x0C\0\x0B"), FUEL, ""
    yield "R8-fill-nothing", with_memory(b"\x03\x40" + i32(0) * 3 + b"\xFC\x0B\0\x0C\0\x0B"), FUEL, ""
    yield "R8-copy", with_memory(b"\x03\x40" + i32(1) + i32(0) + i32(65535) + b"\xFC\x0A\0\0\x0C\0\x0B"), FUEL, ""
    yield ("R8-table-fill", one(b"\x03\x40" + i32(0) + b"\xD0\x70" + i32(1000) + b"\xFC\x11\0\x0C\0\x0B",
                                middle=(tables(table(FUNCREF, 1000)),)), FUEL, "")
    yield "R8-one-fill-of-64-mib", with_memory(i32(0) * 2 + i32(64 << 20) + b"\xFC\x0B\0", pages=1024), FUEL, ""
    yield "R8-calls", module(types(func()), funcs(0, 0), RUN, code(body(b"\x03\x40\x10\x01\x0C\0\x0B"), body(b""))), FUEL, ""
    yield "R8-return-call", one(b"\x12\0"), FUEL, ""
    yield "R8-return-call-indirect", module(types(func()), funcs(0), tables(table(FUNCREF, 1)), RUN,
                                            elems(b"\0" + i32(0) + END + vec([b"\0"])),
                                            code(body(i32(0) + b"\x13\0\0"))), FUEL, ""
    yield "R8-return-call-ref", one(b"\xD2\0\x15\0"), FUEL, ""


def numbers():
    low32, low64 = i32(1 << 31), i64(1 << 63)
    zero_divide, overflow = "trap:integer divide by zero", "trap:integer overflow"
    for op in range(0x6D, 0x71):
        yield "R9-i32-%02x-zero" % op, one(i32(1) + i32(0) + bytes([op]) + DROP), zero_divide, ""
    for op in range(0x7F, 0x83):
        yield "R9-i64-%02x-zero" % op, one(i64(1) + i64(0) + bytes([op]) + DROP), zero_divide, ""
    yield "R9-i32-min-div", one(low32 + i32(MAX32) + b"\x6D" + DROP), overflow, ""
    yield "R9-i64-min-div", one(low64 + i64(MAX64) + b"\x7F" + DROP), overflow, ""
    yield "R9-i32-min-rem", one(low32 + i32(MAX32) + b"\x6F", results=(I32,)), "returned:0", ""
    yield "R9-i64-min-rem", one(low64 + i64(MAX64) + b"\x81", results=(I64,)), "returned:0", ""
    nan32, inf32 = b"\x43\0\0\xC0\x7F", b"\x43\0\0\x80\x7F"
    nan64, inf64 = b"\x44" + bytes(6) + b"\xF8\x7F", b"\x44" + bytes(6) + b"\xF0\x7F"
    for op, value, inf in ((0xA8, nan32, inf32), (0xA9, nan32, inf32), (0xAA, nan64, inf64), (0xAB, nan64, inf64),
                           (0xAE, nan32, inf32), (0xAF, nan32, inf32), (0xB0, nan64, inf64), (0xB1, nan64, inf64)):
        yield "R9-trunc-%02x-nan" % op, one(value + bytes([op]) + DROP), "trap:invalid conversion to integer", ""
        yield "R9-trunc-%02x-inf" % op, one(inf + bytes([op]) + DROP), overflow, ""
    for op, what in ((0x74, "shl"), (0x75, "shr-s"), (0x76, "shr-u"), (0x77, "rotl"), (0x78, "rotr")):
        yield "R10-i32-%s-32" % what, one(i32(5) + i32(32) + bytes([op]), results=(I32,)), "returned:5", ""
        yield "R10-i64-%s-64" % what, one(i64(5) + i64(64) + bytes([op + 18]), results=(I64,)), "returned:5", ""
        yield "R10-i32-%s-minus-32" % what, one(i32(5) + i32(MAX32 - 31) + bytes([op]), results=(I32,)), "returned:5", ""


def tail_calls():
    # R11: frames that grow at a tail call, which is where another engine overflowed its heap.
    small, big = func(), func((I64,) * 900)
    grow = module(types(small, big), funcs(0, 1), RUN,
                  code(body(i64(1) * 900 + b"\x12\x01"), body(b"", [(40000, I64)])))
    yield "R11-grows", grow, "returned", ""
    over = module(types(small, big), funcs(0, 1), RUN,
                  code(body(i64(1) * 900 + b"\x12\x01"), body(b"\x10\0", [(40000, I64)])))
    yield "R11-grows-and-calls", over, STACK, ""
    swap = module(types(func((), (I32,)), func((I32,) * 3, (I32,))), funcs(0, 1, 1), RUN,
                  code(body(i32(1) + i32(2) + i32(3) + b"\x12\x01"),
                       body(b"\x20\x02\x20\x01\x20\0\x12\x02"), body(b"\x20\0")))
    yield "R11-swaps", swap, "returned:3", ""
    ping = module(types(func((), (I32,)), func((I32,), (I32,)), func((I32,) * 900, (I32,))), funcs(0, 1, 2), RUN,
                  code(body(i32(1000) + b"\x12\x01"),
                       body(b"\x20\0\x45\x04\x7F" + i32(77) + b"\x05" + b"\x20\0" * 900 + b"\x10\x02" + END),
                       body(b"\x20\0" + i32(1) + b"\x6B\x12\x01")))
    yield "R11-900-to-1", ping, STACK, ""
    flat = module(types(func((), (I32,)), func((I32,), (I32,)), func((I32,) * 900, (I32,))), funcs(0, 1, 2), RUN,
                  code(body(i32(1000) + b"\x12\x01"),
                       body(b"\x20\0\x45\x04\x7F" + i32(77) + b"\x05" + b"\x20\0" * 900 + b"\x12\x02" + END),
                       body(b"\x20\0" + i32(1) + b"\x6B\x12\x01")))
    yield "R11-900-to-1-flat", flat, "returned:77", ""
    wrong = module(types(func(), func((), (I32,))), funcs(0, 1), code(body(b"\x12\x01"), body(i32(0))))
    yield "R11-results-differ", wrong, "invalid", ""
    yield "R11-drops-operands", module(types(func()), funcs(0, 0), RUN,
                                       code(body(i32(0) * 5 + b"\x12\x01"), body(b""))), "returned", ""


def host_calls():
    """The host calls back: function 0 is its import, 1 "run", 2 "inner"."""
    def go(import_name, inner, run=b"\x10\0"):
        return module(types(func()), imports(("host", import_name, b"\0\0")), funcs(0, 0), memories(limits(1)),
                      tags(0), exports(("run", FUNC, 1), ("inner", FUNC, 2)), code(body(run), body(inner)))

    yield "R13-refused", go("refuse", b""), "trap:refused by the host", ""
    yield "R13-returns", go("back", b""), "returned", ""
    yield "R13-inner-traps", go("back", UNREACHABLE), "trap:unreachable", ""
    yield "R13-inner-divides", go("back", i32(1) + i32(0) + b"\x6D" + DROP), "trap:integer divide by zero", ""
    yield "R13-inner-oob", go("back", i32(MAX32) + b"\x28\x02\0" + DROP), OOB, ""
    yield "R13-inner-throws", go("back", b"\x08\0"), "trap:uncaught exception", ""
    yield "R13-inner-throws-under-a-catch", go("back", b"\x08\0", b"\x02\x40\x1F\x40\x01\x02\0\x10\0" + END + END), \
        "trap:uncaught exception", ""
    yield "R13-inner-loops", go("back", b"\x03\x40\x0C\0\x0B"), FUEL, ""
    yield "R13-inner-recurses", go("back", b"\x10\x02"), STACK, ""
    yield "R7-host-re-entry", go("back", b"\x10\0"), STACK, ""
    yield "R7-host-re-entry-by-run", go("back", b"\x10\x01"), STACK, ""
    yield "R13-inner-grows", go("back", i32(1) + b"\x40\0" + DROP, b"\x10\0" + i32(65536) + b"\x28\x02\0" + DROP), \
        "returned", ""
    yield "R13-start", module(types(func()), imports(("host", "back", b"\0\0")), funcs(0), exports(("inner", FUNC, 1)),
                              start(0), code(body(UNREACHABLE))), "trap:unreachable", ""
    yield "R13-tail", go("back", UNREACHABLE, b"\x12\0"), "trap:unreachable", ""
    yield "R13-loop-of-calls", go("back", b"", b"\x03\x40\x10\0\x0C\0\x0B"), FUEL, ""


GROUPS = [host_calls, accesses, bulk, table_ops, growth, indirect, recursion, loops, numbers, tail_calls]
