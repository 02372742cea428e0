"""A network of the test's own: this program starts itself again in new network and mount namespaces, where public
addresses are its loopback's and names are what NameServer says.

    result = namespace.run(__file__, "case", directory)     from a test: what case(directory) returned there
    if __name__ == "__main__": namespace.main(globals())    at the end of the file with the cases
"""
import json
import subprocess
import sys
from pathlib import Path

import pytest

UNSHARE = ["unshare", "--net", "--mount"]
PUBLIC = "93.184.216.34"
PUBLIC_SIX = "2606:2800:220:1:248:1893:25c8:1946"
PRIVATE = "10.9.8.7"


def run(path, case, directory, seconds=60):
    if subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no network namespace can be made here")
    done = subprocess.run([*UNSHARE, sys.executable, path, case, str(directory)], capture_output=True, text=True,
                          timeout=seconds, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def prepare(directory):
    """In the namespaces: addresses and the resolver's files. Whether IPv6 is there."""
    for command in (["mount", "--make-rprivate", "/"], ["ip", "link", "set", "lo", "up"],
                    ["ip", "addr", "add", f"{PUBLIC}/32", "dev", "lo"], ["ip", "addr", "add", f"{PRIVATE}/32", "dev", "lo"]):
        subprocess.run(command, check=True)
    has_six = subprocess.run(["ip", "-6", "addr", "add", f"{PUBLIC_SIX}/128", "dev", "lo"], capture_output=True,
                             check=False).returncode == 0
    for name, text in (("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\nsearch corp.invalid\n"),
                       ("nsswitch.conf", "hosts: files dns\n")):
        path = Path(directory) / name
        path.write_text(text)
        path.chmod(0o644)
        subprocess.run(["mount", "--bind", str(path), f"/etc/{name}"], check=True)
    return has_six


def main(cases):
    directory = Path(sys.argv[2])
    result = cases[sys.argv[1]](directory, prepare(directory))
    print(json.dumps(result), flush=True)
    sys.stdout.flush()
    import os
    os._exit(0)
