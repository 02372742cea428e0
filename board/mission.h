/*
 * board/mission.h: a mission: what the sensors show, which interrupts they raise, what must come.
 *
 * A text file, one step a line, `#` starts a comment. `aether-board --help` has the list of steps.
 * A mission is parsed whole before its first step runs; what is wrong is told with its line.
 */
#ifndef AETHER_BOARD_MISSION_H
#define AETHER_BOARD_MISSION_H

#include "core/base/bytes.h"
#include "core/base/report.h"

#define MISSION_STEPS_MAX   1024u
#define MISSION_DEPTH_MAX   8u
#define MISSION_TEXT_MAX    120u
#define MISSION_REPEAT_MAX  1000000u
#define MISSION_SECONDS_MAX 3600.0

enum mission_op {
    MISSION_SET,     /* offset = register, value */
    MISSION_RAISE,   /* value = vector */
    MISSION_AWAIT,   /* what = enum mission_event, seconds (0: the default) */
    MISSION_EXPECT,  /* what = enum mission_fact, value, second */
    MISSION_REPEAT,  /* value = times, jump = index of its end */
    MISSION_END,     /* jump = index of its repeat */
    MISSION_PRINT,   /* text */
    MISSION_PAUSE,   /* seconds */
    MISSION_HOLD,    /* offset, value: keep overwriting a word until release */
    MISSION_RELEASE, /* ends every hold */
};

enum mission_event { MISSION_COMMIT, MISSION_AWAKE, MISSION_ASLEEP, MISSION_ENDED };

/* What can be expected of the commit that was awaited last. */
#define MISSION_FACT_LIST(X)                                                                       \
    X(OUTCOME, "outcome")                                                                          \
    X(REASON, "reason")                                                                            \
    X(STATUS, "status")                                                                            \
    X(PROOF, "proof")                                                                              \
    X(SEQUENCE, "sequence")                                                                        \
    X(VECTOR, "vector")                                                                            \
    X(LATCHED, "latched")                                                                          \
    X(CYCLE, "cycle")                                                                              \
    X(SIGNAL, "signal")                                                                            \
    X(SIGNALS, "signals")                                                                          \
    X(UPLINK, "uplink")                                                                            \
    X(UPLINKS, "uplinks")                                                                          \
    X(TELEMETRY, "telemetry")                                                                      \
    X(MAP, "map")                                                                                  \
    X(PMU, "pmu")

enum mission_fact {
#define X(name, word) MISSION_FACT_##name,
    MISSION_FACT_LIST(X)
#undef X
        MISSION_FACT_COUNT
};

extern const char *const mission_fact_names[MISSION_FACT_COUNT];

struct mission_step {
    enum mission_op op;
    uint32_t line;
    uint32_t what;
    uint32_t offset;
    uint32_t jump;
    uint64_t value;
    uint64_t second; /* expect uplink: the high word */
    double seconds;
    char text[MISSION_TEXT_MAX]; /* print: the text; expect reason: the name */
};

struct mission {
    uint32_t step_count;
    double timeout_seconds; /* of an await that gives none */
    struct mission_step steps[MISSION_STEPS_MAX];
};

/* On failure the report's offset is the number of the line, from 1. */
enum status MUST_CHECK mission_parse(struct bytes text, struct mission *out_mission,
                                     struct report *report);

/* The word for a trap or fault, as the serial line and `expect reason` have it: "page-fault",
 * "divide-by-zero". Never NULL. `outcome` is enum outcome_kind. */
const char *mission_reason_name(uint32_t outcome, uint32_t reason, char out_name[static 40]);

#endif
