"""Graphs of components that hand resources around, at random: made here, judged by wasmtime (its Python package).

  component_graphs.py WASM_TOOLS FOLDER COUNT [SEED]    writes FOLDER/N.wasm and FOLDER/verdicts.txt, half of them traps
  component_graphs.py WASM_TOOLS --compare AETHER FIRST LAST    runs graphs FIRST to LAST in both; differences are printed

In each graph C defines a resource with a destructor, E takes and gives handles of it, and D.g makes, lends, gives away and
drops them, now and then by a wrong index, and returns a number that depends on all of it.
"""
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

OWNED = {"take": [0], "keep": [0], "drop": [0], "both": [1], "e-own": [0], "e-back": [0], "e-both": [1]}
# Parameters and results of what core modules import.
SIGNATURES = {"make": (0, 1), "look": (1, 1), "take": (1, 1), "both": (2, 1), "keep": (1, 1), "give": (1, 1), "state": (0, 1),
              "drop": (1, 0), "e-look": (1, 1), "e-own": (1, 1), "e-back": (1, 1), "e-leak": (1, 1), "e-both": (2, 1)}
BASE = ["make", "look", "take", "both", "keep", "give", "state", "drop"]
WEIGHTED = ["make"] * 3 + ["look"] * 2 + ["take", "both", "keep", "state", "drop", "drop", "give"]
OF_E = ["e-look", "e-own", "e-back", "e-both"]

DEFINER = """
  (component $C
    (core module $Ind
      (table (export "t") 1 funcref)
      (func (export "d") (param i32) (call_indirect (param i32) (local.get 0) (i32.const 0))))
    (core instance $ind (instantiate $Ind))
    (type $R' (resource (rep i32) (dtor (core func $ind "d"))))
    (export $R "r" (type $R'))
    (canon resource.new $R' (core func $new))
    (canon resource.drop $R' (core func $drop))
    (canon resource.rep $R' (core func $rep))
    (core module $M
      (import "" "t" (table 1 funcref))
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (import "" "rep" (func $rep (param i32) (result i32)))
      (global $live (mut i32) (i32.const 0))
      (global $last (mut i32) (i32.const 0))
      (global $n (mut i32) (i32.const 100))
      (func $d (param i32)
        (global.set $last (i32.add (i32.mul (global.get $last) (i32.const 7)) (local.get 0)))
        (global.set $live (i32.sub (global.get $live) (i32.const 1))))
      (elem (i32.const 0) $d)
      (func (export "make") (result i32)
        (global.set $live (i32.add (global.get $live) (i32.const 1)))
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (call $new (global.get $n)))
      (func (export "look") (param i32) (result i32) (local.get 0))
      (func (export "take") (param i32) (result i32) (local $v i32)
        (local.set $v (call $rep (local.get 0)))
        (call $drop (local.get 0))
        (local.get $v))
      (func (export "both") (param i32 i32) (result i32) (call $drop (local.get 1)) (local.get 0))
      (func (export "keep") (param i32) (result i32) (local.get 0))
      (func (export "state") (result i32) (i32.add (global.get $live) (global.get $last))))
    (core instance $m (instantiate $M (with "" (instance
      (export "t" (table $ind "t")) (export "new" (func $new)) (export "drop" (func $drop)) (export "rep" (func $rep))))))
    (func (export "make") (result (own $R)) (canon lift (core func $m "make")))
    (func (export "look") (param "x" (borrow $R)) (result u32) (canon lift (core func $m "look")))
    (func (export "take") (param "x" (own $R)) (result u32) (canon lift (core func $m "take")))
    (func (export "both") (param "x" (borrow $R)) (param "y" (own $R)) (result u32) (canon lift (core func $m "both")))
    (func (export "keep") (param "x" (own $R)) (result u32) (canon lift (core func $m "keep")))
    (func (export "give") (param "x" u32) (result (own $R)) (canon lift (core func $m "keep")))
    (func (export "state") (result u32) (canon lift (core func $m "state"))))"""

IMPORT_C = """
    (import "c" (instance $c
      (export "r" (type $R (sub resource)))
      (export "make" (func (result (own $R))))
      (export "look" (func (param "x" (borrow $R)) (result u32)))
      (export "take" (func (param "x" (own $R)) (result u32)))
      (export "both" (func (param "x" (borrow $R)) (param "y" (own $R)) (result u32)))
      (export "keep" (func (param "x" (own $R)) (result u32)))
      (export "give" (func (param "x" u32) (result (own $R))))
      (export "state" (func (result u32)))))
    (alias export $c "r" (type $R))
    (canon resource.drop $R (core func $drop))
""" + "".join(f'    (canon lower (func $c "{name}") (core func ${name}))\n' for name in BASE[:-1])

IMPORT_E = """
    (import "e" (instance $e (alias outer $D $R (type $R))
      (export "look" (func (param "x" (borrow $R)) (result u32)))
      (export "own" (func (param "x" (own $R)) (result u32)))
      (export "back" (func (param "x" (own $R)) (result (own $R))))
      (export "leak" (func (param "x" (borrow $R)) (result u32)))
      (export "both" (func (param "x" (borrow $R)) (param "y" (own $R)) (result u32)))))
""" + "".join(f'    (canon lower (func $e "{name[2:]}") (core func ${name}))\n' for name in OF_E + ["e-leak"])


def imports(names):
    return "".join(f'      (import "" "{name}" (func ${name} (param {" ".join(["i32"] * SIGNATURES[name][0])})'
                   f'{" (result i32)" if SIGNATURES[name][1] else ""}))\n' for name in names)


def arguments(names):
    return '(with "" (instance ' + " ".join(f'(export "{name}" (func ${name}))' for name in names) + "))"


class Graph:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, name, live, borrowed):
        """The arguments of one call, or None; owned handles leave `live`."""
        if name == "give":
            return [f"(i32.const {self.random.choice([1, 1, 1, 2, 2, 3, 9])})"]
        found, used = [], set()
        for place in range(SIGNATURES[name][0]):
            is_owned = place in OWNED.get(name, [])
            pool = sorted(x for x in live if not is_owned or (x not in used and x not in borrowed))
            if pool and self.random.random() < 0.97:
                local = self.random.choice(pool)
                used.add(local)
                found.append(f"(local.get {local})")
                if is_owned:
                    live.discard(local)
            elif self.random.random() < 0.25:
                found.append(f"(i32.const {self.random.choice([0, 1, 2, 3, 4, 5, 101, 4294967295])})")
            else:
                return None
        return found

    def body(self, names, locals_count, live, count, borrowed=()):
        lines, live = [], set(live)
        for _ in range(count):
            name = self.random.choice(names)
            given = self.pick(name, live, borrowed)
            if given is None:
                continue
            call = f"(call ${name} {' '.join(given)})"
            free = [local for local in range(locals_count) if local not in live]
            if not SIGNATURES[name][1]:
                lines.append(call)
            elif name not in ("make", "give", "e-back"):
                lines.append(f"(local.set $acc (i32.add (i32.mul (local.get $acc) (i32.const 31)) {call}))")
            elif free:
                local = self.random.choice(free)
                live.add(local)
                lines.append(f"(local.set {local} {call})")
            else:
                lines.append(f"(drop {call})")
        return "\n        ".join(lines)

    def taker(self):
        look = self.random.choice(["", "(local.set $acc (call $look (local.get 0)))"])
        end = self.random.choice(["(call $drop (local.get 0))"] * 6 + ["", "(drop (call $take (local.get 0)))"])
        own = self.body(self.random.choices(WEIGHTED, k=4), 2, {0}, self.random.randrange(4))
        both = self.body(self.random.choices(WEIGHTED, k=4), 3, {0, 1}, self.random.randrange(3), (0,))
        return f"""
  (component $E{IMPORT_C}    (core module $M
{imports(BASE)}
      (func (export "look") (param i32) (result i32) (local $acc i32)
        {look} {end} (local.get $acc))
      (func (export "own") (param i32) (result i32) (local $a i32) (local $acc i32)
        {own}
        (i32.add (local.get $acc) (local.get 0)))
      (func (export "back") (param i32) (result i32) (local.get 0))
      (func (export "both") (param i32 i32) (result i32) (local $a i32) (local $acc i32)
        {both}
        (call $drop (local.get 0)) (local.get $acc)))
    (core instance $m (instantiate $M {arguments(BASE)}))
    (func (export "look") (param "x" (borrow $R)) (result u32) (canon lift (core func $m "look")))
    (func (export "own") (param "x" (own $R)) (result u32) (canon lift (core func $m "own")))
    (func (export "back") (param "x" (own $R)) (result (own $R)) (canon lift (core func $m "back")))
    (func (export "leak") (param "x" (borrow $R)) (result u32) (canon lift (core func $m "back")))
    (func (export "both") (param "x" (borrow $R)) (param "y" (own $R)) (result u32) (canon lift (core func $m "both"))))"""

    def driver(self):
        names = WEIGHTED + OF_E * 2 + (["e-leak"] if self.random.random() < 0.1 else [])
        used = BASE + OF_E + ["e-leak"]
        return f"""
  (component $D{IMPORT_C}{IMPORT_E}    (core module $M
{imports(used)}
      (func (export "g") (result i32) (local i32 i32 i32 i32) (local $acc i32)
        (local.set 0 (call $make)) (local.set 1 (call $make))
        {self.body(names, 4, {0, 1}, self.random.randrange(2, 20))}
        (i32.add (local.get $acc) (i32.mul (call $state) (i32.const 1000)))))
    (core instance $m (instantiate $M {arguments(used)}))
    (func (export "g") (result u32) (canon lift (core func $m "g"))))"""

    def text(self):
        return f"""(component{DEFINER}{self.taker()}{self.driver()}
  (instance $c (instantiate $C))
  (instance $e (instantiate $E (with "c" (instance $c))))
  (instance $d (instantiate $D (with "c" (instance $c)) (with "e" (instance $e))))
  (export "g" (func $d "g")))
"""


def assemble(tools, seed, path):
    subprocess.run([tools, "parse", "-", "-o", path], input=Graph(seed).text(), text=True, check=True)
    subprocess.run([tools, "strip", "--all", path, "-o", path], check=True)


def judge(path):
    """`value N` or `trap SENTENCE`, as wasmtime has it."""
    import wasmtime  # of a peers' environment: pip install wasmtime
    from wasmtime import component
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    linker = component.Linker(engine)
    try:
        instance = linker.instantiate(store, component.Component.from_file(engine, str(path)))
        return f"value {instance.get_func(store, 'g')(store)}"
    except wasmtime.WasmtimeError as error:
        return f"trap {str(error).strip().splitlines()[-1].strip().removeprefix('wasm trap: ')}"


def write_corpus(tools, folder, count, seed):
    verdicts, kinds = [], {"value": 0, "trap": 0}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "graph.wasm"
        while len(verdicts) < count:
            seed += 1
            assemble(tools, seed, path)
            verdict = judge(path)
            kind = verdict.partition(" ")[0]
            known = {re.sub(r"\d+", "N", line.partition(" ")[2]) for line in verdicts}
            is_new = re.sub(r"\d+", "N", verdict) not in known
            if kinds[kind] < count // 2 and (is_new or kinds[kind] < count // 3):
                kinds[kind] += 1
                (folder / f"{len(verdicts)}.wasm").write_bytes(path.read_bytes())
                verdicts.append(f"{len(verdicts)} {verdict}")
            elif seed % 1000 == 0:
                break
    (folder / "verdicts.txt").write_text("\n".join(verdicts) + "\n")


def compare(tools, aether, first, last):
    differences = 0
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "graph.wasm"
        for seed in range(first, last):
            assemble(tools, seed, path)
            verdict = judge(path)
            run = subprocess.run([aether, "run", "--in-process", "--invoke", "g()", path], capture_output=True, text=True,
                                 check=False)
            kind, _, rest = verdict.partition(" ")
            is_same = run.stdout.strip() == rest if kind == "value" else run.returncode == 4 and rest in run.stderr
            if not is_same:
                differences += 1
                print(f"graph {seed}: wasmtime: {verdict}; aether: {run.returncode} {run.stdout}{run.stderr}")
    print(f"{last - first - differences} passed, {differences} failed, 0 skipped")
    return 1 if differences else 0


def main():
    tools, *rest = sys.argv[1:]
    if rest[0] == "--compare":
        return compare(tools, rest[1], int(rest[2]), int(rest[3]))
    write_corpus(tools, Path(rest[0]), int(rest[1]), int(rest[2]) if len(rest) > 2 else 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
