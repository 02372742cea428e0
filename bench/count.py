"""Host instructions that a unit of each kernel takes in the interpreter, counted by callgrind.

    count.py PROGRAM MODULE BASELINE [--update]

PROGRAM is aether: `aether run MODULE --invoke NAME COUNT`. Each kernel runs with two counts; the
difference is what the units took, without loading and start. Counts repeat from run to run, so a
baseline in the repository is compared: more than TOLERANCE above it fails; --update writes it. The last line is `N passed, N failed, 0 skipped`.
"""
import json
import pathlib
import re
import subprocess
import sys

TOLERANCE = 0.02
KERNELS = {  # name: the smaller of the two counts
    "integer_mix": 20000,
    "calls": 100,
    "indirect_calls": 10000,
    "matrix_f64": 10,
    "hashing": 40,
    "memory_copy": 40,
}


def instructions(program, module, name, count):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "run", "--in-process",
               module, "--invoke", name, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
    if done.returncode != 0 or found is None:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return int(found.group(1))


def main():
    program, module, baseline_path = sys.argv[1:4]
    baseline_file = pathlib.Path(baseline_path)
    baseline = json.loads(baseline_file.read_text()) if baseline_file.exists() else {}
    counts = {}
    failed = 0
    print(f"{'kernel':<16} {'instructions a unit':>20} {'baseline':>14} {'ratio':>8}")
    for name, count in KERNELS.items():
        once = instructions(program, module, name, count)
        twice = instructions(program, module, name, 2 * count)
        counts[name] = round((twice - once) / count, 1)
        before = baseline.get(name)
        ratio = counts[name] / before if before else float("nan")
        is_slower = before is None or ratio > 1 + TOLERANCE
        failed += is_slower
        print(f"{name:<16} {counts[name]:>20} {before or '-':>14} {ratio:>8.3f}"
              f"{'  over the baseline' if is_slower else ''}", flush=True)
    if "--update" in sys.argv:
        baseline_file.write_text(json.dumps(counts, indent=4) + "\n")
        failed = 0
    print(f"{len(KERNELS) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
