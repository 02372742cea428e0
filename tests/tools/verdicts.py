#!/usr/bin/env python3
"""Compares the loader's verdicts with the official suite's, module by module.

usage: verdicts.py TOOL FOLDER

FOLDER holds the JSON and .wasm files that wast2json makes of .wast files; TOOL is build/bin/wasm_verdict. Every module
that the suite calls valid has to load, every other has to be refused; of our statuses UNSUPPORTED (a proposal that this
build leaves out, named) says nothing of the module and is counted apart. Exit status 1: a verdict is wrong.
"""
import collections
import json
import pathlib
import subprocess
import sys

VALID = {'module', 'module_definition', 'assert_uninstantiable', 'assert_unlinkable', 'assert_trap'}
REFUSED = {'assert_invalid', 'assert_malformed'}
BATCH = 500


def expectations(folder):
    """(path, whether it has to load, where it stands) of every binary core module."""
    for script in sorted(folder.glob('*.json')):
        for command in json.loads(script.read_text())['commands']:
            name = command.get('filename', '')
            kind = command['type']
            if name.endswith('.wasm') and command.get('head') != 'component' and kind in VALID | REFUSED:
                yield folder / name, kind in VALID, f"{script.name}:{command['line']}"


def verdicts(tool, paths):
    """What the tool says of each path."""
    said = {}
    for start in range(0, len(paths), BATCH):
        batch = [str(path) for path in paths[start:start + BATCH]]
        run = subprocess.run([tool, *batch], capture_output=True, text=True, check=True)
        for path, line in zip(batch, run.stdout.splitlines(), strict=True):
            said[path] = line.removeprefix(path + ': ')
    return said


def main():
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    expected = list(expectations(folder))
    if not expected:
        sys.exit(f'no modules under {folder}')
    said = verdicts(tool, [path for path, _, _ in expected])
    counts, wrong = collections.Counter(), 0
    for path, must_load, where in expected:
        verdict = said[str(path)]
        status = verdict.split(' ')[0]
        counts['valid' if must_load else 'not valid', status] += 1
        if status != 'UNSUPPORTED' and must_load != (status == 'valid'):
            print(f'{where}: {"valid" if must_load else "not valid"} by the suite, here {verdict}')
            wrong += 1
    for (suite, status), count in sorted(counts.items()):
        print(f'{suite} by the suite, {status} here: {count}')
    print(f'{len(expected) - wrong} passed, {wrong} failed, 0 skipped')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
