"""What both sides of the comparison agree on: budgets, arguments, the host's answers.

tests/tools/fuel_batch.c says the same in C. A record is what one module left:
  load     "ok", or why it was not run: "invalid", "unlinkable", "limit"
  trap     kind by number (include/aether/abi/outcome.h), 0: everything returned
  reason   the host's, with trap 15
  func off where it trapped
  fuel     burnt by instantiation and all calls together
  start    burnt by instantiation (the start function)
  calls    [[export index, fuel so far, results in hex]...] for every exported function in order
           that takes and returns numbers; the list ends at the first trap
  memory   "bytes:sha256" of the first exported memory
  globals  [[export index, bits in hex]...] of exported number globals
  exact    ours only: the same run returns on just this fuel, and on one less is out of it
  host     sha256 over every host call: index in AETHER, arguments, telemetry bytes
"""

FUEL = 10_000_000
MEMORY_BYTES = 2 << 20
TABLE_ELEMENTS = 16384
STACK_UNITS = 1 << 20

PRESSURE_BITS = 0x3DF5C28F  # 0.12 atm
DOSE = 1250
STATUS = 0x1C20
TELEMETRY_MAX = 64
REFUSED_RANGE, REFUSED_LONG, REFUSED_NO_MEMORY, REFUSED_SHRED = 1, 2, 5, 99

TRAPS = ["none", "unreachable", "divide", "overflow", "conversion", "memory", "table", "array",
         "indirect-type", "undefined-element", "null", "cast", "exception", "stack", "fuel",
         "refused", "unaligned", "not-shared", "endless-wait"]
STACK_EXHAUSTED, OUT_OF_FUEL, HOST_REFUSED = 13, 14, 15


def argument(letter, k):
    """The k-th argument of every call, as bits."""
    return {"i": 7 + 3 * k, "I": 0x100000007 * (k + 1), "f": 0x3FC00000 + (k << 16),
            "F": 0x4004000000000000 + (k << 40)}[letter]
