"""D1 to D13: bytes that are no module."""
from tests.gen.wasm import name, s, section, u, vec
from tests.hostile.build import *

SECTIONS = {1: "types", 2: "imports", 3: "functions", 4: "tables", 5: "memories", 6: "globals", 7: "exports",
            9: "elements", 10: "code", 11: "data", 13: "tags"}


def headers():
    for length in range(8):
        yield "D1-header-%d" % length, MAGIC[:length], "malformed", ""
    yield "D2-version-0", b"\0asm\0\0\0\0", "refused", "version"
    yield "D2-version-2", b"\0asm\x02\0\0\0", "refused", "version"
    yield "D2-version-high", b"\0asm\x01\0\0\x01", "refused", ""
    yield "D2-component", b"\0asm\x0D\0\x01\0", "unsupported", "component"
    yield "D2-magic", b"\0asn\x01\0\0\0", "malformed", ""
    yield "D2-nothing-behind", MAGIC, "valid", ""
    yield "D13-text", b"(module (func))", "malformed", ""
    yield "D13-elf", b"\x7FELF\x02\x01\x01" + bytes(57), "malformed", ""
    yield "D13-zeros", bytes(64), "malformed", ""
    yield "D13-big-zeros", bytes(1 << 20), "malformed", ""
    yield "D13-ones", b"\xFF" * 4096, "malformed", ""


def section_order():
    for number in (14, 15, 63, 64, 127, 128, 255):
        yield "D3-unknown-%d" % number, module(bytes([number, 0])), "malformed", ""
    for number in SECTIONS:
        empty = section(number, b"\0")
        # An empty code or function section is well-formed alone; twice is not.
        yield "D3-twice-%d" % number, module(empty, empty), "malformed", ""
    order = [1, 2, 3, 4, 5, 13, 6, 7, 9, 12, 10, 11]
    for first, second in zip(order, order[1:]):
        swapped = module(section(second, b"\0"), section(first, b"\0"))
        yield "D3-order-%d-%d" % (second, first), swapped, "malformed", ""
    yield "D3-start-before-exports", module(types(func()), funcs(0), start(0), RUN, code(body(b""))), "malformed", ""


def sizes():
    for number in [0] + list(SECTIONS):
        for size in (1, 2, 127, 1 << 20, MAX32):
            yield "D4-section-%d-size-%d" % (number, size), module(bytes([number]) + u(size)), "malformed", ""
    yield "D4-no-size", module(b"\x01"), "malformed", ""
    yield "D4-size-unfinished", module(b"\x01\x80\x80"), "malformed", ""
    for number in SECTIONS:
        yield "D4-empty-%d" % number, module(section(number, b"")), "malformed", ""


def lebs():
    """Numbers that are too long or have bits set that mean nothing."""
    valid = types(func())
    yield "D5-u32-five-bytes", module(b"\x01\x84\x80\x80\x80\x00" + b"\x01\x60\0\0"), "valid", ""
    yield "D5-u32-six-bytes", module(b"\x01\x84\x80\x80\x80\x80\x00" + b"\x01\x60\0\0"), "malformed", ""
    for bit in (0x10, 0x20, 0x40):
        size = bytes([0x84, 0x80, 0x80, 0x80, bit])
        yield "D5-u32-unused-%x" % bit, module(b"\x01" + size + b"\x01\x60\0\0"), "malformed", ""
    for last, verdict in ((0x07, "valid"), (0x78, "valid"), (0x08, "malformed"), (0x0F, "malformed"),
                          (0x70, "malformed"), (0x40, "malformed"), (0x80, "malformed"), (0x77, "malformed")):
        yield ("D5-s32-last-%02x" % last, one(b"\x41\x80\x80\x80\x80" + bytes([last]) + DROP), verdict, "")
    yield "D5-s32-six-bytes", one(b"\x41\x80\x80\x80\x80\x80\x00" + DROP), "malformed", ""
    for last, verdict in ((0x00, "valid"), (0x7F, "valid"), (0x01, "malformed"), (0x7E, "malformed"),
                          (0x40, "malformed"), (0x80, "malformed")):
        yield ("D5-s64-last-%02x" % last, one(b"\x42" + b"\x80" * 9 + bytes([last]) + DROP), verdict, "")
    yield "D5-s64-eleven-bytes", one(b"\x42" + b"\x80" * 10 + b"\x00" + DROP), "malformed", ""
    # A block's type is an s33: 5 bytes at most, the last one's bits 4 to 6 repeat the sign.
    for last, verdict in ((0x00, "valid"), (0x0F, "invalid"), (0x10, "malformed"), (0x20, "malformed"),
                          (0x80, "malformed"), (0x70, "malformed"), (0x7F, "malformed")):
        block = b"\x02\x80\x80\x80\x80" + bytes([last]) + END
        yield "D5-s33-last-%02x" % last, one(block), verdict, ""
    yield "D5-s33-six-bytes", one(b"\x02\x80\x80\x80\x80\x80\x00" + END), "malformed", ""
    yield "D5-u32-in-local-get", one(b"\x20\x80\x80\x80\x80\x80\x00" + DROP, groups=[(1, I32)]), "malformed", ""
    yield "D5-valid-anyway", module(valid), "valid", ""


def counts():
    """A count that nothing stands behind. Nothing may be allocated for it."""
    for number, what in SECTIONS.items():
        for count in (MAX32, 1 << 31, 1 << 24, 1000000, 1):
            yield "D6-%s-%d" % (what, count), module(section(number, u(count))), "refused", ""
            yield ("D6-%s-%d-some-bytes" % (what, count),
                   module(section(number, u(count) + b"\0" * 200)), "refused" if count != 1 else "any", "")
    one_type = types(func())
    for count in (MAX32, 1 << 24):
        yield "D6-params-%d" % count, module(section(1, b"\x01\x60" + u(count))), "refused", ""
        yield "D6-results-%d" % count, module(section(1, b"\x01\x60\0" + u(count))), "refused", ""
        yield "D6-fields-%d" % count, module(section(1, b"\x01\x5F" + u(count))), "refused", ""
        yield "D6-rec-%d" % count, module(section(1, b"\x01\x4E" + u(count))), "refused", ""
        yield "D6-supers-%d" % count, module(section(1, b"\x01\x50" + u(count))), "refused", ""
        yield ("D6-local-groups-%d" % count,
               module(one_type, funcs(0), section(10, b"\x01" + raw_body(u(count)))), "refused", "")
        yield ("D6-elem-items-%d" % count, module(section(9, b"\x01\x01\x00" + u(count))), "refused", "")
        yield ("D6-elem-exprs-%d" % count, module(section(9, b"\x01\x05\x70" + u(count))), "refused", "")
        yield ("D6-br-table-%d" % count, one(i32(0) + b"\x0E" + u(count)), "refused", "")
        yield ("D6-select-types-%d" % count, one(i32(0) * 3 + b"\x1C" + u(count)), "refused", "")
        yield ("D6-catches-%d" % count, one(b"\x1F\x40" + u(count)), "refused", "")
        yield ("D6-functions-%d-code-%d" % (count, count),
               module(one_type, section(3, u(count)), section(10, u(count))), "refused", "")


def names():
    def importing(raw):
        return module(types(func()), section(2, b"\x01" + raw + name("f") + b"\0\0"))

    yield "D7-length-past-end", module(section(2, b"\x01" + u(MAX32) + b"a")), "refused", ""
    yield "D7-length-wraps", module(section(2, b"\x01" + u(MAX32 - 3) + b"abcd" + b"\x01f\0\0")), "refused", ""
    bad = {"continuation": b"\x80", "two-cut": b"\xC2", "overlong-2": b"\xC0\x80", "overlong-2b": b"\xC1\xBF",
           "overlong-3": b"\xE0\x80\x80", "overlong-3b": b"\xE0\x9F\xBF", "surrogate": b"\xED\xA0\x80",
           "surrogate-last": b"\xED\xBF\xBF", "overlong-4": b"\xF0\x80\x80\x80", "over-10ffff": b"\xF4\x90\x80\x80",
           "f5": b"\xF5\x80\x80\x80", "ff": b"\xFF", "fe": b"\xFE", "three-cut": b"\xE2\x82", "four-cut": b"\xF0\x9F\x92",
           "bad-second": b"\xC2\x41", "bad-third": b"\xE2\x82\x41", "bad-fourth": b"\xF0\x9F\x92\x41"}
    for what, raw in bad.items():
        yield "D7-utf8-" + what, importing(name(raw)), "malformed", ""
        yield "D7-utf8-export-" + what, module(types(func()), funcs(0), exports((raw, FUNC, 0)), code(body(b""))), \
            "malformed", ""
        yield "D7-utf8-custom-" + what, module(section(0, name(raw))), "malformed", ""
    good = {"nul": b"a\0b", "escape": b"\x1B[2J\x1B]0;x\x07", "newline": b"a\nb\r", "format": b"%s%n%99999d",
            "quote": b"\"\\\"},{", "rtl": "\u202Egnp".encode(), "nonchar": b"\xEF\xBF\xBF", "bom": b"\xEF\xBB\xBFx",
            "last": b"\xF4\x8F\xBF\xBF", "empty": b"", "del": b"\x7F\x80"[:1], "c1": b"\xC2\x9B2J"}
    for what, raw in good.items():
        yield "D7-name-" + what, importing(name(raw)), "unlinkable", ""
    yield "D7-name-long", importing(name(b"a" * 99999)), "unlinkable", ""


def trailing():
    for number in SECTIONS:
        yield "D8-section-%d" % number, module(section(number, b"\0\0")), "malformed", ""
    yield "D8-start", module(types(func()), funcs(0), section(8, b"\0\0"), code(body(b""))), "malformed", ""
    yield "D8-datacount", module(section(12, b"\0\0")), "malformed", ""
    yield "D8-body", module(types(func()), funcs(0), code(raw_body(b"\0" + END + END))), "malformed", ""
    yield "D8-body-nop", module(types(func()), funcs(0), code(raw_body(b"\0" + END + b"\x01"))), "malformed", ""
    yield "D8-module", module(types(func())) + b"\0", "malformed", ""


def bodies():
    around = (types(func()), funcs(0))
    yield "D9-size-0", module(*around, section(10, b"\x01\x00")), "malformed", ""
    yield "D9-size-1", module(*around, section(10, b"\x01\x01\x00")), "malformed", ""
    yield "D9-short", module(*around, section(10, b"\x01\x02\x00\x41" + b"\x00\x1A\x0B")), "malformed", ""
    for size in (5, 127, 1 << 20, MAX32):
        yield "D9-long-%d" % size, module(*around, section(10, b"\x01" + u(size) + b"\x00\x0B")), "malformed", ""
    yield "D9-no-code", module(*around), "malformed", ""
    yield "D9-two-bodies", module(*around, code(body(b""), body(b""))), "malformed", ""
    yield "D9-no-functions", module(code(body(b""))), "malformed", ""
    yield "D9-no-end", module(*around, code(raw_body(b"\0\x01\x01"))), "malformed", ""
    for cut in range(1, 5):
        inside = {1: b"\x41", 2: b"\x44\0\0", 3: b"\x28\x02", 4: b"\xFC"}[cut]
        yield "D9-cut-immediate-%d" % cut, module(*around, code(raw_body(b"\0" + inside))), "malformed", ""


def segments():
    for length in (MAX32, 1 << 24, 1):
        yield "D10-data-%d" % length, module(section(11, b"\x01\x01" + u(length))), "refused", ""
        yield "D10-elem-%d" % length, module(section(9, b"\x01\x01\x00" + u(length))), "refused", ""
    for flag in (3, 4, 7, 64, 127):
        yield "D10-data-flag-%d" % flag, module(memories(limits(1)), section(11, b"\x01" + u(flag) + b"\0\0")), \
            "malformed", ""
    for flag in (8, 9, 64, 127):
        yield "D10-elem-flag-%d" % flag, module(section(9, b"\x01" + u(flag) + b"\0\0")), "malformed", ""
    yield "D10-elem-kind-1", module(section(9, b"\x01\x01\x01\x00")), "malformed", ""
    memory = memories(limits(1))
    yield "D11-more", module(memory, data_count(2), datas(passive(b"a"))), "malformed", ""
    yield "D11-less", module(memory, data_count(1), datas(passive(b"a"), passive(b"b"))), "malformed", ""
    yield "D11-no-data", module(memory, data_count(1)), "malformed", ""
    yield "D11-max", module(memory, data_count(MAX32)), "limit", "100000 data segments"
    yield "D11-zero", module(memory, data_count(0)), "valid", ""
    for op in (b"\xFC\x08\x00\x00", b"\xFC\x09\x00"):
        what = i32(0) * 3 + op if op[1] == 8 else op
        yield ("D11-missing-%d" % op[1], module(types(func()), funcs(0), memory, code(body(what)), datas(passive(b"a"))),
               "malformed", "")


def customs():
    yield "D12-empty", module(section(0, b"")), "malformed", ""
    yield "D12-name-past-end", module(section(0, b"\x05abc")), "malformed", ""
    yield "D12-only-name", module(section(0, name("x"))), "valid", ""
    yield "D12-10000", module(*[section(0, name("n%d" % k) + b"x" * (k % 7)) for k in range(10000)]), "valid", ""
    yield "D12-200000", module(*[section(0, name("")) for k in range(200000)]), "valid", ""
    broken = [b"", b"\0", b"\x01\xFF\xFF\xFF\xFF\x0F", b"\x01\x05\x01\0\xFF\xFF", b"\xFF" * 50, b"\x02\x03\x01\0\x01",
              b"\x00\x02\x01\xFF", b"\x01\x0A\x02\x05\x01a\x03\x01b", b"\x01\x04\x01\0\x01\xFF\x01\x04\x01\0\x01b"]
    for k, raw in enumerate(broken):
        base = one(b"")
        yield "D12-broken-names-%d" % k, base + section(0, name("name") + raw), "valid", ""
    yield "D12-names-twice", one(b"") + section(0, name("name")) * 2, "valid", ""
    yield "D12-big", module(section(0, name("x") + bytes(1 << 21))), "valid", ""


GROUPS = [headers, section_order, sizes, lebs, counts, names, trailing, bodies, segments, customs]
