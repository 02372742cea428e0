#!/usr/bin/python3
"""Runs the converted suite and prints a table: passed, failed, skipped by folder of the specification.

  conformance.py --suite build/suite --skips tests/suite/skips.txt --aether build/bin/aether [--metal CELL] [--tenth SEED]

With --metal the same files run in ring 3 under QEMU as well (metal.py), and each verdict has to be the hosted one.

What holds:
 (1) A skip that the list does not name is a failure; a skip that it names and that did not occur is one, too.
 (2) A file that the program did not report, because it died or hung, is a failure.
 (3) The last line is `N passed, N failed, N skipped`; the exit status is 1 if anything failed or nothing passed.
"""
import argparse
import collections
import json
import random
import re
import subprocess
import sys
from pathlib import Path

from areas import ORDER, area_of

COMPONENTS = tuple(f"component/{name}" for name in ("binary", "linking", "resources", "validation", "values", "async"))
FOLDERS = ("core", "legacy", "threads", "custom-page-sizes", *COMPONENTS)
# Components that only mention asynchronous functions run; those of async/ are refused by name.
SYNCHRONOUS = COMPONENTS[:-1]
PLAIN = ("core", "threads", "custom-page-sizes", COMPONENTS[-1])
SECONDS = 600
TEXT = "text format"
UNSUPPORTED = "unsupported"  # what a component uses was refused by name, and so is what needs the component
SHOWN_MAX = 200


class Skips:
    """Lines `FILE WHAT reason`: WHAT is a line of FILE, or text*N for N assertions about the text format, or
    unsupported*N for N about components that use what is refused by name."""

    def __init__(self, path):
        self.path, self.lines, self.texts, self.refused = path, {}, {}, {}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            match = re.fullmatch(r"(\S+) +(?:(text|unsupported)\*(\d+)|(\d+)) +(\S.*)", line)
            if match is None:
                sys.exit(f"{path}:{number}: want `FILE LINE reason`, `FILE text*N reason` or `FILE unsupported*N reason`")
            file, what, count, at, reason = match.groups()
            if what:
                (self.texts if what == "text" else self.refused)[file] = int(count)
            else:
                self.lines[file, int(at)] = reason

    def pardon(self, names, events, counts):
        """A failure at a line that the list names becomes a skip."""
        for said in events:
            reason = self.lines.get((names[said["file"]], said["line"]))
            if reason is not None and said["result"] == "failed":
                said["result"], said["text"] = "skipped", reason
                counts[said["file"]]["failed"] -= 1
                counts[said["file"]]["skipped"] += 1

    def judge(self, files, events):
        """(sentences about what is wrong, count of skips by reason)."""
        texts = collections.Counter(file for file, _, text in events if text == TEXT)
        refused = collections.Counter(file for file, _, text in events if text.startswith(UNSUPPORTED))
        lines = {(file, line): text for file, line, text in events if text != TEXT and not text.startswith(UNSUPPORTED)}
        wrong = [f"{file}: {texts[file]} assertions about the text format were skipped, the list says {self.texts.get(file, 0)}"
                 for file in sorted(files) if texts[file] != self.texts.get(file, 0)]
        wrong += [f"{file}: {refused[file]} assertions about what is refused by name were skipped, the list says "
                  f"{self.refused.get(file, 0)}" for file in sorted(files) if refused[file] != self.refused.get(file, 0)]
        wrong += [f"{file}:{line}: skipped ({text}), and the list does not name it"
                  for (file, line), text in sorted(lines.items()) if (file, line) not in self.lines]
        wrong += [f"{file}:{line}: the list names it as a skip, and it was none"
                  for (file, line) in sorted(self.lines) if file in files and (file, line) not in lines]
        reasons = collections.Counter({TEXT: sum(texts.values()), "component refused by name": sum(refused.values())})
        reasons.update(self.lines.get(at, lines[at]) for at in lines)
        return wrong, reasons


def folder_of(path):
    """core, or component/values."""
    return f"component/{path.parent.name}" if path.parent.parent.name == "component" else path.parent.name


def name_of(path):
    """core/i32 of build/suite/core/wast_core_i32.json."""
    folder = folder_of(path)
    if folder in COMPONENTS:
        return f"{folder}/{path.stem.removeprefix('wast_component_' + path.parent.name + '_')}"
    return f"{folder}/{re.sub(r'^wast_(core|proposals_[^_]*)_', '', path.stem)}"


def find_files(suite, tenth):
    files = []
    for folder in FOLDERS:
        found = sorted((suite / folder).glob("*.json"))
        if not found:
            sys.exit(f"{suite / folder}: no converted files")
        files += found
    if tenth is not None:
        files = sorted(random.Random(tenth).sample(files, (len(files) + 9) // 10))
    return files


def run_files(aether, paths, flags):
    """What the program said of each path: (events, counts by path), and sentences about files that it did not finish."""
    events, counts, lost = [], {}, []
    while paths:
        try:
            run = subprocess.run([aether, "wast", "--json", *flags, *map(str, paths)], capture_output=True, text=True,
                                 timeout=SECONDS, check=False)
            output, ending = run.stdout, f"ended with {run.returncode}: {run.stderr[-2000:].strip()}"
        except subprocess.TimeoutExpired as expired:
            output, ending = (expired.stdout or b"").decode(errors="replace"), f"no end after {SECONDS} s"
        for line in output.splitlines():
            if line.startswith("{") and line.endswith("}"):
                said = json.loads(line)
                if "line" in said:
                    events.append(said)
                else:
                    counts[said["file"]] = said
        rest = [path for path in paths if str(path) not in counts]
        if not rest:
            break
        lost.append(f"{name_of(rest[0])}: {ending}")
        paths = rest[1:]
    return events, counts, lost


def run_hosted(aether, files):
    events, counts, lost = [], {}, []
    for flags, wanted in (((), PLAIN), (("--legacy-exceptions",), ("legacy",)), (("--link-async",), SYNCHRONOUS)):
        paths = [path for path in files if folder_of(path) in wanted]
        for total, part in zip((events, counts, lost), run_files(aether, paths, flags)):
            total.update(part) if isinstance(total, dict) else total.extend(part)
    return events, counts, lost


def print_table(rows):
    print(f"{'folder':<20} {'files':>6} {'passed':>8} {'failed':>8} {'skipped':>8}")
    for area in sorted(rows, key=ORDER.index):
        print(f"{area:<20} {rows[area][0]:>6} {rows[area][1]:>8} {rows[area][2]:>8} {rows[area][3]:>8}")


def report(files, events, counts, lost, apart, skips):
    """Prints everything; the closing counts. `apart`: where ring 3 differs from the host."""
    names = {str(path): name_of(path) for path in files}
    skips.pardon(names, events, counts)
    rows = collections.defaultdict(lambda: [0, 0, 0, 0])
    for path in files:
        said = counts.get(str(path), {"passed": 0, "failed": 1, "skipped": 0})
        row = rows[area_of(folder_of(path), names[str(path)].partition("/")[2])]
        for column, number in enumerate((1, said["passed"], said["failed"], said["skipped"])):
            row[column] += number
    skipped = [(names[said["file"]], said["line"], said["text"]) for said in events if said["result"] == "skipped"
               and (not said["text"].startswith(UNSUPPORTED) or said["command"].startswith("assert"))]
    wrong, reasons = skips.judge(set(names.values()), skipped)
    failures = [f"{names[said['file']]}:{said['line']}: {said['command']}: {said['text']}" for said in events
                if said["result"] == "failed"]
    for sentence in failures[:SHOWN_MAX] + lost + apart + wrong:
        print("failed:", sentence)
    if len(failures) > SHOWN_MAX:
        print(f"failed: and {len(failures) - SHOWN_MAX} more")
    print_table(rows)
    for reason, count in reasons.most_common():
        print(f"skipped: {count} {reason}")
    passed, failed, skips_count = (sum(row[column] for row in rows.values()) for column in (1, 2, 3))
    return passed, failed + len(wrong) + len(apart), skips_count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=Path, required=True)
    parser.add_argument("--skips", type=Path, required=True)
    parser.add_argument("--aether", required=True)
    parser.add_argument("--metal", type=Path, help="the ring-3 program that runs packed suites")
    parser.add_argument("--tenth", type=int, help="seed: a tenth of the files")
    options = parser.parse_args()
    files = find_files(options.suite, options.tenth)
    events, counts, lost = run_hosted(options.aether, files)
    apart = []
    if options.metal:
        import metal  # its modules look for a machine
        modules = [path for path in files if folder_of(path) not in COMPONENTS]  # ring 3 has no component model
        apart = metal.compare(options.aether, options.metal, modules, events, counts)
    passed, failed, skipped = report(files, events, counts, lost, apart, Skips(options.skips))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
