#!/usr/bin/python3
"""Puts a newly linked core module into a component that wasm-tools has made: the same world, another body.

component_core.py KEPT CORE -o COMPONENT

What wasm-tools makes around a core module follows from the module's imports and exports alone. Where CORE has those of the
module that KEPT has, KEPT's frame fits; otherwise this says so, writes nothing, and wasm-tools has to make the component.
Sections `component-type` are left out as wasm-tools leaves them out, `producers` is KEPT's: unchanged sources give KEPT again.
Modules are what clang and rustc make by default: types are functions, everything is of the MVP.
"""
import argparse
import sys
from pathlib import Path

MODULE, COMPONENT = b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0"
CORE_MODULE = 1
CUSTOM, TYPES, IMPORTS, FUNCTIONS, EXPORTS = 0, 1, 2, 3, 7
FUNCTION = 0
FUNCTION_TYPE = 0x60


class Unfit(Exception):
    """The sentence that is shown."""


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def more(self):
        return self.at < len(self.data)

    def take(self, size):
        if size > len(self.data) - self.at:
            raise Unfit("it ends too early")
        self.at += size
        return self.data[self.at - size:self.at]

    def byte(self):
        return self.take(1)[0]

    def number(self):
        value = 0
        for shift in range(0, 35, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise Unfit("a number has too many bytes")

    def bytes(self):
        return self.take(self.number())


def number(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def sections(data, preamble):
    """[(id, contents)]"""
    if data[:8] != preamble:
        raise Unfit("it is not a component" if preamble == COMPONENT else "it is not a core module")
    reader, found = Reader(data[8:]), []
    while reader.more():
        kind = reader.byte()
        found.append((kind, reader.bytes()))
    return found


def written(found):
    return b"".join(bytes([kind]) + number(len(contents)) + contents for kind, contents in found)


def entries(found, section, read):
    """What `read` makes of each entry of a section that begins with their count."""
    out = []
    for contents in (contents for kind, contents in found if kind == section):
        reader = Reader(contents)
        out += [read(reader) for _ in range(reader.number())]
    return out


def read_type(reader):
    if reader.byte() != FUNCTION_TYPE:
        raise Unfit("it has a type that is not a function's")
    return reader.bytes(), reader.bytes()


def read_import(reader):
    place, kind = (reader.bytes(), reader.bytes()), reader.byte()
    if kind != FUNCTION:
        raise Unfit(f"it imports {place[1].decode(errors='replace')}, which is not a function")
    return place, reader.number()


def read_export(reader):
    return reader.bytes(), reader.byte(), reader.number()


def outside(found):
    """Imports and exports, functions with their types. Numbers of types and functions are the module's own affair."""
    types = entries(found, TYPES, read_type)
    imports = entries(found, IMPORTS, read_import)
    functions = [index for _, index in imports] + entries(found, FUNCTIONS, Reader.number)
    try:
        return ({(place, types[index]) for place, index in imports},
                {(name, kind, types[functions[index]] if kind == FUNCTION else None)
                 for name, kind, index in entries(found, EXPORTS, read_export)})
    except IndexError:
        raise Unfit("it names a type or a function that it does not have") from None


def is_of_the_tools(kind, contents):
    return kind == CUSTOM and Reader(contents).bytes().startswith((b"component-type", b"producers"))


def exchange(kept, core):
    frame, new = sections(kept, COMPONENT), sections(core, MODULE)
    at = next((i for i, (kind, _) in enumerate(frame) if kind == CORE_MODULE), None)
    if at is None:
        raise Unfit("the kept component has no core module")
    old = sections(frame[at][1], MODULE)
    if outside(old) != outside(new):
        raise Unfit("its imports or exports are not those of the kept component's module, so wasm-tools has to make the "
                    "component: make setup-peers")
    body = [section for section in new if not is_of_the_tools(*section)] + [section for section in old if is_of_the_tools(*section)]
    frame[at] = (CORE_MODULE, MODULE + written(body))
    return COMPONENT + written(frame)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kept", type=Path)
    parser.add_argument("core", type=Path)
    parser.add_argument("-o", dest="out", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        arguments.out.write_bytes(exchange(arguments.kept.read_bytes(), arguments.core.read_bytes()))
    except Unfit as why:
        print(f"{arguments.core}: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
