/*
 * node/main/call_services.c: what an app may have in a call: output, files, fetches. See call.h.
 */
#include "aether/gate_world.h"
#include "node/main/call_internal.h"

static void serve_file(void *context, const struct gate_request *copy,
                       struct gate_transfer transfer, struct gate_reply *out_reply)
{
    struct call *call = context;
    call->file.call(call->file.context, copy, transfer, out_reply);
    if (out_reply->status != GATE_OK)
        return;
    call->writes += copy->method == GATE_FILE_PWRITE;
    call->reads += copy->method == GATE_FILE_PREAD && out_reply->out.len != 0;
}

static void cancel_file(void *context)
{
    const struct call *call = context;
    if (call->file.cancel != NULL)
        call->file.cancel(call->file.context);
}

static void add_file(struct call *call, const struct gate_service *file)
{
    call->file = *file;
    call->services[call->service_count++] =
        (struct gate_service){file->interface, call, serve_file, cancel_file};
}

enum status call_open_services(struct call *call, struct report *report)
{
    struct hub *hub = call->hub;
    struct output *output = &call->room->output;
    enum status status =
        output_begin(output, app_name(call->app), bytes_of(call->app->code_hash, 32),
                     call->function->name, report);
    if (status != STATUS_OK)
        return status;
    output_services(output, call->services);
    call->service_count = OUTPUT_SERVICE_COUNT;
    if (call->app->store != NULL) {
        struct gate_service files[STORE_SERVICE_COUNT];
        call->world = call->services[0];
        status = store_session_create(call->app->store, &call->world, &call->files, report);
        if (status != STATUS_OK)
            return status;
        store_session_services(call->files, files);
        for (size_t i = 0; i < STORE_SERVICE_COUNT; i++)
            if (files[i].interface == GATE_WORLD)
                call->services[0] = files[i];
            else
                add_file(call, &files[i]);
    }
    if (hub->http != NULL) {
        status = http_session_create(hub->http, app_name(call->app), &call->http, report);
        if (status == STATUS_OK)
            call->services[call->service_count++] = http_session_service(call->http);
    }
    return status;
}

void call_close_services(struct call *call)
{
    if (call->http != NULL)
        http_session_destroy(call->http);
    store_session_destroy(call->files);
    output_end(&call->room->output);
    call->http = NULL;
    call->files = NULL;
}
