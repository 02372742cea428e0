"""python -m tests.abi_vectors DEFINITIONS --count N --seed S --out FILE: vectors of the canonical ABI, see vectors.py."""
import argparse
import pathlib
import sys

from . import definitions, vectors


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("definitions", type=pathlib.Path, help="definitions.py of WebAssembly/component-model")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=int, default=60000, help="longer vectors are left out")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    data, counts = vectors.generate(definitions.load(args.definitions), args.count, args.seed, args.longest)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(data)
    print(f"{args.out}: seed {args.seed}, {len(data)} bytes, " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
