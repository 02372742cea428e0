/*
 * core/wasm/decode_sections.c: header, section frames and custom sections (WASM 3.0 §5.5.2).
 *
 * Here alone running out of bytes is TRUNCATED: the file itself ends too early.
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"

#define HEADER_LEN      8u
#define VERSION_MODULE  1u
#define LAYER_COMPONENT 0x1000Du

static enum status read_header(struct wasm_cursor *cursor)
{
    static const uint8_t magic[] = {0x00, 0x61, 0x73, 0x6D};
    size_t len = wasm_cursor_left(cursor);
    size_t shown = len < sizeof magic ? len : sizeof magic;
    if (len > WASM_LIMIT_MODULE_BYTES)
        return report_fail_u64(cursor->report, STATUS_LIMIT, 0, "a module has more than % bytes",
                               WASM_LIMIT_MODULE_BYTES);
    if (shown != 0 && memcmp(cursor->at, magic, shown) != 0)
        return report_fail_name(cursor->report, STATUS_MALFORMED, 0,
                                "not a WebAssembly module: it begins with %",
                                bytes_of(cursor->at, shown));
    if (len < HEADER_LEN)
        return report_fail_u64(cursor->report, STATUS_TRUNCATED, len,
                               "the header of a module has 8 bytes, here are %", len);
    uint32_t version = load_le32(cursor->at + sizeof magic);
    if (version == LAYER_COMPONENT)
        return report_fail(cursor->report, STATUS_UNSUPPORTED, sizeof magic,
                           "components are not supported, only core modules are");
    if (version != VERSION_MODULE)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, sizeof magic,
                               "unknown version % of the binary format", version);
    cursor->at += HEADER_LEN;
    return STATUS_OK;
}

/* Id and contents of the next section. */
static enum status read_frame(struct wasm_cursor *cursor, uint8_t *out_id,
                              struct wasm_cursor *out_contents)
{
    uint8_t id = *cursor->at++;
    uint32_t size;
    enum wasm_leb result = wasm_leb_u32(&cursor->at, cursor->end, &size);
    if (result == WASM_LEB_TRUNCATED)
        return wasm_cursor_fail(cursor, STATUS_TRUNCATED, "the size of a section is cut off");
    if (result != WASM_LEB_OK)
        return wasm_cursor_fail_leb(cursor, result);
    if (size > wasm_cursor_left(cursor))
        return report_fail_u64x2(cursor->report, STATUS_TRUNCATED, wasm_cursor_offset(cursor),
                                 "a section announces % bytes where % are left", size,
                                 wasm_cursor_left(cursor));
    *out_id = id;
    *out_contents = *cursor;
    out_contents->end = cursor->at + size;
    cursor->at += size;
    return STATUS_OK;
}

/* The first "name" section is kept as it is; what is wrong in it is name_section.c's affair. */
static enum status read_custom(struct wasm_decoder *decoder, struct wasm_cursor contents)
{
    struct bytes name;
    enum status status = wasm_read_name(&contents, &name);
    if (status != STATUS_OK)
        return status;
    struct wasm_module *module = decoder->module;
    if (bytes_equal(name, BYTES_LITERAL("name")) && module->name_section.data == NULL)
        module->name_section = bytes_of(contents.at, wasm_cursor_left(&contents));
    return STATUS_OK;
}

/* Where a section stands in the order that the format demands; 0: no such section. */
static uint32_t rank_of(uint8_t id)
{
    static const uint8_t ranks[WASM_SECTION_COUNT] = {
        [WASM_SECTION_TYPE] = 1,     [WASM_SECTION_IMPORT] = 2,      [WASM_SECTION_FUNCTION] = 3,
        [WASM_SECTION_TABLE] = 4,    [WASM_SECTION_MEMORY] = 5,      [WASM_SECTION_TAG] = 6,
        [WASM_SECTION_GLOBAL] = 7,   [WASM_SECTION_EXPORT] = 8,      [WASM_SECTION_START] = 9,
        [WASM_SECTION_ELEMENT] = 10, [WASM_SECTION_DATA_COUNT] = 11, [WASM_SECTION_CODE] = 12,
        [WASM_SECTION_DATA] = 13,
    };
    return id < WASM_SECTION_COUNT ? ranks[id] : 0;
}

static enum status keep_section(struct wasm_decoder *decoder, uint8_t id, uint64_t offset,
                                struct wasm_cursor contents, uint32_t *last_rank)
{
    uint32_t rank = rank_of(id);
    if (rank == 0)
        return report_fail_u64(decoder->report, STATUS_MALFORMED, offset,
                               "% is no section of a module", id);
    if (wasm_decoder_has(decoder, id))
        return report_fail_u64(decoder->report, STATUS_MALFORMED, offset, "section % occurs twice",
                               id);
    if (rank < *last_rank)
        return report_fail_u64(decoder->report, STATUS_MALFORMED, offset,
                               "section % stands behind one that has to follow it", id);
    *last_rank = rank;
    decoder->sections[id] = contents;
    decoder->present |= 1u << id;
    return STATUS_OK;
}

enum status wasm_decode_sections(struct wasm_decoder *decoder)
{
    struct bytes input = decoder->module->input;
    struct wasm_cursor cursor = {.at = input.data,
                                 .end = input.data + input.len,
                                 .origin = input.data,
                                 .report = decoder->report};
    for (size_t id = 0; id < WASM_SECTION_COUNT; id++)
        decoder->sections[id] =
            (struct wasm_cursor){cursor.end, cursor.end, cursor.origin, cursor.report};
    enum status status = read_header(&cursor);
    uint32_t last_rank = 0;
    while (status == STATUS_OK && cursor.at != cursor.end) {
        uint64_t offset = wasm_cursor_offset(&cursor);
        uint8_t id;
        struct wasm_cursor contents;
        status = read_frame(&cursor, &id, &contents);
        if (status != STATUS_OK)
            return status;
        status = id == WASM_SECTION_CUSTOM
                     ? read_custom(decoder, contents)
                     : keep_section(decoder, id, offset, contents, &last_rank);
    }
    return status;
}
