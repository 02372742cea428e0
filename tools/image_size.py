#!/usr/bin/python3
"""tools/image_size.py IMAGE KERNEL.o TEXT_MAX IMAGE_MAX LINES_MAX: sizes of the metal image against their limits.

Ring-0 text is the image's executable segment without the padding to pages and the scrub page's filler: what objects
of the kernel put into .text sections. Lines are those of every .c, .h and .S file in metal/.
"""

import pathlib
import subprocess
import sys


def text_bytes(kernel):
    """Sum of the executable sections of the linked kernel."""
    out = subprocess.run(["llvm-size-19", "-A", kernel], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in out.splitlines() if line.startswith((".text", ".scrub"))]
    return sum(int(row[1]) for row in rows)


def main():
    image, kernel = sys.argv[1:3]
    limits = [int(word) for word in sys.argv[3:6]]
    sources = [p for p in pathlib.Path("metal").iterdir() if p.suffix in (".c", ".h", ".S")]
    lines = sum(len(p.read_text(encoding="utf-8").splitlines()) for p in sources)
    names = ["ring-0 text, bytes", "image, bytes", "metal/, lines"]
    values = [text_bytes(kernel), pathlib.Path(image).stat().st_size, lines]
    over = False
    for name, value, limit in zip(names, values, limits):
        over |= value > limit
        print(f"{name:20} {value:8} of {limit:8}{'  TOO MUCH' if value > limit else ''}")
    sys.exit(1 if over else 0)


main()
