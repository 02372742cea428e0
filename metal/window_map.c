/*
 * metal/window_map.c: the register table of the default board, MAP_V2 (docs/abi/window.md).
 */
#include "metal/window_map.h"

#include "aether/abi/receipt.h"
#include "aether/abi/window.h"
#include "aether/gate_device.h"
#include "metal/layout.h"

/* clang-format off */
const struct window_map window_map_v2 = {
    .physical = WINDOW_PHYSICAL,
    .bytes = WINDOW_BYTES,
    .version = WINDOW_MAP_VERSION,
    .board_peer = 0,
    .board_vector = 0,
    .first_vector = VECTOR_PRESSURE,
    .vector_count = 2,
    .registers = {
        /*                            name               offset                  bytes  width  direction */
        [REGISTER_OXYGEN]          = {"oxygen",          WINDOW_OXYGEN,          4,     4,     WINDOW_IN},
        [REGISTER_JOINT]           = {"joint",           WINDOW_JOINT,           4,     4,     WINDOW_IN},
        [REGISTER_PRESSURE]        = {"pressure",        WINDOW_PRESSURE,        4,     4,     WINDOW_IN},
        [REGISTER_DOSE]            = {"dose",            WINDOW_DOSE,            4,     4,     WINDOW_IN},
        [REGISTER_CYCLE]           = {"cycle",           WINDOW_CYCLE,           8,     4,     WINDOW_IN},
        [REGISTER_STORED]          = {"stored",          WINDOW_STORED,          4,     4,     WINDOW_IN},
        [REGISTER_PREVIOUS]        = {"previous",        WINDOW_PREVIOUS,        32,    4,     WINDOW_IN},
        [REGISTER_PROOF_LO]        = {"proof_lo",        WINDOW_PROOF_LO,        4,     4,     WINDOW_OUT},
        [REGISTER_PROOF_HI]        = {"proof_hi",        WINDOW_PROOF_HI,        4,     4,     WINDOW_OUT},
        [REGISTER_PMU_COMMAND]     = {"pmu_command",     WINDOW_PMU_COMMAND,     4,     4,     WINDOW_OUT},
        [REGISTER_UPLINK_LO]       = {"uplink_lo",       WINDOW_UPLINK_LO,       4,     4,     WINDOW_OUT},
        [REGISTER_UPLINK_HI]       = {"uplink_hi",       WINDOW_UPLINK_HI,       4,     4,     WINDOW_OUT},
        [REGISTER_UPLINK_COUNT]    = {"uplink_count",    WINDOW_UPLINK_COUNT,    4,     4,     WINDOW_OUT},
        [REGISTER_SIGNAL]          = {"signal",          WINDOW_SIGNAL,          4,     4,     WINDOW_OUT},
        [REGISTER_SIGNAL_COUNT]    = {"signal_count",    WINDOW_SIGNAL_COUNT,    4,     4,     WINDOW_OUT},
        [REGISTER_DORMANCY]        = {"dormancy",        WINDOW_DORMANCY,        4,     4,     WINDOW_OUT},
        [REGISTER_VECTOR]          = {"vector",          WINDOW_VECTOR,          4,     4,     WINDOW_OUT},
        [REGISTER_SEQUENCE]        = {"sequence",        WINDOW_SEQUENCE,        4,     4,     WINDOW_OUT},
        [REGISTER_TICKS]           = {"ticks",           WINDOW_TICKS,           4,     4,     WINDOW_OUT},
        [REGISTER_MAP]             = {"map",             WINDOW_MAP,             4,     4,     WINDOW_OUT},
        [REGISTER_OUTCOME]         = {"outcome",         WINDOW_OUTCOME,         4,     4,     WINDOW_OUT},
        [REGISTER_REASON]          = {"reason",          WINDOW_REASON,          4,     4,     WINDOW_OUT},
        [REGISTER_STATUS]          = {"status",          WINDOW_STATUS,          4,     4,     WINDOW_OUT},
        [REGISTER_LATCHED]         = {"latched",         WINDOW_LATCHED,         4,     4,     WINDOW_OUT},
        [REGISTER_TELEMETRY_COUNT] = {"telemetry_count", WINDOW_TELEMETRY_COUNT, 4,     4,     WINDOW_OUT},
        [REGISTER_TELEMETRY]       = {"telemetry",       WINDOW_TELEMETRY,
                                      GATE_TELEMETRY_BYTES,                             4,     WINDOW_OUT},
        [REGISTER_RECEIPT_LEN]     = {"receipt_len",     WINDOW_RECEIPT_LEN,     4,     4,     WINDOW_OUT},
        [REGISTER_RECEIPT]         = {"receipt",         WINDOW_RECEIPT,         RECEIPT_BYTES, 4, WINDOW_OUT},
    },
};
/* clang-format on */
