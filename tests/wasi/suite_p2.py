#!/usr/bin/python3
"""The preview-1 programs of WebAssembly/wasi-testsuite, adapted to WASI 0.2 and run as components.

Each NAME.wasm has a NAME.json beside it: args, env, root (a folder, granted as "/"), stdout, stderr,
exit_code. The adapter tells only whether a program failed: any exit code but 0 is 1.

Prints each program that does not do what is expected, then `N passed, N failed, N skipped`. Programs that
can not pass behind the adapter, whoever runs them (wasmtime 50 ends them alike), are run and told as skipped.
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 60

# One that passes all the same is counted as passed.
ADAPTER_BOUND = {
    "assemblyscript/args_get-multiple-arguments": "ends in an assertion of the adapter",
    "assemblyscript/environ_get-multiple-variables": "ends in an assertion of the adapter",
    "assemblyscript/fd_write-to-invalid-fd": "the adapter says success to a write of no buffers, whatever the descriptor",
}


def adapt(tools, adapter, module, folder):
    """The component made of a module; made once."""
    component = folder / (module.parent.parent.parent.name + "-" + module.name)
    if not component.exists():
        subprocess.run([tools, "component", "new", module, "--adapt", f"wasi_snapshot_preview1={adapter}", "-o", component],
                       check=True, capture_output=True)
    return component


def grant(spec, module, folder):
    """A fresh copy of the folder that the program gets."""
    if "root" not in spec:
        return []
    root = Path(folder) / "root"
    shutil.copytree(module.parent / spec["root"], root, symlinks=True)
    for left in root.rglob("*.cleanup"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return ["--dir", f"{root}::/"]


def run(aether, options, component, module):
    """None, or why it failed."""
    spec_file = module.with_suffix(".json")
    spec = json.loads(spec_file.read_text()) if spec_file.exists() else {}
    with tempfile.TemporaryDirectory(prefix="aether-wasi-") as folder:
        command = [aether, "run", *options, *grant(spec, module, folder)]
        for name, value in spec.get("env", {}).items():
            command += ["--env", f"{name}={value}"]
        command += [component, *spec.get("args", [])]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return f"not done after {SECONDS} s"
    expected = 1 if spec.get("exit_code", 0) != 0 else 0
    said = (done.stderr.decode(errors="replace").strip().splitlines() or ["no word"])
    if done.returncode != expected:
        return f"exit code {done.returncode}, not {expected}: " + " | ".join(said[:3])
    for name, got in (("stdout", done.stdout), ("stderr", done.stderr)):
        if name in spec and got.decode(errors="replace") != spec[name]:
            return f"{name} is {got[:80]!r}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--aether", required=True)
    parser.add_argument("--suite", required=True, type=Path, help="the folder tests/ of wasi-testsuite with its programs")
    parser.add_argument("--tools", required=True, help="wasm-tools")
    parser.add_argument("--adapter", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path, help="where the components are kept")
    parser.add_argument("--only", default="")
    parser.add_argument("options", nargs="*", help="options of aether run, behind --")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    modules = sorted(args.suite.glob("*/testsuite/wasm32-wasip1/*.wasm"))
    passed = failed = skipped = 0
    for module in modules:
        name = f"{module.parent.parent.parent.name}/{module.stem}"
        if args.only not in name:
            continue
        why = run(args.aether, args.options, adapt(args.tools, args.adapter, module, args.work), module)
        is_bound = why is not None and name in ADAPTER_BOUND
        passed += why is None
        skipped += is_bound
        failed += why is not None and not is_bound
        if is_bound:
            print(f"{name}: skipped: {ADAPTER_BOUND[name]}", flush=True)
        elif why is not None:
            print(f"{name}: {why}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
