#!/usr/bin/python3
"""The enclave service in front of you: swtpm, aetherd, the example app called over the wire, and everything stopped.

run_enclave.py [--app c|rust|FILE]

The example fetches https://www.lemonde.fr. Here a server on this machine answers for it, under a certificate authority
that is made for the run and that only this aetherd trusts (--resolve, --egress-ca): no file of the machine is touched,
and no network is needed. Exit status 0 only if the server's evidence was verified, all six tests passed and everything
stopped by itself.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/enclave"))
import page  # noqa: E402
import service  # noqa: E402

CLIENT = service.BUILD / "bin/aether-enclave"
CLIENT_SECONDS = 120


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--app", default="c", help="c, rust, or a component with the same six functions")
    return parser.parse_args()


def say(what, text):
    print(f"  {what:<9} {text}", flush=True)


def run_table(app, aetherd, served):
    command = [sys.executable, ROOT / "tests/test_wasm_functions.py", app, "--port", aetherd.port, "--ca", aetherd.ca,
               "--headlines", served.write_headlines()]
    sys.stdout.flush()
    return subprocess.run([str(word) for word in command], timeout=CLIENT_SECONDS, check=False).returncode


def attest(aetherd):
    """What the server proves to somebody who has its issuer's certificate and the two programs."""
    command = [CLIENT, "attest", f"127.0.0.1:{aetherd.port}", "--ca", aetherd.ca, "--challenge", "--programs", service.BUILD / "bin",
               "--json"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=CLIENT_SECONDS, check=False)
    if done.returncode != 0:
        say("attested", f"FAILED: {done.stderr.strip()}")
        return False
    verdict = json.loads(done.stdout)
    held = [check for check, result in verdict["checks"].items() if result == "ok"]
    say("attested", f"evidence {verdict['evidence']}: {', '.join(held)}")
    return True


def run_inside(directory, app):
    """True: everything held."""
    with page.Page(directory / "page") as served, service.Swtpm(directory) as tpm:
        say("app", f"{app.relative_to(ROOT) if app.is_relative_to(ROOT) else app}"
                   f"{', as it is kept (make wasm-example builds it again)' if app in service.EXAMPLES.values() else ''}")
        say("page", f"https://www.lemonde.fr is 127.0.0.1:{served.port} for this run, under a CA of its own")
        say("swtpm", f"127.0.0.1:{tpm.port}")
        with service.Aetherd(directory, tpm=tpm, egress=["www.lemonde.fr"], egress_ca=served.ca,
                             resolve=[served.resolve()]) as aetherd:
            say("aetherd", f"127.0.0.1:{aetherd.port}, --dev")
            good = attest(aetherd)
            print(flush=True)
            good = run_table(app, aetherd, served) == 0 and good
            if not good:
                print(f"\naetherd said:\n{aetherd.output}", flush=True)
        print()
    say("stopped", "aetherd, swtpm, page")
    return good


def main():
    arguments = parse_arguments()
    app = service.EXAMPLES.get(arguments.app, Path(arguments.app).absolute())
    if not app.is_file():
        print(f"{app}: no such file", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="run-enclave-") as directory:
        try:
            return 0 if run_inside(Path(directory), app) else 1
        except (RuntimeError, AssertionError, OSError, subprocess.SubprocessError) as error:
            print(error, file=sys.stderr)
            return 1


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
