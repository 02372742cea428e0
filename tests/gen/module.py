"""A whole module from (seed, index): plan, sections, bytes.

The kind says what sort of end the module is made for; `returns` kinds mostly return. What a case
does in the end is the engine's word: generators aim, they do not promise.
"""
from tests.gen import wasm
from tests.gen.control import Function
from tests.gen.rng import Rng
from tests.gen.wasm import s, u

# (weight in kind=any, weight in kind=returns, name)
KINDS = [
    (26, 40, "plain"), (12, 20, "guarded"), (16, 0, "trapping"), (2, 0, "forever"),
    (2, 0, "recursion"), (2, 3, "branch_table"), (2, 3, "many_functions"),
    (2, 4, "many_locals"), (1, 1, "wide_locals"), (1, 1, "wide_stack"), (2, 3, "deep"), (4, 0, "missing_import"),
    (2, 0, "wrong_import"), (3, 0, "missing_export"), (2, 0, "wrong_entry"),
    (3, 0, "memory_cap"), (1, 0, "table_cap"), (3, 0, "segment_trap"), (4, 4, "custom_entry"),
    (2, 0, "shred"), (2, 0, "refused"), (1, 0, "empty"), (4, 10, "start"),
]
ENTRIES = ["evaluate_limits", "diagnostic", "_start"]
WILD = ["memory", "count", "table", "divide", "truncate", "indirect", "unreachable"]
CATEGORIES = {
    "push": 6, "numeric": 20, "divide": 3, "truncate": 2, "variable": 10, "load": 5, "store": 6,
    "memory_bulk": 3, "table_bulk": 3, "reference": 1, "select": 3, "call": 6, "call_indirect": 3,
    "block": 5, "if_else": 6, "loop": 3, "branch": 4, "branch_table": 1, "drop": 2, "nop": 1,
    "leave_function": 1,
}


class Case:
    """What was made: the bytes, the kind, and the entry a manifest must name (None: default)."""

    def __init__(self, seed, index, kind, entry, data):
        self.seed, self.index, self.kind, self.entry, self.wasm = seed, index, kind, entry, data


class Table:
    def __init__(self, letter, low, high):
        self.letter, self.low, self.high, self.entries = letter, low, high, {}


class Elem:
    """`droppable`: nothing is taken from it, so that dropping it makes no later init trap."""

    def __init__(self, letter, mode, items, droppable):
        self.letter, self.mode, self.items = letter, mode, items
        self.droppable = droppable or mode != "passive"
        self.usable = 0 if self.droppable else len(items)
        self.table = self.start = 0


class Data:
    def __init__(self, mode, start, init, droppable):
        self.mode, self.start, self.init = mode, start, init
        self.droppable = droppable or mode != "passive"
        self.usable = 0 if self.droppable else len(init)


class Module:
    def __init__(self, rng, kind):
        self.rng, self.kind = rng, kind
        self.wild = rng.pick([0.05, 0.15, 0.4, 0.9]) if kind == "trapping" else 0.0
        self.wild_in = {rng.pick(WILD) for _ in range(rng.pick([1, 1, 2, 3]))}
        self.types, self.type_at = [], {}
        self.imports, self.funcs, self.bodies, self.costs = [], [], {}, {}
        self.globals, self.inits, self.reserved = [], [], set()
        self.tables, self.elems, self.datas = [], [], []
        self.exports, self.aether = [], {}
        self.memory = None
        self.start = None
        self.entry = None
        self.guarded = kind in ("guarded", "recursion") or (self.wild > 0 and "indirect" in self.wild_in)
        self.weights = self.pick_weights()
        self.declared = []

    # -- what bodies ask ----------------------------------------------------------------------

    def type_index(self, sig):
        if sig not in self.type_at:
            self.type_at[sig] = len(self.types)
            self.types.append(sig)
        return self.type_at[sig]

    def sig_of(self, func):
        count = len(self.imports)
        return self.imports[func][2] if func < count else self.funcs[func - count]

    def cost_of(self, func):
        return self.costs.get(func, 200)

    def callee_for(self, body):
        rng, count = self.rng, len(self.imports)
        if self.imports and rng.chance(0.35):
            func = rng.below(count)
            if func != self.aether.get("shred_self") or rng.chance(0.05):
                return func
        first = 0 if self.guarded or self.kind == "recursion" else body.index + 1
        room = 300000 // body.times
        fitting = [k for k in range(count + first, count + len(self.funcs))
                   if self.cost_of(k) < room]
        return rng.pick(fitting) if fitting else None

    def prologue(self, body):
        """Guarded modules: every function counts one global down and returns at once below 0."""
        if not self.guarded or self.kind == "recursion":
            return
        at = u(self.guard)
        body.op(0x23, at, 0x41, s(1), 0x6B, 0x24, at, 0x23, at, 0x41, s(0), 0x48, 0x04, 0x40)
        for letter in body.results:
            body.const(letter)
        body.pop(len(body.results))
        body.op(0x0F, 0x0B)

    # -- the plan -----------------------------------------------------------------------------

    def pick_weights(self):
        """Swarm testing: each module leaves some categories out and likes some others."""
        rng, weights = self.rng, {}
        for name, weight in CATEGORIES.items():
            weights[name] = weight * rng.weighted([(2, 0), (6, 2), (3, 4), (1, 10)])
        weights["numeric"] += 4
        weights["push"] += 4
        if not self.guarded:
            weights["call_indirect"] = 0
        if self.kind == "forever":
            weights["forever"] = 12
        for what, name in (("memory", "load"), ("memory", "store"), ("count", "memory_bulk"),
                           ("table", "table_bulk"), ("divide", "divide"), ("truncate", "truncate"),
                           ("indirect", "call_indirect"), ("unreachable", "leave_function")):
            if self.wild and what in self.wild_in:
                weights[name] += 30
        return weights

    def random_sig(self, references=True):
        rng = self.rng
        letters = "iiiIIfFrx" if references and rng.chance(0.2) else "iiIIfF"
        params = "".join(rng.pick(letters) for _ in range(rng.weighted([(3, 0), (3, 1), (3, 2),
                                                                        (2, 4), (1, 9)])))
        results = "".join(rng.pick(letters) for _ in range(rng.weighted([(2, 0), (6, 1), (2, 2),
                                                                         (1, 4)])))
        return params + ">" + results

    def plan(self):
        rng, kind = self.rng, self.kind
        for _ in range(rng.below(4)):
            self.type_index(self.random_sig())
        self.plan_imports()
        self.plan_functions()
        self.plan_memory()
        self.plan_globals()
        self.plan_tables()
        for at in sorted(range(len(self.funcs)), reverse=True):
            self.make_body(at)
        if kind == "segment_trap":
            self.plan_segment_trap()
        self.plan_exports()

    def plan_imports(self):
        rng, kind = self.rng, self.kind
        must = {"shred": "shred_self", "refused": "commit_telemetry_vector"}.get(kind)
        if must or rng.chance(0.5):
            names = [n for n in wasm.AETHER if n == must or (n != "shred_self" and rng.chance(0.5))]
            for name in names:
                self.aether[name] = len(self.imports)
                self.imports.append(["aether", name, wasm.AETHER[name]])
        if kind == "missing_import":
            self.imports.append(rng.pick([["aether", "read_oxygen", ">i"], ["env", "puts", "i>i"],
                                          ["", "", ">"], ["aether ", "get_status", ">i"],
                                          ["wasi_snapshot_preview1", "proc_exit", "i>"]]))
        if kind == "wrong_import":
            name = rng.pick(sorted(wasm.AETHER))
            sigs = [g for g in (">", ">i", "i>", "ii>", "I>", ">F", ">ii") if g != wasm.AETHER[name]]
            self.imports.append(["aether", name, rng.pick(sigs)])
        for _, _, sig in self.imports:
            self.type_index(sig)

    def plan_functions(self):
        rng, kind = self.rng, self.kind
        entry = {"wrong_entry": rng.pick(["i>i", ">I", ">ii", ">f", "I>"]), "start": ">i"}
        count = rng.weighted([(3, 1), (4, 3), (3, 6), (1, 12)])
        if kind == "many_functions":
            count = rng.between(100, 400)
        self.funcs = [self.random_sig() for _ in range(count)]
        self.funcs.insert(0, entry.get(kind, ">i" if rng.chance(0.85) else ">"))
        self.version = self.started = None
        if rng.chance(0.4):
            self.version = len(self.funcs)
            self.funcs.append(">i")
        if kind == "start" or rng.chance(0.05):
            self.started = 1 if len(self.funcs) > 1 else 0
            self.funcs[self.started] = ">"
            if self.started == self.version:
                self.version = None
        for sig in self.funcs:
            self.type_index(sig)
        everyone = range(len(self.imports) + len(self.funcs))
        self.declared = sorted({rng.pick(everyone) for _ in range(rng.below(5))})

    def plan_memory(self):
        rng = self.rng
        if self.kind == "memory_cap":
            low = rng.pick([33, 40, 64, 65, 128, 1000, 32768, 65535, 65536])
            self.memory = (low, rng.pick([None, low, 65536]))
        elif self.kind in ("refused", "segment_trap") or rng.chance(0.85):
            low = rng.weighted([(8, 1), (4, 2), (1, 5), (1, 16)])
            self.memory = (low, rng.weighted([(4, None), (1, low), (2, low + 2), (1, 65536)]))
        if self.memory:
            for _ in range(rng.below(4)):
                init = rng.bytes(rng.pick([0, 1, 5, 16, 64, 200]))
                mode = rng.pick(["active", "active", "passive"])
                start = rng.below(self.memory[0] * 65536 - len(init) + 1)
                self.datas.append(Data(mode, start, init, rng.chance(0.3)))

    def plan_globals(self):
        rng = self.rng
        for _ in range(rng.below(7)):
            letter = rng.pick("iiIIfFrx")
            self.globals.append((letter, rng.chance(0.7)))
            self.inits.append(self.const_expr(letter))
        if self.guarded:
            self.guard = len(self.globals)
            self.reserved.add(self.guard)
            self.globals.append(("i", True))
            self.inits.append(bytes([0x41]) + s(rng.pick([1, 5, 20, 60, 150])) + b"\x0b")

    def const_expr(self, letter):
        rng = self.rng
        if letter == "i":
            return b"\x41" + s(rng.pick(wasm.I32)) + b"\x0b"
        if letter == "I":
            return b"\x42" + s(rng.pick(wasm.I64)) + b"\x0b"
        if letter == "f":
            return b"\x43" + rng.pick(wasm.F32).to_bytes(4, "little") + b"\x0b"
        if letter == "F":
            return b"\x44" + rng.pick(wasm.F64).to_bytes(8, "little") + b"\x0b"
        if letter == "r" and rng.chance(0.6):
            func = rng.below(len(self.imports) + len(self.funcs))
            self.declared = sorted(set(self.declared) | {func})
            return b"\xd2" + u(func) + b"\x0b"
        return b"\xd0" + wasm.types(letter) + b"\x0b"

    def plan_tables(self):
        rng = self.rng
        for _ in range(rng.weighted([(2, 0), (5, 1), (2, 2), (1, 3)])):
            low = rng.pick([0, 1, 4, 10, 20])
            high = rng.pick([low, low + 3, 1000])
            self.tables.append(Table(rng.pick("rrx"), low, high))
        if len(self.tables) == 1 and rng.chance(0.3):
            self.tables[0].high = None
        if self.kind == "table_cap":
            self.tables.append(Table("r", rng.pick([16385, 100000, 10000000]), None))
        if self.wild and rng.chance(0.3):
            self.tables.append(Table("r", 8, None))
        everyone = range(len(self.imports) + len(self.funcs))
        for _ in range(rng.below(4) if self.tables else rng.below(2)):
            letter = rng.pick("rrrx") if self.tables else "r"
            items = [rng.pick(everyone) if letter == "r" and rng.chance(0.85) else None
                     for _ in range(rng.below(8))]
            fitting = [k for k, t in enumerate(self.tables)
                       if t.letter == letter and t.low >= len(items)]
            mode = rng.pick(["active", "passive"]) if fitting else "passive"
            elem = Elem(letter, mode, items, rng.chance(0.3))
            if mode == "active":
                elem.table = rng.pick(fitting)
                table = self.tables[elem.table]
                elem.start = rng.below(table.low - len(items) + 1)
                for k, func in enumerate(items):
                    if func is None or self.sig_of(func) is None:
                        table.entries.pop(elem.start + k, None)
                    else:
                        table.entries[elem.start + k] = func
            self.elems.append(elem)
        if self.declared:
            self.elems.append(Elem("r", "declared", list(self.declared), True))

    def plan_segment_trap(self):
        """An active segment that does not fit: instantiation traps."""
        rng = self.rng
        low = self.memory[0] * 65536
        if rng.chance(0.6) or not self.tables:
            start = rng.pick([low, low - 3, -1, 0x7FFFFFFF])
            self.datas.append(Data("active", start, b"abcd", True))
        else:
            elem = Elem(self.tables[0].letter, "active", [None, None], True)
            elem.start = rng.pick([self.tables[0].low, self.tables[0].low - 1, -1])
            self.elems.append(elem)

    def make_body(self, at):
        rng, kind, index = self.rng, self.kind, len(self.imports) + at
        body = Function(rng, self, self.funcs[at], at)
        budget = rng.weighted([(1, 8), (4, 40), (4, 120), (1, 400)])
        if kind == "trapping":
            budget += 60
        if kind == "many_functions" and at:
            budget = rng.between(1, 10)
        if kind in ("many_locals", "wide_locals") and at == 0:
            count = 300 if kind == "many_locals" else rng.pick([10000, 49000, 49900])
            letters = "iIfF" if kind == "many_locals" else "I"
            body.locals += [rng.pick(letters) for _ in range(count)]
        if kind == "wide_stack" and at == 0:
            body.locals += ["I"] * 49900
            budget = 100
        if at == 0:
            self.aim(body)
        self.bodies[at] = body.generate(budget)
        self.costs[index] = max(body.cost, 1)

    def aim(self, body):
        """What the entry does first so that the module is of its kind."""
        kind, rng = self.kind, self.rng
        body.budget = 400
        if kind == "branch_table":
            body.op(0x02, 0x40)
            body.enter("", "", "")
            body.op(0x02, 0x40)
            body.enter("", "", "")
            body.branch_table(rng.between(500, 3000))
            body.leave()
            body.leave()
        elif kind == "wide_stack":
            body.deep_stack(rng.between(15700, 17000))
        elif kind == "deep":
            body.deep(rng.pick([20, 60, 200, 400]))
        elif kind == "forever":
            body.forever()
        elif kind == "recursion":
            body.op(0x10, u(len(self.imports) + body.index))
            body.push(body.results)
        elif kind == "shred":
            body.op(0x10, u(self.aether["shred_self"]))
        elif kind == "refused":
            body.op(0x41, s(rng.pick([0, 65500, -1])), 0x41, s(rng.pick([64, 65, -1])))
            body.op(0x10, u(self.aether["commit_telemetry_vector"]))

    def plan_exports(self):
        rng, kind, first = self.rng, self.kind, len(self.imports)
        entry = rng.pick(ENTRIES)
        if kind == "custom_entry":
            entry = self.entry = rng.pick(["main", "run mission", "é", "e" * 64, "policy/7"])
        if kind != "missing_export":
            self.exports.append((entry, 0, first))
        elif rng.chance(0.4) and self.memory:
            self.exports.append((entry, 2, 0))
        elif rng.chance(0.3):
            self.entry = "not-there"
            self.exports.append(("evaluate_limits", 0, first))
        if self.version is not None:
            self.exports.append(("payload_version", 0, first + self.version))
        if self.memory and ("commit_telemetry_vector" in self.aether or rng.chance(0.9)):
            self.exports.append(("memory", 2, 0))
        for k in range(len(self.globals)):
            if rng.chance(0.6):
                self.exports.append(("g%d" % k, 3, k))
        for k in range(1, min(len(self.funcs), 20)):
            if rng.chance(0.4) and k != self.started:
                self.exports.append(("f%d" % k, 0, first + k))
        if self.tables and rng.chance(0.2):
            self.exports.append(("t0", 1, 0))
        if self.started is not None:
            self.start = first + self.started

    # -- bytes --------------------------------------------------------------------------------

    def elem_bytes(self, elem):
        """One of the eight encodings that can say this segment."""
        plain = elem.letter == "r" and None not in elem.items and self.rng.chance(0.6)
        kind = b"\x00" if plain else wasm.types(elem.letter)
        flags = {"passive": 1, "declared": 3}.get(elem.mode)
        head = b""
        if flags is None:
            short = elem.table == 0 and elem.letter == "r" and self.rng.chance(0.6)
            flags = 0 if short else 2
            head = (b"" if short else u(elem.table)) + b"\x41" + s(elem.start) + b"\x0b"
        if flags:
            head += kind
        if plain:
            items = [u(func) for func in elem.items]
        else:
            null = b"\xd0" + wasm.types(elem.letter) + b"\x0b"
            items = [null if func is None else b"\xd2" + u(func) + b"\x0b" for func in elem.items]
        return u(flags | (0 if plain else 4)) + head + wasm.vec(items)

    def data_bytes(self, data):
        body = wasm.vec([bytes([b]) for b in data.init])
        if data.mode == "passive":
            return b"\x01" + body
        head = b"\x00" if self.rng.chance(0.8) else b"\x02\x00"
        start = data.start - (1 << 32) if data.start >= 1 << 31 else data.start
        return head + b"\x41" + s(start) + b"\x0b" + body

    def custom(self):
        rng = self.rng
        return wasm.section(0, wasm.name(rng.pick(["producers", "", "x", "name"]))
                            + rng.bytes(rng.below(30)))

    def encode(self):
        rng, parts = self.rng, []
        bodies = [self.bodies[k] for k in range(len(self.funcs))]
        imports = [wasm.name(m) + wasm.name(n) + b"\x00" + u(self.type_index(g))
                   for m, n, g in self.imports]
        parts.append((1, [wasm.func_type(g) for g in self.types]))
        parts.append((2, imports))
        parts.append((3, [u(self.type_at[g]) for g in self.funcs]))
        parts.append((4, [wasm.types(t.letter) + wasm.limits(t.low, t.high) for t in self.tables]))
        parts.append((5, [wasm.limits(*self.memory)] if self.memory else []))
        parts.append((6, [wasm.types(t) + bytes([m]) + e
                          for (t, m), e in zip(self.globals, self.inits)]))
        parts.append((7, [wasm.name(n) + bytes([k]) + u(i) for n, k, i in self.exports]))
        out = b"\0asm\x01\0\0\0"
        for number, items in parts:
            if items or rng.chance(0.02):
                out += wasm.section(number, wasm.vec(items))
            if rng.chance(0.03):
                out += self.custom()
        if self.start is not None:
            out += wasm.section(8, u(self.start))
        if self.elems:
            out += wasm.section(9, wasm.vec([self.elem_bytes(e) for e in self.elems]))
        if self.datas:
            out += wasm.section(12, u(len(self.datas)))
        out += wasm.section(10, wasm.vec([u(len(b)) + b for b in bodies]))
        if self.datas:
            out += wasm.section(11, wasm.vec([self.data_bytes(d) for d in self.datas]))
        if rng.chance(0.1):
            out += self.custom()
        return out


def pick_kind(rng, kind):
    column = {"any": 0, "returns": 1}.get(kind)
    return kind if column is None else rng.weighted([(k[column], k[2]) for k in KINDS])


def generate(seed, index, kind="any"):
    """The case of (seed, index). `kind`: any, returns, or one name of KINDS."""
    rng = Rng(seed, index)
    name = pick_kind(rng, kind)
    if name == "empty":
        return Case(seed, index, name, None, b"\0asm\x01\0\0\0")
    module = Module(rng, name)
    module.plan()
    return Case(seed, index, name, module.entry, module.encode())
