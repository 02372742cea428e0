#!/usr/bin/python3
"""check_files.py [ROOT]: rules on the text of C, header, assembly and Python files. Exit status 1 if one is broken.

 - no file over 800 lines;
 - every C file and header begins with a comment;
 - no conditional (`#if`, `#ifdef`, `#ifndef`, `#elif`) inside a function body or a parameter list;
 - no marks of unfinished work, no path of one machine.
"""
import os
import re
import sys
from pathlib import Path

LINES_MAX = 800
SKIPPED_FOLDERS = {"build", "glue", "peers", "keys", ".git", "corpus"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\))")
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(work|home|root|farm)/")
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*|[(){};]|\n|[^\s(){};"\'/#]+|.',
                   re.S | re.M)


def find_conditionals_in_bodies(text):
    """Line numbers of conditionals where a parenthesis is open, or inside a brace that follows a `)`."""
    found, line, braces, parens, previous = [], 1, [], 0, ""
    for token in TOKEN.finditer(text):
        piece = token[0]
        stripped = piece.lstrip()
        if stripped.startswith("#"):
            if re.match(r"#\s*(if|ifdef|ifndef|elif)\b", stripped) and (parens > 0 or any(braces)):
                found.append(line)
        elif piece == "(":
            parens += 1
        elif piece == ")":
            parens = max(0, parens - 1)
        elif piece == "{":
            braces.append(previous == ")")
        elif piece == "}" and braces:
            braces.pop()
        if piece.strip() and not stripped.startswith(("#", "/*", "//")):
            previous = piece
        line += piece.count("\n")
    return found


def check_text(relative, text):
    wrong = []
    lines = text.splitlines()
    suffix = Path(relative).suffix
    if len(lines) > LINES_MAX:
        wrong.append(f"{relative}:{len(lines)}: over {LINES_MAX} lines; look for the second subject")
    if suffix in (".c", ".h"):
        if not text.startswith("/*"):
            wrong.append(f"{relative}:1: does not begin with a comment that says what it is")
        wrong += [f"{relative}:{number}: conditional compilation in a body" for number in find_conditionals_in_bodies(text)]
    if not relative.startswith(("tools/check_files", "tests/tools/test_check_files")):
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line):
                wrong.append(f"{relative}:{number}: unfinished: {line.strip()}")
            if MACHINE_PATH.search(line):
                wrong.append(f"{relative}:{number}: path of one machine: {line.strip()}")
    return wrong


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    wrong, count = [], 0
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(s for s in subfolders if s not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in (".c", ".h", ".S", ".inc", ".py", ".mk", ".md", ".ld"):
                count += 1
                wrong += check_text(path.relative_to(root).as_posix(), path.read_text(errors="replace"))
    print("\n".join(wrong + [f"files: {count} files, {len(wrong)} broken rules"]))
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
