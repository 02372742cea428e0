"""Two records of one module, ours and the peer's: equal, excused, or the first difference.

What has to be equal, and when:
  always         whether it loads and links
  both returned  fuel (whole, of the start function, after each call), results, memory, globals,
                 host calls
  both trapped   the kind, where, what returned before it, host calls; not the fuel: there the law
                 is semantics.md 2, and the peer counts otherwise
Excused: the stack budget (slots here, bytes there) and running out of fuel, which the peer notices
later than we do.
"""
from tests.oracle import record

SAME_KIND = {9: 6}  # the peer has one kind for a table's bounds, whoever asks
EQUAL, EXCUSED = "equal", "excused"


def kind(trap):
    return SAME_KIND.get(trap, trap)


def first_of(ours, theirs, fields):
    for field in fields:
        if ours[field] != theirs[field]:
            return "%s: ours %s, peer %s" % (field, ours[field], theirs[field])
    return None


def without_fuel(entry):
    """A record whose fuel says nothing."""
    return {**entry, "start": 0, "fuel": 0, "exact": True,
            "calls": [[index, 0, values] for index, _, values in entry["calls"]]}


def compare_mutants(ours, theirs):
    """As compare, for modules that nobody aimed: in both refused (whoever looks first names the
    reason) or run to the same end; not the fuel, as growths that fail may be among them (README)."""
    if "ok" not in (ours["load"], theirs["load"]):
        return EQUAL
    return compare(without_fuel(ours), without_fuel(theirs))


def compare(ours, theirs):
    """EQUAL, EXCUSED, or a sentence about the first difference."""
    if ours["load"] != theirs["load"]:
        return "load: ours %s (%s), peer %s (%s)" % (
            ours["load"], ours.get("why", ""), theirs["load"], theirs.get("why", ""))
    if ours["load"] != "ok":
        return EQUAL
    traps = {ours["trap"], theirs["trap"]}
    if record.STACK_EXHAUSTED in traps:
        return EXCUSED
    if record.OUT_OF_FUEL in traps:
        return EXCUSED if 0 not in traps else first_of(ours, theirs, ["trap"])
    if traps == {0}:
        if not ours["exact"]:
            return "exact: a budget of %d does not end where it should" % ours["fuel"]
        fields = ["start", "calls", "fuel", "memory", "globals", "host"]
        return first_of(ours, theirs, fields) or EQUAL
    if kind(ours["trap"]) != kind(theirs["trap"]):
        return first_of(ours, theirs, ["trap"])
    fields = ["reason", "calls", "host"]
    if theirs["off"]:
        fields += ["func", "off"]
    return first_of(ours, theirs, fields) or EQUAL
