"""M: more memories, 64-bit addresses, tables with 64-bit indices, atomics, page sizes."""
from tests.gen.wasm import LOAD, STORE, s, section, u
from tests.hostile.build import *

OOB = "trap:out of bounds memory access"


def wide(what, results=(), pages=1, high=None):
    return one(what, results=results, middle=(memories(limits(pages, high, 4 if high is None else 5)),))


def sixty_four():
    for op, letter, _ in LOAD:
        width = {"i": 4, "I": 8, "f": 4, "F": 8}[letter]
        for what, address, offset, verdict in (
                ("max", MAX64, 0, OOB), ("offset-max", 0, MAX64, OOB), ("both-max", MAX64, MAX64, OOB), ("wraps", MAX64, 1, OOB),
                ("wraps-to-0", MAX64 - 7, 8, OOB), ("high", 1 << 32, 0, OOB), ("high-offset", 0, 1 << 32, OOB),
                ("fits", 65528, 0, "returned"), ("fits-by-offset", 0, 65528, "returned"), ("past", 65536, 0, OOB)):
            yield ("M1-%02x-%s" % (op, what), wide(i64(address) + bytes([op, 0]) + u(offset) + DROP), verdict, "")
        del width
    for op, letter, _ in STORE:
        value = {"i": i32(0), "I": i64(0), "f": b"\x43" + bytes(4), "F": b"\x44" + bytes(8)}[letter]
        for what, address, offset, verdict in (("max", MAX64, 0, OOB), ("wraps", MAX64, 1, OOB), ("offset-max", 0, MAX64, OOB),
                                               ("fits", 65528, 0, "returned"), ("high", 1 << 32, 0, OOB)):
            yield "M1-%02x-%s" % (op, what), wide(i64(address) + value + bytes([op, 0]) + u(offset)), verdict, ""
    yield "M1-address-type", wide(i32(0) + b"\x28\0\0" + DROP), "invalid", ""
    yield "M1-size-type", wide(b"\x3F\0", (I64,)), "returned:1", ""
    yield "M1-size-type-32", wide(b"\x3F\0", (I32,)), "invalid", ""
    for delta in (MAX64, 1 << 48, 1 << 32, 1 << 63, 65536):
        yield "M1-grow-%d" % delta, wide(i64(delta) + b"\x40\0", (I64,)), "returned:%d" % MAX64, ""
    yield "M1-grow-1", wide(i64(1) + b"\x40\0", (I64,)), "returned:1", ""
    for op, what in ((b"\xFC\x0B\0", "fill"), (b"\xFC\x0A\0\0", "copy")):
        second = i32(0) if what == "fill" else i64(0)
        for to, count, verdict in ((0, 65536, "returned"), (MAX64, 2, OOB), (0, MAX64, OOB), (1 << 32, 1, OOB),
                                   (65536, 0, "returned"), (65537, 0, OOB), (1 << 63, 1 << 63, OOB)):
            yield "M1-%s-%d-%d" % (what, to, count), wide(i64(to) + second + i64(count) + op), verdict, ""


def mixed():
    two = memories(limits(1), limits(1, None, 4))
    for a, b, to, from_, count in ((0, 0, i32, i32, i32), (0, 1, i32, i64, i32), (1, 0, i64, i32, i32), (1, 1, i64, i64, i64)):
        op = b"\xFC\x0A" + bytes([a, b])
        yield "M2-copy-%d-%d" % (a, b), one(to(0) + from_(0) + count(10) + op, middle=(two,)), "returned", ""
        yield "M2-copy-%d-%d-past" % (a, b), one(to(65530) + from_(0) + count(10) + op, middle=(two,)), OOB, ""
        yield "M2-copy-%d-%d-max" % (a, b), one(to(0) + from_(MAX32) + count(10) + op, middle=(two,)), OOB, ""
        wrong = {i32: i64, i64: i32}
        yield "M2-copy-%d-%d-count" % (a, b), one(to(0) + from_(0) + wrong[count](1) + op, middle=(two,)), "invalid", ""
        yield "M2-copy-%d-%d-to" % (a, b), one(wrong[to](0) + from_(0) + count(1) + op, middle=(two,)), "invalid", ""
    for index in (0, 1):
        address = (i32, i64)[index](0)
        yield "M3-load-%d" % index, one(address + b"\x28\x42" + u(index) + b"\0" + DROP, middle=(two,)), "returned", ""
        yield "M3-store-past-%d" % index, one((i32, i64)[index](65533) + i32(0) + b"\x36\x42" + u(index) + b"\0",
                                              middle=(two,)), OOB, ""
    yield "M3-index-2", one(i32(0) + b"\x28\x42\x02\0" + DROP, middle=(two,)), "invalid", ""
    yield "M3-index-max", one(i32(0) + b"\x28\x42" + u(MAX32) + b"\0" + DROP, middle=(two,)), "invalid", ""
    hundred = memories(*[limits(1)] * 100)
    yield "M3-100-memories", one(i32(65536) + b"\x28\x42\x63\0" + DROP, middle=(hundred,)), OOB, ""
    yield "M3-100-memories-grow", one(b"".join(i32(1) + b"\x40" + u(k) + DROP for k in range(100)), middle=(hundred,)), \
        "returned", ""
    yield "M3-offset-33-bits", one(i32(0) + b"\x28\x42\0" + u(1 << 32) + DROP, middle=(two,)), "refused", ""
    yield "M3-offset-65-bits", one(i64(0) + b"\x28\x42\x01" + b"\xFF" * 9 + b"\x02" + DROP, middle=(two,)), "malformed", ""


def tables64():
    def go(what, results=(), low=10, high=20):
        return one(what, results=results, middle=(tables(table(FUNCREF, low, high, 5)),),
                   behind=(elems(b"\x03\0" + b"\x01\0"),))

    oob = "trap:out of bounds table access"
    null = b"\xD0\x70"
    for index in (10, 1 << 32, (1 << 32) + 1, 1 << 63, MAX64):
        yield "M4-get-%d" % index, go(i64(index) + b"\x25\0" + DROP), oob, ""
        yield "M4-set-%d" % index, go(i64(index) + null + b"\x26\0"), oob, ""
        yield "M4-call-%d" % index, go(i64(index) + b"\x11\0\0"), "trap:undefined element", ""
        yield "M4-fill-%d" % index, go(i64(0) + null + i64(index + 1 if index < MAX64 else index) + b"\xFC\x11\0"), oob, ""
        yield "M4-grow-%d" % index, go(null + i64(index + 1 if index < MAX64 else index) + b"\xFC\x0F\0", (I64,)), \
            "returned:%d" % MAX64, ""
    yield "M4-index-type", go(i32(0) + b"\x25\0" + DROP), "invalid", ""
    yield "M4-fits", go(i64(9) + b"\x25\0" + DROP), "returned", ""


def atomics():
    shared = {"middle": (memories(limits(1, 2, 3)),)}
    unaligned = "trap:unaligned atomic"
    loads = ((0x10, 2), (0x11, 3), (0x12, 0), (0x13, 1), (0x14, 0), (0x15, 1), (0x16, 2))
    for op, natural in loads:
        yield "M5-load-%02x" % op, one(i32(0) + b"\xFE" + bytes([op, natural, 0]) + DROP, **shared), "returned", ""
        for align in (0, natural + 1, 64):
            if align != natural:
                yield ("M5-align-%02x-%d" % (op, align), one(i32(0) + b"\xFE" + bytes([op, align, 0]) + DROP, **shared),
                       "refused", "")
        if natural:
            yield "M5-unaligned-%02x" % op, one(i32(1) + b"\xFE" + bytes([op, natural, 0]) + DROP, **shared), unaligned, ""
            yield ("M5-unaligned-offset-%02x" % op, one(i32(0) + b"\xFE" + bytes([op, natural, 1]) + DROP, **shared),
                   unaligned, "")
        yield "M5-past-%02x" % op, one(i32(65536) + b"\xFE" + bytes([op, natural, 0]) + DROP, **shared), OOB, ""
    for op in list(range(0x1E, 0x25)):
        natural = (2, 3, 0, 1, 0, 1, 2)[op - 0x1E]
        value = i64(1) if op in (0x1F, 0x22, 0x23, 0x24) else i32(1)
        yield "M5-rmw-%02x" % op, one(i32(0) + value + b"\xFE" + bytes([op, natural, 0]) + DROP, **shared), "returned", ""
        yield ("M5-rmw-max-%02x" % op, one(i32(MAX32 - 7) + value + b"\xFE" + bytes([op, natural, 0]) + DROP, **shared), OOB,
               "")
    yield "M5-fence", one(b"\xFE\x03\0"), "returned", ""
    yield "M5-fence-1", one(b"\xFE\x03\x01"), "malformed", ""
    yield "M5-no-memory", one(i32(0) + b"\xFE\x10\x02\0" + DROP), "invalid", ""
    yield "M5-notify", one(i32(0) + i32(1) + b"\xFE\0\x02\0", results=(I32,), **shared), "returned:0", ""
    yield "M5-notify-unaligned", one(i32(1) + i32(1) + b"\xFE\0\x02\0" + DROP, **shared), unaligned, ""
    wait = i32(0) + i32(0) + i64(MAX64) + b"\xFE\x01\x02\0" + DROP
    yield "M5-wait-for-ever", one(wait, **shared), "any", ""
    yield "M5-wait-not-equal", one(i32(0) + i32(1) + i64(MAX64) + b"\xFE\x01\x02\0", results=(I32,), **shared), "returned:1", ""
    yield "M5-wait-timeout", one(i32(0) + i32(0) + i64(1) + b"\xFE\x01\x02\0", results=(I32,), **shared), "returned:2", ""
    yield "M5-wait-unshared", with_memory(wait), "any", ""


def page_sizes():
    def small(what, results=(), low=100, high=200):
        return one(what, results=results, middle=(memories(b"\x09" + u(low) + u(high) + b"\0"),))

    yield "M6-last-byte", small(i32(99) + b"\x2D\0\0", (I32,)), "returned:0", ""
    yield "M6-past", small(i32(100) + b"\x2D\0\0", (I32,)), OOB, ""
    yield "M6-straddles", small(i32(97) + b"\x28\0\0", (I32,)), OOB, ""
    yield "M6-size", small(b"\x3F\0", (I32,)), "returned:100", ""
    yield "M6-grow", small(i32(100) + b"\x40\0" + DROP + i32(199) + b"\x2D\0\0", (I32,)), "returned:0", ""
    yield "M6-grow-over", small(i32(101) + b"\x40\0", (I32,)), "returned:0xFFFFFFFF", ""
    yield "M6-grow-max", small(i32(MAX32) + b"\x40\0", (I32,), 1, MAX32), "returned:0xFFFFFFFF", ""
    yield "M6-empty", small(i32(0) + b"\x2D\0\0", (I32,), 0, 0), OOB, ""
    yield "M6-fill-past", small(i32(0) * 2 + i32(101) + b"\xFC\x0B\0"), OOB, ""


GROUPS = [sixty_four, mixed, tables64, atomics, page_sizes]
