"""python3 -m tests.hostile.sweep --seed S --count N   mutants of the catalogue, and the limits' own cases.

Verdicts are known of the limits' cases only; of a mutant it is asked that it ends in time, in memory and without a
crash, and that a module cut off anywhere is refused.
"""
import argparse
import random
import sys

from tests import ledger
from tests.hostile import catalogue, runner

SMALL = 4096


def cut(chance, case):
    at = chance.randrange(8, len(case[1])) if len(case[1]) > 8 else len(case[1])
    return case[1][:at]


def edited(chance, case):
    data = bytearray(case[1])
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(8, len(data)) if len(data) > 8 else 0
        what = chance.randrange(5)
        if what == 0:
            data[at:at + 1] = bytes([chance.randrange(256)])
        elif what == 1:
            data[at:at + 1] = bytes([(data[at] + chance.choice((-1, 1))) % 256]) if at < len(data) else b""
        elif what == 2:
            data[at:at + chance.randrange(1, 9)] = b""
        elif what == 3:
            data[at:at] = chance.choice((b"\xFF\xFF\xFF\xFF\x0F", b"\x80" * 10, b"\xFB", b"\xFC", b"\xFD", b"\xFE", b"\0"))
        else:
            first = chance.randrange(len(data) or 1)
            data[at:at] = data[first:first + chance.randrange(1, 33)]
    return bytes(data)


def mutants(seed, count):
    chance = random.Random(seed)
    small = [case for case in runner.cases_of(catalogue.GROUPS) if 8 < len(case[1]) <= SMALL]
    for k in range(count):
        case = chance.choice(small)
        data = cut(chance, case) if k % 8 == 0 else edited(chance, case)
        yield "%d-of-%s" % (k, case[0]), data, "any", ""


def main():
    parser = argparse.ArgumentParser(prog="tests.hostile.sweep", description=__doc__)
    parser.add_argument("--tool", default="build/san/bin/hostile_run")
    parser.add_argument("--plain", default="build/bin/hostile_run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--keep", default="build/hostile")
    args = parser.parse_args()
    print("hostile sweep: seed %d, %d mutants" % (args.seed, args.count), flush=True)
    faults, done = [], 0
    for tool, cases in ((args.tool, mutants(args.seed, args.count)),
                        (args.plain, runner.cases_of(catalogue.BIG))):
        for case, record in runner.run(tool, cases):
            done += 1
            fault = runner.wrong(case, record)
            if fault:
                faults.append(fault)
                print(fault, flush=True)
                with open("%s-%s.wasm" % (args.keep, case[0]), "wb") as file:
                    file.write(case[1])
    ledger.append("hostile", args.seed, done, len(faults))
    print("%d passed, %d failed, 0 skipped" % (done - len(faults), len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
