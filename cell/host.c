/*
 * cell/host.c: the import module `aether`: each function is one call of the gate.
 *
 * The table at the end is the list of what a guest may import; docs/abi/guest.md is its manual.
 * Only commit_telemetry_vector reads guest memory: checked here against the memory's present size,
 * copied into the transfer area, and never written.
 */
#include "aether/gate_device.h"
#include "cell/cell.h"

#define NO_HANDLE        GATE_RIGHT_COUNT
#define MEMORY_ALIGNMENT 64u

/* Rings, and turns a reply into the trap it is. What this gate does not offer at all is as good as
 * not granted; any other status would be a bug of ours or the gate's. */
static enum wasm_trap ring(struct cell *cell, struct gate_request *request, uint32_t right,
                           struct gate_reply *out_reply, uint32_t *out_reason)
{
    request->interface = GATE_DEVICE;
    if (right != NO_HANDLE)
        request->handle = cell->job.handles[right];
    gate_port_ring(cell->port, request, out_reply);
    switch (out_reply->status) {
    case GATE_OK:
        return WASM_TRAP_NONE;
    case GATE_REFUSED:
        *out_reason = out_reply->reason;
        return WASM_TRAP_HOST_REFUSED;
    default:
        ASSERT(out_reply->status == GATE_BAD_HANDLE || out_reply->status == GATE_UNKNOWN);
        *out_reason = REFUSAL_NOT_GRANTED;
        return WASM_TRAP_HOST_REFUSED;
    }
}

static enum wasm_trap read_device(struct cell *cell, uint16_t method, uint32_t right,
                                  uint64_t *slots, uint32_t *out_reason)
{
    struct gate_request request = {.method = method};
    struct gate_reply reply;
    enum wasm_trap trap = ring(cell, &request, right, &reply, out_reason);
    if (trap == WASM_TRAP_NONE)
        slots[0] = (uint32_t)reply.values[0];
    return trap;
}

static enum wasm_trap read_atmospheric_pressure(void *context, struct wasm_instance *caller,
                                                uint64_t *slots, uint32_t *out_reason)
{
    (void)caller;
    return read_device(context, GATE_DEVICE_READ_PRESSURE, GATE_RIGHT_PRESSURE, slots, out_reason);
}

static enum wasm_trap read_radiation_dosimeter(void *context, struct wasm_instance *caller,
                                               uint64_t *slots, uint32_t *out_reason)
{
    (void)caller;
    return read_device(context, GATE_DEVICE_READ_DOSE, GATE_RIGHT_DOSE, slots, out_reason);
}

static enum wasm_trap read_oxygen(void *context, struct wasm_instance *caller, uint64_t *slots,
                                  uint32_t *out_reason)
{
    (void)caller;
    return read_device(context, GATE_DEVICE_READ_OXYGEN, GATE_RIGHT_OXYGEN, slots, out_reason);
}

static enum wasm_trap read_kinetic_joint(void *context, struct wasm_instance *caller,
                                         uint64_t *slots, uint32_t *out_reason)
{
    (void)caller;
    return read_device(context, GATE_DEVICE_READ_JOINT, GATE_RIGHT_JOINT, slots, out_reason);
}

static enum wasm_trap get_status(void *context, struct wasm_instance *caller, uint64_t *slots,
                                 uint32_t *out_reason)
{
    (void)caller;
    return read_device(context, GATE_DEVICE_GET_STATUS, NO_HANDLE, slots, out_reason);
}

static enum wasm_trap refuse(uint32_t *out_reason, enum outcome_refusal refusal)
{
    *out_reason = refusal;
    return WASM_TRAP_HOST_REFUSED;
}

static enum wasm_trap commit_telemetry_vector(void *context, struct wasm_instance *caller,
                                              uint64_t *slots, uint32_t *out_reason)
{
    struct cell *cell = context;
    uint32_t address = (uint32_t)slots[0];
    uint32_t len = (uint32_t)slots[1];
    uint8_t *base;
    uint64_t memory_len;
    if (wasm_instance_memory(caller, 0, &base, &memory_len) != STATUS_OK)
        return refuse(out_reason, REFUSAL_NO_MEMORY_EXPORT);
    if (len > GATE_TELEMETRY_MAX)
        return refuse(out_reason, REFUSAL_TOO_LONG);
    if (len > memory_len || address > memory_len - len)
        return refuse(out_reason, REFUSAL_BAD_RANGE);

    struct gate_request request = {.method = GATE_DEVICE_COMMIT_TELEMETRY, .in = {0, len}};
    struct gate_reply reply;
    if (len != 0)
        memcpy(cell->areas.transfer, base + address, len);
    return ring(cell, &request, GATE_RIGHT_TELEMETRY, &reply, out_reason);
}

static enum wasm_trap commit_uplink(void *context, struct wasm_instance *caller, uint64_t *slots,
                                    uint32_t *out_reason)
{
    struct gate_request request = {.method = GATE_DEVICE_COMMIT_UPLINK,
                                   .args = {(uint32_t)slots[0], (uint32_t)slots[1]}};
    struct gate_reply reply;
    (void)caller;
    return ring(context, &request, GATE_RIGHT_UPLINK, &reply, out_reason);
}

static enum wasm_trap emit_signal(void *context, struct wasm_instance *caller, uint64_t *slots,
                                  uint32_t *out_reason)
{
    struct gate_request request = {.method = GATE_DEVICE_EMIT_SIGNAL, .args = {(uint32_t)slots[0]}};
    struct gate_reply reply;
    (void)caller;
    return ring(context, &request, GATE_RIGHT_SIGNAL, &reply, out_reason);
}

/* Where the doorbell comes back the trap unwinds the guest; the gate has the outcome already. */
static enum wasm_trap shred_self(void *context, struct wasm_instance *caller, uint64_t *slots,
                                 uint32_t *out_reason)
{
    struct gate_request request = {.method = GATE_DEVICE_SHRED};
    struct gate_reply reply;
    (void)caller;
    (void)slots;
    (void)ring(context, &request, NO_HANDLE, &reply, out_reason);
    return WASM_TRAP_UNREACHABLE;
}

static const uint32_t type_i32[] = {WASM_TYPE_I32};
static const uint32_t type_i32_i32[] = {WASM_TYPE_I32, WASM_TYPE_I32};
static const uint32_t type_f32[] = {WASM_TYPE_F32};

/* X(name, parameters, their number, results, their number) */
#define HOST_LIST(X)                                                                               \
    X(read_atmospheric_pressure, NULL, 0, type_f32, 1)                                             \
    X(read_radiation_dosimeter, NULL, 0, type_i32, 1)                                              \
    X(read_oxygen, NULL, 0, type_i32, 1)                                                           \
    X(read_kinetic_joint, NULL, 0, type_i32, 1)                                                    \
    X(get_status, NULL, 0, type_i32, 1)                                                            \
    X(commit_telemetry_vector, type_i32_i32, 2, NULL, 0)                                           \
    X(commit_uplink, type_i32_i32, 2, NULL, 0)                                                     \
    X(emit_signal, type_i32, 1, NULL, 0)                                                           \
    X(shred_self, NULL, 0, NULL, 0)

static const struct wasm_host_func host_funcs[] = {
#define X(function, in, in_count, out, out_count)                                                  \
    {                                                                                              \
        .module = {(const uint8_t *)"aether", 6},                                                  \
        .name = {(const uint8_t *)#function, sizeof #function - 1},                                \
        .param_count = (in_count),                                                                 \
        .result_count = (out_count),                                                               \
        .params = (in),                                                                            \
        .results = (out),                                                                          \
        .call = function,                                                                          \
    },
    HOST_LIST(X)
#undef X
};

/* Guest memories lie one behind the other in the binding's area, which is as large as the job's
 * cap. So a guest with several has to give them maxima that fit there together. */
static enum status memory_reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct cell *cell = context;
    ASSERT(cap_bytes <= cell->job.memory_bytes);
    uint64_t from =
        (cell->memory_taken + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
    if (from > cell->job.memory_bytes || cap_bytes > cell->job.memory_bytes - from)
        return STATUS_LIMIT;
    cell->memory_taken = from + cap_bytes;
    *out_base = cell->areas.memory + from;
    return STATUS_OK;
}

void cell_host_init(struct cell *cell, struct wasm_host *out_host)
{
    *out_host = (struct wasm_host){
        .context = cell,
        .funcs = host_funcs,
        .func_count = ARRAY_LEN(host_funcs),
        .memory_reserve = memory_reserve,
    };
}
