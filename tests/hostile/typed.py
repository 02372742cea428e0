"""G: garbage-collected types and what is done with them."""
from tests.gen.wasm import name, s, section, u, vec
from tests.hostile.build import *

NULL_TRAP, CAST, OOB = "trap:null reference", "trap:cast failure", "trap:out of bounds array access"


def chain(depth):
    """Types 0 .. depth: each the subtype of the one before."""
    return types(sub(struct()), *[sub(struct(), k) for k in range(depth)])


def type_section():
    for depth in (1, 62, 63):
        yield "G1-chain-%d" % depth, module(chain(depth)), "valid", ""
    for depth in (64, 65, 1000, 100000):
        yield "G1-chain-%d" % depth, module(chain(depth)), "limit" if depth else "", ""
    yield "G1-self-super", module(types(sub(struct(), 0))), "invalid", ""
    yield "G1-forward-super", module(types(rec(sub(struct(), 1), sub(struct())))), "invalid", ""
    yield "G1-super-final", module(types(struct(), sub(struct(), 0))), "invalid", ""
    yield "G1-super-other-kind", module(types(sub(struct()), sub(array(I32), 0))), "invalid", ""
    yield "G1-two-supers", module(types(sub(struct()), sub(struct()), sub(struct(), 0, 1))), "refused", ""
    yield "G1-super-fewer-fields", module(types(sub(struct(I32)), sub(struct(), 0))), "invalid", ""
    yield "G1-super-more-fields", module(types(sub(struct(I32)), sub(struct(I32, I64), 0))), "valid", ""
    yield "G1-super-mutable", module(types(sub(struct((I32, 1))), sub(struct((I64, 1)), 0))), "invalid", ""
    yield "G1-super-mutability", module(types(sub(struct((I32, 1))), sub(struct((I32, 0)), 0))), "invalid", ""
    yield "G1-super-covariant", module(types(sub(struct(ref_null(ANYREF))), sub(struct(ref_null(EQREF)), 0))), "valid", ""
    yield "G1-super-contravariant", module(types(sub(func((ref_null(EQREF),))), sub(func((ref_null(ANYREF),)), 0))), \
        "valid", ""
    yield "G1-super-covariant-params", module(types(sub(func((ref_null(ANYREF),))), sub(func((ref_null(EQREF),)), 0))), \
        "invalid", ""
    yield "G2-self-reference", module(types(struct(ref_null(0)))), "valid", ""
    yield "G2-array-of-self", module(types(array(ref_null(0)))), "valid", ""
    yield "G2-func-of-self", module(types(func((ref_null(0),), (ref_null(0),)))), "valid", ""
    yield "G2-forward", module(types(struct(ref_null(1)), struct())), "invalid", ""
    yield "G2-mutual", module(types(rec(struct(ref_null(1)), struct(ref_null(0))))), "valid", ""
    yield "G2-past-group", module(types(rec(struct(ref_null(2)), struct(ref_null(0))), struct())), "invalid", ""
    yield "G2-empty-group", module(types(rec())), "valid", ""
    yield "G2-100000-empty-groups", module(types(*[rec()] * 100000)), "valid", ""
    yield "G2-group-in-group", module(types(rec(rec(struct())))), "malformed", ""
    yield "G2-far", module(types(struct(ref_null(MAX32 >> 5)))), "invalid", ""
    yield "G2-packed-param", module(types(func((I8,)))), "malformed", ""
    yield "G2-field-mutability-2", module(types(b"\x5F\x01\x7F\x02")), "malformed", ""
    yield "G2-heap-type-unknown", module(types(struct(b"\x63\x40"))), "malformed", ""
    yield "G2-heap-type-s33", module(types(struct(b"\x63\x80\x80\x80\x80\x10"))), "malformed", ""


def big_types():
    n = 1000000
    empty = b"\x5F\0"
    yield "G3-group-of-a-million", module(section(1, u(1) + b"\x4E" + u(n) + empty * n)), "valid", ""
    yield "G3-group-of-a-million-and-one", module(section(1, u(1) + b"\x4E" + u(n + 1) + empty * (n + 1))), "limit", ""
    yield "G3-groups-of-one", module(section(1, u(n) + b"\x4E\x01\x5F\0" * n)), "valid", ""
    selfs = b"".join(struct(ref_null(k)) for k in range(100000))
    yield "G3-100000-selves", module(section(1, u(100000) + selfs)), "valid", ""
    pairs = b"".join(rec(struct(ref_null(2 * k + 1)), struct(ref_null(2 * k))) for k in range(50000))
    yield "G3-50000-pairs", module(section(1, u(50000) + pairs)), "valid", ""
    ring = b"\x4E" + u(50000) + b"".join(struct(ref_null((k + 1) % 50000)) for k in range(50000))
    yield "G3-ring-of-50000", module(section(1, u(1) + ring)), "valid", ""
    yield "G3-two-rings", module(section(1, u(2) + ring + b"\x4E" + u(50000) + b"".join(
        struct(ref_null(50000 + (k + 1) % 50000)) for k in range(50000)))), "valid", ""
    growing = b"".join(struct(*[I32] * (k % 200)) for k in range(5000))
    yield "G3-growing", module(section(1, u(5000) + growing)), "valid", ""
    fan = types(sub(struct()), *[sub(struct(), 0)] * 100000)
    yield "G3-fan-of-100000", module(fan), "valid", ""
    for fields in (10000, 100000):
        yield "G4-fields-%d" % fields, module(types(struct(*[I32] * fields))), "any", ""
    yield "G4-fields-1000", module(types(struct(*[I32] * 1000))), "valid", ""
    yield "G4-wide-subtypes", module(types(sub(struct(*[I32] * 1000)), *[sub(struct(*[I32] * 1000), k) for k in range(60)])), \
        "valid", ""
    # Matching walks fields: 60 levels of 10,000 fields each must not be compared pairwise.
    yield "G4-wider-subtypes", module(types(sub(struct(*[I32] * 9000)),
                                            *[sub(struct(*[I32] * 9000), k) for k in range(60)])), "any", ""


def objects():
    point = struct((I32, 1), (I64, 1))
    yield "G5-new-get", one(i32(7) + i64(1) + b"\xFB\0\x01\xFB\x02\x01\0", results=(I32,), more_types=[point]), \
        "returned:7", ""
    yield "G5-get-null", one(b"\xD0\x01\xFB\x02\x01\0", results=(I32,), more_types=[point]), NULL_TRAP, ""
    yield "G5-set-null", one(b"\xD0\x01" + i32(0) + b"\xFB\x05\x01\0", more_types=[point]), NULL_TRAP, ""
    yield "G5-field-far", one(b"\xFB\x01\x01\xFB\x02\x01\x02" + DROP, more_types=[point]), "invalid", ""
    yield "G5-field-max", one(b"\xFB\x01\x01\xFB\x02\x01" + u(MAX32) + DROP, more_types=[point]), "invalid", ""
    yield "G5-set-immutable", one(b"\xFB\x01\x01" + i32(0) + b"\xFB\x05\x01\0", more_types=[struct(I32)]), "invalid", ""
    yield "G5-get-packed", one(b"\xFB\x01\x01\xFB\x02\x01\0" + DROP, more_types=[struct(I8)]), "invalid", ""
    yield "G5-get-s-unpacked", one(b"\xFB\x01\x01\xFB\x03\x01\0" + DROP, more_types=[struct(I32)]), "invalid", ""
    yield "G5-get-s", one(i32(0x1FF) + b"\xFB\0\x01\xFB\x03\x01\0", results=(I32,), more_types=[struct(I8)]), \
        "returned:0xFFFFFFFF", ""
    yield "G5-new-of-func", one(b"\xFB\x01\0" + DROP), "invalid", ""
    yield "G5-default-of-non-null", one(b"\xFB\x01\x01" + DROP, more_types=[struct(ref(ANYREF))]), "invalid", ""
    yield ("G5-1000-fields", one(b"\xFB\x01\x01\xFB\x02\x01" + u(999), results=(I32,), more_types=[struct(*[I32] * 1000)]),
           "returned:0", "")
    yield ("G5-new-1000-fields", one(i32(3) * 1000 + b"\xFB\0\x01\xFB\x02\x01" + u(999), results=(I32,),
                                     more_types=[struct(*[I32] * 1000)]), "returned:3", "")


def arrays():
    ints, bytes_ = array(I32), array(I8)
    new = b"\xFB\x07\x01"
    for length in (MAX32, 1 << 31, 1 << 30, (1 << 30) - 1, 1 << 29, 1 << 28):
        for what, element in (("i8", I8), ("i32", I32), ("i64", I64), ("v128", V128), ("ref", ref_null(ANYREF))):
            # Too big for the heap: a fault; or out of fuel, which is charged first.
            yield ("G6-new-default-%s-%d" % (what, length), one(i32(length) + new + DROP, more_types=[array(element)]),
                   "any", "")
    yield "G6-new-fits", one(i32(1000) + new + b"\xFB\x0F", results=(I32,), more_types=[ints]), "returned:1000", ""
    yield "G6-get-past", one(i32(5) + new + i32(5) + b"\xFB\x0B\x01" + DROP, more_types=[ints]), OOB, ""
    yield "G6-get-max", one(i32(5) + new + i32(MAX32) + b"\xFB\x0B\x01" + DROP, more_types=[ints]), OOB, ""
    yield "G6-set-past", one(i32(5) + new + i32(5) + i32(0) + b"\xFB\x0E\x01", more_types=[ints]), OOB, ""
    yield "G6-empty-get", one(i32(0) + new + i32(0) + b"\xFB\x0B\x01" + DROP, more_types=[ints]), OOB, ""
    yield "G6-len-null", one(b"\xD0\x01\xFB\x0F" + DROP, more_types=[ints]), NULL_TRAP, ""
    yield "G6-fill-past", one(i32(5) + new + i32(1) + i32(0) + i32(5) + b"\xFB\x10\x01", more_types=[ints]), OOB, ""
    yield "G6-fill-wraps", one(i32(5) + new + i32(MAX32) + i32(0) + i32(2) + b"\xFB\x10\x01", more_types=[ints]), OOB, ""
    yield "G6-fill-end-empty", one(i32(5) + new + i32(5) + i32(0) * 2 + b"\xFB\x10\x01", more_types=[ints]), "returned", ""
    yield "G6-fill-past-empty", one(i32(5) + new + i32(6) + i32(0) * 2 + b"\xFB\x10\x01", more_types=[ints]), OOB, ""
    yield "G6-fill-immutable", one(i32(5) + new + i32(0) * 3 + b"\xFB\x10\x01", more_types=[array(I32, False)]), "invalid", ""
    two = i32(5) + new + i32(0) + i32(5) + new
    yield "G6-copy", one(two + i32(0) + i32(5) + b"\xFB\x11\x01\x01", more_types=[ints]), "returned", ""
    yield "G6-copy-past", one(two + i32(1) + i32(5) + b"\xFB\x11\x01\x01", more_types=[ints]), OOB, ""
    yield "G6-copy-wraps", one(two + i32(MAX32) + i32(2) + b"\xFB\x11\x01\x01", more_types=[ints]), OOB, ""
    yield "G6-copy-types", one(i32(1) + new + i32(0) + i32(1) + b"\xFB\x07\x02" + i32(0) * 2 + b"\xFB\x11\x01\x02",
                               more_types=[ints, array(I64)]), "invalid", ""
    for n in (0, 1, 1000, 9999, 10000):
        yield ("G7-new-fixed-%d" % n, one(i32(2) * n + b"\xFB\x08\x01" + u(n) + b"\xFB\x0F", results=(I32,),
                                          more_types=[ints]), "returned:%d" % n, "")
    for n in (10001, 50000, 100000):
        yield ("G7-new-fixed-%d" % n, one(i32(2) * n + b"\xFB\x08\x01" + u(n) + b"\xFB\x0F", results=(I32,),
                                          more_types=[ints]), "any", "")
    for n in (1, 1 << 24, MAX32):
        yield "G7-new-fixed-none-%d" % n, one(b"\xFB\x08\x01" + u(n) + DROP, more_types=[ints]), "any" if n > 1 else "invalid", ""
        yield ("G7-new-fixed-dead-%d" % n, one(UNREACHABLE + b"\xFB\x08\x01" + u(n) + DROP, more_types=[ints]), "any", "")

    def from_data(offset, count, op=b"\xFB\x09\x01\0", element=I32):
        return module(types(func(), array(element)), funcs(0), RUN, data_count(1),
                      code(body(i32(offset) + i32(count) + op + DROP)), datas(passive(b"abcdefgh")))

    memory_oob = "trap:out of bounds memory access"
    yield "G8-data", from_data(0, 2), "returned", ""
    yield "G8-data-past", from_data(1, 2), memory_oob, ""
    yield "G8-data-wraps", from_data(MAX32, 2), memory_oob, ""
    for count in (MAX32, 1 << 30, (1 << 30) + 2):
        yield "G8-data-count-%d" % count, from_data(0, count), memory_oob, ""
    yield "G8-data-of-refs", from_data(0, 1, element=ref_null(ANYREF)), "invalid", ""
    yield "G8-elem-far", one(i32(0) * 2 + b"\xFB\x0A\x01\0" + DROP, more_types=[array(FUNCREF)]), "invalid", ""


def casts():
    base = (sub(struct()), sub(struct(), 1), sub(struct(), 2))
    make = b"\xFB\x01"
    yield "G9-test-sub", one(make + b"\x02\xFB\x14\x01", results=(I32,), more_types=base), "returned:1", ""
    yield "G9-test-super", one(make + b"\x01\xFB\x14\x02", results=(I32,), more_types=base), "returned:0", ""
    yield "G9-cast-down", one(make + b"\x01\xFB\x16\x02" + DROP, more_types=base), CAST, ""
    yield "G9-cast-null", one(b"\xD0\x01\xFB\x16\x02" + DROP, more_types=base), CAST, ""
    yield "G9-cast-null-allowed", one(b"\xD0\x01\xFB\x17\x02" + DROP, more_types=base), "returned", ""
    yield "G9-cast-other-hierarchy", one(b"\xD0\x70\xFB\x16\x01" + DROP, more_types=base), "invalid", ""
    yield "G9-cast-to-none", one(make + b"\x01\xFB\x16\x71" + DROP, more_types=base), CAST, ""
    yield "G9-cast-i31", one(i32(5) + b"\xFB\x1C\xFB\x16\x01" + DROP, more_types=base), CAST, ""
    yield "G9-i31-sign", one(i32(0x7FFFFFFF) + b"\xFB\x1C\xFB\x1D", results=(I32,)), "returned:0xFFFFFFFF", ""
    yield "G9-i31-null", one(b"\xD0\x6C\xFB\x1D" + DROP), NULL_TRAP, ""
    yield "G9-i31-wraps", one(i32(MAX32) + b"\xFB\x1C\xFB\x1E", results=(I32,)), "returned:0x7FFFFFFF", ""
    hops = b"\xFB\x18\x03\0\x6E\x6E"
    yield "G10-flags-4", one(b"\x02\x6E\xD0\x6E\xFB\x18\x04\0\x6E\x6E" + END + DROP), "refused", ""
    yield "G10-not-a-subtype", one(b"\x02\x6E\xD0\x6D\xFB\x18\x03\0\x6D\x6E" + END + DROP), "invalid", ""
    link = b"\xFB\x18\x03\0\x6E\x6D"
    yield "G10-chain-50000", one(b"\x02\x6D\xD0\x6E" + link * 50000 + DROP + b"\xD0\x6D" + END + DROP), "returned", ""
    yield ("G10-chain-fail-50000", one(b"\x02\x6E\xD0\x6E" + b"\xFB\x19\x03\0\x6E\x6E" * 50000 + END + DROP), "returned", "")
    yield "G10-on-null-50000", one(b"\x02\x40\xD0\x70" + b"\xD5\0" * 50000 + DROP + END), "returned", ""
    yield "G10-on-non-null-50000", one(b"\x02" + ref(FUNCREF) + (b"\xD0\x70\xD6\0") * 50000 + UNREACHABLE + END + DROP), \
        "trap:unreachable", ""
    yield "G11-as-non-null", one(b"\xD0\x70\xD4" + DROP), NULL_TRAP, ""
    yield "G11-call-null", one(b"\xD0\0\x14\0"), NULL_TRAP, ""
    yield "G11-call-of-other", one(b"\xD2\0\x14\x01", more_types=[func((I32,))]), "invalid", ""
    yield "G11-call-struct", one(b"\xFB\x01\x01\x14\x01", more_types=[struct()]), "invalid", ""
    yield "G11-ref-eq-any", one(b"\xD0\x6E\xD0\x6E\xD3" + DROP), "invalid", ""
    yield "G11-ref-eq-func", one(b"\xD0\x70\xD0\x70\xD3" + DROP), "invalid", ""
    yield "G11-convert", one(i32(3) + b"\xFB\x1C\xFB\x1B\xFB\x1A\xFB\x16\x6C\xFB\x1D", results=(I32,)), "returned:3", ""
    yield "G11-convert-null", one(b"\xD0\x6F\xFB\x1A\xD1", results=(I32,)), "returned:1", ""


def collector():
    node = sub(struct((ref_null(1), 1), (I32, 1)))
    # Garbage only: the heap is 32 MiB, the loop makes more.
    garbage = b"\x03\x40\xFB\x01\x01" + DROP + b"\x0C\0\x0B"
    yield "G12-garbage", one(garbage, more_types=[node]), "trap:all fuel consumed", ""
    big = b"\x03\x40" + i32(100000) + b"\xFB\x07\x01" + DROP + b"\x0C\0\x0B"
    yield "G12-big-garbage", one(big, more_types=[array(I64)]), "trap:all fuel consumed", ""
    # A list that grows for ever: a fault, or the fuel ends first; never a crash.
    grow = b"\x03\x40\x20\0" + i32(1) + b"\xFB\0\x01\x21\0\x0C\0\x0B"
    yield "G12-endless-list", one(grow, groups=[(1, ref_null(1))], more_types=[node]), "any", ""
    wide = b"\x03\x40\x20\0" + i32(20000) + b"\xFB\x06\x02" + b"\x21\1\x20\1\x21\0\x0C\0\x0B"
    table_of = array(ref_null(ANYREF))
    # Deep marking: a list of 200,000 nodes lives while big arrays force collections.
    build = (b"\x03\x40\x20\0" + i32(1) + b"\xFB\0\x01\x21\0\x20\x01" + i32(1) + b"\x6A\x22\x01" + i32(150000)
             + b"\x48\x0D\0\x0B")
    churn = b"\x03\x40" + i32(60000) + b"\xFB\x07\x02" + DROP + b"\x20\x02" + i32(1) + b"\x6A\x22\x02" + i32(8) + b"\x48\x0D\0\x0B"
    count = (b"\x03\x40\x20\0\xD1\x45\x04\x40\x20\0\xFB\x02\x01\0\x21\0\x20\x03" + i32(1) + b"\x6A\x21\x03\x0C\x01\x0B\x0B"
             b"\x20\x03")
    yield ("G12-long-list-lives", one(build + churn + count, results=(I32,), groups=[(1, ref_null(1)), (3, I32)],
                                      more_types=[node, array(I64)]), "any", "")
    yield ("G12-consts", module(types(sub(struct((ref_null(0), 0)))),
                                globals_(global_(ref_null(0), b"\xFB\x01\0"),
                                         *[global_(ref_null(0), b"\x23" + u(k) + b"\xFB\0\0") for k in range(20000)])),
           "valid", "")
    yield ("G12-const-array-big", module(types(array(I8)), globals_(global_(ref_null(0), i32(MAX32) + b"\xFB\x07\0"))),
           "any", "")
    yield ("G12-const-array-deep", module(types(array(I8)), globals_(
        *[global_(ref_null(0), i32(4 << 20) + b"\xFB\x07\0")] * 20)), "any", "")


GROUPS = [type_section, big_types, objects, arrays, casts, collector]
