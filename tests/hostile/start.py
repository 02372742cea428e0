"""I1 to I5: what fails between loading and running."""
from tests.gen.wasm import name, s, section, u, vec
from tests.hostile.build import *

OOB_MEMORY, OOB_TABLE = "trap:out of bounds memory access", "trap:out of bounds table access"


def with_data(offset, data, pages=1, memory=None):
    return module(memories(memory or limits(pages)), datas(active(offset, data)))


def with_elem(offset, count, size=10):
    return module(types(func()), funcs(0), tables(table(FUNCREF, size)),
                  elems(b"\0" + offset + END + vec([b"\0"] * count)), code(body(b"")))


def segments():
    for what, offset, data, verdict in (
            ("fits", 65535, b"a", "valid"), ("at-end-empty", 65536, b"", "valid"), ("one-past", 65536, b"a", OOB_MEMORY),
            ("empty-past", 65537, b"", OOB_MEMORY), ("minus-1", MAX32, b"a", OOB_MEMORY),
            ("minus-1-empty", MAX32, b"", OOB_MEMORY), ("wraps", MAX32 - 3, b"abcdefgh", OOB_MEMORY),
            ("straddles", 65530, b"a" * 10, OOB_MEMORY)):
        yield "I1-data-" + what, with_data(i32(offset), data), verdict, ""
    yield "I1-data-no-pages-empty", with_data(i32(0), b"", 0), "valid", ""
    yield "I1-data-no-pages", with_data(i32(0), b"a", 0), OOB_MEMORY, ""
    yield "I1-data-no-memory", module(datas(active(i32(0), b""))), "invalid", ""
    for what, offset in (("wraps", MAX64), ("wraps-3", MAX64 - 3), ("high", 1 << 32), ("high-63", 1 << 63)):
        yield "I1-data64-" + what, with_data(i64(offset), b"abcd", memory=limits(1, None, 4)), OOB_MEMORY, ""
    yield "I1-data64-fits", with_data(i64(65532), b"abcd", memory=limits(1, None, 4)), "valid", ""
    for what, offset, count, verdict in (("fits", 5, 5, "valid"), ("empty-at-end", 10, 0, "valid"),
                                         ("empty-past", 11, 0, OOB_TABLE), ("past", 5, 6, OOB_TABLE),
                                         ("minus-1", MAX32, 1, OOB_TABLE), ("wraps", MAX32, 3, OOB_TABLE)):
        yield "I1-elem-" + what, with_elem(i32(offset), count), verdict, ""
    yield ("I1-global-offset", module(memories(limits(1)), globals_(global_(I32, i32(65536))),
                                      datas(active(b"\x23\0", b"a"))), OOB_MEMORY, "")


def huge():
    yield "I2-memory-4g", module(memories(limits(65536))), "no-start", ""
    yield "I2-memory-over-cap", module(memories(limits(1025))), "no-start", ""
    yield "I2-memory-at-cap", module(memories(limits(1024))), "valid", ""
    yield "I2-100-memories", module(memories(*[limits(65536)] * 100)), "no-start", ""
    yield "I2-100-small-memories", module(memories(*[limits(10)] * 100)), "valid", ""
    yield "I2-100-memories-sum-over", module(memories(*[limits(11)] * 100)), "no-start", ""
    yield "I2-table-max", module(tables(table(FUNCREF, MAX32))), "no-start", ""
    yield "I2-table-10m", module(tables(table(FUNCREF, 10000001))), "no-start", ""
    yield "I2-100-tables", module(tables(*[table(FUNCREF, MAX32)] * 100)), "no-start", ""
    yield "I2-memory-max-declared", one(i32(65535) + b"\x40\0", results=(I32,), middle=(memories(limits(0, 65536)),)), \
        "returned:0xFFFFFFFF", ""


def linking():
    kinds = {"func": b"\0\0", "table": b"\x01" + table(), "memory": b"\x02" + limits(1), "global": b"\x03\x7F\0",
             "tag": b"\x04\0\0"}
    for what, description in kinds.items():
        yield "I3-" + what, module(types(func()), imports(("mod", "item", description))), "unlinkable", "mod"
    yield "I3-names-item", module(types(func()), imports(("mod", "the-item", b"\0\0"))), "unlinkable", "the-item"
    yield "I3-control-bytes", module(types(func()), imports(("m\x1B[2J", "i\n\"\\\0", b"\0\0"))), "unlinkable", ""
    yield "I3-many", module(types(func()), imports(*[("m", "f%d" % k, b"\0\0") for k in range(20000)])), "unlinkable", ""


def starting():
    yield "I4-traps", module(types(func()), funcs(0), start(0), code(body(UNREACHABLE))), "trap:unreachable", ""
    yield "I4-recurses", module(types(func()), funcs(0), start(0), code(body(b"\x10\0"))), "trap:call stack exhausted", ""
    yield "I4-loops", module(types(func()), funcs(0), start(0), code(body(b"\x03\x40\x0C\0\x0B"))), \
        "trap:all fuel consumed", ""
    yield ("I5-second-fails", module(memories(limits(1)), datas(active(i32(0), b"a"), active(i32(65536), b"b"))),
           OOB_MEMORY, "")
    yield ("I5-elem-then-data", module(types(func()), funcs(0), tables(table(FUNCREF, 1)), memories(limits(1)),
                                       elems(b"\0" + i32(0) + END + vec([b"\0"])), code(body(b"")),
                                       datas(active(i32(65536), b"b"))), OOB_MEMORY, "")
    yield ("I5-elem-before-data", module(types(func()), funcs(0), tables(table(FUNCREF, 1)), memories(limits(1)),
                                         elems(b"\0" + i32(1) + END + vec([b"\0"])), code(body(b"")),
                                         datas(active(i32(65536), b"b"))), OOB_TABLE, "")


GROUPS = [segments, huge, linking, starting]
