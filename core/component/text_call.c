/*
 * core/component/text_call.c: f(1, "x"): which function, and its arguments.
 */
#include "core/component/text.h"
#include "core/component/wave_reader.h"

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct bytes trimmed(struct bytes text)
{
    while (text.len != 0 && is_space(text.data[0]))
        text = bytes_of(text.data + 1, text.len - 1);
    while (text.len != 0 && is_space(text.data[text.len - 1]))
        text.len--;
    return text;
}

/* Where `c` stands last, or name.len. */
static size_t find_last(struct bytes name, char c)
{
    for (size_t i = name.len; i-- > 0;)
        if (name.data[i] == (uint8_t)c)
            return i;
    return name.len;
}

/* "iface#f", "iface.f"; the label of "[method]a.b" has a '.' of its own. */
static size_t find_separator(struct bytes name)
{
    size_t bracket = find_last(name, '[');
    size_t hash = find_last(name, '#');
    if (hash < name.len)
        return hash;
    if (bracket == name.len)
        return find_last(name, '.');
    return bracket != 0 && name.data[bracket - 1] == '.' ? bracket - 1 : name.len;
}

enum status component_text_call_split(struct bytes text, struct component_text_call *out_call,
                                      struct report *report)
{
    struct component_text_call call = {.text = text, .args_at = text.len};
    for (size_t i = text.len; i-- > 0;)
        if (text.data[i] == '(')
            call.args_at = i; /* the first */
    struct bytes name = trimmed(bytes_of(text.data, call.args_at));
    size_t separator = find_separator(name);
    call.interface = bytes_of(name.data, separator < name.len ? separator : 0);
    call.func =
        separator < name.len ? bytes_of(name.data + separator + 1, name.len - separator - 1) : name;
    if (call.func.len == 0)
        return report_fail(report, STATUS_MALFORMED, call.args_at,
                           "expected the name of a function, as f(1, 2)");
    *out_call = call;
    return STATUS_OK;
}

/* What was left out at the end: options are none. */
static enum status fill(struct wave_reader *reader, const struct component_func_type *type,
                        uint32_t from, struct component_value *params)
{
    for (uint32_t i = from; i < type->param_count; i++) {
        if (type->params[i].type->kind != COMPONENT_OPTION)
            return report_fail_name(reader->report, STATUS_MALFORMED, reader->at,
                                    "expected an argument for parameter %", type->params[i].name);
        params[i] = (struct component_value){.kind = COMPONENT_OPTION};
    }
    return STATUS_OK;
}

static enum status parse_params(struct wave_reader *reader, const struct component_func_type *type,
                                struct component_value *params)
{
    uint32_t count = 0;
    bool may_follow = true;
    enum status status = STATUS_OK;
    reader->at++; /* the '(' */
    while (!wave_take(reader, ')')) {
        if (!may_follow)
            return wave_fail(reader, "expected ',' or ')' after an argument");
        if (count == type->param_count)
            return wave_fail(reader, "expected ')': the function has no more parameters");
        if ((status = wave_value(reader, type->params[count].type, &params[count])) != STATUS_OK)
            return status;
        count++;
        may_follow = wave_take(reader, ',');
    }
    status = wave_expect_end(reader);
    return status == STATUS_OK ? fill(reader, type, count, params) : status;
}

enum status component_text_call_params(const struct component_text_call *call,
                                       const struct component_func_type *type, struct arena *arena,
                                       struct component_value **out_params, struct report *report)
{
    struct wave_reader reader;
    struct component_value *params = arena_alloc(arena, type->param_count, sizeof *params);
    enum status status = wave_begin(&reader, call->text, arena, report);
    if (params == NULL)
        return STATUS_NO_MEMORY;
    reader.at = call->args_at;
    if (status == STATUS_OK)
        status = call->args_at == call->text.len ? fill(&reader, type, 0, params)
                                                 : parse_params(&reader, type, params);
    if (status == STATUS_OK)
        *out_params = params;
    return status;
}
