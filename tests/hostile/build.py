"""Modules in bytes, right or wrong as the caller wants them: nothing here checks anything.

A case is (name, module, verdict, fragment). The name begins with the line of the checklist that it belongs to
(tests/hostile/README.md). Verdicts:
  valid             loads; what becomes of it then is not asked
  malformed         refused as bytes that are no module (MALFORMED or TRUNCATED)
  invalid           refused by validation
  refused           one of the two
  unsupported       refused by name: no core module
  limit             refused by a limit of ours, or for lack of memory
  unlinkable        an import is missing
  no-start          instantiation is refused: LIMIT or NO_MEMORY
  trap:TEXT         start or export "run" ends so
  fault             "run" ends as NO_MEMORY: the GC heap is exhausted
  returned:1,2      "run" returned these slots
  returned          "run" returned
  any               whatever it is, but in time, in memory and without a crash
`fragment` has to stand in the engine's sentence.
"""
from tests.gen.wasm import name, s, section, u, vec

MAGIC = b"\0asm\x01\0\0\0"
I32, I64, F32, F64, V128 = b"\x7F", b"\x7E", b"\x7D", b"\x7C", b"\x7B"
I8, I16 = b"\x78", b"\x77"
FUNCREF, EXTERNREF, ANYREF, EQREF, I31REF = b"\x70", b"\x6F", b"\x6E", b"\x6D", b"\x6C"
STRUCTREF, ARRAYREF, EXNREF, NULLREF = b"\x6B", b"\x6A", b"\x69", b"\x71"
END, DROP, UNREACHABLE, EMPTY = b"\x0B", b"\x1A", b"\x00", b"\x40"
MAX32 = (1 << 32) - 1
MAX64 = (1 << 64) - 1
FUNC, TABLE, MEMORY, GLOBAL, TAG = range(5)


def module(*sections):
    return MAGIC + b"".join(sections)


def i32(n):
    return b"\x41" + s(n - (1 << 32) if n > 0x7FFFFFFF else n)


def i64(n):
    return b"\x42" + s(n - (1 << 64) if n > (1 << 63) - 1 else n)


def ref(heap):
    """(ref HEAP), heap a byte string or a type index."""
    return b"\x64" + (s(heap) if isinstance(heap, int) else heap)


def ref_null(heap):
    return b"\x63" + (s(heap) if isinstance(heap, int) else heap)


def func(params=(), results=()):
    return b"\x60" + vec(list(params)) + vec(list(results))


def struct(*fields):
    """Fields: types, or (type, mutable)."""
    return b"\x5F" + vec([field(f) for f in fields])


def array(element, mutable=True):
    return b"\x5E" + field((element, mutable))


def field(f):
    return f + b"\0" if isinstance(f, bytes) else f[0] + bytes([f[1]])


def sub(composite, *supers, final=False):
    return (b"\x4F" if final else b"\x50") + vec([u(index) for index in supers]) + composite


def rec(*types):
    return b"\x4E" + vec(list(types))


def types(*entries):
    return section(1, vec(list(entries)))


def imports(*entries):
    """(module, name, description)."""
    return section(2, vec([name(m) + name(n) + d for m, n, d in entries]))


def funcs(*indices):
    return section(3, vec([u(i) for i in indices]))


def table(element=FUNCREF, low=0, high=None, flags=None):
    return element + limits(low, high, flags)


def tables(*entries):
    return section(4, vec(list(entries)))


def limits(low, high=None, flags=None):
    if flags is None:
        flags = 0 if high is None else 1
    return bytes([flags]) + u(low) + (u(high) if high is not None else b"")


def memories(*entries):
    return section(5, vec(list(entries)))


def global_(type_, init, mutable=False):
    return type_ + bytes([mutable]) + init + END


def globals_(*entries):
    return section(6, vec(list(entries)))


def exports(*entries):
    """(name, kind, index)."""
    return section(7, vec([name(n) + bytes([k]) + u(i) for n, k, i in entries]))


def start(index):
    return section(8, u(index))


def elems(*entries):
    return section(9, vec(list(entries)))


def data_count(n):
    return section(12, u(n))


def tags(*type_indices):
    return section(13, vec([b"\0" + u(i) for i in type_indices]))


def datas(*entries):
    return section(11, vec(list(entries)))


def passive(data):
    return b"\x01" + name(data)


def active(offset, data):
    return b"\0" + offset + END + name(data)


def locals_(*groups):
    return vec([u(n) + t for n, t in groups])


def body(code, groups=()):
    """A function's body with its size; `code` without the last end."""
    whole = locals_(*groups) + code + END
    return u(len(whole)) + whole


def raw_body(whole):
    return u(len(whole)) + whole


def code(*bodies):
    return section(10, vec(list(bodies)))


RUN = exports(("run", FUNC, 0))


def one(what, params=(), results=(), groups=(), more_types=(), before=(), middle=(), behind=(), run=True):
    """A module around one function's code. before: sections behind the types; middle: between functions and exports;
    behind: after the exports, before the code."""
    return module(types(func(params, results), *more_types), *before, funcs(0), *middle,
                  *([RUN] if run and not params else []), *behind, code(body(what, groups)))


def with_memory(what, results=(), pages=1, high=None, **more):
    return one(what, results=results, middle=(memories(limits(pages, high)),), **more)


def around_limit(case, limit, make, over, fragment=""):
    """limit-1 and limit are accepted, limit+1 is `over`."""
    yield case + "-limit-minus-1", make(limit - 1), "valid", ""
    yield case + "-at-limit", make(limit), "valid", ""
    yield case + "-limit-plus-1", make(limit + 1), over, fragment
