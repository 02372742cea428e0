"""Makes a module that ends differently here and in the peer as small as it goes.

  peers/venv/bin/python -m tests.oracle.shrink --batch build/bin/fuel_batch IN.wasm OUT.wasm

Drops functions' bodies, then runs of operators, then single ones, as long as the module stays valid
and the two engines stay different in the same way (the field that differs).
"""
import argparse
import os
import sys

from tests.gen.mutate import bodies_of, join, read_u, split
from tests.gen.wasm import u
from tests.oracle import compare
from tests.oracle.__main__ import run_ours

# What follows an operator's byte: u one number, m two, b a block type, t a branch table, c a byte
# list of types, 4 and 8 that many bytes.
IMMEDIATES = {0x02: "b", 0x03: "b", 0x04: "b", 0x0C: "u", 0x0D: "u", 0x0E: "t", 0x10: "u",
              0x11: "m", 0x1C: "c", 0x3F: "u", 0x40: "u", 0x41: "u", 0x42: "u", 0x43: "4",
              0x44: "8", 0xD0: "u", 0xD2: "u"}
IMMEDIATES.update({code: "u" for code in range(0x20, 0x27)})
IMMEDIATES.update({code: "m" for code in range(0x28, 0x3F)})
PLAIN = [b"\x1a", b"\x41\x00", b"\x42\x00", b"\x43" + bytes(4), b"\x44" + bytes(8), b"\x00"]
PREFIXED = {8: "m", 9: "u", 10: "m", 11: "u", 12: "m", 13: "u", 14: "m", 15: "u", 16: "u", 17: "u"}


def skip(data, at, kind):
    if kind in ("u", "b"):
        return read_u(data, at)[1]
    if kind == "m":
        return read_u(data, read_u(data, at)[1])[1]
    if kind in ("t", "c"):
        count, at = read_u(data, at)
        for _ in range(count + (kind == "t")):
            at = read_u(data, at)[1]
        return at
    return at + int(kind or 0)


def operators(body):
    """(local declarations, [operator bytes]) of a function body."""
    count, at = read_u(body, 0)
    for _ in range(count):
        at = read_u(body, at)[1] + 1
    head, items = body[:at], []
    while at < len(body):
        code, end = body[at], at + 1
        if code == 0xFC:
            second, end = read_u(body, end)
            end = skip(body, end, PREFIXED.get(second, ""))
        else:
            end = skip(body, end, IMMEDIATES.get(code, ""))
        items.append(body[at:end])
        at = end
    return head, items


class Shrinker:
    def __init__(self, batch, peer, data, scratch):
        self.batch, self.peer, self.scratch = batch, peer, scratch
        self.engine = peer.make_engine()
        self.parts = split(data)
        self.at = next(k for k, part in enumerate(self.parts) if part[0] == 10)
        self.bodies = [operators(body) for body in bodies_of(self.parts[self.at][1])]
        self.field = self.difference(data)
        if self.field is None:
            raise SystemExit("shrink: the engines agree on this module")

    def difference(self, data):
        """The first field that differs, or None."""
        theirs = self.peer.Run(self.engine, data).go()
        if theirs["load"] == "invalid":
            return None
        with open(self.scratch, "wb") as file:
            file.write(data)
        verdict = compare.compare(run_ours(self.batch, [self.scratch])[self.scratch], theirs)
        return None if verdict in (compare.EQUAL, compare.EXCUSED) else verdict.split(":")[0]

    def build(self, bodies):
        raw = [head + b"".join(items) for head, items in bodies]
        parts = list(self.parts)
        parts[self.at] = (10, u(len(raw)) + b"".join(u(len(body)) + body for body in raw))
        return join(parts)

    def try_body(self, index, items):
        bodies = list(self.bodies)
        bodies[index] = (bodies[index][0], items)
        if self.difference(self.build(bodies)) != self.field:
            return False
        self.bodies = bodies
        return True

    def drop_runs(self, index):
        size = len(self.bodies[index][1])
        while size >= 1:
            at = 0
            while at < len(self.bodies[index][1]):
                items = self.bodies[index][1]
                if not self.try_body(index, items[:at] + items[at + size:]):
                    at += size
            size //= 2

    def to_values(self, index):
        """Runs of operators that leave one value more, or one less, by the plainest that does so."""
        size = 32
        while size >= 1:
            at = 0
            while at + size <= len(self.bodies[index][1]):
                items = self.bodies[index][1]
                run = items[at:at + size]
                if size > 1 or run[0] not in PLAIN:
                    for plain in PLAIN:
                        if self.try_body(index, items[:at] + [plain] + items[at + size:]):
                            break
                at += 1
            size //= 2

    def drop_nests(self, index):
        """An operator and its matching end, or a pair that leaves the stack as it was."""
        at = 0
        while at < len(self.bodies[index][1]):
            items = self.bodies[index][1]
            for other in range(at + 1, min(at + 12, len(items))):
                if self.try_body(index, items[:at] + items[at + 1:other] + items[other + 1:]):
                    break
            else:
                at += 1

    def shrink(self):
        for index in range(len(self.bodies)):
            self.try_body(index, [b"\x00", b"\x0b"])
        size = None
        while size != len(self.build(self.bodies)):
            size = len(self.build(self.bodies))
            for index in range(len(self.bodies)):
                self.drop_runs(index)
                self.drop_nests(index)
                self.to_values(index)
        return self.build(self.bodies)


def main():
    parser = argparse.ArgumentParser(prog="tests.oracle.shrink", description=__doc__)
    parser.add_argument("--batch", required=True)
    parser.add_argument("input")
    parser.add_argument("output")
    args = parser.parse_args()
    from tests.oracle import peer

    def work():
        with open(args.input, "rb") as file:
            shrinker = Shrinker(args.batch, peer, file.read(), args.output + ".try")
        out = shrinker.shrink()
        with open(args.output, "wb") as file:
            file.write(out)
        os.unlink(args.output + ".try")
        print("%s: %d bytes, differs in %s" % (args.output, len(out), shrinker.field))
        return 0

    return peer.on_big_stack(work)


if __name__ == "__main__":
    sys.exit(main())
