/*
 * core/component/component.c: component_load: bytes to a validated component.
 */
#include "core/component/component.h"

#include "core/component/decode.h"

#define LAYER_COMPONENT 1u

bool component_is_component(struct bytes input)
{
    static const uint8_t magic[] = {0x00, 0x61, 0x73, 0x6D};
    return input.len >= COMPONENT_HEADER_LEN && memcmp(input.data, magic, sizeof magic) == 0 &&
           load_le16(input.data + 6) == LAYER_COMPONENT;
}

static enum status load(struct component_decoder *decoder, struct bytes input,
                        const struct component **out_component)
{
    enum status status = component_types_init(&decoder->types, decoder->arena, decoder->report);
    if (status != STATUS_OK)
        return status;
    decoder->types.work_left += COMPONENT_WORK_PER_BYTE * (uint64_t)input.len;
    void *graph = NULL;
    status = component_decoder_alloc(decoder, 1, sizeof(struct component_graph), &graph);
    if (status != STATUS_OK)
        return status;
    decoder->graph = graph;
    const struct wasm_cursor all = {.at = input.data,
                                    .end = input.data + input.len,
                                    .origin = input.data,
                                    .report = decoder->report};
    status = component_decode(decoder, NULL, all, out_component);
    if (status == STATUS_OK)
        component_types_finish(&decoder->types, decoder->graph);
    return status;
}

enum status component_load(struct bytes input, struct arena *arena, struct arena *scratch,
                           const struct component **out_component, struct report *report)
{
    return component_load_with(input, (struct component_features){0}, arena, scratch, out_component,
                               report);
}

enum status component_load_with(struct bytes input, struct component_features features,
                                struct arena *arena, struct arena *scratch,
                                const struct component **out_component, struct report *report)
{
    if (input.len == 0)
        input = bytes_of("", 0); /* so that no NULL is added to */
    struct component_decoder decoder = {
        .arena = arena, .scratch = scratch, .report = report, .input = input, .features = features};
    size_t arena_start = arena_mark(arena);
    size_t scratch_start = arena_mark(scratch);
    const struct component *component = NULL;
    enum status status = load(&decoder, input, &component);
    if (scratch != arena)
        arena_rewind(scratch, scratch_start);
    if (status != STATUS_OK) {
        arena_rewind(arena, arena_start);
        return status;
    }
    *out_component = component;
    return STATUS_OK;
}
