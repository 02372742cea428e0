"""aether help: every command teaches itself."""
import os
import subprocess

import pytest
from support import AETHER, aether

COMMANDS = ["validate", "inspect", "run", "wast", "keygen", "sign", "bundle", "receipts", "verify", "keyring", "image-hash", "log"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_usage_an_example_and_its_exit_codes(command):
    text, errors = aether(command, "--help")

    assert text.startswith(f"usage: aether {command} ")
    assert "example: aether " in text
    assert "Exit codes: 0" in text
    assert errors == ""
    assert max(map(len, text.splitlines())) <= 100
    assert aether("help", command)[0] == text
    assert aether(command, "x", "-h")[0] == text


def test_the_overview_lists_every_command():
    text, _ = aether("help")

    for command in COMMANDS + ["help", "version"]:
        assert f"\n  {command} " in text
    assert aether("--help")[0] == text


def test_the_version_is_one_line():
    assert aether("version")[0].startswith("aether 0.")
    assert aether("--version") == aether("version")


def test_no_command_or_an_unknown_one_is_usage():
    aether(code=2)
    _, errors = aether("fly", code=2)
    assert "fly" in errors
    aether("help", "fly", code=2)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_usage(command):
    _, errors = aether(command, "--no-such-option", code=2)

    assert "--no-such-option" in errors


def test_a_full_disk_is_told():
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([AETHER, "help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=os.environ)
    assert done.returncode == 3
    assert "standard output" in done.stderr
