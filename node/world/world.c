/*
 * node/world/world.c: a world from its setup, and the services GATE_WORLD and GATE_STREAM.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/ckd.h"
#include "node/world/internal.h"
#include "node/world/path.h"

#define HANDLES_DEFAULT 1024u
#define HANDLES_MAX     65535u

static const enum gate_file_rights ALL_RIGHTS = GATE_FILE_READ | GATE_FILE_WRITE | GATE_FILE_CHANGE;

static enum gate_status world_text(struct world_call *call)
{
    const struct gate_request *request = call->request;
    if (request->args[0] >= ARRAY_LEN(call->world->texts))
        return world_fail(call, GATE_ERROR_INVALID);
    const struct world_text *text = &call->world->texts[request->args[0]];
    call->reply->values[0] = text->len;
    call->reply->values[1] = text->count;
    if (request->args[1] >= text->len)
        return GATE_OK;
    size_t rest = text->len - (size_t)request->args[1];
    size_t len = request->out.len < rest ? request->out.len : rest;
    memcpy(call->out, text->data + request->args[1], len);
    call->reply->out.len = (uint32_t)len;
    return GATE_OK;
}

static enum gate_status world_preopen(struct world_call *call)
{
    if (call->request->args[0] >= call->world->preopen_count)
        return world_fail(call, GATE_ERROR_NO_ENTRY);
    const struct world_preopen *preopen = &call->world->preopens[call->request->args[0]];
    if (call->request->out.len < preopen->guest_path_len)
        return GATE_BAD_REGION;
    memcpy(call->out, preopen->guest_path, preopen->guest_path_len);
    call->reply->out.len = (uint32_t)preopen->guest_path_len;
    call->reply->values[0] = preopen->handle;
    call->reply->values[1] = preopen->rights;
    return GATE_OK;
}

static enum gate_status world_stdio(struct world_call *call)
{
    uint64_t which = call->request->args[0];
    if (which >= ARRAY_LEN(call->world->stdio) || call->world->stdio[which] == 0)
        return world_fail(call, GATE_ERROR_BAD_DESCRIPTOR);
    call->reply->values[0] = call->world->stdio[which];
    call->reply->values[1] = call->world->is_terminal[which];
    return GATE_OK;
}

static enum gate_status world_method(struct world_call *call)
{
    static world_method_fn *const methods[GATE_WORLD_METHOD_COUNT] = {
        [GATE_WORLD_TEXT] = world_text,     [GATE_WORLD_PREOPEN] = world_preopen,
        [GATE_WORLD_STDIO] = world_stdio,   [GATE_WORLD_CLOCK] = world_clock,
        [GATE_WORLD_RANDOM] = world_random, [GATE_WORLD_POLL] = world_poll,
    };
    if (call->request->method >= ARRAY_LEN(methods))
        return GATE_UNKNOWN;
    return methods[call->request->method](call);
}

static enum gate_status stream_method(struct world_call *call)
{
    static world_method_fn *const methods[GATE_STREAM_METHOD_COUNT] = {
        [GATE_STREAM_READ] = world_stream_read,
        [GATE_STREAM_WRITE] = world_stream_write,
    };
    if (call->request->method >= ARRAY_LEN(methods))
        return GATE_UNKNOWN;
    return methods[call->request->method](call);
}

static void serve(void *context, const struct gate_request *copy, struct gate_transfer transfer,
                  struct gate_reply *out_reply, world_method_fn *method)
{
    struct world_call call = {
        .world = context,
        .request = copy,
        .in = transfer.data + copy->in.offset,
        .out = transfer.data + copy->out.offset,
        .reply = out_reply,
    };
    out_reply->reason = 0;
    out_reply->out.len = 0;
    memset(out_reply->values, 0, sizeof out_reply->values);
    out_reply->status = (uint32_t)method(&call);
}

static void serve_world(void *context, const struct gate_request *copy,
                        struct gate_transfer transfer, struct gate_reply *out_reply)
{
    serve(context, copy, transfer, out_reply, world_method);
}

static void serve_stream(void *context, const struct gate_request *copy,
                         struct gate_transfer transfer, struct gate_reply *out_reply)
{
    serve(context, copy, transfer, out_reply, stream_method);
}

static void serve_file(void *context, const struct gate_request *copy,
                       struct gate_transfer transfer, struct gate_reply *out_reply)
{
    serve(context, copy, transfer, out_reply, world_file_call);
}

static void cancel(void *context)
{
    world_cancel(context);
}

void world_services(struct world *world, struct gate_service out_services[WORLD_SERVICE_COUNT])
{
    out_services[0] = (struct gate_service){GATE_WORLD, world, serve_world, cancel};
    out_services[1] = (struct gate_service){GATE_STREAM, world, serve_stream, cancel};
    out_services[2] = (struct gate_service){GATE_FILE, world, serve_file, NULL};
}

static enum status no_memory(struct report *report)
{
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "out of memory");
}

/* The strings one behind the other, each with its NUL. */
static enum status join(const char *const *strings, size_t count, struct world_text *out_text,
                        struct report *report)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        if (ckd_add(&len, len, strlen(strings[i]) + 1))
            return no_memory(report);
    }
    if (len == 0)
        return STATUS_OK;
    uint8_t *data = malloc(len);
    if (data == NULL)
        return no_memory(report);
    out_text->data = data;
    out_text->len = len;
    out_text->count = count;
    for (size_t i = 0; i < count; i++) {
        size_t one = strlen(strings[i]) + 1;
        memcpy(data, strings[i], one);
        data += one;
    }
    return STATUS_OK;
}

static enum status refuse_directory(const char *host_path, int number, struct report *report)
{
    struct bytes path = bytes_of(host_path, strlen(host_path));
    if (number == ENOENT || number == ENOTDIR)
        return report_fail_name(report, STATUS_NOT_FOUND, REPORT_NO_OFFSET, "no directory %", path);
    if (number == EACCES || number == EPERM)
        return report_fail_name(report, STATUS_DENIED, REPORT_NO_OFFSET,
                                "directory % may not be opened", path);
    if (number == ENOSYS)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                           "this kernel has no openat2: no directory can be granted");
    return report_fail_name(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                            "directory % can not be opened", path);
}

static enum status grant(struct world *world, const struct world_directory *directory,
                         struct report *report)
{
    struct world_preopen *preopen = &world->preopens[world->preopen_count];
    size_t len = strlen(directory->guest_path);
    if (len == 0 || len > GATE_PATH_MAX)
        return report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                           "the guest's name of a directory is 1 to 4096 bytes");
    int fd = open(directory->host_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return refuse_directory(directory->host_path, errno, report);
    int number = world_path_probe(fd);
    if (number != 0) {
        (void)close(fd); /* nothing was done with it */
        return refuse_directory(directory->host_path, number, report);
    }
    preopen->rights = directory->is_read_only ? GATE_FILE_READ : (uint8_t)ALL_RIGHTS;
    struct world_handle handle = {
        .kind = WORLD_KIND_DIRECTORY,
        .rights = preopen->rights,
        .grant = preopen->rights,
        .is_permanent = true,
        .fd = fd,
    };
    preopen->handle = world_handles_open(&world->handles, &handle);
    if (preopen->handle == 0)
        return report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET, "more directories than handles");
    preopen->guest_path = strdup(directory->guest_path);
    if (preopen->guest_path == NULL)
        return no_memory(report);
    preopen->guest_path_len = len;
    world->preopen_count++;
    return STATUS_OK;
}

static void open_stdio(struct world *world, const struct world_setup *setup)
{
    for (size_t i = 0; i < ARRAY_LEN(world->stdio); i++) {
        if (setup->stdio[i] < 0)
            continue;
        world->is_terminal[i] = isatty(setup->stdio[i]) == 1;
        world->stdio[i] =
            world_stream_open(world, setup->stdio[i], i == 0 ? GATE_FILE_READ : GATE_FILE_WRITE);
    }
}

static enum status grant_all(struct world *world, const struct world_setup *setup,
                             struct report *report)
{
    if (setup->directory_count == 0)
        return STATUS_OK;
    world->preopens = calloc(setup->directory_count, sizeof *world->preopens);
    if (world->preopens == NULL)
        return no_memory(report);
    for (size_t i = 0; i < setup->directory_count; i++) {
        enum status status = grant(world, &setup->directories[i], report);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status fill(struct world *world, const struct world_setup *setup, struct report *report)
{
    uint32_t handle_max = setup->handle_max == 0 ? HANDLES_DEFAULT : setup->handle_max;
    if (!world_handles_init(&world->handles, handle_max < HANDLES_MAX ? handle_max : HANDLES_MAX))
        return no_memory(report);
    /* First: the next descriptor may get the number of one that is closed. */
    open_stdio(world, setup);
    world->cancel_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (world->cancel_event < 0)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no eventfd");
    if (!world_random_init(world, setup))
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no random bytes");
    world_clock_init(world, setup);
    enum status status =
        join(setup->arguments, setup->argument_count, &world->texts[GATE_TEXT_ARGUMENTS], report);
    if (status == STATUS_OK)
        status = join(setup->variables, setup->variable_count, &world->texts[GATE_TEXT_VARIABLES],
                      report);
    if (status == STATUS_OK)
        status = join(&setup->working_directory, setup->working_directory != NULL ? 1 : 0,
                      &world->texts[GATE_TEXT_DIRECTORY], report);
    if (status == STATUS_OK)
        status = grant_all(world, setup, report);
    return status;
}

enum status world_create(const struct world_setup *setup, struct world **out_world,
                         struct report *report)
{
    struct world *world = calloc(1, sizeof *world);
    if (world == NULL)
        return no_memory(report);
    world->cancel_event = -1;
    enum status status = fill(world, setup, report);
    if (status != STATUS_OK) {
        world_destroy(world);
        return status;
    }
    *out_world = world;
    return STATUS_OK;
}

void world_cancel(struct world *world)
{
    static const uint64_t one = 1;
    /* Full means that it was said 2^64 - 2 times already. */
    (void)!write(world->cancel_event, &one, sizeof one);
}

void world_destroy(struct world *world)
{
    if (world == NULL)
        return;
    world_handles_fini(&world->handles);
    for (size_t i = 0; i < ARRAY_LEN(world->texts); i++)
        free(world->texts[i].data);
    for (size_t i = 0; i < world->preopen_count; i++)
        free(world->preopens[i].guest_path);
    free(world->preopens);
    if (world->cancel_event >= 0)
        (void)close(world->cancel_event); /* nothing is lost */
    memory_wipe(world->seed, sizeof world->seed);
    memory_wipe(world->identity_key, sizeof world->identity_key);
    free(world);
}
