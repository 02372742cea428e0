/*
 * core/component/section.c: header, section frames, and the items of sections that are vectors
 * (Binary.md "Component Definitions").
 *
 * Only of the outermost component running out of bytes is TRUNCATED: the file itself ends too
 * early. A nested component is decoded where it stands, in a scope of its own.
 */
#include "core/component/decode.h"

#define VERSION_COMPONENT 0x1000Du /* version 13, layer 1 */

enum status component_read_count(struct wasm_cursor *cursor, uint32_t limit, uint32_t *out_count)
{
    return wasm_read_count(cursor, 1, limit, "a vector has more than % items", out_count);
}

enum status component_refuse_byte(const struct wasm_cursor *cursor, uint8_t byte,
                                  const char *sentence)
{
    return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor) - 1,
                           sentence, byte);
}

enum status component_read_exact(struct wasm_cursor *cursor, uint8_t expected, const char *sentence)
{
    uint8_t byte;
    enum status status = wasm_read_byte(cursor, &byte);
    if (status != STATUS_OK)
        return status;
    return byte == expected ? STATUS_OK : component_refuse_byte(cursor, byte, sentence);
}

enum status component_refuse_feature(struct component_decoder *decoder, uint64_t offset,
                                     const char *sentence)
{
    return report_fail(decoder->report, STATUS_UNSUPPORTED, offset, sentence);
}

static enum status read_header(struct wasm_cursor *cursor, bool is_outermost)
{
    static const uint8_t magic[] = {0x00, 0x61, 0x73, 0x6D};
    size_t len = wasm_cursor_left(cursor);
    size_t shown = len < sizeof magic ? len : sizeof magic;
    if (shown != 0 && memcmp(cursor->at, magic, shown) != 0)
        return report_fail_name(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor),
                                "not a component: it begins with %", bytes_of(cursor->at, shown));
    if (len < COMPONENT_HEADER_LEN)
        return report_fail_u64(
            cursor->report, is_outermost ? STATUS_TRUNCATED : STATUS_MALFORMED,
            wasm_cursor_offset(cursor) + len,
            "unexpected end-of-file: the header of a component has 8 bytes, here are %", len);
    uint32_t version = load_le32(cursor->at + sizeof magic);
    if (version == 1)
        return report_fail(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor) + 4,
                           "expected a version header for a component, found a core module");
    if (version != VERSION_COMPONENT)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor) + 4,
                               "unknown binary version % of a component", version);
    cursor->at += COMPONENT_HEADER_LEN;
    return STATUS_OK;
}

/* Id and contents of the next section. */
static enum status read_frame(struct wasm_cursor *cursor, bool is_outermost, uint8_t *out_id,
                              struct wasm_cursor *out_contents)
{
    enum status cut = is_outermost ? STATUS_TRUNCATED : STATUS_MALFORMED;
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t id = *cursor->at++;
    if (id >= COMPONENT_SECTION_COUNT)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, offset,
                               "malformed section id: % is no section of a component", id);
    uint32_t size;
    enum wasm_leb result = wasm_leb_u32(&cursor->at, cursor->end, &size);
    if (result == WASM_LEB_TRUNCATED)
        return wasm_cursor_fail(cursor, cut,
                                "unexpected end-of-file: the size of a section is cut off");
    if (result != WASM_LEB_OK)
        return wasm_cursor_fail_leb(cursor, result);
    if (size > wasm_cursor_left(cursor))
        return report_fail_u64x2(
            cursor->report, cut, wasm_cursor_offset(cursor),
            "unexpected end-of-file: a section announces % bytes where % are left", size,
            wasm_cursor_left(cursor));
    *out_id = id;
    *out_contents = *cursor;
    out_contents->end = cursor->at + size;
    cursor->at += size;
    return STATUS_OK;
}

static enum status read_vector(struct component_decoder *decoder, struct component_scope *scope,
                               struct wasm_cursor contents, component_item_fn *read_item)
{
    uint32_t count;
    enum status status = component_read_count(&contents, COMPONENT_LIMIT_STEPS, &count);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        decoder->types.offset = wasm_cursor_offset(&contents);
        status = read_item(decoder, scope, &contents);
    }
    if (status != STATUS_OK)
        return status;
    if (contents.at != contents.end)
        return report_fail_u64(contents.report, STATUS_MALFORMED, wasm_cursor_offset(&contents),
                               "a section has % bytes more than its contents",
                               wasm_cursor_left(&contents));
    return STATUS_OK;
}

static enum status read_nested(struct component_decoder *decoder, struct component_scope *scope,
                               struct wasm_cursor contents)
{
    uint64_t offset = wasm_cursor_offset(&contents);
    const struct component *nested = NULL;
    size_t mark = arena_mark(decoder->scratch);
    enum status status = component_decode(decoder, scope, contents, &nested);
    if (status != STATUS_OK)
        return status;
    if (decoder->scratch != decoder->arena)
        arena_rewind(decoder->scratch, mark);
    decoder->types.offset = offset;
    const struct component_step step = {.kind = COMPONENT_STEP_COMPONENT,
                                        .sort = COMPONENT_SORT_COMPONENT,
                                        .component = nested,
                                        .offset = offset};
    status = component_scope_step(decoder, scope, &step);
    if (status != STATUS_OK)
        return status;
    const struct component_definition definition = {.interface = nested->type};
    return component_scope_push(decoder, scope, COMPONENT_SORT_COMPONENT, &definition);
}

static enum status read_section(struct component_decoder *decoder, struct component_scope *scope,
                                uint8_t id, struct wasm_cursor contents)
{
    static component_item_fn *const items[COMPONENT_SECTION_COUNT] = {
        [COMPONENT_SECTION_CORE_INSTANCE] = component_decode_core_instance,
        [COMPONENT_SECTION_CORE_TYPE] = component_decode_core_type,
        [COMPONENT_SECTION_INSTANCE] = component_decode_instance,
        [COMPONENT_SECTION_ALIAS] = component_decode_alias,
        [COMPONENT_SECTION_TYPE] = component_decode_type,
        [COMPONENT_SECTION_CANON] = component_decode_canon,
        [COMPONENT_SECTION_IMPORT] = component_decode_import,
        [COMPONENT_SECTION_EXPORT] = component_decode_export,
    };
    uint64_t offset = wasm_cursor_offset(&contents);
    struct bytes name;
    decoder->types.offset = offset;
    switch (id) {
    case COMPONENT_SECTION_CUSTOM:
        return wasm_read_name(&contents, &name);
    case COMPONENT_SECTION_CORE_MODULE:
        return component_decode_core_module(decoder, scope, contents);
    case COMPONENT_SECTION_COMPONENT:
        return read_nested(decoder, scope, contents);
    case COMPONENT_SECTION_START:
        return component_refuse_feature(decoder, offset, "unsupported: start section");
    case COMPONENT_SECTION_VALUE:
        return component_refuse_feature(decoder, offset, "unsupported: value section");
    default:
        return read_vector(decoder, scope, contents, items[id]);
    }
}

/* Steps and counts are moved to where the component keeps them. */
static enum status close_component(struct component_decoder *decoder, struct component_scope *scope,
                                   struct component *component)
{
    enum status status = component_types_component(&decoder->types, &scope->imports,
                                                   &scope->exports, component, &component->type);
    if (status != STATUS_OK)
        return status;
    void *steps = NULL;
    status = component_decoder_alloc(decoder, scope->steps.count, sizeof *component->steps, &steps);
    if (status != STATUS_OK)
        return status;
    if (scope->steps.count != 0)
        memcpy(steps, scope->steps.items, scope->steps.count * sizeof *component->steps);
    component->steps = steps;
    component->step_count = scope->steps.count;
    for (uint32_t sort = 0; sort < COMPONENT_SORT_COUNT; sort++)
        component->counts[sort] = component_scope_count(scope, sort);
    return STATUS_OK;
}

enum status component_decode(struct component_decoder *decoder, struct component_scope *parent,
                             struct wasm_cursor cursor, const struct component **out_component)
{
    uint64_t offset = wasm_cursor_offset(&cursor);
    bool is_outermost = parent == NULL;
    struct component_scope *scope = NULL;
    enum status status =
        component_scope_open(decoder, parent, COMPONENT_SCOPE_COMPONENT, offset, &scope);
    if (status != STATUS_OK)
        return status;
    void *room = NULL;
    status = component_decoder_alloc(decoder, 1, sizeof(struct component), &room);
    if (status != STATUS_OK)
        return status;
    struct component *component = room;
    component->input = bytes_of(cursor.at, wasm_cursor_left(&cursor));
    component->offset = offset;
    component->parent = is_outermost ? NULL : parent->component;
    component->graph = decoder->graph;
    scope->component = component;
    status = read_header(&cursor, is_outermost);
    while (status == STATUS_OK && cursor.at != cursor.end) {
        uint8_t id;
        struct wasm_cursor contents;
        status = read_frame(&cursor, is_outermost, &id, &contents);
        if (status == STATUS_OK)
            status = read_section(decoder, scope, id, contents);
    }
    decoder->types.offset = offset;
    if (status == STATUS_OK)
        status = close_component(decoder, scope, component);
    if (status == STATUS_OK)
        *out_component = component;
    return status;
}
