/*
 * core/wasi/p2_cli.c: wasi:cli but run, which is the guest's: environment, exit, stdio, terminals.
 */
#include "core/wasi/p2_internal.h"

/* All of a text of the gate, in the call's arena. Each string in it ends with a NUL. */
static enum status read_text(void *context, struct component_call *call, enum gate_world_text which,
                             struct bytes *out_text, uint32_t *out_count)
{
    const struct wasi_p2 *p2 = context;
    struct wasi_text got = {0};
    uint8_t none = 0;
    enum gate_error error = wasi_text(&p2->gate, which, 0, &none, 0, &got);
    if (error != WASI_OK)
        return p2_gate_trap(call, error);
    uint64_t total = got.total;
    if (total > UINT32_MAX)
        return component_call_trap(call, REFUSAL_TOO_LONG, "too long a text of the gate");
    uint8_t *text = arena_alloc(call->arena, (size_t)total + 1, 1);
    if (text == NULL)
        return STATUS_NO_MEMORY;
    size_t at = 0;
    while (at < total) {
        error = wasi_text(&p2->gate, which, at, text + at, (size_t)(total - at), &got);
        if (error != WASI_OK)
            return p2_gate_trap(call, error);
        if (got.len == 0)
            break;
        at += got.len;
    }
    /* Each string on its own: one that is broken leaves its neighbours whole. */
    uint32_t count = 0;
    size_t start = 0;
    for (size_t i = 0; i < at; i++) {
        if (text[i] != 0)
            continue;
        p2_make_utf8(text + start, i - start);
        start = i + 1;
        count++;
    }
    *out_text = bytes_of(text, at);
    *out_count = count;
    return STATUS_OK;
}

/* The next string, without its NUL. */
static struct bytes take_string(struct bytes *text)
{
    size_t len = 0;
    while (len < text->len && text->data[len] != 0)
        len++;
    struct bytes string = bytes_of(text->data, len);
    size_t step = len < text->len ? len + 1 : len;
    text->data += step;
    text->len -= step;
    return string;
}

/* All strings of a text as values. */
static enum status read_strings(void *context, struct component_call *call,
                                enum gate_world_text which, struct component_value **out_strings,
                                uint32_t *out_count)
{
    struct bytes text;
    uint32_t count = 0;
    enum status status = read_text(context, call, which, &text, &count);
    if (status != STATUS_OK)
        return status;
    struct component_value *strings = p2_values(call, count);
    if (strings == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        strings[i] = p2_string(take_string(&text));
    *out_strings = strings;
    *out_count = count;
    return STATUS_OK;
}

/* NAME=VALUE as a tuple of two strings. */
static enum status split_variable(struct component_call *call, struct bytes variable,
                                  struct component_value *out)
{
    size_t name_len = 0;
    while (name_len < variable.len && variable.data[name_len] != '=')
        name_len++;
    size_t value_at = name_len < variable.len ? name_len + 1 : name_len;
    struct component_value *pair = p2_values(call, 2);
    if (pair == NULL)
        return STATUS_NO_MEMORY;
    pair[0] = p2_string(bytes_of(variable.data, name_len));
    pair[1] = p2_string(bytes_of(variable.data + value_at, variable.len - value_at));
    *out = p2_items(COMPONENT_TUPLE, pair, 2);
    return STATUS_OK;
}

enum status p2_get_environment(void *context, struct component_call *call,
                               const struct component_value *params, struct component_value *out)
{
    (void)params;
    struct component_value *strings = NULL;
    uint32_t count = 0;
    enum status status = read_strings(context, call, GATE_TEXT_VARIABLES, &strings, &count);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        status = split_variable(call, p2_text(&strings[i]), &strings[i]);
        if (status != STATUS_OK)
            return status;
    }
    *out = p2_items(COMPONENT_LIST, strings, count);
    return STATUS_OK;
}

enum status p2_get_arguments(void *context, struct component_call *call,
                             const struct component_value *params, struct component_value *out)
{
    (void)params;
    struct component_value *strings = NULL;
    uint32_t count = 0;
    enum status status = read_strings(context, call, GATE_TEXT_ARGUMENTS, &strings, &count);
    if (status != STATUS_OK)
        return status;
    *out = p2_items(COMPONENT_LIST, strings, count);
    return STATUS_OK;
}

enum status p2_initial_cwd(void *context, struct component_call *call,
                           const struct component_value *params, struct component_value *out)
{
    (void)params;
    struct component_value *strings = NULL;
    uint32_t count = 0;
    enum status status = read_strings(context, call, GATE_TEXT_DIRECTORY, &strings, &count);
    if (status != STATUS_OK)
        return status;
    if (count != 0)
        return p2_some(call, strings[0], out);
    *out = p2_none();
    return STATUS_OK;
}

static enum status leave(void *context, struct component_call *call, uint32_t code)
{
    struct wasi_p2 *p2 = context;
    p2->exit = (struct wasi_exit){.has_exited = true, .code = code};
    return component_call_trap(call, REFUSAL_EXITED, "the program asked to end");
}

enum status p2_exit(void *context, struct component_call *call,
                    const struct component_value *params, struct component_value *out)
{
    (void)out; /* it does not come back */
    return leave(context, call, params[0].variant.index == 0 ? 0 : 1);
}

enum status p2_exit_with_code(void *context, struct component_call *call,
                              const struct component_value *params, struct component_value *out)
{
    (void)out; /* it does not come back */
    return leave(context, call, (uint32_t)params[0].u);
}

/* A new stream over one of the three. One that is not granted is a closed stream. */
static enum status open_stdio(void *context, struct component_call *call, uint32_t which,
                              struct component_value *out)
{
    struct wasi_p2 *p2 = context;
    uint32_t handle = 0;
    bool is_terminal = false;
    enum gate_error error = wasi_stdio(&p2->gate, which, &handle, &is_terminal);
    uint32_t rep = 0;
    struct p2_slot *slot = NULL;
    enum status status = p2_new(p2, call, which == 0 ? P2_INPUT : P2_OUTPUT, 0, &rep, &slot);
    if (status != STATUS_OK)
        return status;
    slot->stream.handle = handle;
    slot->stream.is_closed = error != WASI_OK;
    *out = component_host_handle(
        call, which == 0 ? &p2_resource_input_stream : &p2_resource_output_stream, rep,
        COMPONENT_OWN);
    return STATUS_OK;
}

enum status p2_get_stdin(void *context, struct component_call *call,
                         const struct component_value *params, struct component_value *out)
{
    (void)params;
    return open_stdio(context, call, 0, out);
}

enum status p2_get_stdout(void *context, struct component_call *call,
                          const struct component_value *params, struct component_value *out)
{
    (void)params;
    return open_stdio(context, call, 1, out);
}

enum status p2_get_stderr(void *context, struct component_call *call,
                          const struct component_value *params, struct component_value *out)
{
    (void)params;
    return open_stdio(context, call, 2, out);
}

/* Terminals have no methods and no state in 0.2: that one is there is all there is to know. */
static enum status find_terminal(void *context, struct component_call *call, uint32_t which,
                                 struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    uint32_t handle = 0;
    bool is_terminal = false;
    enum gate_error error = wasi_stdio(&p2->gate, which, &handle, &is_terminal);
    if (error != WASI_OK || !is_terminal) {
        *out = p2_none();
        return STATUS_OK;
    }
    const struct component_host_resource *resource =
        which == 0 ? &p2_resource_terminal_input : &p2_resource_terminal_output;
    return p2_some(call, component_host_handle(call, resource, 0, COMPONENT_OWN), out);
}

enum status p2_get_terminal_stdin(void *context, struct component_call *call,
                                  const struct component_value *params, struct component_value *out)
{
    (void)params;
    return find_terminal(context, call, 0, out);
}

enum status p2_get_terminal_stdout(void *context, struct component_call *call,
                                   const struct component_value *params,
                                   struct component_value *out)
{
    (void)params;
    return find_terminal(context, call, 1, out);
}

enum status p2_get_terminal_stderr(void *context, struct component_call *call,
                                   const struct component_value *params,
                                   struct component_value *out)
{
    (void)params;
    return find_terminal(context, call, 2, out);
}
