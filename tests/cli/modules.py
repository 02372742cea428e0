"""Modules for the tests of validate, inspect and run: sections as bytes, by the helpers of tests/gen/wasm.py."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.gen.wasm import func_type, name, s, section, u, vec  # noqa: E402 (the path comes first)

HEADER = b"\0asm\x01\0\0\0"
FUNC, TABLE, MEMORY, GLOBAL = range(4)


def export(text, index, kind=FUNC):
    return name(text) + bytes([kind]) + u(index)


def imported(module, text, what):
    return name(module) + name(text) + what


def custom(text, content):
    return section(0, name(text) + content)


def name_map(names):
    return vec([u(index) + name(text) for index, text in names])


def name_section(functions=(), module=None):
    """The "name" section of {index: name}."""
    content = b""
    if module is not None:
        content += section(0, name(module))
    content += section(1, name_map(sorted(dict(functions).items())))
    return custom("name", content)


def body(code, local_types=b""):
    content = vec([b"\x01" + bytes([t]) for t in local_types]) + code + b"\x0b"
    return u(len(content)) + content


def module(funcs=(), imports=(), exports=(), memory=None, table=None, globals_=(), start=None, elems=(), datas=(), tail=b"",
           types=()):
    """funcs: (signature as in tests/gen/wasm.py, code, types of locals...); imports: (module, name, signature)."""
    signatures = list(dict.fromkeys([*(i[2] for i in imports), *(f[0] for f in funcs), *types]))
    out = HEADER
    if signatures:
        out += section(1, vec([func_type(sig) for sig in signatures]))
    if imports:
        out += section(2, vec([imported(m, n, b"\0" + u(signatures.index(sig))) for m, n, sig in imports]))
    if funcs:
        out += section(3, vec([u(signatures.index(f[0])) for f in funcs]))
    if table is not None:
        out += section(4, vec([b"\x70" + table]))
    if memory is not None:
        out += section(5, vec([memory]))
    if globals_:
        out += section(6, vec(globals_))
    if exports:
        out += section(7, vec(exports))
    if start is not None:
        out += section(8, u(start))
    if elems:
        out += section(9, vec(elems))
    if funcs:
        out += section(10, vec([body(*f[1:]) for f in funcs]))
    if datas:
        out += section(11, vec(datas))
    return out + tail


def i32(number):
    return b"\x41" + s(number)


def i64(number):
    return b"\x42" + s(number)


def get(index):
    return b"\x20" + u(index)


def call(index):
    return b"\x10" + u(index)


ADD = module([("ii>i", get(0) + get(1) + b"\x6a")], exports=[export("add", 0)])
# A terminal escape, a bell, a newline, a quote, a letter that is not ASCII, one past U+FFFF.
HOSTILE = "\x1b[31mred\x07\n\"\\é\U0001F600\u202e"
HOSTILE_SHOWN = r'"\1b[31mred\07\0a\22\5c\u{e9}\u{1f600}\u{202e}"'
