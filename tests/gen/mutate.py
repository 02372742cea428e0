"""Seeded mutants of a module: bytes, numbers, sections, bodies.

A mutant may still be valid; most are not. Structure is kept on purpose in half of them (section
and body sizes are made right again), so that the damage reaches the validator and the engine.
"""
from tests.gen.rng import Rng
from tests.gen.wasm import section, u

HEADER = b"\0asm\x01\0\0\0"
EDGES = [0, 1, 0x3F, 0x40, 0x7F, 0x80, 0x3FFF, 0x4000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000,
         0xFFFFFFFF, 0x100000000, 0xFFFFFFFFFFFFFFFF]
RAW = [b"\x80\x80\x80\x80\x10", b"\xff\xff\xff\xff\x0f", b"\xff\xff\xff\xff\x7f",
       b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", b"\x80\x00", b"\x80" * 5, b"\xff" * 11]


def read_u(data, at):
    """(value, next offset), or None where there is no number."""
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at
    return None


def split(data):
    """[(number, contents)] of a module's sections, or None when they do not add up."""
    if data[:8] != HEADER:
        return None
    at, parts = 8, []
    while at < len(data):
        number = data[at]
        got = read_u(data, at + 1)
        if got is None or got[0] > len(data) - got[1]:
            return None
        parts.append((number, data[got[1]:got[1] + got[0]]))
        at = got[1] + got[0]
    return parts


def join(parts):
    return HEADER + b"".join(section(number, body) for number, body in parts)


def flip_bit(rng, data):
    at = rng.below(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.below(8))]) + data[at + 1:]


def set_byte(rng, data):
    at = rng.below(len(data))
    byte = rng.pick([0, 1, 0x0B, 0x40, 0x7F, 0x80, 0xFF, 0xFC, 0xFD, 0xFB, rng.below(256)])
    return data[:at] + bytes([byte]) + data[at + 1:]


def edge_number(rng, data):
    """A LEB128 edge value over, or in place of, what stands there."""
    at = rng.below(len(data))
    value = u(rng.pick(EDGES)) if rng.chance(0.6) else rng.pick(RAW)
    got = read_u(data, at)
    end = got[1] if got and rng.chance(0.7) else at + len(value)
    return data[:at] + value + data[end:]


def copy_run(rng, data):
    at, count = rng.below(len(data)), 1 + rng.below(16)
    to = rng.below(len(data))
    over = count if rng.chance(0.5) else 0
    return data[:to] + data[at:at + count] + data[to + over:]


def cut_run(rng, data):
    at = rng.below(len(data))
    return data[:at] + data[at + 1 + rng.below(8):]


def truncate(rng, data):
    return data[:rng.below(len(data))]


def extend(rng, data):
    return data + rng.bytes(1 + rng.below(40))


BYTES = [(5, flip_bit), (4, set_byte), (5, edge_number), (2, copy_run), (2, cut_run)]
WHOLE = [(1, truncate), (1, extend)]


def in_section(rng, parts):
    """Damage within one section; its size stays right."""
    fitting = [k for k, p in enumerate(parts) if p[1]]
    if fitting:
        k = rng.pick(fitting)
        parts[k] = (parts[k][0], rng.weighted(BYTES)(rng, parts[k][1]))
    return parts


def duplicate(rng, parts):
    parts.insert(rng.below(len(parts) + 1), rng.pick(parts))
    return parts


def delete(rng, parts):
    parts.pop(rng.below(len(parts)))
    return parts


def swap(rng, parts):
    a, b = rng.below(len(parts)), rng.below(len(parts))
    parts[a], parts[b] = parts[b], parts[a]
    return parts


def renumber(rng, parts):
    k = rng.below(len(parts))
    parts[k] = (rng.pick([0, 1, 2, 3, 5, 9, 10, 11, 12, 13, 14, 127]), parts[k][1])
    return parts


def inflate(rng, parts):
    """A vector says it has more, or fewer, items than follow."""
    fitting = [k for k, p in enumerate(parts) if p[0] and p[1]]
    if fitting:
        k = rng.pick(fitting)
        number, body = parts[k]
        got = read_u(body, 0)
        if got:
            count = rng.pick([got[0] + 1, max(got[0] - 1, 0), got[0] * 2, 1000000, 0xFFFFFFFF])
            parts[k] = (number, u(count) + body[got[1]:])
    return parts


def bodies_of(contents):
    """The function bodies of a code section, or None."""
    got = read_u(contents, 0)
    if got is None:
        return None
    at, bodies = got[1], []
    for _ in range(got[0]):
        size = read_u(contents, at)
        if size is None or size[0] > len(contents) - size[1]:
            return None
        bodies.append(contents[size[1]:size[1] + size[0]])
        at = size[1] + size[0]
    return bodies


def in_bodies(rng, parts):
    """Swaps, splices or damages function bodies; the sizes stay right."""
    for k, (number, contents) in enumerate(parts):
        bodies = bodies_of(contents) if number == 10 else None
        if not bodies:
            continue
        a, b = rng.below(len(bodies)), rng.below(len(bodies))
        what = rng.below(4)
        if what == 0:
            bodies[a], bodies[b] = bodies[b], bodies[a]
        elif what == 1 and len(bodies[a]) and len(bodies[b]):
            bodies[a] = bodies[a][:rng.below(len(bodies[a]))] + bodies[b][rng.below(len(bodies[b])):]
        elif bodies[a]:
            bodies[a] = rng.weighted(BYTES)(rng, bodies[a])
        parts[k] = (10, u(len(bodies)) + b"".join(u(len(x)) + x for x in bodies))
    return parts


SECTIONS = [(4, in_section), (8, in_bodies), (1, duplicate), (1, delete), (1, swap),
            (1, renumber), (2, inflate)]


def mutate(seed, index, data):
    """The mutant (seed, index) of `data`; one to four changes. Never equal to `data`."""
    rng = Rng(seed ^ 0x6D757461, index)
    out = data
    while out == data or not out:
        out = data
        for _ in range(rng.weighted([(6, 1), (3, 2), (1, 4)])):
            parts = split(out)
            if parts and rng.chance(0.7):
                out = join(rng.weighted(SECTIONS)(rng, parts))
            elif out:
                out = rng.weighted(BYTES + WHOLE)(rng, out)
    return out
