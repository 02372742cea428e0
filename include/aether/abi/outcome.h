/*
 * aether/abi/outcome.h: how a run can end. Receipts carry these numbers for ever: append only.
 *
 * outcome kind: result | trap | fault. A trap is a function of the run's inputs and a result of the
 * guest; a fault is everything that is not (semantics.md 1) and never carries a proof.
 */
#ifndef AETHER_ABI_OUTCOME_H
#define AETHER_ABI_OUTCOME_H

enum outcome_kind { OUTCOME_RESULT = 1, OUTCOME_TRAP = 2, OUTCOME_FAULT = 3 };

/* Traps (semantics.md 3), the reason field of OUTCOME_TRAP. */
#define OUTCOME_TRAP_LIST(X)                                                                       \
    X(0, NONE, "none")                                                                             \
    X(1, UNREACHABLE, "unreachable")                                                               \
    X(2, DIVIDE_BY_ZERO, "integer divide by zero")                                                 \
    X(3, INTEGER_OVERFLOW, "integer overflow")                                                     \
    X(4, INVALID_CONVERSION, "invalid conversion to integer")                                      \
    X(5, MEMORY_OUT_OF_BOUNDS, "out of bounds memory access")                                      \
    X(6, TABLE_OUT_OF_BOUNDS, "out of bounds table access")                                        \
    X(7, ARRAY_OUT_OF_BOUNDS, "out of bounds array access")                                        \
    X(8, INDIRECT_CALL_TYPE, "indirect call type mismatch")                                        \
    X(9, UNDEFINED_ELEMENT, "undefined element")                                                   \
    X(10, NULL_REFERENCE, "null reference")                                                        \
    X(11, CAST_FAILURE, "cast failure")                                                            \
    X(12, UNCAUGHT_EXCEPTION, "uncaught exception")                                                \
    X(13, STACK_EXHAUSTED, "call stack exhausted")                                                 \
    X(14, OUT_OF_FUEL, "all fuel consumed")                                                        \
    X(15, HOST_REFUSED, "refused by the host")                                                     \
    X(16, UNALIGNED_ATOMIC, "unaligned atomic")                                                    \
    X(17, EXPECTED_SHARED_MEMORY, "expected shared memory")                                        \
    X(18, ENDLESS_WAIT, "atomic wait that can not end")

/* Why the gate refused a host call: the detail that goes with HOST_REFUSED. */
#define OUTCOME_REFUSAL_LIST(X)                                                                    \
    X(0, NONE, "none")                                                                             \
    X(1, BAD_RANGE, "pointer or length outside of guest memory")                                   \
    X(2, TOO_LONG, "longer than the gate allows")                                                  \
    X(3, BUDGET, "over the budget of the grant")                                                   \
    X(4, NOT_GRANTED, "not granted")                                                               \
    X(5, NO_MEMORY_EXPORT, "guest has no memory")                                                  \
    X(6, CANONICAL_ABI, "value breaks the canonical ABI")                                          \
    X(7, BAD_HANDLE, "no such handle, or of another resource, or lent")                            \
    X(8, CANNOT_ENTER, "cannot enter component instance")                                          \
    X(9, CANNOT_LEAVE, "cannot leave component instance")                                          \
    X(10, UNKNOWN_IMPORT, "import that nobody offers was called")                                  \
    X(11, EXITED, "the program asked to end")                                                      \
    X(12, MISUSE, "host interface used against its rules")                                         \
    X(13, UNSUPPORTED, "what this engine lacks was called")

/* Faults, the reason field of OUTCOME_FAULT. The word is what the serial line prints. */
#define OUTCOME_FAULT_LIST(X)                                                                      \
    X(0, NONE, "none", "none")                                                                     \
    X(1, KERNEL, "kernel-fault", "exception or broken promise in ring 0")                          \
    X(2, CPU, "cpu-refused", "the processor lacks a protection we need")                           \
    X(3, NO_BOARD, "no-board", "no sensor board and not in bench mode")                            \
    X(4, NO_BUNDLE, "no-bundle", "the image carries no bundle")                                    \
    X(5, BAD_BUNDLE, "bad-bundle", "bundle or manifest is malformed")                              \
    X(6, UNSIGNED, "unsigned", "no signature, and not an image for bench use")                     \
    X(7, UNKNOWN_KEY, "unknown-key", "signed by a key that the image does not know")               \
    X(8, BAD_SIGNATURE, "bad-signature", "signature does not match")                               \
    X(9, PAYLOAD_HASH, "payload-hash", "payload is not the one that was signed")                   \
    X(10, VECTOR, "vector-not-granted", "the manifest does not list this vector")                  \
    X(11, MALFORMED, "malformed-module", "payload is not a WebAssembly module")                    \
    X(12, INVALID, "invalid-module", "payload fails validation")                                   \
    X(13, UNSUPPORTED, "unsupported", "payload uses a feature this engine lacks")                  \
    X(14, LIMIT, "limit", "payload is over an engine limit")                                       \
    X(15, MISSING_IMPORT, "missing-import", "payload imports what is not offered")                 \
    X(16, MISSING_EXPORT, "missing-export", "no entry, or of a wrong type")                        \
    X(17, MEMORY_CAP, "memory-cap", "payload wants more memory than its cap")                      \
    X(18, NO_MEMORY, "no-memory", "arena exhausted")                                               \
    X(19, DEADLINE, "deadline", "execution deadline passed")                                       \
    X(20, PAGE_FAULT, "page-fault", "ring 3 touched what is not its own")                          \
    X(21, EXCEPTION, "exception", "ring 3 raised a processor exception")                           \
    X(22, BAD_GATE, "bad-gate", "ring 3 broke the gate's protocol")                                \
    X(23, SHREDDED, "shredded", "the guest asked to be shredded")                                  \
    X(24, COMMIT, "commit-mismatch", "the window did not read back what was written")              \
    X(25, CELL_PANIC, "cell-panic", "the cell found its own promise broken")                       \
    X(26, NO_MACHINE, "machine", "memory map or platform that we can not use")

/* The stages of the four boot phases, spec 001; printed on the serial line. */
#define OUTCOME_PHASE_LIST(X)                                                                      \
    X(1, PROT_ENTRY, "Architecture Locked")                                                        \
    X(2, MEM_MAP, "Memory Sanitized")                                                              \
    X(3, WASM_INIT, "Payload Verified")                                                            \
    X(4, EXEC_LOOP, "Active Execution")

enum outcome_fault {
#define X(number, name, word, text) FAULT_##name = number,
    OUTCOME_FAULT_LIST(X)
#undef X
        FAULT_COUNT
};

enum outcome_refusal {
#define X(number, name, text) REFUSAL_##name = number,
    OUTCOME_REFUSAL_LIST(X)
#undef X
        REFUSAL_COUNT
};

#endif
