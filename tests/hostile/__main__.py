"""python3 -m tests.hostile [--tool build/san/bin/hostile_run] [PREFIX]...   runs cases and prints what is wrong.

The limits' cases, which take long, run only where a PREFIX names them (L). --write FOLDER writes cases as files instead;
--slow N prints the N slowest and largest.
"""
import argparse
import os
import sys

from tests.hostile import catalogue, runner


def main():
    parser = argparse.ArgumentParser(prog="tests.hostile", description=__doc__)
    parser.add_argument("--tool", default="build/san/bin/hostile_run")
    parser.add_argument("--write")
    parser.add_argument("--slow", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("prefixes", nargs="*")
    args = parser.parse_args()
    groups = catalogue.GROUPS + (catalogue.BIG if any(prefix.startswith("L") for prefix in args.prefixes) else [])
    cases = [case for case in runner.cases_of(groups)
             if not args.prefixes or any(case[0].startswith(prefix) for prefix in args.prefixes)]
    if not cases:
        sys.exit("hostile: no case begins with %s" % " or ".join(args.prefixes))
    if args.write:
        os.makedirs(args.write, exist_ok=True)
        for name, data, _, _ in cases:
            with open(os.path.join(args.write, name + ".wasm"), "wb") as file:
                file.write(data)
        return 0
    faults, records = [], []
    for case, record in runner.run(args.tool, cases):
        records.append(record)
        fault = runner.wrong(case, record)
        if fault:
            faults.append(fault)
            print(fault)
        elif args.verbose:
            print(case[0], runner.describe(record), record.get("why", ""))
    for key in ("ms", "kib") if args.slow else ():
        for record in sorted(records, key=lambda record: -record[key])[:args.slow]:
            print("%-10s %8d %s" % (key, record[key], record["name"]))
    print("%d passed, %d failed, 0 skipped" % (len(cases) - len(faults), len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
