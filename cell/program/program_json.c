/*
 * cell/program/program_json.c: the text of a call and its results, GATE_JOB_JSON: "name", a NUL, an
 * array of tagged values; an array of those back (core/component/json.h).
 */
#include "cell/program/program_internal.h"
#include "core/component/json.h"

bool program_json_split(const struct program *program, struct program_json_call *out_call)
{
    const struct bytes text = program->call_text;
    size_t end = 0, slash = 0;
    while (end < text.len && text.data[end] != 0) {
        if (text.data[end] == '/')
            slash = end;
        end++;
    }
    const size_t func_at = slash != 0 ? slash + 1 : 0;
    const size_t params_at = end < text.len ? end + 1 : end;
    *out_call = (struct program_json_call){
        .name = bytes_of(text.data, end),
        .interface = bytes_of(text.data, slash),
        .func = bytes_of(text.data + func_at, end - func_at),
        .params = bytes_of(text.data + params_at, text.len - params_at),
    };
    return text.len != 0;
}

/* "parameter 2 (key) of kv-store: expected a string (at byte 17 of the array)" */
static void explain(struct program *program, const struct program_json_call *call,
                    const struct component_func_type *type, uint32_t place,
                    const struct report *report)
{
    struct text_sink out = program_explain(program);
    if (place != COMPONENT_JSON_NOT_A_PARAM) {
        text_word(out, "parameter ");
        text_number(out, (uint64_t)place + 1);
        if (type->params[place].name.len != 0) {
            text_word(out, " (");
            text_escaped(out, type->params[place].name);
            text_char(out, ')');
        }
        text_word(out, " of ");
    }
    text_escaped(out, call->name);
    text_word(out, ": ");
    text_bytes(out, bytes_of(report->text, report->len));
    if (report->offset != REPORT_NO_OFFSET) {
        text_word(out, " (at byte ");
        text_number(out, report->offset);
        text_word(out, " of the parameters)");
    }
    text_char(out, '\n');
}

bool program_json_params(struct program *program, const struct program_json_call *call,
                         const struct component_func_type *type,
                         struct component_value **out_params)
{
    struct report report;
    uint32_t place = COMPONENT_JSON_NOT_A_PARAM;
    report_init(&report);
    enum status status =
        type == NULL
            ? report_fail(&report, STATUS_NOT_FOUND, REPORT_NO_OFFSET, "there is no such function")
            : component_json_parse_params(call->params, type, COMPONENT_JSON_TAGGED,
                                          &program->values, out_params, &place, &report);
    if (status == STATUS_OK)
        return true;
    if (status == STATUS_NO_MEMORY) {
        report_write(&program->report, REPORT_NO_OFFSET, "no room for the parameters");
        program_fault_of(program, status);
        return false;
    }
    explain(program, call, type, place, &report);
    program_refuse_call(program);
    return false;
}

bool program_json_results(struct program *program, const struct component_type *const *types,
                          const struct component_value *values, uint32_t count)
{
    bool is_told = program_result(program, BYTES_LITERAL("["));
    for (uint32_t i = 0; i < count && is_told; i++) {
        struct bytes text = {0};
        enum status status = component_json_print(&values[i], types[i], COMPONENT_JSON_TAGGED,
                                                  &program->values, &text);
        if (status != STATUS_OK) {
            report_write(&program->report, REPORT_NO_OFFSET, "no room for the result's text");
            program_fault_of(program, status);
            return false;
        }
        is_told = (i == 0 || program_result(program, BYTES_LITERAL(","))) &&
                  program_result(program, text);
    }
    return is_told && program_result(program, BYTES_LITERAL("]"));
}
