"""python3 -m tests.gen --seed S --index I [--kind any|returns|NAME] -o x.wasm
   python3 -m tests.gen --seed S --many N DIR        writes DIR/<index>.wasm and DIR/cases.json
   python3 -m tests.gen --mutate FILE --seed S --index I -o x.wasm
"""
import argparse
import json
import os
import sys

from tests.gen.module import KINDS, generate
from tests.gen.mutate import mutate


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def main():
    parser = argparse.ArgumentParser(prog="tests.gen", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--index", type=int, default=0)
    parser.add_argument("--kind", default="any", choices=["any", "returns"] + [k[2] for k in KINDS])
    parser.add_argument("--mutate", metavar="FILE")
    parser.add_argument("--many", type=int)
    parser.add_argument("-o", dest="out", metavar="FILE")
    parser.add_argument("folder", nargs="?")
    args = parser.parse_args()
    if args.many is not None:
        if args.folder is None:
            parser.error("--many N needs a folder")
        os.makedirs(args.folder, exist_ok=True)
        cases = {}
        for index in range(args.index, args.index + args.many):
            case = generate(args.seed, index, args.kind)
            write(os.path.join(args.folder, "%06d.wasm" % index), case.wasm)
            cases["%06d" % index] = {"kind": case.kind, "entry": case.entry}
        with open(os.path.join(args.folder, "cases.json"), "w") as file:
            json.dump(cases, file, indent=0)
        return 0
    if args.out is None:
        parser.error("-o FILE is missing")
    if args.mutate:
        with open(args.mutate, "rb") as file:
            write(args.out, mutate(args.seed, args.index, file.read()))
    else:
        write(args.out, generate(args.seed, args.index, args.kind).wasm)
    return 0


if __name__ == "__main__":
    sys.exit(main())
