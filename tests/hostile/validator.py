"""V1 to V18: modules that are well-formed and wrong."""
import struct as packing

from tests.gen.wasm import LOAD, STORE, name, s, section, u, vec
from tests.hostile.build import *

FAR = (1, 2, 127, 65535, 1 << 31, MAX32)


def stack():
    pops = {"drop": DROP, "add": b"\x6A", "eqz": b"\x45", "select": b"\x1B", "local-set": b"\x21\0", "br-if": b"\x0D\0",
            "if": b"\x04\x40\x0B", "load": b"\x28\x02\0", "store": b"\x36\x02\0", "return-value": b"\x0F",
            "tee": b"\x22\0", "grow": b"\x40\0", "br-table": b"\x0E\0\0", "call-indirect": b"\x11\0\0",
            "memory-fill": b"\xFC\x0B\0", "trunc-sat": b"\xFC\0", "is-null": b"\xD1", "as-non-null": b"\xD4"}
    more = {"groups": [(1, I32)], "middle": (tables(table()), memories(limits(1)))}
    for what, op in pops.items():
        results = (I32,) if what == "return-value" else ()
        yield "V1-empty-" + what, one(op + UNREACHABLE, results=results, **more), "invalid", ""
        inside = i32(0) + b"\x02\x40" + op + UNREACHABLE + END + DROP
        if what != "br-table":
            yield "V1-below-block-" + what, one(inside + UNREACHABLE, results=results, **more), "invalid", ""
    yield "V1-end-left", one(i32(0)), "invalid", ""
    yield "V1-end-missing", one(b"", results=(I32,)), "invalid", ""
    yield "V1-wrong-type", one(i64(0), results=(I32,)), "invalid", ""
    yield "V1-below-params", one(i32(0) + b"\x02\x01" + DROP + DROP + END, more_types=[func((I32,))]), "invalid", ""


def dead_code():
    yield "V2-drops", one(UNREACHABLE + DROP * 100000), "trap:unreachable", ""
    yield "V2-adds", one(UNREACHABLE + b"\x6A" * 100000 + DROP), "trap:unreachable", ""
    yield "V2-selects", one(UNREACHABLE + b"\x1B" * 100000 + DROP), "trap:unreachable", ""
    yield "V2-blocks", one(UNREACHABLE + b"\x02\x40" * 10000 + END * 10000), "trap:unreachable", ""
    yield "V2-br-tables", one(UNREACHABLE + b"\x0E\0\0" * 50000), "trap:unreachable", ""
    yield "V2-calls", one(UNREACHABLE + b"\x10\0" * 50000), "trap:unreachable", ""
    yield "V2-still-typed", one(UNREACHABLE + i64(0) + b"\x6A" + DROP), "invalid", ""
    yield "V2-select-mixed", one(UNREACHABLE + i64(0) + i32(0) + i32(0) + b"\x1B" + DROP), "invalid", ""
    yield "V2-label-arity", one(b"\x02\x7F" + UNREACHABLE + i32(0) + b"\x0E\x01\0\x01" + END + DROP), "invalid", ""
    yield "V2-label-arity-dead", one(b"\x02\x7F\x02\x7E" + UNREACHABLE + b"\x0E\x01\0\x01" + END + DROP + i32(0) + END
                                     + DROP), "valid", ""
    yield "V2-end-too-many", one(UNREACHABLE + i32(0) + i32(0), results=(I32,)), "invalid", ""
    yield "V2-block-in-dead-code-is-honest", one(UNREACHABLE + b"\x02\x40" + DROP + END), "invalid", ""
    yield "V2-br-if-dead", one(b"\x02\x7F" + UNREACHABLE + b"\x0D\0" + DROP + i32(1) + END + DROP), "trap:unreachable", ""
    yield "V2-return-dead", one(UNREACHABLE + b"\x0F", results=(I32,)), "trap:unreachable", ""


def nesting():
    for depth in (10000, 60000):
        blocks = {"block": b"\x02\x40", "loop": b"\x03\x40"}
        for what, op in blocks.items():
            yield "V3-%s-%d" % (what, depth), one(op * depth + END * depth), "returned", ""
        yield "V3-if-%d" % depth, one((i32(1) + b"\x04\x40") * depth + END * depth), "returned", ""
        yield "V3-if-else-%d" % depth, one((i32(0) + b"\x04\x40\x05") * depth + END * depth), "returned", ""
        yield "V3-results-%d" % depth, one(b"\x02\x7F" * depth + i32(5) + END * depth, results=(I32,)), "returned:5", ""
        yield "V3-br-outermost-%d" % depth, one(b"\x02\x40" * depth + b"\x0C" + u(depth) + END * depth), "returned", ""
        yield "V3-try-table-%d" % depth, one(b"\x1F\x40\0" * depth + END * depth), "returned", ""
    params = func((I32,), (I32,))
    yield "V3-params-60000", one(i32(3) + b"\x02\x01" * 60000 + END * 60000, results=(I32,), more_types=[params]), \
        "returned:3", ""
    yield "V3-unclosed-60000", one(b"\x02\x40" * 60000), "malformed", ""
    yield "V3-a-million", one(b"\x02\x40" * 1000000 + END * 1000000), "limit", "nested deeper than 65536"
    many = func((), (I32,) * 1000)
    yield ("V3-1000-results-200-deep", one(b"\x02\x01" * 200 + UNREACHABLE + END * 200 + DROP * 1000, more_types=[many]),
           "trap:unreachable", "")
    yield from around_limit("V3", 65535, lambda n: one(b"\x02\x40" * n + END * n), "limit", "nested deeper than 65536")


def blocks():
    around = (types(func()), funcs(0))
    yield "V4-unclosed", one(b"\x02\x40"), "malformed", ""
    yield "V4-extra-end", one(END), "malformed", ""
    yield "V4-else-alone", one(b"\x05"), "refused", ""
    yield "V4-else-in-block", one(b"\x02\x40\x05\x0B"), "refused", ""
    yield "V4-else-in-loop", one(b"\x03\x40\x05\x0B"), "refused", ""
    yield "V4-else-twice", one(i32(0) + b"\x04\x40\x05\x05\x0B"), "refused", ""
    yield "V4-empty-body", module(*around, code(raw_body(b"\0"))), "malformed", ""
    for depth in FAR:
        yield "V5-br-%d" % depth, one(b"\x0C" + u(depth)), "invalid", "unknown label"
        yield "V5-br-if-%d" % depth, one(i32(0) + b"\x0D" + u(depth)), "invalid", "unknown label"
        yield "V5-br-table-%d" % depth, one(i32(0) + b"\x0E\x01\0" + u(depth)), "invalid", "unknown label"
        yield "V5-br-table-first-%d" % depth, one(i32(0) + b"\x0E\x01" + u(depth) + b"\0"), "invalid", "unknown label"


def br_tables():
    for count in (MAX32, 0xFFFFFFFC, 0xFFFFFFFE, 1 << 31, 1 << 24):
        yield "V6-count-%d" % count, one(i32(0) + b"\x0E" + u(count)), "refused", ""
        yield "V6-count-%d-some" % count, one(i32(0) + b"\x0E" + u(count) + b"\0" * 1000), "refused", ""
    yield "V6-arity", one(b"\x02\x40\x02\x7F" + i32(0) * 2 + b"\x0E\x01\0\x01" + END + DROP + END), "invalid", ""
    yield "V6-types", one(b"\x02\x7E\x02\x7F" + i32(0) * 2 + b"\x0E\x01\0\x01" + END + DROP + i64(0) + END + DROP), \
        "invalid", ""
    yield "V6-no-values", one(b"\x02\x7F" + i32(0) + b"\x0E\x01\0\0" + END + DROP), "invalid", ""
    table200k = b"\x0E" + u(200000) + b"\0" * 200001
    yield "V6-200k", one(b"\x02\x40" + i32(7) + table200k + END), "returned", ""
    yield "V6-200k-deep", one(b"\x02\x40" * 100 + i32(199999) + b"\x0E" + u(200000)
                              + bytes(k % 100 for k in range(200001)) + END * 100), "returned", ""
    many = func((), (I32,) * 1000)
    yield ("V6-200k-1000-values", one(b"\x02\x01" + i32(1) * 1000 + i32(3) + table200k + END + DROP * 1000,
                                      more_types=[many]), "returned", "")
    ladder = b"\x02\x01" * 100 + i32(1) * 1000 + i32(3) + b"\x0E" + u(200000) + bytes(k % 100 for k in range(200001))
    yield "V6-200k-100-labels-1000-values", one(ladder + END * 100 + DROP * 1000, more_types=[many]), "returned", ""
    yield ("V6-dead-200k-1000-values", one(b"\x02\x01" + UNREACHABLE + table200k + END + DROP * 1000,
                                           more_types=[many]), "trap:unreachable", "")


def locals_rules():
    around = (types(func()), funcs(0))

    def groups(*pairs):
        return module(*around, code(raw_body(vec([u(n) + t for n, t in pairs]) + END)))

    for count in (MAX32, 1 << 31, 1 << 24):
        yield "V7-%d" % count, groups((count, I32)), "limit", "50000 locals"
    yield "V7-wraps", groups((1 << 31, I32), (1 << 31, I32)), "malformed", "too many locals"
    yield "V7-wraps-by-one", groups((MAX32, I32), (2, I32)), "malformed", "too many locals"
    yield "V7-49999-groups", groups(*[(1, I32)] * 49999), "valid", ""
    yield "V7-alternating", groups(*[(1, I32), (1, I64)] * 25000), "valid", ""
    yield "V7-empty-groups", groups(*[(0, I32)] * 300000), "limit", "declarations"
    yield "V7-1m-v128", groups((1000000, V128)), "limit", ""
    yield "V7-50000-v128", groups((50000, V128)), "valid", ""
    yield "V7-bad-type", groups((1, b"\x40")), "malformed", ""
    yield "V7-bad-type-of-none", groups((0, b"\x01")), "malformed", ""
    yield "V7-packed", groups((1, I8)), "malformed", ""
    yield from around_limit("V7-locals", 50000, lambda n: groups((n, I32)), "limit", "")
    yield ("V7-params-count", module(types(func((I32,) * 1000)), funcs(0),
                                     code(raw_body(vec([u(49001) + I32]) + END))), "limit", "")
    yield ("V7-get-last", one(b"\x20" + u(49999) + DROP, groups=[(50000, I32)]), "returned", "")
    many = b"".join(b"\x20" + u(49999 - k % 50000) + DROP for k in range(50000))
    yield "V7-50000-groups-read", one(many, groups=[(1, I32), (1, I64)] * 25000), "returned", ""
    yield "V7-non-null-unset", one(b"\x20\0" + DROP, groups=[(1, ref(FUNCREF))]), "invalid", ""
    set_ref = b"\xD2\0\x21\0"
    declared = (elems(b"\x03\0" + vec([b"\0"])),)
    yield "V7-non-null-set", one(set_ref + b"\x20\0" + DROP, groups=[(1, ref(FUNCREF))], behind=declared), "returned", ""
    yield ("V7-non-null-set-in-block", one(b"\x02\x40" + set_ref + END + b"\x20\0" + DROP, groups=[(1, ref(FUNCREF))],
                                           behind=declared), "invalid", "")
    depth = 5000
    yield ("V7-non-null-set-deep", one((b"\x02\x40" + set_ref) * depth + END * depth, groups=[(1, ref(FUNCREF))],
                                       behind=declared), "returned", "")
    wide = b"".join(b"\xD2\0\x21" + u(k) for k in range(20000))
    yield ("V7-20000-non-null-blocks", one((b"\x02\x40" + wide + END) + b"\x02\x40\x0B" * 100000,
                                           groups=[(20000, ref(FUNCREF))], behind=declared), "returned", "")


def indices():
    memory, one_table = memories(limits(1)), tables(table())
    glob = globals_(global_(I32, i32(0), True))
    fine = {"before": (), "middle": (one_table, memory, glob)}
    fillers = {
        "type-block": lambda n: one(b"\x02" + s(n) + END, **fine),
        "type-call-indirect": lambda n: one(i32(0) + b"\x11" + u(n) + b"\0", **fine),
        "table-call-indirect": lambda n: one(i32(0) + b"\x11\0" + u(n), **fine),
        "func-call": lambda n: one(b"\x10" + u(n), **fine),
        "func-ref": lambda n: one(b"\xD2" + u(n) + DROP, **fine),
        "func-return-call": lambda n: one(b"\x12" + u(n), **fine),
        "local-get": lambda n: one(b"\x20" + u(n) + DROP, **fine),
        "local-set": lambda n: one(i32(0) + b"\x21" + u(n), **fine),
        "local-tee": lambda n: one(i32(0) + b"\x22" + u(n) + DROP, **fine),
        "global-get": lambda n: one(b"\x23" + u(n) + DROP, **fine),
        "global-set": lambda n: one(i32(0) + b"\x24" + u(n), **fine),
        "table-get": lambda n: one(i32(0) + b"\x25" + u(n) + DROP, **fine),
        "table-set": lambda n: one(i32(0) + b"\xD0\x70\x26" + u(n), **fine),
        "table-size": lambda n: one(b"\xFC\x10" + u(n) + DROP, **fine),
        "table-grow": lambda n: one(b"\xD0\x70" + i32(0) + b"\xFC\x0F" + u(n) + DROP, **fine),
        "table-fill": lambda n: one(i32(0) + b"\xD0\x70" + i32(0) + b"\xFC\x11" + u(n), **fine),
        "table-copy-to": lambda n: one(i32(0) * 3 + b"\xFC\x0E" + u(n) + b"\0", **fine),
        "table-copy-from": lambda n: one(i32(0) * 3 + b"\xFC\x0E\0" + u(n), **fine),
        "elem-init": lambda n: one(i32(0) * 3 + b"\xFC\x0C" + u(n - 1) + b"\0", **fine),
        "elem-drop": lambda n: one(b"\xFC\x0D" + u(n - 1), **fine),
        "memory-size": lambda n: one(b"\x3F" + u(n) + DROP, **fine),
        "memory-grow": lambda n: one(i32(0) + b"\x40" + u(n) + DROP, **fine),
        "memory-fill": lambda n: one(i32(0) * 3 + b"\xFC\x0B" + u(n), **fine),
        "memory-copy-to": lambda n: one(i32(0) * 3 + b"\xFC\x0A" + u(n) + b"\0", **fine),
        "memory-copy-from": lambda n: one(i32(0) * 3 + b"\xFC\x0A\0" + u(n), **fine),
        "data-init": lambda n: one(i32(0) * 3 + b"\xFC\x08" + u(n - 1) + b"\0", behind=(data_count(0),), **fine),
        "data-drop": lambda n: one(b"\xFC\x09" + u(n - 1), behind=(data_count(0),), **fine),
        "func-of-type": lambda n: module(types(func()), funcs(n), code(body(b""))),
        "export": lambda n: module(types(func()), funcs(0), exports(("a", FUNC, n)), code(body(b""))),
        "tag-type": lambda n: module(types(func()), tags(n)),
        "throw": lambda n: one(b"\x08" + u(n - 1), **fine),
        "catch-tag": lambda n: one(b"\x1F\x40\x01\x00" + u(n - 1) + b"\0" + END, **fine),
        "catch-label": lambda n: one(b"\x1F\x40\x01\x02" + u(n) + END, **fine),
        "struct-new": lambda n: one(b"\xFB\x01" + u(n) + DROP, **fine),
        "array-new-data": lambda n: one(i32(0) * 2 + b"\xFB\x09\0" + u(n) + DROP, **fine),
        "call-ref": lambda n: one(b"\xD0\x70\x14" + u(n), **fine),
        "ref-null": lambda n: one(b"\xD0" + s(n) + DROP, **fine),
        "local-ref-type": lambda n: one(b"", groups=[(1, ref_null(n))], **fine),
        "struct-field-type": lambda n: module(types(struct(ref_null(n)))),
        "supertype": lambda n: module(types(sub(struct(), n))),
    }
    for what, make in fillers.items():
        for n in FAR:
            if what in ("elem-init", "table-copy-to", "data-init") and n == 1 and what != "table-copy-to":
                continue
            if what in ("ref-null", "type-block", "local-ref-type", "struct-field-type") and n > 1 << 31:
                pass
            yield "V8-%s-%d" % (what, n), make(n), "refused" if n >= 1 << 31 else "invalid", ""


def alignment():
    for op, letter, natural in LOAD + [(a, b, c) for a, b, c in STORE]:
        is_store = op >= 0x36
        value = {"i": i32(0), "I": i64(0), "f": b"\x43" + bytes(4), "F": b"\x44" + bytes(8)}[letter]
        for align in (natural, natural + 1, 5, 31, 32, 63, 64, 128, MAX32):
            what = i32(0) + (value if is_store else b"") + bytes([op]) + u(align) + u(0) + (b"" if is_store else DROP)
            verdict = "valid" if align <= natural else "refused"
            yield "V9-%02x-%d" % (op, align), with_memory(what), verdict, ""
    yield "V9-offset-max", with_memory(i32(0) + b"\x28\x02" + u(MAX32) + DROP), "trap:out of bounds memory access", ""
    yield "V9-offset-33-bits", with_memory(i32(0) + b"\x28\x02" + u(1 << 32) + DROP), "refused", ""
    yield "V9-no-memory", one(i32(0) + b"\x28\x02\0" + DROP), "invalid", ""
    yield "V9-multi-memory-flag-no-memory", with_memory(i32(0) + b"\x28\x42\x01\0" + DROP), "invalid", ""


def selects():
    two = i32(1) + i32(2) + i32(1)
    yield "V11-typed-0", one(two + b"\x1C\0" + DROP), "invalid", ""
    yield "V11-typed-2", one(two + b"\x1C\x02\x7F\x7F" + DROP), "invalid", ""
    yield "V11-typed-1", one(two + b"\x1C\x01\x7F", results=(I32,)), "returned:1", ""
    yield "V11-typed-wrong", one(two + b"\x1C\x01\x7E" + DROP), "invalid", ""
    yield "V11-untyped-refs", one(b"\xD0\x70\xD0\x70" + i32(1) + b"\x1B" + DROP), "invalid", ""
    yield "V11-typed-refs", one(b"\xD0\x70\xD0\x70" + i32(1) + b"\x1C\x01\x70" + DROP), "returned", ""
    yield "V11-mixed", one(i32(1) + i64(1) + i32(1) + b"\x1B" + DROP), "invalid", ""
    yield "V11-condition", one(i32(1) + i32(1) + i64(1) + b"\x1B" + DROP), "invalid", ""


def const_exprs():
    def glob(init, type_=I32, more=()):
        return module(*more, globals_(global_(type_, init)))

    yield "V12-call", module(types(func((), (I32,))), funcs(0), globals_(global_(I32, b"\x10\0")), code(body(i32(0)))), \
        "invalid", ""
    yield "V12-nop", glob(b"\x01" + i32(0)), "invalid", ""
    yield "V12-drop", glob(i32(0) + i32(0) + DROP), "invalid", ""
    yield "V12-block", glob(b"\x02\x7F" + i32(0) + END), "refused", ""
    yield "V12-div", glob(i32(1) * 2 + b"\x6D"), "invalid", ""
    yield "V12-wrong-type", glob(i64(0)), "invalid", ""
    yield "V12-empty", glob(b""), "invalid", ""
    yield "V12-two", glob(i32(0) * 2), "invalid", ""
    yield "V12-unterminated", module(section(6, b"\x01\x7F\0" + i32(0))), "malformed", ""
    yield "V12-extended", glob(i32(2) * 2 + b"\x6A" + i32(3) + b"\x6C"), "valid", ""
    yield "V12-20000-ops", glob(i32(1) + (i32(1) + b"\x6A") * 20000), "valid", ""
    yield "V12-200000-ops", glob(i32(1) + (i32(1) + b"\x6A") * 200000), "valid", ""
    yield from around_limit("V12-stack", 50000, lambda n: glob(i32(1) * n + b"\x6A" * (n - 1)), "limit", "")
    yield "V12-20000-high", glob(i32(1) * 20000 + b"\x6A" * 19999), "valid", ""
    yield "V12-200000-high", glob(i32(1) * 200000 + b"\x6A" * 199999), "limit", ""
    yield "V12-self", glob(b"\x23\0"), "invalid", ""
    yield "V12-forward", module(globals_(global_(I32, b"\x23\x01"), global_(I32, i32(0)))), "invalid", ""
    yield "V12-earlier", module(globals_(global_(I32, i32(0)), global_(I32, b"\x23\0"))), "valid", ""
    yield "V12-mutable", module(globals_(global_(I32, i32(0), True), global_(I32, b"\x23\0"))), "invalid", ""
    yield "V12-far-global", glob(b"\x23" + u(MAX32)), "invalid", ""
    yield ("V12-chain-50000", module(globals_(global_(I32, i32(7)), *[global_(I32, b"\x23" + u(k)) for k in range(50000)])),
           "valid", "")
    yield "V12-ref-func-far", module(types(func()), globals_(global_(FUNCREF, b"\xD2\0"))), "invalid", ""
    yield "V12-ref-null-wrong", glob(b"\xD0\x6F", FUNCREF), "invalid", ""
    yield "V12-prefix", glob(b"\xFC\0"), "refused", ""
    yield "V12-non-null", glob(b"\xD0\x70", ref(FUNCREF)), "invalid", ""
    yield "V12-unknown-op", glob(b"\x06"), "refused", ""
    yield "V12-data-offset-type", module(memories(limits(1)), datas(active(i64(0), b"a"))), "invalid", ""
    yield "V12-elem-offset-type", module(tables(table(FUNCREF, 1)), elems(b"\0" + i64(0) + END + b"\0")), "invalid", ""
    yield "V12-table-init", module(tables(b"\x40\0" + table(FUNCREF, 1) + b"\xD0\x70" + END)), "valid", ""
    yield "V12-table-init-missing", module(tables(table(ref(FUNCREF), 1))), "invalid", ""
    yield "V12-table-init-wrong", module(tables(b"\x40\0" + table(FUNCREF, 1) + i32(0) + END)), "invalid", ""
    yield "V12-table-init-reserved", module(tables(b"\x40\x01" + table(FUNCREF, 1) + b"\xD0\x70" + END)), "malformed", ""


def references():
    yield "V13-undeclared", one(b"\xD2\0" + DROP, run=False), "invalid", "undeclared"
    yield "V13-exported", one(b"\xD2\0" + DROP), "returned", ""
    yield "V13-declared", one(b"\xD2\0" + DROP, run=False, behind=(elems(b"\x03\0\x01\0"),)), "valid", ""
    yield "V13-in-global", module(types(func()), funcs(0), globals_(global_(FUNCREF, b"\xD2\0")),
                                  code(body(b"\xD2\0" + DROP))), "valid", ""
    yield "V13-only-start", module(types(func()), funcs(0), start(0), code(body(b"\xD2\0" + DROP))), "invalid", ""


def sizes():
    for flags in (0, 1, 4, 5):
        high = 65537 if flags & 1 else None
        if not flags & 4:
            yield "V14-memory-%d" % flags, module(memories(limits(65537, high, flags))), "invalid", ""
    yield "V14-memory-65536", module(memories(limits(65536))), "no-start", ""
    yield "V14-memory-max-65536", module(memories(limits(0, 65536))), "valid", ""
    yield "V14-memory-max-65537", module(memories(limits(0, 65537))), "invalid", ""
    yield "V14-memory-max32", module(memories(limits(MAX32))), "invalid", ""
    yield "V14-memory-33-bits", module(memories(limits(1 << 32))), "refused", ""
    yield "V14-memory-min-over-max", module(memories(limits(2, 1))), "invalid", ""
    yield "V14-table-min-over-max", module(tables(table(FUNCREF, 2, 1))), "invalid", ""
    yield "V14-shared-no-max", module(memories(limits(1, None, 2))), "invalid", ""
    yield "V14-shared", module(memories(limits(1, 1, 3))), "valid", ""
    for flags in (16, 32, 64, 127, 0x80, 0xFF):
        yield "V14-memory-flags-%d" % flags, module(memories(limits(0, 0, flags))), "malformed", ""
        yield "V14-table-flags-%d" % flags, module(tables(table(FUNCREF, 0, 0, flags))), "malformed", ""
    yield "V14-shared-table", module(tables(table(FUNCREF, 0, 0, 3))), "refused", ""
    yield "V14-table-type", module(tables(b"\x7F\0\0")), "malformed", ""
    yield "V14-64-max", module(memories(limits(0, 1 << 48, 5))), "valid", ""
    yield "V14-64-over", module(memories(limits(0, (1 << 48) + 1, 5))), "invalid", ""
    yield "V14-64-min-over", module(memories(limits((1 << 48) + 1, None, 4))), "invalid", ""
    yield "V14-64-all", module(memories(limits(MAX64, None, 4))), "invalid", ""
    yield "V14-64-65-bits", module(memories(b"\x04" + b"\xFF" * 9 + b"\x02")), "malformed", ""
    yield "V14-64-min-huge", module(memories(limits(1 << 48, None, 4))), "no-start", ""
    yield "V14-table64", module(tables(table(FUNCREF, 1, MAX64, 5))), "valid", ""
    yield "V14-table64-huge", module(tables(table(FUNCREF, MAX64, None, 4))), "no-start", ""
    for log2, verdict in ((0, "valid"), (16, "valid"), (1, "invalid"), (15, "invalid"), (17, "invalid"), (63, "invalid"), (64, "refused"),
                          (65, "refused"), (MAX32, "refused")):
        yield "V14-page-size-%d" % log2, module(memories(b"\x08\0" + u(log2))), verdict, ""
    yield "V14-page-1-max", module(memories(b"\x09\0" + u(MAX32) + b"\0")), "valid", ""
    yield "V14-page-1-huge", module(memories(b"\x08" + u(MAX32) + b"\0")), "no-start", ""
    yield "V14-page-1-64-max", module(memories(b"\x0D\0" + u(MAX64) + b"\0")), "valid", ""
    yield "V14-page-1-64-huge", module(memories(b"\x0C" + u(MAX64) + b"\0")), "no-start", ""


def exported():
    around = (types(func(), func((I32,)), func((), (I32,))), funcs(0, 1, 2))
    bodies = code(body(b""), body(b""), body(i32(0)))
    yield "V15-duplicate", module(*around, exports(("a", FUNC, 0), ("a", FUNC, 1)), bodies), "invalid", "export"
    yield "V15-duplicate-empty", module(*around, exports(("", FUNC, 0), ("", FUNC, 1)), bodies), "invalid", "export"
    yield "V15-duplicate-kinds", module(*around, memories(limits(1)), exports(("a", FUNC, 0), ("a", MEMORY, 0)), bodies), \
        "invalid", "export"
    for kind, what in ((FUNC, "func"), (TABLE, "table"), (MEMORY, "memory"), (GLOBAL, "global"), (TAG, "tag")):
        for index in (3, MAX32):
            yield "V15-%s-%d" % (what, index), module(*around, exports(("a", kind, index)), bodies), "invalid", ""
    yield "V15-kind-5", module(*around, section(7, b"\x01\x01a\x05\0"), bodies), "malformed", ""
    for index, verdict in ((0, "valid"), (1, "invalid"), (2, "invalid"), (3, "invalid"), (MAX32, "invalid")):
        yield "V15-start-%d" % index, module(*around, start(index), bodies), verdict, ""
    last = [("x" * 50 + str(k), FUNC, 0) for k in range(30000)]
    yield "V15-30000-alike-last-twice", module(*around, exports(*last, last[7]), bodies), "invalid", "export"


def rest():
    yield "V16-immutable", one(i32(0) + b"\x24\0", middle=(globals_(global_(I32, i32(0))),)), "invalid", ""
    yield "V16-wrong-type", one(i64(0) + b"\x24\0", middle=(globals_(global_(I32, i32(0), True)),)), "invalid", ""
    yield "V16-imported", module(types(func()), imports(("m", "g", b"\x03\x7F\0")), funcs(0),
                                 code(body(i32(0) + b"\x24\0"))), "invalid", ""
    yield "V16-mutability-2", module(section(6, b"\x01\x7F\x02" + i32(0) + END)), "malformed", ""
    yield "V17-index", one(b"\x02\x05" + END), "invalid", "unknown type"
    yield "V17-negative", one(b"\x02\x41" + END), "refused", ""
    yield "V17-packed", one(b"\x02\x78" + END), "refused", ""
    yield "V17-negative-long", one(b"\x02\xFF\x7F" + END), "any", ""
    yield "V18-if-no-else", one(i32(0) + b"\x04\x7F" + i32(0) + END + DROP), "invalid", ""
    yield "V18-if-no-else-params", one(i32(5) + i32(0) + b"\x04\x01" + END + DROP, more_types=[func((I32,), (I32,))]), \
        "returned", ""
    yield "V18-if-else-types", one(i32(0) + b"\x04\x7F" + i32(0) + b"\x05" + i64(0) + END + DROP), "invalid", ""
    for op in (0x16, 0x17, 0x1D, 0x1E, 0x27, 0xC5, 0xCF, 0xD7, 0xE0, 0xF0, 0xFA, 0xFF):
        yield "V19-opcode-%02x" % op, one(bytes([op]) + b"\0" * 4), "refused", ""
    for prefix, ends in ((0xFB, (31, 32, 127, 1 << 16, MAX32)), (0xFC, (18, 31, 127, MAX32)),
                         (0xFD, (0x114, 0x120, 0x1FF, 1 << 16, MAX32)), (0xFE, (0x04, 0x0F, 0x4F, 0x80, MAX32))):
        for op in ends:
            yield "V19-opcode-%02x-%d" % (prefix, op), one(UNREACHABLE + bytes([prefix]) + u(op) + b"\0" * 4), \
                "refused", ""
        yield "V19-opcode-%02x-long" % prefix, one(UNREACHABLE + bytes([prefix]) + b"\x80\x80\x80\x80\x80\0"), \
            "malformed", ""


def carried():
    """Two bytes that stand for a thousand values, again and again (WASM_LIMIT_CARRIED)."""
    many = (I32,) * 1000
    through, out = func(many, many), func((), many)
    push, n, said = i32(0) * 1000, 100000, "carry more than"

    def go(what, *more, **sections):
        return one(what, more_types=[through, out, *more], **sections)

    yield "V20-calls", module(types(func(), through), funcs(0, 1), code(
        body(push + b"\x10\x01" * n + DROP * 1000), body(UNREACHABLE))), "limit", said
    yield "V20-blocks", go((b"\x02\x02" + UNREACHABLE + END + b"\x0F") * n), "limit", said
    yield "V20-params", go(push + (b"\x02\x01" + END) * n + DROP * 1000), "limit", said
    yield "V20-br-ifs", go(push + b"\x02\x01" + (i32(0) + b"\x0D\0") * n + END + DROP * 1000), "limit", said
    yield "V20-dead-br-ifs", go(push + b"\x02\x01" + UNREACHABLE + b"\x0D\0" * n + END + DROP * 1000), "limit", said
    yield ("V20-br-tables", go(push + b"\x02\x01" + (i32(0) + b"\x0E\0\0" + push) * 20 + END + DROP * 1000), "valid", "")
    yield ("V20-functions", module(types(func(many, many)), section(3, u(n) + b"\0" * n),
                                   section(10, u(n) + b"\x03\0\0\x0B" * n)), "limit", said)
    yield ("V20-locals", module(types(func()), section(3, u(n) + b"\0" * n),
                                section(10, u(n) + b"\x06\x01\xD0\x86\x03\x7F\x0B" * n)), "limit", said)
    yield ("V20-catches", module(types(func(), func(many), out), funcs(0), tags(1), code(body(
        b"\x02\x02" + (b"\x1F\x40\x01\0\0\0" + END) * n + UNREACHABLE + END + DROP * 1000))), "limit", said)
    yield ("V20-structs", go((push + b"\xFB\0\x03" + DROP) * 50, struct(*many)), "valid", "")
    yield ("V20-functions-of-32-locals", module(types(func()), section(3, u(400000) + b"\0" * 400000),
                                                section(10, u(400000) + b"\x04\x01\x20\x7F\x0B" * 400000)), "valid", "")


GROUPS = [stack, dead_code, nesting, blocks, br_tables, locals_rules, indices, alignment, selects, const_exprs,
          references, sizes, exported, rest, carried]
