"""Numbers of core/wasm/limits.h that a module can reach: one less, the number itself, one more.

Those of nesting, locals, catches, constant expressions and of what is compared and carried are tried by the cases of
their subjects (V3, V7, E3, V12, V20); a module of 1 GiB is not made.
"""
import re
from pathlib import Path

from tests.gen.wasm import name, s, section, u, vec
from tests.hostile.build import *

HEADER = Path(__file__).resolve().parents[2] / "core/wasm/limits.h"
LIMIT = {key: eval(value) for key, value in re.findall(r"WASM_LIMIT_(\w+) = ([\d <]+),", HEADER.read_text())}


def counts():
    void = func()
    yield from around_limit("L-types", LIMIT["TYPES"], lambda n: module(types(*[void] * n)), "limit", "")
    for number, what, item, key in ((3, "funcs", b"\0", "FUNCS"), (6, "globals", b"\x7F\0\x41\0\x0B", "GLOBALS")):
        head = types(void) if number == 3 else b""
        tail = (lambda n: section(10, u(n) + b"\x02\0\x0B" * n)) if number == 3 else (lambda n: b"")
        yield from around_limit("L-" + what, LIMIT[key],
                                lambda n: module(head, section(number, u(n) + item * n), tail(n)), "limit", "")
    yield from around_limit("L-tables", LIMIT["TABLES"], lambda n: module(tables(*[table()] * n)), "limit", "")
    yield from around_limit("L-memories", LIMIT["MEMORIES"], lambda n: module(memories(*[limits(0)] * n)), "limit", "")
    yield from around_limit("L-tags", LIMIT["TAGS"], lambda n: module(types(void), section(13, u(n) + b"\0\0" * n)), "limit", "")
    yield from around_limit("L-elems", LIMIT["ELEMS"], lambda n: module(section(9, u(n) + b"\x01\0\0" * n)), "limit", "")
    yield from around_limit("L-datas", LIMIT["DATAS"], lambda n: module(section(11, u(n) + b"\x01\0" * n)), "limit", "")
    yield from around_limit("L-imports", LIMIT["IMPORTS"],
                            lambda n: module(types(void), section(2, u(n) + b"\0\0\0\0" * n)), "limit", "")
    yield from around_limit(
        "L-elem-items", LIMIT["ELEM_ITEMS"],
        lambda n: module(types(void), funcs(0), section(9, b"\x01\x01\0" + u(n) + b"\0" * n), code(body(b""))), "limit", "")


def exports_and_names():
    def exporting(n):
        entries = b"".join(name("%x" % k) + b"\0\0" for k in range(n))
        return module(types(func()), funcs(0), section(7, u(n) + entries), code(body(b"")))

    yield from around_limit("L-exports", LIMIT["EXPORTS"], exporting, "limit", "")
    yield from around_limit(
        "L-name", LIMIT["NAME_BYTES"],
        lambda n: module(types(func()), funcs(0), exports((b"a" * n, FUNC, 0)), code(body(b""))), "limit", "")
    yield from around_limit("L-custom-name", LIMIT["NAME_BYTES"], lambda n: module(section(0, name(b"a" * n))), "limit", "")


def objects():
    yield from around_limit("L-fields", LIMIT["FIELDS"], lambda n: module(types(struct(*[I32] * n))), "limit", "")
    yield from around_limit("L-new-fixed", LIMIT["FIELDS"],
                            lambda n: one(i32(0) * n + b"\xFB\x08\x01" + u(n) + DROP, more_types=[array(I32)]), "limit", "new_fixed")
    yield from around_limit("L-supertypes", LIMIT["SUBTYPE_DEPTH"],
                            lambda n: module(types(sub(struct()), *[sub(struct(), k) for k in range(n)])), "limit", "supertypes")


def functions():
    def long_body(n):
        return one(b"\x01" * (n - 2))

    yield from around_limit("L-body", LIMIT["BODY_BYTES"], long_body, "limit", "")
    yield from around_limit("L-params", LIMIT["PARAMS"], lambda n: module(types(func((I32,) * n))), "limit", "")
    yield from around_limit("L-results", LIMIT["RESULTS"], lambda n: module(types(func((), (I32,) * n))), "limit", "")
    yield from around_limit("L-operands", LIMIT["OPERANDS"], lambda n: one(i32(0) * n + DROP * n), "limit", "operand")
    many = func((), (I32,) * 1000)
    yield ("L-operands-by-block", one(b"\x02\x01" + UNREACHABLE + END + b"\x10\0" * 100, more_types=[many]), "any", "")


GROUPS = [counts, exports_and_names, objects, functions]
