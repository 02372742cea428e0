"""Control flow on top of body.py: blocks, loops, branches, and the order of it all."""
from tests.gen import wasm
from tests.gen.body import Body, Frame
from tests.gen.wasm import s, u


class Function(Body):
    # -- blocks -------------------------------------------------------------------------------

    def block_type(self, params, results):
        if not params and not results:
            return b"\x40"
        if not params and len(results) == 1 and self.rng.chance(0.8):
            return wasm.types(results)
        return s(self.module.type_index("%s>%s" % (params, results)))

    def random_results(self):
        count = self.rng.weighted([(5, 0), (6, 1), (2, 2), (1, 3)])
        return "".join(self.rng.pick("iiIfFr" if self.rng.chance(0.1) else "iiIfF")
                       for _ in range(count))

    def take_params(self):
        """Some of the operands on top become parameters of the block to come."""
        count = min(self.height(), self.rng.weighted([(6, 0), (3, 1), (2, 2), (1, 3)]))
        return "".join(self.stack[len(self.stack) - count:]) if count else ""

    def enter(self, label, params, results):
        self.pop(len(params))
        self.frames.append(Frame(label, results, len(self.stack)))
        self.push(params)

    def leave(self, code=0x0B):
        frame = self.frames[-1]
        self.settle(frame.results)
        self.op(code)
        del self.stack[frame.base:]
        self.frames.pop()

    def block(self):
        params, results = self.take_params(), self.random_results()
        self.op(0x02, self.block_type(params, results))
        self.enter(results, params, results)
        self.walk()
        self.leave()
        self.push(results)

    def if_else(self):
        params, results = self.take_params(), self.random_results()
        if self.rng.chance(0.5):
            results = params
        self.produce("i")
        self.op(0x04, self.block_type(params, results))
        self.pop(1)
        self.enter(results, params, results)
        self.walk()
        if params == results and self.rng.chance(0.5):
            self.leave()
        else:
            self.leave(0x05)
            self.push(params)
            self.enter(results, params, results)
            self.walk()
            self.leave()
        self.push(results)

    def loop(self):
        """block p>r  loop p>r  counter = counter - 1; if counter < 0 leave;  walk  end end."""
        rng = self.rng
        limit = 4000 // self.times
        count = rng.weighted([(4, 1 + rng.below(4)), (3, rng.below(12)), (1, rng.below(200))])
        count = min(count, max(limit, 1))
        params, results = self.take_params(), self.random_results()
        kind = self.block_type(params, results)
        counter = self.local("i", hidden=True)
        self.op(0x41, s(count))
        self.op(0x21, u(counter))
        self.op(0x02, kind)
        self.op(0x03, kind)
        outer = self.times
        self.times = min(self.times * (count + 1), 1 << 30)
        self.enter(results, params, results)
        self.enter(params, params, results)
        self.op(0x20, u(counter), 0x41, s(1), 0x6B, 0x22, u(counter), 0x41, s(0), 0x48)
        self.op(0x04, 0x40)
        for letter in results:
            self.const(letter)
        self.pop(len(results))
        self.op(0x0C, u(2))
        self.op(0x0B)
        self.walk()
        if not self.frames[-1].dead and rng.chance(0.7):
            self.settle(params)
            self.op(0x0C, u(0))
            self.dead()
        self.leave()
        self.push(results)
        self.leave()
        self.push(results)
        self.times = outer

    def forever(self):
        """A loop that only a budget or the deadline ends."""
        self.op(0x03, 0x40)
        self.enter("", "", "")
        self.walk(3)
        self.settle("")
        if not self.frames[-1].dead:
            self.op(0x0C, u(0))
            self.dead()
        self.leave()

    # -- branches -----------------------------------------------------------------------------

    def dead(self):
        frame = self.frames[-1]
        del self.stack[frame.base:]
        frame.dead = True

    def branch(self):
        depth = self.rng.below(len(self.frames))
        label = self.frames[-1 - depth].label
        self.need(label)
        if self.rng.chance(0.8 if depth < len(self.frames) - 1 else 0.96):
            self.produce("i")
            self.op(0x0D, u(depth))
            self.pop(1)
            if self.frames[-1].dead and self.height() < len(label):
                self.pop(len(label))
                self.push(label)
        else:
            self.op(0x0C, u(depth))
            self.dead()

    def branch_table(self, count=None):
        """Targets share one label type; the rest of the code is dead, so mostly inside a block."""
        rng = self.rng
        deepest = rng.below(len(self.frames))
        label = self.frames[-1 - deepest].label
        fitting = [d for d in range(len(self.frames)) if self.frames[-1 - d].label == label]
        if count is None:
            count = rng.weighted([(3, rng.below(5)), (1, rng.below(40))])
        self.need(label)
        self.produce("i")
        if rng.chance(0.7) and count:
            self.op(0x41, s((1 << count.bit_length()) - 1))
            self.op(0x71)
        targets = [u(rng.pick(fitting)) for _ in range(count)]
        self.op(0x0E, wasm.vec(targets), u(rng.pick(fitting)))
        self.dead()

    def leave_function(self):
        """return or unreachable under a condition, seldom without one."""
        rng = self.rng
        if rng.chance(0.9 if len(self.frames) > 1 else 0.98):
            self.produce("i")
            if not self.module.wild:
                self.op(0x41, s(0xFFFF), 0x71, 0x41, s(rng.below(65536)), 0x46)
            self.op(0x04, 0x40)
            self.pop(1)
            self.enter("", "", "")
            self.finish_here()
            self.leave()
        else:
            self.finish_here()

    def finish_here(self):
        if self.wild("unreachable"):
            self.op(0x00)
        else:
            self.need(self.results)
            self.op(0x0F)
        self.dead()

    # -- the walk -----------------------------------------------------------------------------

    def deep(self, levels):
        """Blocks within blocks, a value handed up through all of them."""
        for _ in range(levels):
            self.op(0x02, 0x7F)
            self.enter("i", "", "i")
        self.need("i")
        for level in range(levels):
            if self.rng.chance(0.1):
                self.produce("i")
                self.op(0x0D, u(self.rng.below(levels - level)))
                self.pop(1)
            self.leave()
            self.push("i")

    def deep_stack(self, height):
        """So many operands that slots pass 65535, some work up there, and down again."""
        for k in range(height):
            if k % 3:
                self.op(0x20, u(self.rng.below(len(self.locals) - len(self.params))
                                + len(self.params)))
            else:
                self.op(0x42, s(k))
            self.push("I")
        self.budget = 150
        while self.budget > 0 and not self.frames[-1].dead:
            self.step()
        while self.height() > 4:
            if self.top_is("II"):
                self.op(self.rng.pick([0x7C, 0x7D, 0x85]))
            else:
                self.op(0x1A)
            self.pop(1)
        self.budget = 400

    def step(self):
        rng, module = self.rng, self.module
        actions = [(w, name) for name, w in module.weights.items()]
        name = rng.weighted(actions)
        nested = name in ("block", "if_else", "loop", "forever")
        if nested and len(self.frames) > 7:
            name = "numeric"
        if name == "branch_table" and len(self.frames) == 1 and rng.chance(0.8):
            name = "block"
        if name in ("load", "store", "memory_bulk") and not module.memory:
            name = "variable"
        if name in ("table_bulk", "call_indirect") and not module.tables:
            name = "numeric"
        if name == "push":
            self.produce(rng.pick("iiiIIfFr" if rng.chance(0.2) else "iiIIfF"))
        elif name == "drop":
            if self.height():
                self.shrink()
        elif name == "nop":
            self.op(0x01)
        else:
            getattr(self, name)()

    def walk(self, most=None):
        """Some steps in the innermost frame; after a transfer only a few dead ones."""
        steps = self.rng.below(most or 12)
        dead_left = self.rng.weighted([(3, 0), (1, 2), (1, 5)])
        while steps > 0 and self.budget > 0:
            if self.frames[-1].dead:
                if dead_left == 0:
                    break
                dead_left -= 1
            steps -= 1
            self.step()

    def generate(self, budget):
        """The whole body as bytes, with its local declarations; without its size."""
        self.module.prologue(self)
        self.budget = budget
        while self.budget > 0 and not self.frames[-1].dead:
            self.step()
        if self.frames[-1].dead and self.rng.chance(0.3):
            self.budget = 4
            self.walk()
        self.settle(self.results)
        self.op(0x0B)
        declared, groups = self.locals[len(self.params):], []
        for letter in declared:
            if groups and groups[-1][1] == letter and self.rng.chance(0.9):
                groups[-1][0] += 1
            else:
                groups.append([1, letter])
        if self.rng.chance(0.1):
            groups.insert(self.rng.below(len(groups) + 1), [0, "I"])
        return wasm.vec([u(n) + wasm.types(t) for n, t in groups]) + bytes(self.out)
