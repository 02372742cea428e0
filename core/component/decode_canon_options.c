/*
 * core/component/decode_canon_options.c: the options of canonical definitions.
 */
#include "core/component/decode_canon.h"

enum option {
    OPTION_UTF8,
    OPTION_UTF16,
    OPTION_LATIN1_UTF16,
    OPTION_MEMORY,
    OPTION_REALLOC,
    OPTION_POST_RETURN,
    OPTION_ASYNC,
    OPTION_CALLBACK,
    OPTION_COUNT,
};

#define ENCODINGS 0x07u /* a bit for each of the first three */

static const char *const twice[OPTION_COUNT] = {
    [OPTION_UTF8] = "canonical encoding option `utf8` conflicts with another encoding",
    [OPTION_UTF16] = "canonical encoding option `utf16` conflicts with another encoding",
    [OPTION_LATIN1_UTF16] = "canonical encoding option `latin1-utf16` conflicts with another one",
    [OPTION_MEMORY] = "canonical option `memory` is specified more than once",
    [OPTION_REALLOC] = "canonical option `realloc` is specified more than once",
    [OPTION_POST_RETURN] = "canonical option `post-return` is specified more than once",
    [OPTION_ASYNC] = "canonical option `async` is specified more than once",
    [OPTION_CALLBACK] = "canonical option `callback` is specified more than once",
};

enum status component_read_canon_memory(struct component_decoder *decoder,
                                        struct component_scope *scope, struct wasm_cursor *cursor,
                                        struct component_canon *canon)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    struct component_definition memory;
    enum status status = component_scope_read(decoder, scope, cursor, COMPONENT_SORT_CORE_MEMORY,
                                              &canon->options.memory, &memory);
    if (status != STATUS_OK)
        return status;
    const struct component_core_extern *type = memory.core;
    if (type->limits.is_64)
        return component_refuse_feature(decoder, offset,
                                        "unsupported: 64-bit memory as canonical option");
    if (type->limits.is_shared)
        return report_fail(decoder->report, STATUS_INVALID, offset,
                           "canonical ABI memory is not a 32-bit linear memory");
    return STATUS_OK;
}

static enum status read_function(struct component_decoder *decoder, struct component_scope *scope,
                                 struct wasm_cursor *cursor, uint32_t *out_index,
                                 uint32_t *out_type)
{
    struct component_definition func;
    enum status status =
        component_scope_read(decoder, scope, cursor, COMPONENT_SORT_CORE_FUNC, out_index, &func);
    if (status == STATUS_OK)
        *out_type = func.core_func;
    return status;
}

static enum status read_operand(struct component_decoder *decoder, struct component_scope *scope,
                                struct wasm_cursor *cursor, struct component_canon *canon,
                                uint8_t option)
{
    switch (option) {
    case OPTION_MEMORY:
        return component_read_canon_memory(decoder, scope, cursor, canon);
    case OPTION_REALLOC:
        return read_function(decoder, scope, cursor, &canon->options.realloc, &canon->realloc_type);
    case OPTION_POST_RETURN:
        return read_function(decoder, scope, cursor, &canon->options.post_return,
                             &canon->post_return_type);
    case OPTION_ASYNC:
        canon->options.is_async = true;
        return STATUS_OK;
    case OPTION_CALLBACK:
        return read_function(decoder, scope, cursor, &canon->options.callback,
                             &canon->callback_type);
    case OPTION_UTF16:
        canon->options.encoding = COMPONENT_UTF16;
        return STATUS_OK;
    case OPTION_LATIN1_UTF16:
        canon->options.encoding = COMPONENT_LATIN1_UTF16;
        return STATUS_OK;
    default:
        return STATUS_OK;
    }
}

enum status component_read_canon_options(struct component_decoder *decoder,
                                         struct component_scope *scope, struct wasm_cursor *cursor,
                                         struct component_canon *canon)
{
    uint32_t count, seen = 0;
    canon->options = (struct component_canon_options){.encoding = COMPONENT_UTF8,
                                                      .memory = COMPONENT_NONE,
                                                      .realloc = COMPONENT_NONE,
                                                      .post_return = COMPONENT_NONE,
                                                      .callback = COMPONENT_NONE};
    enum status status = component_read_count(cursor, COMPONENT_LIMIT_ITEMS, &count);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        uint64_t offset = wasm_cursor_offset(cursor);
        uint8_t option;
        status = wasm_read_byte(cursor, &option);
        if (status != STATUS_OK)
            return status;
        if (option >= OPTION_COUNT)
            return component_refuse_byte(cursor, option,
                                         "invalid leading byte % for canonical option");
        uint32_t bits = option <= OPTION_LATIN1_UTF16 ? ENCODINGS : 1u << option;
        if ((seen & bits) != 0)
            return report_fail(decoder->report, STATUS_INVALID, offset, twice[option]);
        seen |= 1u << option;
        status = read_operand(decoder, scope, cursor, canon, option);
    }
    return status;
}
