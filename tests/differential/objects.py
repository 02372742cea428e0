"""Random programs over garbage-collected objects: trees and arrays that live in locals, on the operand stack, in globals,
tables, other objects and exceptions while calls and allocations go on. They return checksums.

A module is a function of (seed, index). Nothing traps: null is asked for before every access.
"""
import random

from tests.gen.wasm import s, u
from tests.hostile.build import *

NODE, WIDE, ARRAY, BYTES = 0, 1, 2, 3  # WIDE is a subtype of NODE
SIG_NODE, SIG_TAG, SIG_RUN = 4, 5, 6
NODES, FUNCS_MIN, TABLE_SIZE = 4, 2, 8
A_NODE, A_ARRAY = ref_null(NODE), ref_null(ARRAY)
STRUCT = [(A_NODE, 1), (A_NODE, 1), (I32, 1), (I64, 1)]


class Body:
    """Locals: 0 a node and 1 a number (params), then nodes, nodes for a moment, an array, numbers."""

    def __init__(self, chance, func_count, depth):
        self.chance, self.func_count, self.depth = chance, func_count, depth
        self.first_node, self.moment, self.array, self.number = 2, 2 + NODES, 2 + NODES + 4, 2 + NODES + 5
        self.groups = [(NODES + 4, A_NODE), (1, A_ARRAY), (4, I32)]
        self.moments = 0

    def pick(self, *makers):
        return self.chance.choice(makers)

    def local(self, depth=0):
        del depth
        return b"\x20" + u(self.chance.choice([0] + list(range(self.first_node, self.first_node + NODES))))

    def guarded(self, node, access, otherwise, type_):
        """access on node, which is not null."""
        moment = self.moment + self.chance.randrange(4)
        return (node + b"\x22" + u(moment) + b"\xD1\x04" + type_ + otherwise + b"\x05\x20" + u(moment) + access + END)

    def node(self, depth):
        if depth <= 0:
            return self.pick(self.local, self.local, lambda: b"\xD0\0")()
        return self.pick(self.local, self.new, self.new, self.new_wide, self.child, self.call, self.element, self.cast,
                         self.selected, self.blocked, self.global_, self.from_table, self.thrown, self.on_null,
                         self.branched)(depth - 1)

    def new(self, depth):
        return self.node(depth) + self.node(depth) + self.value(depth) + self.long(depth) + b"\xFB\0\0"

    def new_wide(self, depth):
        return (self.node(depth) + self.node(depth) + self.value(depth) + self.long(depth) + self.node(depth)
                + b"\xFB\0" + u(WIDE))

    def child(self, depth):
        access = b"\xFB\x02\0" + bytes([self.chance.randrange(2)])
        return self.guarded(self.node(depth), access, b"\xD0\0", A_NODE)

    def call(self, depth):
        return self.node(depth) + self.value(depth) + b"\x10" + u(self.chance.randrange(self.func_count))

    def element(self, depth):
        index = self.value(depth) + i32(7) + b"\x71"
        return (b"\x20" + u(self.array) + b"\xD1\x04" + A_NODE + self.node(depth) + b"\x05\x20" + u(self.array) + index
                + b"\xFB\x0B" + u(ARRAY) + END)

    def cast(self, depth):
        tested = self.node(depth) + b"\x22" + u(self.moment) + b"\xFB\x14" + s(WIDE)
        return (tested + b"\x04" + A_NODE + b"\x20" + u(self.moment) + b"\xFB\x16" + s(WIDE) + b"\xFB\x02" + u(WIDE) + b"\x04"
                + b"\x05" + self.node(depth) + END)

    def selected(self, depth):
        return self.node(depth) + self.node(depth) + self.value(depth) + i32(1) + b"\x71\x1C\x01" + A_NODE

    def blocked(self, depth):
        return b"\x02" + A_NODE + self.node(depth) + self.value(depth) + i32(3) + b"\x71\x0D\0" + DROP + self.node(depth) + END

    def global_(self, depth):
        del depth
        return b"\x23" + u(self.chance.randrange(3))

    def from_table(self, depth):
        return self.value(depth) + i32(TABLE_SIZE - 1) + b"\x71\x25\0"

    def thrown(self, depth):
        return (b"\x02" + A_NODE + b"\x1F\x40\x01\0\0\0" + self.node(depth) + b"\x08\0" + END + UNREACHABLE + END)

    def on_null(self, depth):
        return (b"\x02" + A_NODE + b"\x02\x40" + self.node(depth) + b"\xD5\0\x0C\x01" + END + self.node(depth) + END)

    def branched(self, depth):
        return (b"\x02" + A_NODE + b"\x02" + ref_null(WIDE) + self.node(depth) + b"\xFB\x18\x03\0" + s(NODE) + s(WIDE)
                + b"\x0C\x01" + END + self.statement(min(depth, 1)) + END)

    def value(self, depth):
        if depth <= 0:
            return self.pick(lambda: i32(self.chance.randrange(-9, 99) & MAX32), lambda: b"\x20\x01",
                             lambda: b"\x20" + u(self.number + self.chance.randrange(4)))()
        kind = self.chance.randrange(7)
        if kind < 2:
            return self.value(depth - 1) + self.value(depth - 1) + self.chance.choice((b"\x6A", b"\x6B", b"\x6C", b"\x73"))
        if kind < 4:
            return self.guarded(self.node(depth - 1), b"\xFB\x02\0\x02", i32(depth), I32)
        if kind == 4:
            return self.node(depth - 1) + self.node(depth - 1) + b"\xD3"
        if kind == 5:
            return self.node(depth - 1) + b"\xFB\x14" + s(WIDE)
        return (i32(self.chance.randrange(1, 5)) + b"\xFB\x07" + u(BYTES) + i32(0) + b"\xFB\x0D" + u(BYTES)
                + self.value(depth - 1) + b"\x6A")

    def long(self, depth):
        return self.value(depth) + b"\xAC" if self.chance.randrange(2) else i64(self.chance.getrandbits(64))

    def statement(self, depth):
        kind = self.chance.randrange(9)
        if kind < 3:
            return self.node(depth) + b"\x21" + u(self.first_node + self.chance.randrange(NODES))
        if kind == 3:
            return self.node(depth) + b"\x24" + u(self.chance.randrange(3))
        if kind == 4:
            return self.value(depth) + i32(TABLE_SIZE - 1) + b"\x71" + self.node(depth) + b"\x26\0"
        if kind == 5:
            target = self.local()
            moment = self.moment + self.chance.randrange(4)
            field_index = self.chance.randrange(3)
            what = self.value(depth) if field_index == 2 else self.node(depth)
            # The target is taken again behind `what`: a moment's local may have changed meanwhile.
            return (target + b"\x22" + u(moment) + b"\xD1\x45\x04\x40" + what + b"\x21"
                    + u(self.number if field_index == 2 else self.first_node) + target + b"\xD1\x45\x04\x40" + target
                    + b"\x20" + u(self.number if field_index == 2 else self.first_node) + b"\xFB\x05\0"
                    + bytes([field_index]) + END + END)
        if kind == 6:
            return (self.node(depth) + i32(8) + b"\xFB\x06" + u(ARRAY) + b"\x21" + u(self.array))
        if kind == 7:
            items = b"".join(self.node(depth - 1) for _ in range(8))
            return items + b"\xFB\x08" + u(ARRAY) + u(8) + b"\x21" + u(self.array)
        counter = self.number + 3
        return (i32(self.chance.randrange(1, 6)) + b"\x21" + u(counter) + b"\x03\x40" + self.statement(depth - 1)
                + b"\x20" + u(counter) + i32(1) + b"\x6B\x22" + u(counter) + i32(0) + b"\x4A\x0D\0" + END) if depth > 0 else b""

    def lines(self, count):
        return b"".join(self.statement(self.depth) for _ in range(count))


def fuel(otherwise):
    """Every call and every turn of a loop takes one of global 3."""
    return b"\x23\x03\x45\x04\x40" + otherwise + b"\x0F" + END + b"\x23\x03" + i32(1) + b"\x6B\x24\x03"


def module_of(seed, index):
    chance = random.Random("%d/%d" % (seed, index))
    count = chance.randrange(FUNCS_MIN, 6)
    bodies = []
    for _ in range(count):
        one_body = Body(chance, count, chance.randrange(1, 4))
        code_ = fuel(b"\x20\0") + one_body.lines(chance.randrange(1, 6)) + one_body.node(2)
        bodies.append(body(code_, one_body.groups))
    for _ in range(3):  # exported: () -> i32
        runner = Body(chance, count, 2)
        runner.groups = [(1, A_NODE), (1, I32)] + runner.groups  # in the params' place
        code_ = runner.lines(chance.randrange(2, 10)) + b"".join(runner.value(3) + b"\x73" if k else runner.value(3)
                                                                 for k in range(4))
        bodies.append(body(code_, runner.groups))
    kinds = types(rec(sub(struct(*STRUCT)), sub(struct(*STRUCT, (A_NODE, 0)), 0), array(A_NODE)), array(I8),
                  func((A_NODE, I32), (A_NODE,)), func((A_NODE,)), func((), (I32,)))
    null = b"\xD0\0"
    return module(kinds, funcs(*[SIG_NODE] * count, *[SIG_RUN] * 3), tables(table(A_NODE, TABLE_SIZE)), tags(SIG_TAG),
                  globals_(*[global_(A_NODE, null, True)] * 3, global_(I32, i32(400), True)),
                  exports(*[("run%d" % k, FUNC, count + k) for k in range(3)], ("nodes", TABLE, 0),
                          ("a", GLOBAL, 0), ("b", GLOBAL, 1), ("left", GLOBAL, 3)),
                  code(*bodies))
