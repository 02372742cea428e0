#!/usr/bin/python3
"""Runs the client program of spec 004 as it stands there, on a service that listens where it expects one: quickstart.py APP

The program (quickstart_program.txt, to the byte) loads the file wasm_example.cwasm of its directory and calls hello, on
127.0.0.1:8443. --own-network: in a network namespace of its own, where that port is free (needs root). --port N: with
another number in the place of 8443, the only change that is ever made. Prints what the program prints.
"""
import argparse
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import service  # noqa: E402

PROGRAM = Path(__file__).with_name("quickstart_program.txt")
PORT = 8443
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40


def enter_own_network():
    """As `unshare --net` and `ip link set lo up`. Python has os.unshare from 3.12 on, so unshare(1) starts us again."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))


def run(app, port):
    """The exit status of the program."""
    text = PROGRAM.read_text(encoding="utf-8")
    if port != PORT:
        assert text.count(f" {PORT})") == 1
        text = text.replace(f" {PORT})", f" {port})")
    with tempfile.TemporaryDirectory(prefix="quickstart-") as directory:
        directory = Path(directory)
        shutil.copyfile(app, directory / "wasm_example.cwasm")
        (directory / "client.py").write_text(text, encoding="utf-8")
        with service.Aetherd(directory / "service", port=port):
            return subprocess.run([sys.executable, "client.py"], cwd=directory, stdin=subprocess.DEVNULL, timeout=60,
                                  check=False).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("app", type=Path)
    parser.add_argument("--own-network", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=PORT)
    arguments = parser.parse_args()
    if arguments.own_network:
        os.execvp("unshare", ["unshare", "--net", sys.executable, __file__, "--inside", str(arguments.app)])
    if arguments.inside:
        enter_own_network()
    return run(arguments.app, arguments.port)


if __name__ == "__main__":
    sys.exit(main())
