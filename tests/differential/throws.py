"""Random valid modules that throw and catch all the time, which wasm-tools smith's hardly ever do.

Six functions [i32]->[i32] that call only later ones, so every run ends; tags of no value, of i32 and of i64 i32; each
kind of clause, throw_ref of kept exceptions (and of null), branches out of tries, tail calls. With legacy=True the
instructions that came before try_table take their place: wasmtime refuses those, V8 runs them:

  python3 -m tests.differential.throws --aether BIN --node BIN [--count N] [--seed S]
"""
import argparse
import json
import os
import random
import subprocess
import tempfile

FUNCS = 6
LOCALS = 3  # i32s: the param and two; behind them an exnref
EXCEPTION = 3
I32, NONE, OTHER = 0x7F, 0x40, None  # what a label takes; OTHER: nobody but a clause goes there
TAGS = 3
BLOCK, IF, ELSE, TRY, CATCH, THROW, RETHROW, THROW_REF, END = 0x02, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B
BR, BR_IF, RETURN, CALL, RETURN_CALL, DELEGATE, CATCH_ALL, DROP = 0x0C, 0x0D, 0x0F, 0x10, 0x12, 0x18, 0x19, 0x1A
TRY_TABLE, GET, SET, TEE, CONST, CONST64, EQZ, ADD, WRAP = 0x1F, 0x20, 0x21, 0x22, 0x41, 0x42, 0x45, 0x6A, 0xA7
BINARY = (ADD, 0x6B, 0x73, 0x46, 0x48)  # add sub xor eq lt_s
TYPES = (b"\x60\x01\x7f\x01\x7f", b"\x60\0\0", b"\x60\x01\x7f\0", b"\x60\x02\x7e\x7f\0",
         b"\x60\0\x02\x7e\x7f", b"\x60\0\x02\x7f\x69")
# Around a try_table stand six blocks, from the outside: the result, what takes an i32, an i64 and i32, an exnref,
# an i32 and exnref, nothing. Clauses see them as labels 5 to 0.
BLOCK_TYPES = (0x7F, 0x7F, 4, 0x69, 5, 0x40)
CLAUSES = (b"\0\0\0", b"\2\0", b"\0\1\4", b"\0\2\3", b"\3\2", b"\1\1\1", b"\1\0\2", b"\0\1\5")


def leb(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def vector(items):
    return leb(len(items)) + b"".join(items)


def section(number, contents):
    return bytes([number]) + leb(len(contents)) + contents


class Body:
    def __init__(self, rng, func, legacy):
        self.rng, self.func, self.legacy = rng, func, legacy
        self.labels = [(I32, False)]  # what it takes; is it a legacy catch?
        self.budget = 200

    def const(self):
        return bytes([CONST, self.rng.randint(0, 63)])

    def local(self):
        return self.rng.randint(0, LOCALS - 1)

    def within(self, takes, make, *args):
        self.labels.append((takes, False))
        made = make(*args)
        self.labels.pop()
        return made

    def label(self, takes):
        """The index of a label that takes this; None."""
        found = [i for i, label in enumerate(reversed(self.labels)) if label[0] == takes]
        return self.rng.choice(found) if found else None

    def expression(self, depth):
        """Gives one i32."""
        self.budget -= 1
        choice = self.rng.randint(0, 13) if depth > 0 and self.budget > 0 else self.rng.randint(0, 1)
        if choice == 0:
            return self.const()
        if choice == 1:
            return bytes([GET, self.local()])
        if choice == 2:
            return self.expression(depth - 1) + self.expression(depth - 1) + bytes([self.rng.choice(BINARY)])
        if choice == 3:
            return self.statement(depth - 1) + self.expression(depth - 1)
        if choice == 4 and self.func + 1 < FUNCS:
            return self.expression(depth - 1) + bytes([CALL, self.rng.randint(self.func + 1, FUNCS - 1)])
        if choice == 5:
            return self.expression(depth - 1) + bytes([TEE, self.local()])
        if choice == 6:
            return bytes([BLOCK, I32]) + self.within(I32, self.expression, depth - 1) + bytes([END])
        if choice == 7:
            condition = self.expression(depth - 1)
            then = self.within(I32, self.expression, depth - 1)
            other = self.within(I32, self.expression, depth - 1)
            return condition + bytes([IF, I32]) + then + bytes([ELSE]) + other + bytes([END])
        if choice == 8:
            return self.expression(depth - 1) + bytes([EQZ])
        return self.catching(depth, I32)

    def condition(self, depth, then):
        """A statement, or what ends the path, where an expression is not 0."""
        return self.expression(depth - 1) + bytes([IF, NONE]) + self.within(NONE, then) + bytes([END])

    def throw(self):
        tag = self.rng.randint(0, TAGS - 1)
        payload = (b"", self.expression(1), bytes([CONST64, self.rng.randint(0, 63)]) + self.expression(1))[tag]
        return payload + bytes([THROW, tag])

    def throw_again(self):
        if not self.legacy:
            return bytes([GET, EXCEPTION, THROW_REF])
        catches = [i for i, label in enumerate(reversed(self.labels)) if label[1]]
        return bytes([RETHROW, self.rng.choice(catches)]) if catches else b""

    def branch(self, depth):
        takes = self.rng.choice((I32, NONE))
        label = self.label(takes)
        if label is None:
            return b""
        value = self.expression(depth - 1) if takes == I32 else b""
        return value + self.expression(depth - 1) + bytes([BR_IF, label]) + (bytes([DROP]) if takes == I32 else b"")

    def statement(self, depth):
        self.budget -= 1
        choice = self.rng.randint(1, 11) if depth > 0 and self.budget > 0 else 0
        if choice == 0:
            return self.const() + bytes([SET, self.local()])
        if choice == 1:
            return self.expression(depth - 1) + bytes([DROP])
        if choice == 2:
            return self.expression(depth - 1) + bytes([SET, self.local()])
        if choice == 3:
            return self.condition(depth, self.throw)
        if choice == 4:
            return self.condition(depth, self.throw_again)
        if choice == 5:
            return bytes([BLOCK, NONE]) + self.within(NONE, self.statement, depth - 1) + bytes([END])
        if choice == 6:
            return self.branch(depth)
        if choice == 7:
            return self.condition(depth, lambda: self.expression(1) + bytes([RETURN]))
        if choice == 8:
            return self.statement(depth - 1) + self.statement(depth - 1)
        return self.catching(depth, NONE)

    def catching(self, depth, takes):
        if self.legacy:
            return self.try_legacy(depth, takes)
        made = self.try_alone(depth) if self.rng.randint(0, 3) == 0 else self.try_in_blocks(depth)
        return made if takes == I32 else made + bytes([DROP])

    def try_alone(self, depth):
        """Its clauses go to labels that are around it anyway."""
        clauses = []
        for _ in range(self.rng.randint(0, 3)):
            takes = self.rng.choice((I32, NONE))
            label = self.label(takes)
            if label is not None:
                kind = b"\0\1" if takes == I32 else self.rng.choice((b"\0\0", b"\2"))
                clauses.append(kind + leb(label))
        return bytes([TRY_TABLE, I32]) + vector(clauses) + self.within(I32, self.expression, depth - 1) + bytes([END])

    def try_in_blocks(self, depth):
        around = len(self.labels)
        self.labels += [(I32, False), (OTHER, False), (OTHER, False), (OTHER, False), (OTHER, False), (NONE, False)]
        clauses = [self.rng.choice(CLAUSES) for _ in range(self.rng.randint(0, 4))]
        made = b"".join(bytes([BLOCK, block]) for block in BLOCK_TYPES) + bytes([TRY_TABLE, I32]) + vector(clauses)
        made += self.within(I32, self.expression, depth - 1) + bytes([END, BR, 5, END])
        handlers = (  # behind the end of each block, from the inside
            lambda: self.expression(depth - 1),
            lambda: bytes([SET, EXCEPTION]) + self.maybe_again(depth),
            lambda: bytes([SET, EXCEPTION]) + self.maybe_again(depth) + self.expression(depth - 1),
            lambda: bytes([SET, 1, WRAP, GET, 1, ADD]),
        )
        for i, handler in enumerate(handlers):
            del self.labels[around + 5 - i:]
            made += handler() + bytes([BR, 4 - i, END])
        del self.labels[around:]
        return made + bytes([CONST, 1, ADD, END])

    def maybe_again(self, depth):
        return self.condition(depth, self.throw_again) if self.rng.randint(0, 2) == 0 else b""

    def try_legacy(self, depth, takes):
        make = self.expression if takes == I32 else self.statement
        self.labels.append((takes, False))
        made = bytes([TRY, takes]) + make(depth - 1)
        if self.rng.randint(0, 5) == 0:
            self.labels.pop()
            return made + bytes([DELEGATE, self.rng.randint(0, len(self.labels) - 1)])
        self.labels[-1] = (takes, True)
        for _ in range(self.rng.randint(0, 2)):
            tag = self.rng.randint(0, TAGS - 1)
            keep = (b"", bytes([SET, self.local()]), bytes([SET, self.local(), WRAP, SET, self.local()]))[tag]
            made += bytes([CATCH, tag]) + keep + make(depth - 1)
        if self.rng.randint(0, 2) == 0:
            made += bytes([CATCH_ALL]) + make(depth - 1)
        self.labels.pop()
        return made + bytes([END])

    def build(self):
        types = b"\x01\x02\x7f" if self.legacy else b"\x02\x02\x7f\x01\x69"  # V8 takes no module with both
        code = types + self.statement(6) + self.statement(6) + self.expression(7)
        if self.func + 1 < FUNCS and self.rng.randint(0, 2) == 0:
            code += bytes([RETURN_CALL, self.rng.randint(self.func + 1, FUNCS - 1)])
        return code + bytes([END])


def module(seed, index, legacy=False):
    rng = random.Random("%d/%d/%d" % (seed, index, legacy))
    bodies = [Body(rng, func, legacy).build() for func in range(FUNCS)]
    exports = [bytes([1, 97 + func, 0, func]) for func in range(FUNCS)]
    types = TYPES[:4] if legacy else TYPES
    return b"\0asm\1\0\0\0" + section(1, vector(types)) + section(3, vector([b"\0"] * FUNCS)) + \
        section(13, vector([b"\0\1", b"\0\2", b"\0\3"])) + section(7, vector(exports)) + \
        section(10, vector([leb(len(body)) + body for body in bodies]))


def ours(aether, path, name):
    command = [aether, "run", path, "--invoke", name, "7", "--legacy-exceptions", "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    record = json.loads(done.stdout)
    if record["outcome"] != "returned":
        return record["outcome"]
    return "returned %x" % (int(record["results"][0]["value"]) & 0xFFFFFFFF)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--aether", required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    voter = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vote.mjs")
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, "%d.wasm" % index) for index in range(args.count)]
        for index, path in enumerate(paths):
            with open(path, "wb") as file:
                file.write(module(args.seed, index, legacy=True))
        done = subprocess.run([args.node, voter, *paths], capture_output=True, text=True, check=True)
        for record in map(json.loads, done.stdout.splitlines()):
            for name, said in record["calls"]:
                got = ours(args.aether, record["file"], name)
                if got != said and (got.startswith("returned") or said.startswith("returned")):
                    different += 1
                    print("DIFFERENT %s %s: ours %s, V8 %s" % (os.path.basename(record["file"]), name, got, said))
    print("seed %d: %d modules, %d different" % (args.seed, args.count, different))
    return different != 0


if __name__ == "__main__":
    raise SystemExit(main())
