"""What api's reader of JSON takes and what Python's does: the same, for every text of the corpus."""
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus" / "json"
BUILD = pathlib.Path(os.environ.get("B", "build"))
READER = ROOT / BUILD / "host" / "tests" / "api" / "test_json_corpus"
AS_BYTES = 0x80  # of the first byte: some arrays are taken as bytes, which Python does not


def without_twins(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key twice")
    return dict(pairs)


def no_constant(word):
    raise ValueError(word)


def is_text(value):
    """Half a surrogate pair is no text, which Python does not mind."""
    if isinstance(value, str):
        value.encode("utf-8")
    for part in value if isinstance(value, list) else ():
        is_text(part)
    for key, part in value.items() if isinstance(value, dict) else ():
        is_text(key)
        is_text(part)


def python_reads(text):
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=without_twins, parse_constant=no_constant)
        is_text(value)
    except (ValueError, RecursionError):
        return False
    return True


def test_python_takes_what_api_takes(tmp_path):
    if not READER.exists():
        pytest.skip(f"{READER} is not built")
    verdicts = tmp_path / "verdicts"
    done = subprocess.run([READER], cwd=ROOT, env={**os.environ, "JSON_VERDICTS": str(verdicts), "ONLY": "verdicts_*"},
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr

    compared = 0
    for line in verdicts.read_text().splitlines():
        name, verdict = line.split()
        data = (CORPUS / name).read_bytes()
        if verdict == "limit" or not data or data[0] & AS_BYTES:
            continue
        assert python_reads(data[1:]) == (verdict == "read"), (name, verdict, data[1:])
        compared += 1
    assert compared > 80
