"""Vectors: what the reference definitions make of random types, values, memories and handles.

A file is "AVEC1\\n", then vectors, each a length (u16, little-endian) and its bytes; tests/support/abi_vector.c reads them:

  flags     bit 0: lower, else lift; 1: it traps; 2-3: encoding (utf8, utf16, latin1+utf16); 4: a result (at most one flat
            value), else parameters (16); 5: lower: the address for what does not fit flat is given
  fill      the byte that memory is full of, one page
  types     count, types
  handles   count, each: kind (0 free, 1 own, 2 borrow), resource, representation, lends
  lift      pages of memory (the second and later are zero); segments: count, each: address, length, bytes; slots: count, each a varint
            unless it traps: the values
  lower     heap, mode of realloc; bit 5: the address; the values, with the sources of strings
            unless it traps: the first 4 bytes of SHA-256 over the slots (u64 each), the log of realloc (5 u32 a call), and
            the memory
  handles   unless it traps: as they are then
"""
import hashlib
import random
import struct

from . import definitions, shape
from .shape import varint

MAGIC = b"AVEC1\n"


class Generator:
    def __init__(self, defs, seed):
        self.defs = defs
        self.rng = random.Random(seed)
        random.seed(seed)

    def resources(self, guest):
        """0 and 1: of somebody else; 2: the guest's own."""
        other = object()
        return [self.defs.ResourceType(other), self.defs.ResourceType(other), self.defs.ResourceType(guest)]

    def fill_handles(self, guest, resources):
        """Some handles, some of them freed again."""
        d, rng = self.defs, self.rng
        scope = self.task()
        for _ in range(rng.randint(0, 6)):
            own = rng.random() < 0.7
            handle = d.ResourceHandle(rng.choice(resources), rng.randrange(1, 1000), own, None if own else scope)
            if own and rng.random() < 0.2:
                handle.num_lends = 1
            guest.handles.add(handle)
        for i in range(1, len(guest.handles.array)):
            if rng.random() < 0.2 and guest.handles.array[i] is not None:
                guest.handles.remove(i)

    def task(self):
        task = self.defs.Task.__new__(self.defs.Task)
        task.num_borrows = 0
        return task

    def handles_bytes(self, guest, resources):
        """Free ones in the order in which they were freed, so that the next to be used is known."""
        array = guest.handles.array
        out = varint(len(array) - 1)
        for handle in array[1:]:
            if handle is None:
                out += b"\0"
            else:
                out += bytes([1 if handle.own else 2, resources.index(handle.rt)])
                out += varint(handle.rep) + varint(handle.num_lends)
        return out + bytes(guest.handles.free)

    def begin(self):
        rng, d = self.rng, self.defs
        encoding = rng.choice(shape.SOURCES)
        fill = rng.choice((0, 0, 0x41, 0xA5))
        heap = rng.choice((8, 16, 100, 1000, 65536 - rng.randint(0, 64), 65536))
        mode = rng.choice((0, 1))
        theme = rng.choice(("any", "any", "strings", "handles"))
        guest = definitions.Guest(d, encoding, fill, heap, mode)
        resources = self.resources(guest)
        return encoding, fill, guest, resources, theme, shape.Shapes(d, rng, resources)

    def types(self, shapes, theme, is_result, borrows):
        count = 1 if is_result else self.rng.choice((1, 1, 2, 3, 5, 18))
        depth = self.rng.choice((0, 1, 2, 3)) if count < 18 else 1
        return [shapes.type(depth, theme, borrows and not is_result) for _ in range(count)]

    def head(self, shapes, types, flags, encoding, fill, handles):
        flags |= shape.SOURCES.index(encoding) << 2
        return (bytes([flags, fill]) + varint(len(types)) + b"".join(shapes.type_bytes(t) for t in types) + handles)

    # ---- lowering ----

    def lower(self):
        d, rng = self.defs, self.rng
        encoding, fill, guest, resources, theme, shapes = self.begin()
        is_result = rng.random() < 0.4
        types = self.types(shapes, theme, is_result, True)
        values = [shapes.value(t) for t in types]
        if rng.random() < 0.15:
            guest.mode = rng.choice((definitions.TRAPS, definitions.MISALIGNS, definitions.OUT_OF_BOUNDS))
        heap = guest.heap
        self.fill_handles(guest, resources)
        handles = self.handles_bytes(guest, resources)
        guest.context.borrow_scope = self.task()
        max_flat = 1 if is_result else 16
        pointer = None
        if is_result:
            pointer = rng.choice((8, 16, 64, 1024, 4096, 4100, 4098, 65528, 65536, 0xFFFFFFF8))
        d.DETERMINISTIC_PROFILE = True
        has_trapped, slots = False, []
        try:
            out = d.CoreValueIter([pointer]) if pointer is not None else None
            slots = d.lower_flat_values(guest.context, max_flat, values, types, out)
        except d.Trap:
            has_trapped = True
        flags = 1 | has_trapped << 1 | is_result << 4 | (pointer is not None) << 5
        body = self.head(shapes, types, flags, encoding, fill, handles)
        body += varint(heap) + bytes([guest.mode])
        if pointer is not None:
            body += varint(pointer)
        body += b"".join(shapes.value_bytes(t, v, True) for t, v in zip(types, values))
        if has_trapped:
            return body
        flat = [u for t in types for u in d.flatten_type(t, guest.context.opts)]
        if len(flat) > max_flat:
            flat = ["i32"] * len(slots)
        body += self.digest(b"".join(struct.pack("<Q", slot_bits(k, v)) for k, v in zip(flat, slots)))
        body += self.digest(guest.log_bytes()) + self.digest(guest.memory.bytes)
        return body + self.handles_bytes(guest, resources)

    @staticmethod
    def digest(data):
        return hashlib.sha256(data).digest()[:4]

    # ---- lifting ----

    def lift(self):
        """Values lowered by the definitions, then, in half of the cases, damaged."""
        d, rng = self.defs, self.rng
        encoding, fill, guest, resources, theme, shapes = self.begin()
        is_result = rng.random() < 0.4
        types = self.types(shapes, theme, is_result, True)
        values = [shapes.value(t) for t in types]
        max_flat = 1 if is_result else 16
        guest.context.borrow_scope = self.task()
        d.DETERMINISTIC_PROFILE = False
        flat_types = [u for t in types for u in d.flatten_type(t, guest.context.opts)]
        slots = d.lower_flat_values(guest.context, max_flat, values, types)
        if len(flat_types) > max_flat:
            flat_types = ["i32"]
        slots = [slot_bits(k, v) for k, v in zip(flat_types, slots)]
        self.own_handles(guest, resources)
        if rng.random() < 0.5:
            self.damage(guest, flat_types, slots)
        handles = self.handles_bytes(guest, resources)
        segments = self.segments(guest.memory.bytes, fill)
        guest.context.borrow_scope = d.Subtask()
        d.DETERMINISTIC_PROFILE = True
        has_trapped = False
        try:
            lifted = d.lift_flat_values(guest.context, max_flat,
                                        d.CoreValueIter([slot_value(k, v) for k, v in zip(flat_types, slots)]), types)
        except d.Trap:
            has_trapped = True
        body = self.head(shapes, types, has_trapped << 1 | is_result << 4, encoding, fill, handles)
        body += varint(len(guest.memory.bytes) // definitions.PAGE) + varint(len(segments))
        for at, data in segments:
            body += varint(at) + varint(len(data)) + data
        body += varint(len(slots)) + b"".join(varint(slot) for slot in slots)
        if has_trapped:
            return body
        body += b"".join(shapes.value_bytes(t, v, False) for t, v in zip(types, lifted))
        return body + self.handles_bytes(guest, resources)

    def own_handles(self, guest, resources):
        """Borrows that lowering made are of a task that is over: some become owns, so that they can be lent."""
        for handle in guest.handles:
            if not handle.own and self.rng.random() < 0.5:
                handle.own, handle.borrow_scope = True, None
            if handle.own and self.rng.random() < 0.05:
                handle.num_lends = 1
            if self.rng.random() < 0.03:
                handle.rt = self.rng.choice(resources)

    def damage(self, guest, flat_types, slots):
        rng, data = self.rng, guest.memory.bytes
        touched = [i for log in guest.log for i in range(log[4], log[4] + log[3])]
        for _ in range(rng.choice((1, 1, 2, 4))):
            if touched and rng.random() < 0.7:
                at = rng.choice(touched)
                if rng.random() < 0.3:
                    at &= ~3
                    number = rng.choice((0, 1, 3, 255, 65535, 65536, 1 << 27, (1 << 28) - 1, 1 << 28, TAGGED | 2,
                                         0xFFFFFFFF, 0xD800, 0xDFFF, 0x10FFFF, 0x110000))
                    data[at:at + 4] = struct.pack("<I", number)
                else:
                    data[at] = rng.choice((0, 1, 2, 5, 0x7F, 0x80, 0xC2, 0xE0, 0xFF, rng.randrange(256)))
            elif slots:
                i = rng.randrange(len(slots))
                bits = 64 if flat_types[i] in ("i64", "f64") else 32
                slots[i] = rng.choice((0, 1, 2, 3, 5, 255, 256, 65535, 65536, TAGGED | 3, (1 << bits) - 1,
                                       rng.getrandbits(bits), slots[i] ^ 1 << rng.randrange(bits), 0xD800, 0x110000,
                                       1 << 28)) & ((1 << bits) - 1)

    @staticmethod
    def segments(data, fill):
        """Runs of what differs from the fill; gaps of a few bytes are not worth a new one."""
        blank = bytes([fill]) * 256
        runs = []
        for base in range(0, len(data), 256):
            if data[base:base + 256] == blank:
                continue
            for at in range(base, min(base + 256, len(data))):
                if data[at] == (fill if at < definitions.PAGE else 0):
                    continue
                if runs and at - runs[-1][1] < 4:
                    runs[-1][1] = at + 1
                else:
                    runs.append([at, at + 1])
        return [(start, bytes(data[start:end])) for start, end in runs]


TAGGED = 1 << 31


def slot_bits(kind, value):
    if kind == "f32":
        return struct.unpack("<I", struct.pack("<f", value))[0]
    if kind == "f64":
        return struct.unpack("<Q", struct.pack("<d", value))[0]
    return value


def slot_value(kind, bits):
    if kind == "f32":
        return struct.unpack("<f", struct.pack("<I", bits))[0]
    if kind == "f64":
        return struct.unpack("<d", struct.pack("<Q", bits))[0]
    return bits


def generate(defs, count, seed, longest):
    """`count` vectors of at most `longest` bytes, half of them lifts; and how many there are of what."""
    generator = Generator(defs, seed)
    out, counts = [MAGIC], {"lift": 0, "lower": 0, "trap": 0}
    while counts["lift"] + counts["lower"] < count:
        is_lower = counts["lower"] < counts["lift"]
        body = generator.lower() if is_lower else generator.lift()
        if len(body) > longest:
            continue
        counts["lower" if is_lower else "lift"] += 1
        counts["trap"] += body[0] >> 1 & 1
        out.append(struct.pack("<H", len(body)) + body)
    return b"".join(out), counts
