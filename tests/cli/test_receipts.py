"""aether receipts: a table, an array, and the first place where the chain breaks."""
import hashlib
import struct

import pytest
from support import FIELDS, SNAPSHOT, aether, aether_json, busy_module

RECORD_AT = 128
PLACES = {name: (offset, length) for name, offset, length in FIELDS}


@pytest.fixture(name="log")
def a_log(site):
    return site.log(site.bundle(busy_module()), count=4)


def test_the_table_has_a_line_a_cycle(log):
    text, _ = aether("receipts", log.path)

    lines = text.splitlines()
    assert lines[0].split() == ["#", "cycle", "vector", "outcome", "status", "fuel", "proof", "reason"]
    assert [line.split()[:5] for line in lines[1:]] == [
        [str(i), str(i), "0x20" if i % 2 else "0x21", "result", "3"] for i in range(1, 5)]
    proof = struct.unpack("<Q", hashlib.sha256(log.record(2)).digest()[:8])[0]
    assert lines[2].split()[6] == f"{proof:016x}"


def test_the_array_has_every_field(log):
    out = aether_json("receipts", log.path)

    assert len(out) == 4
    for i, row in enumerate(out, 1):
        assert set(row) == {"entry", "proof", "sequence", "ticks", "hash"} | {name for name, _, _ in FIELDS}
        assert row["hash"] == hashlib.sha256(log.record(i)).hexdigest()
        assert row["cycle"] == i
        assert row["input_pressure"] == 0x3DF5C28F
    assert out[0]["previous"] == "00" * 32
    assert [row["previous"] for row in out[1:]] == [row["hash"] for row in out[:-1]]


@pytest.mark.parametrize("field", [name for name, _, _ in FIELDS])
def test_a_changed_record_is_a_break(site, log, field):
    log.flip(3, RECORD_AT + PLACES[field][0], PLACES[field][1])

    out = aether_json("receipts", log.save(site.folder / "forged.bin"), code=1)

    assert len(out) == 3
    named = field if field in ("magic", "version", "cycle", "previous", "outcome", "reason") else "proof"
    assert out[2]["break"] == named


@pytest.mark.parametrize("field", ["outcome", "reason", "cycle", "previous", "proof", "record_hash"])
def test_a_board_that_saw_something_else_is_a_break(site, log, field):
    log.flip(2, *SNAPSHOT[field])

    text, errors = aether("receipts", log.save(site.folder / "forged.bin"), code=1)

    assert f"the chain breaks at entry 2: {field}" in errors
    assert len(text.splitlines()) == 3


def test_a_receipt_with_a_fitting_proof_breaks_the_next_link(site, log):
    log.flip(2, RECORD_AT + PLACES["status"][0], 4)
    log.reseal(2)

    out = aether_json("receipts", log.save(site.folder / "forged.bin"), code=1)

    assert [row.get("break") for row in out] == [None, None, "previous"]


def test_entries_in_another_order_or_left_out_are_a_break(site, log):
    one, two = bytes(log.bytes[:1152]), bytes(log.bytes[1152:2304])
    log.bytes[:2304] = two + one
    assert aether_json("receipts", log.save(site.folder / "forged.bin"), code=1)[1]["break"] == "cycle"

    log.bytes[:2304] = one + one
    assert aether_json("receipts", log.save(site.folder / "forged.bin"), code=1)[1]["break"] == "cycle"


def test_a_log_may_start_anywhere(site, log):
    del log.bytes[:1152]

    assert [row["cycle"] for row in aether_json("receipts", log.save(site.folder / "tail.bin"))] == [2, 3, 4]


def test_faults_have_no_proof_and_a_name(site):
    log = site.log(site.bundle(busy_module()), fault=19, count=2)

    text, _ = aether("receipts", log.path)

    assert all("0000000000000000  deadline" in line for line in text.splitlines()[1:])
    log.bytes[80:88] = hashlib.sha256(log.record(1)).digest()[:8]
    assert aether_json("receipts", log.save(site.folder / "forged.bin"), code=1)[0]["break"] == "proof"


def test_a_changed_fault_receipt_is_a_break_though_it_has_no_proof(site):
    log = site.log(site.bundle(busy_module()), fault=19, count=2)
    log.flip(1, RECORD_AT + PLACES["signals"][0], 4)

    assert aether_json("receipts", log.save(site.folder / "forged.bin"), code=1)[0]["break"] == "record_hash"


def test_what_is_no_log_is_refused_with_its_offset(site, log):
    path = site.folder / "broken.bin"
    path.write_bytes(bytes(log.bytes[:-100]))
    text, errors = aether("receipts", path, code=1)
    assert len(text.splitlines()) == 4
    assert "log ends inside of an entry (at byte 3456)" in errors

    path.write_bytes(b"")
    assert aether_json("receipts", path) == []
    aether("receipts", site.folder / "none", code=3)
    aether("receipts", code=2)
