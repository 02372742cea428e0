#!/usr/bin/python3
"""check_layers.py [ROOT]: every #include of the tree goes where mk/layers.txt allows. Exit status 1 if one does not.

A quoted include is a path from ROOT or ROOT/include, one beside the file, or one in the -I folder core/wasm/full; it must
exist, or be made by the build (under a `gen/` folder). A file outside every folder of mk/layers.txt is an error: a new module states its place first.
"""
import os
import re
import sys
from pathlib import Path

SUFFIXES = {".c", ".h", ".S", ".inc"}
INCLUDE = re.compile(r'^\s*#\s*include(?:_next)?\s+([<"])([^>"]+)[>"]')
FREE = {"stddef.h", "stdint.h", "stdbool.h", "stdarg.h", "stdnoreturn.h", "stdalign.h", "limits.h", "float.h", "string.h"}
SKIPPED_FOLDERS = {"build", "peers", "keys", ".git"}


def read_layers(path):
    layers = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        folder, colon, allowed = line.partition(":")
        if not colon or folder.strip() in layers:
            sys.exit(f"{path}:{number}: want one line `folder : allowed ...` for each folder")
        layers[folder.strip()] = set(allowed.split())
    for folder, allowed in layers.items():
        for name in allowed:
            if not name.startswith("<") and name not in layers:
                sys.exit(f"{path}: {folder} may include {name}, which has no line of its own")
    return layers


def folder_of(relative, layers):
    """The longest folder of the list that holds the file, or None."""
    return max((f for f in layers if relative.startswith(f + "/")), key=len, default=None)


def outside_word(header):
    if header in FREE:
        return "<free>"
    head, slash, _ = header.partition("/")
    if header == "cmocka.h":
        return "<cmocka>"
    return f"<{head}>" if slash and head in ("bearssl", "openssl") else "<libc>"


def resolve(root, source, name):
    """The included file as a path from root, or None."""
    for base in (source.parent, root, root / "include", root / "core/wasm/full"):
        if (base / name).is_file():
            return os.path.relpath(base / name, root)
    return None


def check_file(root, source, layers):
    relative = source.relative_to(root).as_posix()
    owner = folder_of(relative, layers)
    if owner is None:
        return [f"{relative}:1: no folder of mk/layers.txt holds this file"]
    allowed, wrong = layers[owner], []
    for number, line in enumerate(source.read_text(errors="replace").splitlines(), 1):
        include = INCLUDE.match(line)
        if include is None:
            continue
        name = include[2]
        if include[1] == "<":
            target = outside_word(name)
        else:
            path = resolve(root, source, name)
            if path is None and name.startswith("gen/"):
                continue
            target = folder_of(path, layers) if path else None
            if target is None:
                wrong.append(f"{relative}:{number}: includes \"{name}\", which no layer holds")
                continue
        if target != owner and target not in allowed:
            wrong.append(f"{relative}:{number}: {owner} may not include {target} ({name})")
    return wrong


def find_sources(root):
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(s for s in subfolders if s not in SKIPPED_FOLDERS)
        for name in sorted(names):
            if Path(name).suffix in SUFFIXES:
                yield Path(folder, name)


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    layers = read_layers(root / "mk/layers.txt")
    sources = list(find_sources(root))
    wrong = [line for source in sources for line in check_file(root, source, layers)]
    print("\n".join(wrong + [f"layers: {len(sources)} files, {len(wrong)} forbidden includes"]))
    return 1 if wrong or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
