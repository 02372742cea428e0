#!/usr/bin/python3
"""Runs the specification's test suite through build/bin/wasm_batch.

  tests/tools/wast.py FOLDER [NAME...] [--batch PROGRAM] [--verbose]

FOLDER has the suite converted by the suites' wast2json.mjs (values stay text): <prefix>NAME.json and
the modules beside it. Counts assertions that return, trap, exhaust the stack or may not link; a
module that this engine does not take (a later feature, an import of something but a function) skips
what belongs to it. The last line is a sum; the exit status is 1 if anything failed.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
from fractions import Fraction

TRAPS = {
    "unreachable": "UNREACHABLE",
    "integer divide by zero": "DIVIDE_BY_ZERO",
    "integer overflow": "INTEGER_OVERFLOW",
    "invalid conversion to integer": "INVALID_CONVERSION",
    "out of bounds memory access": "MEMORY_OUT_OF_BOUNDS",
    "out of bounds table access": "TABLE_OUT_OF_BOUNDS",
    "undefined element": "UNDEFINED_ELEMENT",
    "uninitialized element": "NULL_REFERENCE",
    "indirect call type mismatch": "INDIRECT_CALL_TYPE",
    "unaligned atomic": "UNALIGNED_ATOMIC",
    "expected shared memory": "EXPECTED_SHARED_MEMORY",
}
# mantissa bits, bias, width
FLOATS = {"f32": (23, 127, 32), "f64": (52, 1023, 64)}


def exact(text):
    """The number that a float literal means."""
    if "0x" not in text:
        return Fraction(text)
    sign = -1 if text.startswith("-") else 1
    digits, _, exponent = text.lstrip("+-")[2:].partition("p")
    whole, _, part = digits.partition(".")
    number = Fraction(int(whole + part or "0", 16), 16 ** len(part))
    return sign * number * Fraction(2) ** int(exponent or "0")


def float_bits(kind, text):
    text = text.replace("_", "").lower()
    mantissa_bits, bias, width = FLOATS[kind]
    sign = 1 << (width - 1) if text.startswith("-") else 0
    body = text.lstrip("+-")
    infinity = (2 * bias + 1) << mantissa_bits
    if body.startswith("nan"):
        payload = int(body[6:], 16) if body.startswith("nan:0x") else 1 << (mantissa_bits - 1)
        return sign | infinity | payload
    if body == "inf":
        return sign | infinity
    number = exact(body)
    if number == 0:
        return sign
    exponent = max(len(bin(number.numerator)) - len(bin(number.denominator)), 1 - bias)
    while number < Fraction(2) ** exponent and exponent > 1 - bias:
        exponent -= 1
    while number >= Fraction(2) ** (exponent + 1):
        exponent += 1
    units = round(number / Fraction(2) ** (exponent - mantissa_bits))  # to even
    bits = units + ((exponent + bias - 1) << mantissa_bits)
    return sign | min(bits, infinity)


def bits_of(value):
    """The slot of an argument; None if it has none here."""
    op, args = value["op"], value.get("args", [])
    kind = op.split(".")[0]
    if op in ("i32.const", "i64.const"):
        return int(args[0].replace("_", ""), 16 if "0x" in args[0] else 10) & ((1 << int(kind[1:])) - 1)
    if op in ("f32.const", "f64.const"):
        return float_bits(kind, args[0])
    if op == "ref.null":
        return 0
    if op == "ref.extern" and args:
        return int(args[0], 0) + 1
    return None


def is_expected(value, slot):
    op, args = value["op"], value.get("args", [])
    if op in ("f32.const", "f64.const") and args[0] in ("nan:canonical", "nan:arithmetic"):
        return slot == float_bits(op[:3], "nan")  # semantics.md 4: the positive canonical NaN
    if op in ("ref.func", "ref.extern") and not args:
        return slot != 0
    if op == "either":
        return any(is_expected(each, slot) for each in args)
    return bits_of(value) == slot


class Batch:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"wasm_batch ended with {self.process.wait()} at: {line}")
        return answer.split()


class Script:
    def __init__(self, path, batch, verbose):
        self.path, self.batch, self.verbose = path, batch, verbose
        self.count = collections.Counter()
        self.refusals = collections.Counter()
        self.next_id = 0
        self.current, self.named = None, {}
        self.shared, self.trusted = False, 0

    def fail(self, command, answer):
        self.count["failed"] += 1
        print(f"{self.path.name}:{command['line']}: {command['type']}: got {' '.join(answer)}")
        if self.verbose:
            print("   ", json.dumps(command))

    def open(self, command):
        """The new module's number, or None, and the answer."""
        self.next_id += 1
        answer = self.batch.ask(f"module {self.next_id} {self.path.parent / command['filename']}")
        return (self.next_id if answer[0] == "ok" else None), answer

    def module(self, command):
        self.current = None
        if command.get("module_type") != "binary" or command.get("def"):
            return
        self.current, answer = self.open(command)
        if "name" in command:
            self.named[command["name"]] = self.current
        if self.current is None:
            self.refusals[" ".join(answer[:2])] += 1
            if self.shared:
                self.trusted = self.next_id  # it would have changed what earlier modules export
            if answer[0] == "trap" or answer[1] not in ("UNSUPPORTED", "UNLINKABLE", "INVALID", "MALFORMED"):
                self.fail(command, answer)

    def act(self, command):
        """The answer, or None if the action can not be done here."""
        action = command["action"]
        target = self.named.get(action["module"]) if "module" in action else self.current
        slots = [bits_of(value) for value in action.get("args", [])]
        if target is None or target <= self.trusted or None in slots or action["type"] not in ("invoke", "get"):
            return None
        name = action["field"].encode().hex() or "-"
        return self.batch.ask(" ".join([action["type"], str(target), name] + [f"{slot:x}" for slot in slots]))

    def obey(self, command):
        kind = command["type"]
        if kind == "module":
            self.module(command)
        elif kind == "register":
            self.shared = True
        elif kind in ("assert_unlinkable", "assert_uninstantiable"):
            number, answer = self.open(command)
            trap = answer[0] == "trap" and answer[1] == TRAPS.get(command.get("text"), answer[1])
            refused = answer[0] == "refused" and answer[1] in ("UNLINKABLE", "UNSUPPORTED", "INVALID", "MALFORMED")
            if refused and self.shared:
                self.trusted = self.next_id
            if kind == "assert_uninstantiable" and refused:
                self.count["skipped"] += 1
            elif number is None and (trap if kind == "assert_uninstantiable" else refused):
                self.count["passed"] += 1
            else:
                self.fail(command, answer)
        elif kind in ("assert_return", "assert_trap", "assert_exhaustion", "action"):
            answer = self.act(command)
            if answer is None:
                self.count["skipped"] += 1
            elif self.is_right(command, answer):
                self.count["passed"] += 1
            else:
                self.fail(command, answer)

    def is_right(self, command, answer):
        if command["type"] == "assert_exhaustion":
            return answer[:2] == ["trap", "STACK_EXHAUSTED"]
        if command["type"] == "assert_trap":
            wanted = next((name for text, name in TRAPS.items() if command["text"].startswith(text)), None)
            return answer[:2] == ["trap", wanted]
        if answer[0] != "return":
            return False
        if command["type"] == "action":
            return True
        expected = command["expected"]
        slots = [int(word, 16) for word in answer[1:]]
        return len(slots) == len(expected) and all(map(is_expected, expected, slots))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--batch", default="build/bin/wasm_batch")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    total, refusals = collections.Counter(), collections.Counter()
    for path in sorted(options.folder.glob("*.json")):
        if options.names and not any(path.stem.endswith("_" + name) or path.stem == name for name in options.names):
            continue
        script = Script(path, Batch(options.batch), options.verbose)
        try:
            for command in json.loads(path.read_text())["commands"]:
                script.obey(command)
        except RuntimeError as error:
            script.count["failed"] += 1
            print(f"{path.name}: {error}")
        total += script.count
        refusals += script.refusals
    print("modules not taken:", ", ".join(f"{n} {what}" for what, n in refusals.most_common()) or "none")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
