"""Feeds cases to hostile_run and judges what comes back (build.py says what verdicts there are)."""
import json
import subprocess

SECONDS = 2.0
KIB = 256 << 10
REFUSALS = {"malformed": {"MALFORMED", "TRUNCATED"}, "invalid": {"INVALID"}, "limit": {"LIMIT", "NO_MEMORY"}, "unsupported": {"UNSUPPORTED"},
            "refused": {"MALFORMED", "TRUNCATED", "INVALID"}}
NO_START = {"LIMIT", "NO_MEMORY"}


def run(tool, cases):
    """Yields (case, record)."""
    cases = list(cases)
    seen = set()
    for case in cases:
        assert case[0] not in seen and " " not in case[0], "a case's name is its own: %s" % case[0]
        seen.add(case[0])
    process = subprocess.Popen([tool], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for case in cases:
        flags = b"l" if case[0].startswith("E5") else b"-"
        process.stdin.write(b"%s %d %s\n" % (case[0].encode(), len(case[1]), flags))
        process.stdin.write(case[1])
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "the tool itself ended at %s" % case[0]
        yield case, json.loads(line)
    process.stdin.close()
    assert process.wait() == 0


def wrong(case, record, seconds=SECONDS, kib=KIB):
    """None, or what is wrong about a record."""
    name, _, verdict, fragment = case
    if "died" in record:
        return "%s: died by %s" % (name, record["died"])
    if record["ms"] > seconds * 1000:
        return "%s: took %d ms" % (name, record["ms"])
    if "peak" in record:
        kept, scratch = 24 * len(case[1]) + 1024, 8 * len(case[1]) + (64 << 10) + (9 << 20)
        if record["peak"] > kept or record["scratch"] > scratch:
            return "%s: the load took %d and %d bytes, module.h promises %d and %d" % (
                name, record["peak"], record["scratch"], kept, scratch)
    if record["kib"] > kib:
        return "%s: took %d KiB" % (name, record["kib"])
    got = describe(record)
    if not is_right(verdict, record):
        return "%s: expected %s, got %s (%s)" % (name, verdict, got, record.get("why", ""))
    if fragment and fragment not in record.get("why", ""):
        return "%s: %r is not in %r" % (name, fragment, record.get("why", ""))
    return None


def describe(record):
    if record["load"] != "OK":
        return record["load"]
    if record["start"] != "OK":
        return "start %s %s" % (record["start"], record.get("end", ""))
    return "%s %s" % (record.get("end", "loaded"), record.get("values", ""))


def is_right(verdict, record):
    load, start, end = record["load"], record.get("start"), record.get("end")
    if verdict == "any":
        return True
    if verdict in REFUSALS:
        return load in REFUSALS[verdict]
    if load != "OK":
        return False
    if verdict == "valid":
        return True
    if verdict == "unlinkable":
        return start == "UNLINKABLE"
    if verdict == "no-start":
        return start in NO_START
    if verdict.startswith("trap:"):
        return end == verdict[5:] and (start == "OK" or start == "TRAP")
    if verdict == "fault":
        return end == "NO_MEMORY"
    if verdict == "returned":
        return end == "returned"
    if verdict.startswith("returned:"):
        return end == "returned" and record["values"] == [int(word, 0) for word in verdict[9:].split(",")]
    raise AssertionError("no such verdict: " + verdict)


def cases_of(groups):
    for group in groups:
        yield from group()
