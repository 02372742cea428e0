"""E: exceptions; T: tail calls are in running.py."""
from tests.gen.wasm import name, s, section, u, vec
from tests.hostile.build import *

UNCAUGHT = "trap:uncaught exception"


def with_tag(what, params=(), results=(), groups=(), more=(), count=1):
    """Type 0 is the function's, type 1 the tag's."""
    return module(types(func((), results), func(params), *more), funcs(0), memories(limits(1)), tags(*[1] * count), RUN,
                  code(body(what, groups)))


def tag_section():
    yield "E1-tag", module(types(func()), tags(0)), "valid", ""
    yield "E1-tag-with-results", module(types(func((), (I32,))), tags(0)), "invalid", ""
    yield "E1-tag-of-struct", module(types(struct()), tags(0)), "invalid", ""
    yield "E1-attribute-1", module(types(func()), section(13, b"\x01\x01\0")), "malformed", ""
    yield "E1-1000-params", module(types(func((I32,) * 1000)), tags(0)), "valid", ""
    yield "E1-100000-tags", module(types(func()), section(13, u(100000) + b"\0\0" * 100000)), "any", ""
    yield "E1-a-million-tags", module(types(func()), section(13, u(1000001) + b"\0\0" * 1000001)), "limit", ""


def throwing():
    yield "E2-uncaught", with_tag(b"\x08\0"), UNCAUGHT, ""
    yield "E2-caught", with_tag(b"\x02\x40\x1F\x40\x01\0\0\0\x08\0" + END + END), "returned", ""
    yield "E2-caught-value", with_tag(b"\x02\x7F\x1F\x40\x01\0\0\0" + i32(9) + b"\x08\0" + END + UNREACHABLE + END,
                                      (I32,), (I32,)), "returned:9", ""
    many = (I32,) * 1000
    thousand = func((), many)
    yield ("E2-1000-values", with_tag(b"\x02\x02\x1F\x40\x01\0\0\0" + i32(9) * 1000 + b"\x08\0" + END + UNREACHABLE
                                      + END + DROP * 999, many, (I32,), more=[thousand]), "returned:9", "")
    yield "E2-throw-empty", with_tag(b"\x08\0", (I32,)), "invalid", ""
    yield "E2-throw-ref-null", with_tag(b"\xD0\x69\x0A"), "trap:null reference", ""
    yield "E2-throw-ref-wrong", with_tag(i32(0) + b"\x0A"), "invalid", ""
    again = b"\x02\x69\x1F\x40\x01\x03\0\x08\0" + END + UNREACHABLE + END + b"\x0A"
    yield "E2-rethrown", with_tag(again), UNCAUGHT, ""
    yield "E2-catch-all-ref", with_tag(b"\x02\x69\x1F\x40\x01\x03\0\x08\0" + END + UNREACHABLE + END + DROP), "returned", ""
    yield "E2-traps-are-not-caught", with_tag(b"\x02\x40\x1F\x40\x01\x02\0" + UNREACHABLE + END + END), \
        "trap:unreachable", ""
    yield ("E2-oob-is-not-caught", with_tag(b"\x02\x40\x1F\x40\x01\x02\0" + i32(MAX32) + b"\x28\x02\0" + DROP + END + END),
           "trap:out of bounds memory access", "")
    loop = b"\x03\x40\x02\x40\x1F\x40\x01\x02\0\x08\0" + END + END + b"\x0C\0" + END
    yield "E2-endless", with_tag(loop), "trap:all fuel consumed", ""
    big_loop = (b"\x03\x40\x02\x69\x1F\x40\x01\x03\0" + i32(0) * 1000 + b"\x08\0" + END + UNREACHABLE + END
                + DROP + b"\x0C\0" + END)
    yield "E2-endless-1000-values", with_tag(big_loop, many), "trap:all fuel consumed", ""
    keep = (b"\x03\x40\x02\x69\x1F\x40\x01\x03\0" + i32(0) * 1000 + b"\x08\0" + END + UNREACHABLE + END
            + b"\x21\0\x0C\0" + END)
    yield "E2-kept-1000-values", with_tag(keep, many, groups=[(1, EXNREF)]), "trap:all fuel consumed", ""
    recursive = module(types(func(), func()), funcs(0), tags(1), RUN,
                       code(body(b"\x02\x40\x1F\x40\x01\x02\0\x10\0" + END + END + b"\x08\0")))
    yield "E2-recursive", recursive, "any", ""
    through = module(types(func(), func((I32,))), funcs(0, 1), tags(0), RUN,
                     code(body(b"\x02\x40\x1F\x40\x01\x02\0" + i32(1000) + b"\x10\x01" + END + END),
                          body(b"\x20\0\x45\x04\x40\x08\0" + END + b"\x20\0" + i32(1) + b"\x6B\x10\x01")))
    yield "E2-through-1000-frames", through, "returned", ""


def clauses():
    for kind in (4, 5, 127, 255):
        yield "E3-kind-%d" % kind, with_tag(b"\x1F\x40\x01" + bytes([kind]) + b"\0\0" + END), "malformed", ""
    yield "E3-values-missing", with_tag(b"\x02\x7F\x1F\x40\x01\0\0\0" + END + i32(0) + END + DROP), "invalid", ""
    yield "E3-label-wants-none", with_tag(b"\x02\x40\x1F\x40\x01\0\0\0" + END + END, (I32,)), "invalid", ""
    yield "E3-catch-all-to-value", with_tag(b"\x02\x7F\x1F\x40\x01\x02\0" + END + i32(0) + END + DROP), "invalid", ""
    yield "E3-tag-far", with_tag(b"\x1F\x40\x01\0" + u(MAX32) + b"\0" + END), "invalid", ""
    for n in (200000, 10001):
        yield "E3-%d-catches" % n, with_tag(b"\x02\x40\x1F\x40" + u(n) + b"\0\0\0" * n + END + END), "limit", "10000 catches"
    n = 10000
    yield "E3-10000-catches", with_tag(b"\x02\x40\x1F\x40" + u(n) + b"\0\0\0" * n + b"\x08\0" + END + END), "returned", ""
    yield ("E3-10000-catches-miss", with_tag(b"\x02\x40\x1F\x40" + u(n) + b"\0\x01\0" * n + b"\x08\0" + END + END, count=2),
           UNCAUGHT, "")
    many = (I32,) * 1000
    wide = (b"\x02\x02\x1F\x40" + u(n) + b"\0\0\0" * n + END + UNREACHABLE + END + DROP * 1000)
    yield "E3-10000-catches-of-1000", with_tag(wide, many, more=[func((), many)]), "trap:unreachable", ""
    deep = b"\x1F\x40\x01\x02\0" * 60000 + b"\x08\0" + END * 60000
    yield "E3-60000-deep", with_tag(deep), "returned", ""
    tag_count = 9998
    miss = b"\x1F\x40" + u(tag_count) + b"".join(b"\0" + u(1 + k) + b"\x01" for k in range(tag_count)) + b"\x08\0" + END
    loop = b"\x03\x40\x02\x40\x1F\x40\x01\x02\0\x02\x40" + miss + END * 3 + b"\x0C\0" + END
    yield "E3-loop-past-9998-catches", with_tag(loop, count=tag_count + 1), "trap:all fuel consumed", ""
    outer = b"\x02\x40" + b"\x1F\x40\0" * 60000 + b"\x08\0" + END * 60000 + END
    yield "E3-60000-deep-none", with_tag(outer), UNCAUGHT, ""
    side = b"\x1F\x40\x01\x02\0" + END
    yield "E3-100000-in-a-row", with_tag(side * 100000), "returned", ""
    thrown = b"\x02\x40\x1F\x40\x01\x02\0\x08\0" + END + END
    yield "E3-50000-thrown", with_tag(thrown * 50000), "returned", ""
    yield "E4-legacy-try", with_tag(b"\x06\x40\x19" + END), "unsupported", "legacy"
    yield "E4-legacy-delegate", with_tag(b"\x06\x40\x18\0"), "unsupported", "legacy"
    yield "E4-legacy-rethrow", with_tag(b"\x06\x40\x19\x09\0" + END), "unsupported", "legacy"


def legacy():
    """The instructions before try_table; the runner allows them in cases named E5."""
    yield "E5-caught", with_tag(b"\x06\x40\x08\0\x07\0" + END), "returned", ""
    yield "E5-caught-value", with_tag(b"\x06\x7F" + i32(9) + b"\x08\0\x07\0" + END, (I32,), (I32,)), "returned:9", ""
    yield "E5-catch-all", with_tag(b"\x06\x40\x08\0\x19" + END), "returned", ""
    yield "E5-other-tag", with_tag(b"\x06\x40\x08\0\x07\x01" + END, count=2), UNCAUGHT, ""
    yield "E5-no-catch", with_tag(b"\x06\x40\x08\0" + END), UNCAUGHT, ""
    yield "E5-rethrow", with_tag(b"\x06\x40\x08\0\x07\0\x09\0" + END), UNCAUGHT, ""
    yield "E5-rethrow-caught", with_tag(b"\x06\x40\x06\x40\x08\0\x07\0\x09\0" + END + b"\x19" + END), "returned", ""
    yield "E5-rethrow-in-try", with_tag(b"\x06\x40\x09\0\x19" + END), "invalid", ""
    yield "E5-rethrow-outside", with_tag(b"\x09\0"), "invalid", ""
    yield "E5-rethrow-of-block", with_tag(b"\x06\x40\x19\x02\x40\x09\0" + END + END), "invalid", ""
    yield "E5-rethrow-far", with_tag(b"\x06\x40\x19\x09" + u(MAX32) + END), "invalid", ""
    yield "E5-catch-alone", with_tag(b"\x07\0"), "refused", ""
    yield "E5-catch-in-block", with_tag(b"\x02\x40\x07\0" + END), "refused", ""
    yield "E5-catch-in-try-table", with_tag(b"\x1F\x40\0\x07\0" + END), "refused", ""
    yield "E5-catch-all-alone", with_tag(b"\x19"), "refused", ""
    yield "E5-catch-after-all", with_tag(b"\x06\x40\x19\x07\0" + END), "refused", ""
    yield "E5-catch-all-twice", with_tag(b"\x06\x40\x19\x19" + END), "refused", ""
    yield "E5-else-in-try", with_tag(b"\x06\x40\x05" + END), "refused", ""
    yield "E5-delegate-alone", with_tag(b"\x18\0"), "refused", ""
    yield "E5-delegate-in-catch", with_tag(b"\x06\x40\x19\x18\0"), "refused", ""
    yield "E5-delegate-out", with_tag(b"\x06\x40\x08\0\x18\0"), UNCAUGHT, ""
    yield "E5-delegate-far", with_tag(b"\x06\x40\x18" + u(MAX32)), "invalid", ""
    yield "E5-delegate-to-try", with_tag(b"\x06\x40\x06\x40\x08\0\x18\0\x19" + END), "returned", ""
    yield "E5-unclosed", with_tag(b"\x06\x40"), "malformed", ""
    yield "E5-tag-far", with_tag(b"\x06\x40\x07" + u(MAX32) + END), "invalid", ""
    n = 9000
    yield "E5-deep", with_tag(b"\x06\x40" * n + b"\x08\0" + (b"\x19" + END) * n), "returned", ""
    yield "E5-deep-rethrow", with_tag(b"\x06\x40\x19" * n + b"\x09" + u(n - 1) + END * n), "any", ""
    inner = b"\x06\x40" * n + b"\x08\0" + b"\x19" + b"\x09\0" + END + (b"\x19\x09\0" + END) * (n - 1)
    yield "E5-deep-rethrown-each", with_tag(inner), UNCAUGHT, ""
    yield "E5-delegates", with_tag(b"\x06\x40" * 60000 + b"\x08\0" + b"\x18\0" * 60000), "any", ""
    yield "E5-catches-in-a-row", with_tag(b"\x06\x40\x08\0" + b"\x07\0" * 60000 + END), "any", ""
    yield "E5-in-a-row", with_tag((b"\x06\x40\x08\0\x19" + END) * 50000), "returned", ""
    loop = b"\x03\x40\x06\x40\x08\0\x19" + END + b"\x0C\0" + END
    yield "E5-endless", with_tag(loop), "trap:all fuel consumed", ""
    again = b"\x06\x40\x08\0\x19\x03\x40\x06\x40\x09\x02\x19" + END + b"\x0C\0" + END + END
    yield "E5-endless-rethrow", with_tag(again), "trap:all fuel consumed", ""


GROUPS = [tag_section, throwing, clauses, legacy]
