"""One function body: a random walk over a typed operand stack.

Invariants:
  (1) `stack` holds the letter type of every operand, `frames[-1].base` where the innermost block's
      own operands start. In dead code the stack above `base` may be shorter than what is popped.
  (2) An operator takes what is on the stack when the types fit (so values are really used), and
      makes what is missing.
  (3) Locals in `counters` are loop counters; nothing but their loop writes them. A bounded loop
      counts down at its head, so branches to it end as well.
Not here: what functions, tables and globals there are. That is module.py.
"""
from tests.gen import wasm
from tests.gen.wasm import s, u


class Frame:
    __slots__ = ("label", "results", "base", "dead")

    def __init__(self, label, results, base):
        self.label, self.results, self.base, self.dead = label, results, base, False


class Body:
    def __init__(self, rng, module, sig, index):
        self.rng, self.module, self.index = rng, module, index
        self.params, self.results = sig.split(">")
        self.locals = list(self.params)
        self.counters = set()
        self.out = bytearray()
        self.stack = []
        self.frames = [Frame(self.results, self.results, 0)]
        self.times = 1  # product of the counts of the loops around us
        self.cost = 0   # estimate of what one call burns
        self.budget = 0

    # -- emitting -----------------------------------------------------------------------------

    def op(self, *parts):
        self.budget -= 1
        self.cost += self.times
        for part in parts:
            if isinstance(part, int):
                self.out.append(part)
            else:
                self.out += part

    def push(self, letters):
        self.stack.extend(letters)

    def pop(self, count):
        frame = self.frames[-1]
        floor = max(frame.base, len(self.stack) - count)
        del self.stack[floor:]

    def height(self):
        return len(self.stack) - self.frames[-1].base

    def top_is(self, letters):
        n = len(letters)
        return self.height() >= n and (n == 0 or self.stack[-n:] == list(letters))

    def need(self, letters):
        """Makes `letters` the top of the stack; what is there and fits is used."""
        frame = self.frames[-1]
        if frame.dead and self.height() < len(letters) and self.rng.chance(0.6):
            have = self.stack[frame.base:]
            if not have or have == list(letters[len(letters) - len(have):]):
                return
        for k in range(len(letters), -1, -1):
            if self.top_is(letters[:k]) and (k == 0 or self.rng.chance(0.85)):
                for letter in letters[k:]:
                    self.produce(letter)
                return

    def local(self, letter, hidden=False):
        """A new local of this type."""
        self.locals.append(letter)
        if hidden:
            self.counters.add(len(self.locals) - 1)
        return len(self.locals) - 1

    def locals_of(self, letter, writable=False):
        return [k for k, t in enumerate(self.locals)
                if t == letter and not (writable and k in self.counters)]

    # -- values from nothing ------------------------------------------------------------------

    def const(self, letter, value=None):
        rng = self.rng
        if letter == "i":
            if value is None:
                value = rng.pick(wasm.I32) if rng.chance(0.7) else rng.below(1 << 32) - (1 << 31)
            self.op(0x41, s(value))
        elif letter == "I":
            if value is None:
                value = rng.pick(wasm.I64) if rng.chance(0.7) else rng.u64() - (1 << 63)
            self.op(0x42, s(value))
        elif letter == "f":
            if value is None:
                value = rng.pick(wasm.F32) if rng.chance(0.7) else rng.below(1 << 32)
            self.op(0x43, value.to_bytes(4, "little"))
        elif letter == "F":
            if value is None:
                value = rng.pick(wasm.F64) if rng.chance(0.7) else rng.u64()
            self.op(0x44, value.to_bytes(8, "little"))
        elif letter == "r" and self.module.declared and rng.chance(0.7):
            self.op(0xD2, u(rng.pick(self.module.declared)))
        else:
            self.op(0xD0, wasm.types(letter))
        self.push(letter)

    def produce(self, letter):
        """One value more; takes nothing of what is on the stack."""
        frame = self.frames[-1]
        saved = frame.base, frame.dead
        frame.base, frame.dead = len(self.stack), False
        self.make(letter)
        frame.base, frame.dead = saved

    def make(self, letter):
        rng, module = self.rng, self.module
        roll = rng.below(100)
        if roll < 45:
            at = self.locals_of(letter)
            if at:
                self.op(0x20, u(rng.pick(at)))
                self.push(letter)
                return
        if roll < 60:
            at = [k for k, (t, _) in enumerate(module.globals) if t == letter]
            if at:
                self.op(0x23, u(rng.pick(at)))
                self.push(letter)
                return
        if 60 <= roll < 70 and letter in wasm.NUMBER and module.memory and self.budget > 0:
            self.load(letter)
            return
        if 70 <= roll < 76 and letter == "i":
            if module.memory and rng.chance(0.5):
                self.op(0x3F, 0)
                self.push("i")
                return
            if module.tables:
                self.op(0xFC, u(16), u(rng.below(len(module.tables))))
                self.push("i")
                return
        if 76 <= roll < 84 and letter in wasm.REFERENCE and module.tables:
            at = [k for k, t in enumerate(module.tables) if t.letter == letter and t.low]
            if at and self.budget > 0:
                table = rng.pick(at)
                self.table_index(table, 1)
                self.op(0x25, u(table))
                self.pop(1)
                self.push(letter)
                return
        if 84 <= roll < 92 and letter in wasm.NUMBER and self.budget > 0:
            code, sig = rng.pick([o for o in wasm.TOTAL if o[1].endswith(">" + letter)])
            self.apply(code, sig)
            return
        self.const(letter)

    # -- addresses and indices that mostly are in bounds ---------------------------------------

    def wild(self, what):
        """Whether to leave this operator unguarded: `what` is one of module.WILD."""
        return what in self.module.wild_in and self.rng.chance(self.module.wild)

    def memory_offset(self):
        """A static offset that stays within the first page with an address below 0x8000."""
        rng = self.rng
        if self.wild("memory"):
            return rng.pick([0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFF8])
        return rng.weighted([(5, 0), (4, rng.below(64)), (2, rng.below(0x7FF0))])

    def address(self, mask=0x7FFF, fresh=False):
        """An i32 operand, at most `mask` unless this is a wild one; `fresh`: not from the stack."""
        if self.rng.chance(0.35):
            self.const("i", self.rng.below(mask + 1))
            return
        if fresh:
            self.produce("i")
        else:
            self.need("i")
        if self.wild("memory"):
            return
        self.op(0x41, s(mask))
        self.op(0x71)
        self.pop(1)
        self.push("i")

    def small(self, high):
        """A length or count operand, at most `high` unless this is a wild one."""
        if self.wild("count"):
            self.const("i")
        else:
            self.const("i", self.rng.below(high + 1))

    def growth(self, deltas):
        """A growth's operand. Never a small constant by itself: where such a growth fails, wasmtime
        50 keeps a charge that it has added up at compile time, and other growths cost nothing."""
        delta = self.rng.pick(deltas)
        self.const("i", delta)
        if 0 < delta <= 128:
            self.op(0x41, s(0), 0x72)

    def table_index(self, table, room):
        low = self.module.tables[table].low
        if self.wild("table") or low < room:
            self.const("i")
        else:
            self.const("i", self.rng.below(low - room + 1))

    # -- operators ----------------------------------------------------------------------------

    def apply(self, code, sig):
        params, results = sig.split(">")
        self.need(params)
        self.op(code)
        self.pop(len(params))
        self.push(results)

    def numeric(self):
        """Prefers operators that take what is on top of the stack."""
        rng = self.rng
        fitting = []
        if self.height():
            top = self.stack[-1]
            fitting = [o for o in wasm.TOTAL if o[1].split(">")[0].endswith(top)]
        code, sig = rng.pick(fitting if fitting and rng.chance(0.8) else wasm.TOTAL)
        self.apply(code, sig)

    def divide(self):
        code, sig = self.rng.pick(wasm.DIVIDE)
        letter = sig[0]
        self.need(letter + letter)
        if self.wild("divide"):
            if self.rng.chance(0.4):
                self.pop(1)
                self.op(0x1A)
                self.const(letter, self.rng.pick([0, 0, -1]))
        else:
            # A divisor that is neither 0 nor -1.
            self.op(0x41 if letter == "i" else 0x42, s(0x7FFF))
            self.op(0x71 if letter == "i" else 0x83)
            self.op(0x41 if letter == "i" else 0x42, s(1))
            self.op(0x72 if letter == "i" else 0x84)
            self.pop(1)
            self.push(letter)
        self.op(code)
        self.pop(2)
        self.push(letter)

    def truncate(self):
        code, sig = self.rng.pick(wasm.TRUNCATE)
        source, result = sig.split(">")
        if self.wild("truncate"):
            self.need(source)
        else:
            self.need("i")
            self.op(0x41, s(0x7FFFFF))
            self.op(0x71)
            self.op(0xB3 if source == "f" else 0xB8)
            self.pop(1)
            self.push(source)
        self.op(code)
        self.pop(1)
        self.push(result)

    def memarg(self, log2):
        align = log2 if self.rng.chance(0.7) else self.rng.below(log2 + 1)
        return u(align) + u(self.memory_offset())

    def load(self, letter=None):
        code, result, log2 = self.rng.pick([o for o in wasm.LOAD if letter in (None, o[1])])
        self.address()
        self.op(code, self.memarg(log2))
        self.pop(1)
        self.push(result)

    def store(self):
        code, letter, log2 = self.rng.pick(wasm.STORE)
        if self.top_is("i" + letter) and self.wild("memory"):
            pass
        elif self.top_is(letter) and not self.frames[-1].dead:
            at = self.local(letter)
            self.op(0x21, u(at))
            self.pop(1)
            self.address()
            self.op(0x20, u(at))
            self.push(letter)
        else:
            self.address()
            self.produce(letter)
        self.op(code, self.memarg(log2))
        self.pop(2)

    def memory_bulk(self):
        rng, module = self.rng, self.module
        what = rng.below(5)
        if what == 0:
            self.op(0x3F, 0)
            self.push("i")
        elif what == 1:
            self.growth([0, 1, 1, 2, 3, 40, -1, 65536])
            self.op(0x40, 0)
        elif what == 2:
            self.address(0x3FFF)
            self.address(0x3FFF, fresh=True)
            self.small(300)
            self.op(0xFC, u(10), 0, 0)
            self.pop(3)
        elif what == 3:
            self.address(0x3FFF)
            self.produce("i")
            self.small(300)
            self.op(0xFC, u(11), 0)
            self.pop(3)
        elif module.datas:
            at = rng.below(len(module.datas))
            if rng.chance(0.3) and (module.datas[at].droppable or self.wild("count")):
                self.op(0xFC, u(9), u(at))
                return
            size = module.datas[at].usable
            start = rng.below(size + 1)
            self.address(0x3FFF)
            self.const("i", start)
            self.small(size - start)
            self.op(0xFC, u(8), u(at), 0)
            self.pop(3)

    def table_bulk(self):
        rng, module = self.rng, self.module
        at = rng.below(len(module.tables))
        table = module.tables[at]
        what = rng.below(8)
        if what == 0:
            self.op(0xFC, u(16), u(at))
            self.push("i")
        elif what == 1:
            self.produce(table.letter)
            self.growth([0, 1, 2, 5, 10, 200, -1])
            self.op(0xFC, u(15), u(at))
            self.pop(2)
            self.push("i")
        elif what == 2 and table.low:
            self.table_index(at, 1)
            self.op(0x25, u(at))
            self.pop(1)
            self.push(table.letter)
        elif what == 3 and table.low:
            self.table_index(at, 1)
            self.produce(table.letter)
            self.op(0x26, u(at))
            self.pop(2)
        elif what == 4 and table.low:
            count = rng.below(table.low + 1)
            self.table_index(at, count)
            self.produce(table.letter)
            self.small(count)
            self.op(0xFC, u(17), u(at))
            self.pop(3)
        elif what == 5 and table.low:
            other = rng.pick([k for k, t in enumerate(module.tables) if t.letter == table.letter])
            count = rng.below(min(table.low, module.tables[other].low) + 1)
            self.table_index(at, count)
            self.table_index(other, count)
            self.small(count)
            self.op(0xFC, u(14), u(at), u(other))
            self.pop(3)
        elif module.elems and table.low:
            elem = rng.below(len(module.elems))
            if rng.chance(0.3) and (module.elems[elem].droppable or self.wild("count")):
                self.op(0xFC, u(13), u(elem))
                return
            fitting = [k for k, e in enumerate(module.elems) if e.letter == table.letter]
            if not fitting:
                return
            elem = rng.pick(fitting)
            count = rng.below(min(table.low, module.elems[elem].usable) + 1)
            self.table_index(at, count)
            self.const("i", rng.below(module.elems[elem].usable - count + 1))
            self.small(count)
            self.op(0xFC, u(12), u(elem), u(at))
            self.pop(3)

    def reference(self):
        letter = self.rng.pick("rrx")
        if self.rng.chance(0.5):
            self.need(letter)
            self.op(0xD1)
            self.pop(1)
            self.push("i")
        else:
            self.produce(letter)

    def variable(self):
        rng, module = self.rng, self.module
        settable = [k for k, (t, mutable) in enumerate(module.globals)
                    if mutable and k not in module.reserved]
        if settable and rng.chance(0.3):
            at = rng.pick(settable)
            self.need(module.globals[at][0])
            self.op(0x24, u(at))
            self.pop(1)
            return
        letter = self.stack[-1] if self.height() and rng.chance(0.8) else rng.pick("iIfF")
        at = self.locals_of(letter, writable=True)
        where = rng.pick(at) if at and rng.chance(0.9) else self.local(letter)
        self.need(letter)
        if rng.chance(0.5):
            self.op(0x22, u(where))
            self.pop(1)
            self.push(letter)
        else:
            self.op(0x21, u(where))
            self.pop(1)

    def select(self):
        rng = self.rng
        letter = self.stack[-1] if self.height() and rng.chance(0.6) else rng.pick("iIfFr")
        self.need(letter + letter)
        self.produce("i")
        if letter in wasm.REFERENCE or rng.chance(0.3):
            self.op(0x1C, u(1), wasm.types(letter))
        else:
            self.op(0x1B)
        self.pop(3)
        self.push(letter)

    def call(self):
        callee = self.module.callee_for(self)
        if callee is None:
            return
        sig = self.module.sig_of(callee)
        params, results = sig.split(">")
        if callee == self.module.aether.get("commit_telemetry_vector"):
            self.telemetry(callee)
            return
        self.need(params)
        self.op(0x10, u(callee))
        self.pop(len(params))
        self.push(results)
        self.cost += self.times * self.module.cost_of(callee)

    def telemetry(self, callee):
        """commit_telemetry_vector with a range that is mostly fine."""
        self.address(0x3FFF)
        if self.rng.chance(0.1):
            self.const("i", self.rng.pick([65, 100, -1, 64]))
        else:
            self.const("i", self.rng.below(65))
        self.op(0x10, u(callee))
        self.pop(2)

    def call_indirect(self):
        rng, module = self.rng, self.module
        at = [k for k, t in enumerate(module.tables) if t.letter == "r"]
        if not at:
            return
        table = rng.pick(at)
        entries = module.tables[table].entries
        wild = self.wild("indirect")
        if not entries and not wild and rng.chance(0.95):
            self.numeric()
            return
        if entries and not wild:
            where = rng.pick(sorted(entries))
            sig = module.sig_of(entries[where])
        else:
            where = rng.pick([None, rng.below(module.tables[table].low + 1)] + sorted(entries)[:2])
            sig = rng.pick(module.types)
        params, results = sig.split(">")
        self.need(params)
        self.const("i", where)
        self.op(0x11, u(module.type_index(sig)), u(table))
        self.pop(len(params) + 1)
        self.push(results)
        self.cost += self.times * 50

    # -- what every frame needs ---------------------------------------------------------------

    def settle(self, letters):
        """Makes the frame's operands exactly `letters`, folding what is too much."""
        frame = self.frames[-1]
        while True:
            have = self.stack[frame.base:]
            if frame.dead and len(have) <= len(letters) and self.rng.chance(0.6) \
                    and have == list(letters[len(letters) - len(have):]):
                return
            if have == list(letters[:len(have)]):
                break
            self.shrink()
        for letter in letters[self.height():]:
            self.produce(letter)

    def shrink(self):
        """One operand less."""
        rng = self.rng
        letter = self.stack[-1]
        if self.height() >= 2 and self.stack[-2] == letter and letter in wasm.NUMBER \
                and rng.chance(0.6):
            binary = [o for o in wasm.TOTAL if o[1] == "%s%s>%s" % (letter, letter, letter)]
            self.op(rng.pick(binary)[0])
            self.pop(1)
            return
        at = self.locals_of(letter, writable=True)
        if at and rng.chance(0.5):
            self.op(0x21, u(rng.pick(at)))
        else:
            self.op(0x1A)
        self.pop(1)
