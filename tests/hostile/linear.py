"""Shapes of modules whose cost must grow no faster than their bytes: each is (name, make(n), n).

`n` is chosen so that a module is some megabytes, or as large as a limit of the engine allows.
"""
from tests.gen.wasm import name, s, section, u, vec
from tests.hostile.build import *

VOID = types(func())


def function(code_, groups=(), more=(), before=(), behind=()):
    return module(types(func(), *more), *before, funcs(0), *behind, code(body(code_, groups)))


def funcs_of(n, item):
    return module(VOID, section(3, u(n) + b"\0" * n), section(10, u(n) + item * n))


def types_of(n, make):
    return module(section(1, u(n) + b"".join(make(k) for k in range(n))))


def non_null_locals(n):
    wide = b"".join(b"\xD2\0\x21" + u(k) for k in range(n // 4))
    return function(b"\x02\x40" + wide + END + b"\x02\x40\x0B" * n, [(n // 4, ref(FUNCREF))],
                    behind=(elems(b"\x03\0" + vec([b"\0"])),))


def br_table_to_many_values(n):
    many = func((), (I32,) * 1000)
    return function(b"\x02\x01" * 50 + i32(1) * 1000 + i32(3) + b"\x0E" + u(n) + bytes(k % 50 for k in range(n + 1))
                    + END * 50 + DROP * 1000, more=[many])


def deep_chains(n):
    """Every chain of 64 types ends in a check of fields against the whole chain."""
    entries = []
    for k in range(n):
        entries.append(sub(struct(*[I32] * 8)) if k % 60 == 0 else sub(struct(*[I32] * 8), k - 1))
    return module(section(1, u(n) + b"".join(entries)))


def same_prefixes(n):
    entries = b"".join(name("x" * 40 + "%08d" % k) + b"\0\0" for k in range(n))
    return module(VOID, funcs(0), section(7, u(n) + entries), code(body(b"")))


def same_lengths(n):
    entries = b"".join(name("%07d" % k + "x" * 40) + b"\0\0" for k in range(n))
    return module(VOID, funcs(0), section(7, u(n) + entries), code(body(b"")))


def calls_with_many_values(n):
    many = func((I32,) * 30, (I32,) * 30)
    return module(types(func(), many), funcs(0, 1), code(body(i32(0) * 30 + b"\x10\x01" * n + DROP * 30),
                                                         body(b"".join(b"\x20" + u(k) for k in range(30)))))


def casts(n):
    chain = [sub(struct())] + [sub(struct(), k) for k in range(60)]
    return module(types(*chain, func()), funcs(61), code(body((b"\xD0\0\xFB\x17\x3C" + DROP) * n)))


def block_types(n):
    """Blocks that carry 900 values: n blocks of 4 bytes must not cost 900 steps each... but for what they move."""
    many = func((), (I32,) * 900)
    return function((b"\x02\x01" + UNREACHABLE + END + b"\x0F") * n, more=[many])


SHAPES = [
    ("nested-blocks", lambda n: function(b"\x02\x40" * n + END * n), 30000),
    ("nested-loops-with-branches", lambda n: function(b"\x03\x40" * n + (i32(0) + b"\x0D" + u(n - 1)) * n + END * n), 30000),
    ("nested-try-tables", lambda n: function(b"\x1F\x40\x01\x02\0" * n + END * n), 4500),
    ("blocks-in-a-row", lambda n: function(b"\x02\x40\x0B" * n), 1000000),
    ("drops-in-dead-code", lambda n: function(UNREACHABLE + DROP * n), 3000000),
    ("calls-in-dead-code", lambda n: function(UNREACHABLE + b"\x10\0" * n), 1500000),
    ("arithmetic", lambda n: function(i32(0) + (i32(1) + b"\x6A") * n + DROP), 1200000),
    ("high-stack", lambda n: function(i32(0) * n + DROP * n), 50000),
    ("local-groups", lambda n: function(b"", [(1, I32), (1, I64)] * (n // 2)), 25000),
    ("far-locals", lambda n: function(b"".join(b"\x20" + u(25000 - k % 25000) + DROP for k in range(n)),
                                      [(1, I32), (1, I64)] * 13000), 400000),
    ("local-copies", lambda n: function((b"\x20\0" * 100 + i32(1) + b"\x21\0" + DROP * 100) * n, [(1, I32)]), 10000),
    ("br-table", lambda n: function(b"\x02\x40" + i32(0) + b"\x0E" + u(n) + b"\0" * (n + 1) + END), 3000000),
    ("br-table-to-many-values", br_table_to_many_values, 1000000),
    ("br-tables", lambda n: function(b"\x02\x40" + UNREACHABLE + (b"\x0E\x02\0\0\0") * n + END), 600000),
    ("locals-without-null", non_null_locals, 60000),
    ("functions", lambda n: funcs_of(n, b"\x02\0\x0B"), 500000),
    ("functions-with-locals", lambda n: funcs_of(n, b"\x04\x01\x20\x7F\x0B"), 200000),
    ("types", lambda n: types_of(n, lambda k: func((I32,) * (k % 20), (I64,) * (k % 7))), 200000),
    ("types-alike", lambda n: types_of(n, lambda k: b"\x60\0\0"), 500000),
    ("types-structs", lambda n: types_of(n, lambda k: struct(*[I32] * (k % 16))), 200000),
    ("types-selves", lambda n: types_of(n, lambda k: struct(ref_null(k))), 200000),
    ("types-of-the-one-before", lambda n: types_of(n, lambda k: struct(ref_null(k - 1) if k else I32)), 200000),
    ("types-ring", lambda n: module(section(1, b"\x01\x4E" + u(n) + b"".join(
        struct(ref_null((k + 1) % n)) for k in range(n)))), 200000),
    ("types-chains", deep_chains, 60000),
    ("types-empty-groups", lambda n: types_of(n, lambda k: rec()), 500000),
    ("casts", casts, 400000),
    ("imports", lambda n: module(VOID, section(2, u(n) + b"\x01a\x01b\0\0" * n)), 400000),
    ("globals", lambda n: module(section(6, u(n) + b"\x7F\0\x41\0\x0B" * n)), 400000),
    ("globals-in-a-chain", lambda n: module(section(6, u(n) + b"".join(
        b"\x7F\0" + (b"\x23" + u(k - 1) if k else i32(0)) + END for k in range(n)))), 300000),
    ("exports-same-prefix", same_prefixes, 100000),
    ("exports-same-end", same_lengths, 100000),
    ("tags", lambda n: module(VOID, section(13, u(n) + b"\0\0" * n)), 400000),
    ("elements", lambda n: module(VOID, funcs(0), section(9, b"\x01\x01\0" + u(n) + b"\0" * n), code(body(b""))), 4000000),
    ("element-expressions", lambda n: module(VOID, funcs(0), section(9, b"\x01\x05\x70" + u(n) + b"\xD2\0\x0B" * n),
                                             code(body(b""))), 1000000),
    ("element-segments", lambda n: module(section(9, u(n) + b"\x01\0\0" * n)), 50000),
    ("data-segments", lambda n: module(section(11, u(n) + b"\x01\x01a" * n)), 50000),
    ("custom-sections", lambda n: module(*[section(0, name("n"))] * n), 500000),
    ("catches", lambda n: module(VOID, funcs(0), tags(0), code(body((b"\x1F\x40" + u(1000) + b"\0\0\0" * 1000 + END) * n))),
     500),
    ("catch-labels-with-values", lambda n: module(
        types(func(), func((I32,) * 900), func((), (I32,) * 900)), funcs(0), tags(1),
        code(body(b"\x02\x02\x1F\x40" + u(n) + b"\0\0\0" * n + END + UNREACHABLE + END + DROP * 900))), 5000),
    ("const-expression", lambda n: module(globals_(global_(I32, i32(1) + (i32(1) + b"\x6A") * n))), 700000),
    ("calls-with-many-values", calls_with_many_values, 100000),
    ("memory-operators", lambda n: function((i32(0) + b"\x28\x02\0" + DROP) * n, behind=(memories(limits(1)),)), 600000),
    ("vectors", lambda n: function((b"\xFD\x0C" + bytes(16) + DROP) * n), 150000),
    ("struct-new", lambda n: function((b"\xFB\x01\x01" + DROP) * n, more=[struct(*[ref_null(ANYREF)] * 1000)]), 400000),
    ("array-new-fixed", lambda n: function((i32(0) * 200 + b"\xFB\x08\x01\xC8\x01" + DROP) * n, more=[array(I32)]), 5000),
    ("roots", lambda n: function(b"\xD0\x6E" * n + b"\xFB\x01\x01" * n + DROP * 2 * n, more=[struct()]), 40000),
    ("roots-below-calls", lambda n: function(b"\xD0\x6E" * 5000 + b"\x10\0" * n + DROP * 5000), 500000),
]
