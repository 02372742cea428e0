"""The suite's runner in ring 3: right and wrong files end there as they do on the host. make conformance-metal runs all."""
import json
import subprocess
import sys

import images
import pytest
import qemu
import wasm

sys.path.insert(0, str(qemu.ROOT / "tests/suite"))
import metal  # noqa: E402 (the path comes first)

CELL = qemu.BUILD / "metal/cells/suite_cell.elf"


def assert_status(number, line):
    return {"type": "assert_return", "line": line, "expected": [{"op": "i32.const", "args": [str(number)]}],
            "action": {"type": "invoke", "field": "evaluate_limits", "args": []}}


@pytest.fixture
def write(tmp_path):
    folder = tmp_path / "threads"
    folder.mkdir()
    (folder / "three.wasm").write_bytes(wasm.returns(3))
    module = {"type": "module", "line": 1, "filename": "three.wasm"}

    def write_file(name, *commands):
        path = folder / f"{name}.json"
        path.write_text(json.dumps({"commands": [module, *commands]}))
        return path
    return write_file


def host(paths):
    run = subprocess.run([images.AETHER, "wast", "--json", *map(str, paths)], capture_output=True, text=True, check=False)
    said = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    return [line for line in said if "line" in line], {line["file"]: line for line in said if "line" not in line}


def test_counts_digest_and_failures_are_the_hosts(write, tmp_path):
    text = {"type": "assert_malformed", "line": 9, "filename": "x.wat", "module_type": "text", "text": "unknown"}
    paths = [write("right", assert_status(3, 2)), write("wrong", assert_status(3, 2), assert_status(4, 3), text)]
    events, _ = host(paths)

    said, shown = metal.run_area(tmp_path, images.AETHER, CELL, paths, "threads")

    assert said == (2, 2, 1, 1, metal.digest(events))
    assert shown == ["wrong.json:3: result 0 is i32 0x3, expected i32 0x4"]


def test_a_verdict_that_differs_is_found(write):
    paths = [write("right", assert_status(3, 2))]
    events, counts = host(paths)

    assert metal.compare(images.AETHER, CELL, paths, events, counts) == []
    counts[str(paths[0])]["passed"] = 2
    (sentence,) = metal.compare(images.AETHER, CELL, paths, events, counts)

    assert "ring 3 ran 1 files: 1 passed, 0 failed, 0 skipped; the host 1: 2, 0, 0" in sentence


def test_a_digest_that_differs_is_found(write):
    paths = [write("wrong", assert_status(4, 2))]
    events, counts = host(paths)
    events[0]["line"] = 5

    (sentence,) = metal.compare(images.AETHER, CELL, paths, events, counts)

    assert "first failures in ring 3: wrong.json:2: result 0 is i32 0x3, expected i32 0x4" in sentence


def test_a_broken_pack_is_refused_there_too(tmp_path):
    flags = ["--memory", "128MiB", "--arena", "256MiB", "--grant", "telemetry"]
    image, _ = images.build(tmp_path, b"AETHRWST" + bytes(40), flags, cell=CELL)

    with qemu.run(qemu.Setup(image=image, ram_mib=metal.RAM_MIB, has_ram_file=False), mission=metal.MISSION) as run:
        assert run.commits[0]["outcome"] == "result" and run.commits[0]["status"] != 0, run.explain()
