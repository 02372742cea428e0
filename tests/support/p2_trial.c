/*
 * tests/support/p2_trial.c: see p2_trial.h.
 */
#include "tests/support/p2_trial.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "core/component/instance_internal.h"
#include "tests/support/test.h"

#define TRANSFER_BYTES 0x10000u
#define ARENA_BYTES    0x400000u
#define PARAMS_MAX     8

static void ring(void *context, const struct gate_request *request, struct gate_reply *out_reply)
{
    struct p2_trial *trial = context;
    struct gate_transfer transfer = {trial->transfer, TRANSFER_BYTES};
    trial->ring_count++;
    if (trial->fails && request->interface == trial->fail_interface &&
        request->method == trial->fail_method) {
        trial->fails = false;
        *out_reply = (struct gate_reply){.status = GATE_FAILED, .reason = trial->fail_error};
        return;
    }
    assert_int_equal(gate_session_call(&trial->session, request, transfer, out_reply),
                     GATE_SESSION_CONTINUE);
}

void p2_trial_prepare(struct p2_trial *trial)
{
    int in[2];
    int out[2];
    memset(trial, 0, sizeof *trial);
    folder_create("p2", trial->directory);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    trial->stdin_reader = in[0];
    trial->stdin_writer = in[1];
    trial->stdout_reader = out[0];
    trial->stdout_writer = out[1];
    trial->directories[0] =
        (struct world_directory){.host_path = trial->directory, .guest_path = "/"};
    trial->setup = (struct world_setup){
        .directories = trial->directories,
        .directory_count = 1,
        .stdio = {in[0], out[1], -1},
    };
}

static void greet(struct p2_trial *trial, const struct wasi_gate *gate)
{
    struct gate_service services[WORLD_SERVICE_COUNT];
    world_services(trial->world, services);
    struct gate_session_setup setup = {
        .job = {.version = GATE_VERSION, .fuel = 1},
        .services = services,
        .service_count = WORLD_SERVICE_COUNT,
    };
    static struct gate_service kept[WORLD_SERVICE_COUNT];
    memcpy(kept, services, sizeof kept);
    setup.services = kept;
    gate_session_init(&trial->session, &setup);
    struct gate_request hello = {
        .interface = GATE_CORE, .method = GATE_CORE_HELLO, .args = {GATE_VERSION}};
    struct gate_reply reply;
    gate->ring(gate->context, &hello, &reply);
    assert_int_equal(reply.status, GATE_OK);
}

void p2_trial_start(struct p2_trial *trial)
{
    report_init(&trial->report);
    assert_int_equal(world_create(&trial->setup, &trial->world, &trial->report), STATUS_OK);
    trial->transfer = calloc(1, TRANSFER_BYTES);
    trial->arena_room = calloc(1, ARENA_BYTES);
    trial->results_room = calloc(1, ARENA_BYTES);
    assert_non_null(trial->results_room);
    arena_init(&trial->arena, trial->arena_room, ARENA_BYTES);
    arena_init(&trial->results, trial->results_room, ARENA_BYTES);
    struct wasi_gate gate = {.context = trial,
                             .ring = ring,
                             .transfer = trial->transfer,
                             .transfer_bytes = TRANSFER_BYTES};
    greet(trial, &gate);
    trial->p2 = calloc(1, sizeof *trial->p2);
    trial->linked = calloc(1, sizeof *trial->linked);
    assert_non_null(trial->p2);
    assert_non_null(trial->linked);
    assert_int_equal(wasi_p2_init(trial->p2, &gate, false, &trial->arena), STATUS_OK);
    trial->linked->arena = &trial->arena;
    for (uint32_t i = 0; i < trial->p2->host.interface_count; i++) {
        const struct component_host_interface *each = trial->p2->host.interfaces[i];
        for (uint32_t r = 0; r < each->resource_count; r++)
            assert_non_null(component_linked_host_resource(trial->linked, each->resources[r]));
    }
    trial->ring_count = 0;
}

static int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *at)
{
    (void)stat;
    (void)type;
    (void)at;
    return remove(path);
}

void p2_trial_finish(struct p2_trial *trial)
{
    if (trial->world != NULL)
        world_destroy(trial->world);
    (void)close(trial->stdin_reader);
    (void)close(trial->stdin_writer);
    (void)close(trial->stdout_reader);
    (void)close(trial->stdout_writer);
    free(trial->transfer);
    free(trial->arena_room);
    free(trial->results_room);
    free(trial->p2);
    free(trial->linked);
    assert_int_equal(nftw(trial->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

void p2_trial_fail_next(struct p2_trial *trial, enum gate_interface interface, uint16_t method,
                        enum gate_error error)
{
    trial->fails = true;
    trial->fail_interface = (uint16_t)interface;
    trial->fail_method = method;
    trial->fail_error = error;
}

static const struct component_host_func *find(const struct p2_trial *trial, const char *interface,
                                              const char *func)
{
    for (uint32_t i = 0; i < trial->p2->host.interface_count; i++) {
        const struct component_host_interface *each = trial->p2->host.interfaces[i];
        size_t len = strlen(interface);
        if (each->name.len <= len || each->name.data[each->name.len - len - 1] != '/' ||
            memcmp(each->name.data + each->name.len - len, interface, len) != 0)
            continue;
        for (uint32_t f = 0; f < each->func_count; f++)
            if (bytes_equal(each->funcs[f].name, bytes_of(func, strlen(func))))
                return &each->funcs[f];
    }
    fail_msg("no %s#%s", interface, func);
    return NULL;
}

enum status p2_trial_call(struct p2_trial *trial, const char *interface, const char *func,
                          const struct component_value *params, struct component_value *out)
{
    const struct component_host_func *found = find(trial, interface, func);
    struct component_call call = {
        .arena = &trial->results, .report = &trial->report, .linked = trial->linked};
    report_init(&trial->report);
    struct component_value passed[PARAMS_MAX];
    assert_true(found->type->param_count <= PARAMS_MAX);
    if (params == NULL && found->type->param_count != 0) {
        fail_msg("%s#%s takes parameters", interface, func);
        return STATUS_INVALID;
    }
    for (uint32_t i = 0; i < found->type->param_count; i++) {
        const struct component_type *type = found->type->params[i].type;
        passed[i] = params[i];
        if (type->kind == COMPONENT_BORROW) /* of an own handle that a call gave */
            passed[i].kind = COMPONENT_BORROW;
        assert_int_equal(component_value_check(&passed[i], type, &trial->report), STATUS_OK);
    }
    enum status status = found->call(trial->p2, &call, passed, out);
    trial->refusal = call.refusal;
    if (status == STATUS_OK && found->type->result != NULL)
        assert_int_equal(component_value_check(out, found->type->result, &trial->report),
                         STATUS_OK);
    return status;
}

struct component_value p2_trial_get(struct p2_trial *trial, const char *interface, const char *func,
                                    const struct component_value *params)
{
    struct component_value out = {0};
    enum status status = p2_trial_call(trial, interface, func, params, &out);
    if (status != STATUS_OK)
        fail_msg("%s#%s: %s", interface, func, trial->report.text);
    return out;
}

uint32_t p2_trial_trap(struct p2_trial *trial, const char *interface, const char *func,
                       const struct component_value *params)
{
    struct component_value out = {0};
    assert_int_equal(p2_trial_call(trial, interface, func, params, &out), STATUS_TRAP);
    assert_true(trial->report.is_set);
    return trial->refusal;
}

enum status p2_trial_try_drop(struct p2_trial *trial, struct component_value handle)
{
    struct component_call call = {
        .arena = &trial->results, .report = &trial->report, .linked = trial->linked};
    const struct component_host_resource *resource = handle.handle.resource->host;
    report_init(&trial->report);
    enum status status =
        resource->drop == NULL ? STATUS_OK : resource->drop(trial->p2, &call, handle.handle.rep);
    trial->refusal = call.refusal;
    return status;
}

void p2_trial_drop(struct p2_trial *trial, struct component_value handle)
{
    assert_int_equal(p2_trial_try_drop(trial, handle), STATUS_OK);
}

struct component_value p2_trial_ok(struct component_value result)
{
    assert_int_equal(result.kind, COMPONENT_RESULT);
    if (result.variant.index != 0 && result.variant.payload != NULL)
        fail_msg("an error: case %u", result.variant.payload->variant.index);
    assert_int_equal(result.variant.index, 0);
    return result.variant.payload == NULL ? (struct component_value){0} : *result.variant.payload;
}

uint32_t p2_trial_error(struct component_value result)
{
    assert_int_equal(result.kind, COMPONENT_RESULT);
    assert_int_equal(result.variant.index, 1);
    assert_non_null(result.variant.payload);
    return result.variant.payload->variant.index;
}

struct component_value p2_trial_some(struct component_value option)
{
    assert_int_equal(option.kind, COMPONENT_OPTION);
    assert_int_equal(option.variant.index, 1);
    return *option.variant.payload;
}

struct component_value p2_trial_string(const char *text)
{
    return p2_string(bytes_of(text, strlen(text)));
}

struct component_value p2_trial_list(const char *text)
{
    return p2_bytes(bytes_of(text, strlen(text)));
}

bool p2_trial_is_text(struct component_value value, const char *text)
{
    struct bytes got = value.kind == COMPONENT_STRING
                           ? p2_text(&value)
                           : bytes_of(value.items.packed, value.items.count);
    return bytes_equal(got, bytes_of(text, strlen(text)));
}

struct component_value p2_trial_root(struct p2_trial *trial)
{
    struct component_value list = p2_trial_get(trial, "preopens", "get-directories", NULL);
    assert_true(list.items.count >= 1);
    return list.items.items[0].items.items[0];
}
