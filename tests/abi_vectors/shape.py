"""Random types and values, in the form of the reference definitions, and their bytes in a vector.

A value of an own or borrow is its representation; a string is (text, encoding, tagged code units), as there.
"""
import math
import struct

KINDS = ("bool s8 u8 s16 u16 s32 u32 s64 u64 f32 f64 char string record variant list tuple flags enum option result own "
         "borrow fixed map").split()
NUMBER = {name: i for i, name in enumerate(KINDS)}
SOURCES = ("utf8", "utf16", "latin1+utf16")
TAG = 1 << 31


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def zigzag(number):
    return varint(number * 2 if number >= 0 else -number * 2 - 1)


class Shapes:
    def __init__(self, defs, rng, resources):
        self.defs, self.rng, self.resources = defs, rng, resources
        d = defs
        self.scalars = [d.BoolType, d.S8Type, d.U8Type, d.S16Type, d.U16Type, d.S32Type, d.U32Type, d.S64Type, d.U64Type,
                        d.F32Type, d.F64Type, d.CharType]
        self.kinds = {kind: NUMBER[kind.__name__[:-4].lower()] for kind in
                      self.scalars + [d.StringType, d.RecordType, d.VariantType, d.ListType, d.TupleType, d.FlagsType,
                                      d.EnumType, d.OptionType, d.ResultType, d.OwnType, d.BorrowType, d.MapType]}
        self.keys = [kind for kind in self.scalars if kind not in (d.F32Type, d.F64Type)] + [d.StringType]

    def kind(self, t):
        is_fixed = isinstance(t, self.defs.ListType) and t.l is not None
        return NUMBER["fixed"] if is_fixed else self.kinds[type(t)]

    # ---- types ----

    def type(self, depth, theme, borrows):
        """theme: "any", "strings", "handles"."""
        d, rng = self.defs, self.rng
        if theme == "strings" and rng.random() < 0.5:
            return d.StringType()
        if theme == "handles" and rng.random() < 0.5:
            resource = rng.choice(self.resources)
            return d.BorrowType(resource) if borrows and rng.random() < 0.5 else d.OwnType(resource)
        if depth == 0 or rng.random() < 0.35:
            if rng.random() < 0.2:
                return d.StringType()
            return rng.choice(self.scalars)()
        inner = lambda: self.type(depth - 1, theme, borrows)
        maybe = lambda: inner() if rng.random() < 0.65 else None
        pick = rng.randrange(11)
        if pick == 0:
            return d.RecordType([d.FieldType(f"f{i}", inner()) for i in range(rng.randint(1, 4))])
        if pick == 1:
            return d.VariantType([d.CaseType(f"f{i}", maybe()) for i in range(rng.randint(1, 4))])
        if pick in (2, 3):
            return d.ListType(inner())
        if pick == 4:
            return d.TupleType([inner() for _ in range(rng.randint(1, 4))])
        if pick == 5:
            return d.FlagsType([f"f{i}" for i in range(rng.choice((1, 3, 8, 9, 16, 17, 31, 32)))])
        if pick == 6:
            return d.EnumType([f"f{i}" for i in range(rng.choice((1, 2, 5, 255, 256, 257, 300)))])
        if pick == 7:
            return d.OptionType(inner())
        if pick == 8:
            return d.ListType(inner(), rng.choice((1, 2, 3, 5, 17)))
        if pick == 9:
            return d.MapType(rng.choice(self.keys)(), inner())
        return d.ResultType(maybe(), maybe())

    def type_bytes(self, t):
        d = self.defs
        out = bytes([self.kind(t)])
        maybe = lambda u: b"\0" if u is None else b"\1" + self.type_bytes(u)
        if isinstance(t, d.RecordType):
            return out + varint(len(t.fields)) + b"".join(self.type_bytes(f.t) for f in t.fields)
        if isinstance(t, d.VariantType):
            return out + varint(len(t.cases)) + b"".join(maybe(c.t) for c in t.cases)
        if isinstance(t, d.TupleType):
            return out + varint(len(t.ts)) + b"".join(self.type_bytes(u) for u in t.ts)
        if isinstance(t, d.ListType) and t.l is not None:
            return out + varint(t.l) + self.type_bytes(t.t)
        if isinstance(t, d.MapType):
            return out + self.type_bytes(t.k) + self.type_bytes(t.v)
        if isinstance(t, (d.ListType, d.OptionType)):
            return out + self.type_bytes(t.t)
        if isinstance(t, (d.FlagsType, d.EnumType)):
            return out + varint(len(t.labels))
        if isinstance(t, d.ResultType):
            return out + maybe(t.ok) + maybe(t.error)
        if isinstance(t, (d.OwnType, d.BorrowType)):
            return out + bytes([self.resources.index(t.rt)])
        return out

    # ---- values ----

    def character(self):
        pick = self.rng.random()
        if pick < 0.55:
            return chr(self.rng.randrange(0x80))
        if pick < 0.75:
            return chr(self.rng.randrange(0x80, 0x100))
        if pick < 0.9:
            code = self.rng.randrange(0x100, 0x10000)
            return chr(code if not 0xD800 <= code <= 0xDFFF else 0xE000)
        return chr(self.rng.randrange(0x10000, 0x110000))

    def string(self):
        rng = self.rng
        count = rng.choice((0, 1, 2, 3, 5, 9, 17))
        pick = rng.random()
        if pick < 0.3:
            text = "".join(chr(rng.randrange(0x80)) for _ in range(count))
        elif pick < 0.5:
            text = "".join(chr(rng.randrange(0x100)) for _ in range(count))
        else:
            text = "".join(self.character() for _ in range(count))
        source = rng.choice(SOURCES)
        units = len(text.encode("utf-16-le")) // 2
        if source == "utf8":
            return text, source, len(text.encode())
        if source == "latin1+utf16":
            if any(ord(c) > 0xFF for c in text) or rng.random() < 0.3:
                units |= TAG
        return text, source, units

    def integer(self, bits, signed):
        rng = self.rng
        number = rng.getrandbits(bits)
        if rng.random() < 0.6:
            number = rng.choice((0, 1, 2, number & 0x7F, (1 << bits) - 1, 1 << bits - 1, (1 << bits - 1) - 1))
        return number - (1 << bits) if signed and number >= 1 << bits - 1 else number

    def real(self, double):
        pick = self.rng.random()
        if pick < 0.15:
            return math.nan
        if pick < 0.3:
            return self.rng.choice((0.0, -0.0, math.inf, -math.inf, 1.5))
        if double:
            return struct.unpack("<d", struct.pack("<Q", self.rng.getrandbits(64)))[0]
        return struct.unpack("<f", struct.pack("<I", self.rng.getrandbits(32)))[0]

    def value(self, t):
        d, rng = self.defs, self.rng
        name = KINDS[self.kind(t)]
        if name == "bool":
            return rng.random() < 0.5
        if name[0] in "su" and name[1:].isdigit():
            return self.integer(int(name[1:]), name[0] == "s")
        if name in ("f32", "f64"):
            return self.real(name == "f64")
        if name == "char":
            return self.character()
        if name == "string":
            return self.string()
        if name == "list":
            return [self.value(t.t) for _ in range(rng.choice((0, 1, 2, 3, 4)))]
        if name == "fixed":
            return [self.value(t.t) for _ in range(t.l)]
        if name == "map":
            return [{"0": self.value(t.k), "1": self.value(t.v)} for _ in range(rng.choice((0, 1, 2, 3)))]
        if name == "record":
            return {f.label: self.value(f.t) for f in t.fields}
        if name == "tuple":
            return {str(i): self.value(u) for i, u in enumerate(t.ts)}
        if name == "flags":
            return {label: rng.random() < 0.5 for label in t.labels}
        if name in ("own", "borrow"):
            return rng.randrange(1, 1000)
        cases = d.despecialize(t).cases
        case = rng.choice(cases)
        return {case.label: None if case.t is None else self.value(case.t)}

    def value_bytes(self, t, value, with_source):
        d = self.defs
        name = KINDS[self.kind(t)]
        if name == "bool":
            return bytes([value])
        if name[0] == "u" and name[1:].isdigit():
            return varint(value)
        if name[0] == "s" and name[1:].isdigit():
            return zigzag(value)
        if name == "f32":
            return struct.pack("<I", 0x7FC00000) if math.isnan(value) else struct.pack("<f", value)
        if name == "f64":
            return struct.pack("<Q", 0x7FF8 << 48) if math.isnan(value) else struct.pack("<d", value)
        if name == "char":
            return varint(ord(value))
        if name == "string":
            text, source, units = value
            data = text.encode()
            kind = 3 if source == "latin1+utf16" and units & TAG else SOURCES.index(source)
            return varint(len(data)) + data + (bytes([kind]) if with_source else b"")
        if name == "list":
            return varint(len(value)) + b"".join(self.value_bytes(t.t, item, with_source) for item in value)
        if name == "fixed":
            return b"".join(self.value_bytes(t.t, item, with_source) for item in value)
        if name == "map":
            return varint(len(value)) + b"".join(self.value_bytes(t.k, pair["0"], with_source) +
                                                 self.value_bytes(t.v, pair["1"], with_source) for pair in value)
        if name == "record":
            return b"".join(self.value_bytes(f.t, value[f.label], with_source) for f in t.fields)
        if name == "tuple":
            return b"".join(self.value_bytes(u, value[str(i)], with_source) for i, u in enumerate(t.ts))
        if name == "flags":
            return varint(sum(1 << i for i, label in enumerate(t.labels) if value[label]))
        if name in ("own", "borrow"):
            return varint(value)
        index, payload = d.match_case(value, d.despecialize(t).cases)
        case = d.despecialize(t).cases[index]
        return varint(index) + (b"" if case.t is None else self.value_bytes(case.t, payload, with_source))

    def handles_of(self, t, value):
        """(type, representation) of every handle in a value, in the order in which they are lifted."""
        d = self.defs
        if isinstance(t, (d.OwnType, d.BorrowType)):
            return [(t, value)]
        t = d.despecialize(t)
        if isinstance(t, d.ListType):
            return [h for item in value for h in self.handles_of(t.t, item)]
        if isinstance(t, d.RecordType):
            return [h for f in t.fields for h in self.handles_of(f.t, value[f.label])]
        if isinstance(t, d.VariantType):
            index, payload = d.match_case(value, t.cases)
            return [] if t.cases[index].t is None else self.handles_of(t.cases[index].t, payload)
        return []
