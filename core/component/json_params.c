/*
 * core/component/json_params.c: the arguments of a call, from a JSON array.
 *
 * Where there are too many or too few, all are counted before any is looked at: the number is the
 * better answer.
 */
#include "core/component/json.h"
#include "core/component/json_reader.h"

static enum status count_items(struct json_reader *reader, uint64_t *out_count)
{
    uint64_t count = 0;
    enum status status = from_json_expect(reader, '[', "expected an array of arguments");
    for (bool more = status == STATUS_OK && !from_json_take(reader, ']');
         status == STATUS_OK && more; count++)
        if ((status = from_json_skip(reader)) == STATUS_OK)
            status = from_json_separator(reader, ']', &more);
    if (status != STATUS_OK)
        return status;
    (void)from_json_peek(reader);
    if (reader->at != reader->text.len)
        return from_json_fail(reader, "expected the end of the text");
    *out_count = count;
    return STATUS_OK;
}

/* They were counted, and the brackets and commas were seen. */
static enum status read_items(struct json_reader *reader, const struct component_func_type *type,
                              enum component_json_form form, struct component_value *params,
                              uint32_t *out_place)
{
    enum status status = from_json_expect(reader, '[', "expected an array of arguments");
    for (uint32_t i = 0; i < type->param_count && status == STATUS_OK; i++) {
        bool more;
        *out_place = i;
        status = form == COMPONENT_JSON_PLAIN
                     ? from_json_plain(reader, type->params[i].type, &params[i])
                     : from_json_tagged(reader, type->params[i].type, &params[i]);
        if (status == STATUS_OK)
            status = from_json_separator(reader, ']', &more);
    }
    return status;
}

enum status component_json_parse_params(struct bytes text, const struct component_func_type *type,
                                        enum component_json_form form, struct arena *arena,
                                        struct component_value **out_params, uint32_t *out_place,
                                        struct report *report)
{
    struct json_reader reader;
    uint64_t count = 0;
    *out_place = COMPONENT_JSON_NOT_A_PARAM;
    enum status status = from_json_begin(&reader, text, arena, report);
    if (status == STATUS_OK)
        status = count_items(&reader, &count);
    if (status == STATUS_OK && count != type->param_count)
        status = report_fail_u64x2(report, STATUS_MALFORMED, REPORT_NO_OFFSET,
                                   "arguments: % wanted, % given", type->param_count, count);
    if (status != STATUS_OK)
        return status;
    struct component_value *params = arena_alloc(arena, type->param_count, sizeof *params);
    if (params == NULL)
        return STATUS_NO_MEMORY;
    reader.at = 0;
    status = read_items(&reader, type, form, params, out_place);
    if (status == STATUS_OK)
        *out_params = params;
    return status;
}
