"""aether verify: every field of a receipt that is forged is named."""
import hashlib
import json
import struct

import pytest
from support import FIELDS, SNAPSHOT, Log, aether, aether_json, busy_module, module, refused_module, trap_module

FIELD_NAMES = [name for name, _, _ in FIELDS]
PLACES = {name: (offset, length) for name, offset, length in FIELDS}
RECORD_AT = 128

# A board's own view that is forged shows in the field of the receipt that came from it.
SEEN_AS = {"vector": "vector", "oxygen": "input_oxygen", "joint": "input_joint", "pressure": "input_pressure",
           "dose": "input_dose", "outcome": "outcome", "reason": "reason", "cycle": "cycle", "previous": "flags",
           "proof": "proof", "record_hash": "record_hash"}

BEYOND_A_SECOND_RUN = {1: "kernel-fault", 19: "deadline", 20: "page-fault", 21: "exception", 22: "bad-gate",
                       24: "commit-mismatch", 25: "cell-panic", 26: "machine"}


@pytest.fixture(scope="module")
def busy(site):
    bundle = site.bundle(busy_module(), "--entry", "evaluate_limits", stem="busy")
    return bundle, site.log(bundle, stem="busy")


def verify(site, log, bundle, *options, code=0):
    return aether_json("verify", "--image", site.image, "--keyring", site.keyring, *options, log, bundle, code=code)


def forged(site, log, offset, length, last=False, reseal=False):
    copy = Log(log.path)
    copy.flip(1, offset, length, last)
    if reseal:
        copy.reseal(1)
    return copy.save(site.folder / "forged.bin")


def test_the_list_of_fields_fills_the_record():
    assert sum(length for _, _, length in FIELDS) == 1024
    assert len(FIELDS) == 42


def test_a_true_receipt_matches(site, busy):
    bundle, log = busy
    assert struct.unpack("<I", log.get(1, "status"))[0] == 3
    assert struct.unpack("<I", log.get(1, "telemetry_count"))[0] == 1
    assert log.get(1, "telemetry")[:6] == b"\x05hello"
    assert struct.unpack("<II", log.get(1, "uplinks")[:8]) == (0x11, 1250)

    out = verify(site, log.path, bundle)

    assert [row["verdict"] for row in out] == ["match"]


@pytest.mark.parametrize("reseal", [False, True], ids=["as_is", "with_a_fitting_proof"])
@pytest.mark.parametrize("last", [False, True], ids=["first_byte", "last_byte"])
@pytest.mark.parametrize("field", FIELD_NAMES)
def test_a_forged_field_is_named(site, busy, field, last, reseal):
    bundle, log = busy
    offset, length = PLACES[field]

    out = verify(site, forged(site, log, RECORD_AT + offset, length, last, reseal), bundle, code=1)

    assert out[0]["verdict"] == "mismatch"
    assert out[0]["field"] == field
    assert out[0]["receipt"] != out[0]["expected"]


@pytest.mark.parametrize("field", sorted(SNAPSHOT))
def test_a_view_of_the_board_that_does_not_fit_is_named(site, busy, field):
    bundle, log = busy

    out = verify(site, forged(site, log, *SNAPSHOT[field]), bundle, code=1)

    assert out[0]["field"] == SEEN_AS[field]


def test_a_mismatch_shows_both_values_and_whose_they_are(site, busy):
    bundle, log = busy
    path = forged(site, log, RECORD_AT + PLACES["status"][0], 4)

    text, _ = aether("verify", "--image", site.image, "--keyring", site.keyring, path, bundle, code=1)

    assert text == "receipt 1 (cycle 1): MISMATCH in status: receipt has 2, second run says 3\n"


def test_without_an_image_its_hash_is_said_to_be_unchecked_and_the_proof_catches_it(site, busy):
    bundle, log = busy
    _, errors = aether("verify", "--keyring", site.keyring, log.path, bundle)
    assert "image not checked" in errors

    path = forged(site, log, RECORD_AT + PLACES["image_hash"][0], 32)
    out = aether_json("verify", "--keyring", site.keyring, path, bundle, code=1)

    assert out[0]["field"] == "proof"


def test_another_image_is_named(site, busy):
    bundle, log = busy
    other = site.folder / "other.elf"
    other.write_bytes(site.image.read_bytes().replace(b"constants", b"Constants"))

    out = aether_json("verify", "--image", other, "--keyring", site.keyring, log.path, bundle, code=1)

    assert out[0]["field"] == "image_hash"
    assert out[0]["receipt"] == site.image_hash


def test_without_keys_it_is_said_that_signatures_are_not_checked(site, busy):
    bundle, log = busy

    _, errors = aether("verify", "--image", site.image, log.path, bundle)

    assert "signatures not checked" in errors


def test_a_public_key_serves_as_well_as_a_keyring(site, busy):
    bundle, log = busy

    out, errors = aether("verify", "--image", site.image, "--key", f"{site.key}.pub", log.path, bundle)

    assert "match, result 3" in out
    assert errors == ""


def test_a_receipt_of_a_bundle_that_the_key_does_not_know_differs(site, busy):
    bundle, log = busy

    out = aether_json("verify", "--image", site.image, "--key", f"{site.foreign}.pub", log.path, bundle, code=1)

    assert out[0]["field"] == "manifest_hash"


OTHER_BUNDLES = {
    "limit_fuel": ("--fuel", "9999999"),
    "limit_memory": ("--memory", "1MiB"),
    "limit_stack": ("--stack", "4096"),
    "limit_arena": ("--arena", "8MiB"),
    "limit_tables": ("--tables", "1"),
    "limit_deadline_ns": ("--deadline-ms", "1"),
    "flags": ("--fault-to-trap",),
}


@pytest.mark.parametrize("field", sorted(OTHER_BUNDLES))
def test_another_manifest_is_named_by_its_hash_first(site, busy, field):
    _, log = busy
    other = site.bundle(busy_module(), "--entry", "evaluate_limits", *OTHER_BUNDLES[field], stem="other")

    out = verify(site, log.path, other, code=1)

    assert out[0]["field"] == "manifest_hash"
    assert out[0]["expected_by"] == "bundle"


def test_an_unsigned_bundle_shows_in_the_flags(site):
    bundle = site.bundle(busy_module(), stem="bench", signed=False)
    log = site.log(bundle, keyring=site.bench, stem="unsigned")
    assert log.get(1, "flags")[0] & 1

    out = aether_json("verify", "--image", site.image, "--keyring", site.bench, log.path, bundle)

    assert out[0]["verdict"] == "match"


@pytest.mark.parametrize("make,reason", [(trap_module, "integer divide by zero"), (refused_module, "refused by the host")])
def test_a_trap_matches_and_its_forged_fields_are_named(site, make, reason):
    bundle = site.bundle(make(), stem="trap")
    log = site.log(bundle, stem="trap")
    assert log.bytes[80:88] == bytes(8), "a trap has no proof"
    out = verify(site, log.path, bundle)
    assert (out[0]["verdict"], out[0]["outcome"], out[0]["reason"]) == ("match", "trap", reason)

    for field in ("reason", "refusal", "function", "offset", "fuel_used", "status", "wanted", "signal_count"):
        path = forged(site, log, RECORD_AT + PLACES[field][0], PLACES[field][1])
        assert verify(site, path, bundle, code=1)[0]["field"] == field


FAULTS = {
    "malformed-module": lambda: b"\0asm\x01\0\0\0\xff",
    "invalid-module": lambda: module(body=b""),
    "missing-import": lambda: module([("open_file", "->i")]),
    "missing-export": lambda: module(entry="main"),
    "memory-cap": lambda: module(memory=100),
    "shredded": lambda: module([("shred_self", "->")], b"\x10\x00\x41\x00"),
}


@pytest.mark.parametrize("reason", sorted(FAULTS))
def test_a_fault_that_a_second_run_shows_is_derived_again(site, reason):
    bundle = site.bundle(FAULTS[reason](), stem="fault")
    log = site.log(bundle, stem="fault")
    assert log.bytes[80:88] == bytes(8), "a fault has no proof"
    out = verify(site, log.path, bundle)
    assert (out[0]["verdict"], out[0]["reason"]) == ("match", reason)

    for field in ("reason", "offset", "wanted", "fuel_used", "outcome", "payload_version"):
        path = forged(site, log, RECORD_AT + PLACES[field][0], PLACES[field][1])
        assert verify(site, path, bundle, code=1)[0]["field"] == field


def test_an_arena_that_is_too_small_is_derived_again_with_the_size_that_would_do(site):
    bundle = site.bundle(busy_module(), "--memory", "64KiB", "--arena", "320KiB", "--stack", "1000000", stem="small")
    log = site.log(bundle, stem="small")

    out = verify(site, log.path, bundle)

    assert (out[0]["verdict"], out[0]["reason"]) == ("match", "no-memory")
    assert struct.unpack("<Q", log.get(1, "wanted"))[0] > 320 * 1024


def test_a_fault_can_not_be_made_of_a_result(site, busy):
    bundle, log = busy
    copy = Log(log.path)
    at = RECORD_AT + PLACES["outcome"][0]
    copy.bytes[at:at + 8] = struct.pack("<II", 3, 12)
    copy.reseal(1)

    out = verify(site, copy.save(site.folder / "forged.bin"), bundle, code=1)

    assert out[0]["field"] == "outcome"


# What a fault leaves that nobody can derive again: only the hash that the board kept guards it.
GUARDED_BY_HASH = {"payload_version", "telemetry", "signals", "uplinks"}


@pytest.mark.parametrize("number", sorted(BEYOND_A_SECOND_RUN))
def test_a_fault_of_time_or_machine_is_unproven_and_every_field_is_guarded(site, busy, number):
    bundle, _ = busy
    log = site.log(bundle, fault=number, stem="beyond")
    out = verify(site, log.path, bundle)
    assert (out[0]["verdict"], out[0]["reason"]) == ("unproven", BEYOND_A_SECOND_RUN[number])

    for field in FIELD_NAMES:
        path = forged(site, log, RECORD_AT + PLACES[field][0], PLACES[field][1])
        named = verify(site, path, bundle, code=1)[0]["field"]
        if field in GUARDED_BY_HASH:
            assert named in (field, "record_hash", "telemetry_count")
        elif field in ("telemetry_count", "telemetry_len"):
            assert named in ("telemetry_count", "telemetry_len")
        elif field in ("signal_count", "uplink_count"):
            assert named in (field, "record_hash", field.replace("_count", "s"))
        else:
            assert named == field


@pytest.mark.parametrize("field", ["telemetry_count", "telemetry_len", "signal_count", "uplink_count"])
def test_lists_of_an_unproven_fault_must_be_well_formed(site, busy, field):
    bundle, _ = busy
    log = site.log(bundle, fault=19, stem="beyond")

    path = forged(site, log, RECORD_AT + PLACES[field][0], PLACES[field][1], last=True, reseal=True)

    assert verify(site, path, bundle, code=1)[0]["field"] in (field, "telemetry_count")


def test_a_payload_copy_that_went_wrong_in_the_machine_is_unproven(site, busy):
    bundle, _ = busy
    log = site.log(bundle, fault=9, stem="beyond")

    out = verify(site, log.path, bundle)

    assert (out[0]["verdict"], out[0]["reason"]) == ("unproven", "payload-hash")


def test_what_no_gate_can_do_is_derived_again(site):
    bundle = site.bundle(busy_module(), "--fault-to-trap", stem="beyond")
    log = site.log(bundle, stem="beyond")

    out = verify(site, log.path, bundle)

    assert (out[0]["verdict"], out[0]["reason"]) == ("match", "unsupported")


def test_a_fault_without_a_second_run_has_no_proof_either(site, busy):
    bundle, _ = busy
    log = site.log(bundle, fault=19, stem="beyond")
    log.bytes[80:88] = hashlib.sha256(log.record(1)).digest()[:8]

    out = verify(site, log.save(site.folder / "forged.bin"), bundle, code=1)

    assert (out[0]["field"], out[0]["expected"]) == ("proof", "0" * 16)


def test_bundle_faults_are_derived_again(site):
    good = site.bundle(busy_module(), stem="good")
    content = good.read_bytes()
    signature = content.index(b"\x58\x40") + 2
    foreign = site.folder / "foreign.bundle"
    aether("sign", site.folder / "good.wasm", "-o", foreign, "--key", site.foreign)
    unsigned = site.bundle(busy_module(), stem="unsigned", signed=False)
    cases = {
        "bad-bundle": content + b"\0",
        "bad-signature": content[:signature] + bytes([content[signature] ^ 1]) + content[signature + 1:],
        "payload-hash": content[:-1] + bytes([content[-1] ^ 1]),
        "no-bundle": b"",
        "unknown-key": foreign.read_bytes(),
        "unsigned": unsigned.read_bytes(),
    }
    for reason, bundle_bytes in cases.items():
        bundle = site.folder / "case.bundle"
        bundle.write_bytes(bundle_bytes)
        log = site.log(bundle, stem="case")
        assert log.get(1, "manifest_hash") == bytes(32)

        out = verify(site, log.path, bundle)

        assert (out[0]["verdict"], out[0]["reason"]) == ("match", reason)
        path = forged(site, log, RECORD_AT + PLACES["reason"][0], 4)
        assert verify(site, path, bundle, code=1)[0]["field"] == "reason"
        if reason in ("bad-bundle", "payload-hash"):
            continue
        assert verify(site, log.path, good, code=1)[0]["verdict"] == "mismatch"


def test_signature_faults_without_keys_are_unproven(site):
    bundle = site.folder / "foreign.bundle"
    (site.folder / "good.wasm").write_bytes(busy_module())
    aether("sign", site.folder / "good.wasm", "-o", bundle, "--key", site.foreign)
    log = site.log(bundle, stem="nokeys")

    out = aether_json("verify", "--image", site.image, log.path, bundle)

    assert (out[0]["verdict"], out[0]["reason"]) == ("unproven", "unknown-key")


def test_a_vector_that_is_not_granted_is_derived_again(site):
    bundle = site.bundle(busy_module(), "--vector", "0x21", stem="vector")
    log = site.log(bundle, count=2, stem="vector")

    out = verify(site, log.path, bundle)

    assert [(row["verdict"], row["outcome"], row["reason"]) for row in out] == [
        ("match", "fault", "vector-not-granted"), ("match", "result", "")]


def test_every_receipt_of_a_chain_is_checked(site, busy):
    bundle, _ = busy
    log = site.log(bundle, count=5, stem="chain")
    assert [row["verdict"] for row in verify(site, log.path, bundle)] == ["match"] * 5

    log.flip(4, RECORD_AT + PLACES["status"][0], 4)
    out = verify(site, log.save(site.folder / "forged.bin"), bundle, code=1)

    assert [row["verdict"] for row in out] == ["match", "match", "match", "mismatch", "mismatch"]
    assert out[3]["field"] == "status"
    assert (out[4]["field"], out[4]["expected_by"]) == ("previous", "chain")
    assert out[4]["expected"] == hashlib.sha256(log.record(4)).hexdigest()


def test_a_receipt_that_was_taken_out_breaks_the_chain(site, busy):
    bundle, _ = busy
    log = site.log(bundle, count=3, stem="chain")
    del log.bytes[1152:2304]

    out = verify(site, log.save(site.folder / "forged.bin"), bundle, code=1)

    assert (out[1]["field"], out[1]["expected_by"], out[1]["expected"]) == ("cycle", "chain", 2)


def test_one_entry_can_be_asked_for(site, busy):
    bundle, _ = busy
    log = site.log(bundle, count=3, stem="chain")

    out = verify(site, log.path, bundle, "--entry", "2")

    assert [(row["entry"], row["cycle"]) for row in out] == [(2, 2)]
    _, errors = aether("verify", "--entry", "4", log.path, bundle, code=1)
    assert "no such receipt" in errors


def test_a_log_that_is_empty_cut_or_no_log_is_refused(site, busy):
    bundle, log = busy
    path = site.folder / "broken.bin"
    for content, what in ((b"", "no such receipt"), (bytes(log.bytes[:-1]), "inside of an entry"),
                          (b"x" * 1152, "not an entry"), (bytes(log.bytes) + b"x", "inside of an entry")):
        path.write_bytes(content)
        _, errors = aether("verify", path, bundle, code=1)
        assert what in errors


def test_wrong_calls_are_usage_and_missing_files_are_told(site, busy):
    bundle, log = busy
    for args in ((), (log.path,), (log.path, bundle, bundle), ("--entry", "x", log.path, bundle), ("--nothing", log.path, bundle),
                 ("--image",)):
        aether("verify", *args, code=2)
    for args in ((site.folder / "none", bundle), (log.path, site.folder / "none"), ("--image", site.folder / "none", log.path, bundle),
                 ("--keyring", site.folder / "none", log.path, bundle), ("--key", site.folder / "none", log.path, bundle)):
        aether("verify", *args, code=3)
    aether("verify", "--image", log.path, log.path, bundle, code=1)
    aether("verify", "--keyring", bundle, log.path, bundle, code=1 if bundle.stat().st_size <= 1168 else 3)


def test_the_answer_is_the_same_every_time(site, busy):
    bundle, log = busy
    first = json.dumps(verify(site, log.path, bundle))

    assert all(json.dumps(verify(site, log.path, bundle)) == first for _ in range(3))


def test_a_run_that_does_not_end_ends_at_the_time_limit(site, busy):
    endless = site.bundle(module(body=b"\x03\x40\x0c\x00\x0b\x41\x00"), "--fuel", "4000000000000000000", stem="endless")

    _, said = aether("verify", "--time-limit", "1", busy[1].path, endless, code=3)

    assert said.endswith("aether: the second run took longer than its time limit (--time-limit S)\n")


def test_a_time_limit_of_days_is_refused(busy):
    bundle, log = busy

    assert "at most 86400 seconds" in aether("verify", "--time-limit", "86401", log.path, bundle, code=2)[1]
