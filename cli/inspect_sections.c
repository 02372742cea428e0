/*
 * cli/inspect_sections.c: the frames of sections, and custom sections that tools leave.
 *
 * Read apart from the decoder, because a module that it refuses has frames, too. Nothing here is
 * checked: what can not be read ends the list.
 */
#include "cli/inspect.h"
#include "core/wasm/cursor.h"

#define HEADER_BYTES 8u

struct frame {
    uint8_t id;
    uint64_t offset; /* of the id */
    struct wasm_cursor contents;
    struct bytes name; /* of a custom section, whose contents begin behind it */
};

static struct wasm_cursor frames_of(struct bytes file)
{
    size_t header = file.len < HEADER_BYTES ? file.len : HEADER_BYTES;
    return (struct wasm_cursor){
        .at = file.data + header, .end = file.data + file.len, .origin = file.data, .report = NULL};
}

static bool next_frame(struct wasm_cursor *cursor, struct frame *out_frame)
{
    struct bytes contents;
    uint32_t len;
    out_frame->offset = wasm_cursor_offset(cursor);
    out_frame->name = bytes_of("", 0);
    if (wasm_read_byte(cursor, &out_frame->id) != STATUS_OK ||
        wasm_read_u32(cursor, &len) != STATUS_OK ||
        wasm_read_bytes(cursor, len, &contents) != STATUS_OK)
        return false;
    out_frame->contents = *cursor;
    out_frame->contents.at = contents.data;
    out_frame->contents.end = contents.data + contents.len;
    return out_frame->id != 0 ||
           wasm_read_name(&out_frame->contents, &out_frame->name) == STATUS_OK;
}

static const char *section_name(uint8_t id)
{
    static const char *const names[] = {
        "custom", "type",  "import",  "function", "table", "memory",     "global",
        "export", "start", "element", "code",     "data",  "data count", "tag",
    };
    return id < ARRAY_LEN(names) ? names[id] : "unknown";
}

static size_t count_frames(struct bytes file)
{
    struct wasm_cursor cursor = frames_of(file);
    struct frame frame;
    size_t count = 0;
    while (next_frame(&cursor, &frame))
        count++;
    return count;
}

void inspect_sections(struct listing *listing, struct bytes file)
{
    struct wasm_cursor cursor = frames_of(file);
    struct frame frame;
    listing_open(listing, "sections", "sections", count_frames(file));
    while (next_frame(&cursor, &frame)) {
        listing_item(listing);
        listing_word(listing, "section", "", section_name(frame.id));
        listing_number(listing, "id", NULL, frame.id, "");
        if (frame.id == 0)
            listing_name(listing, "name", " ", frame.name);
        listing_number(listing, "offset", "  at byte ", frame.offset, "");
        listing_number(listing, "bytes", ", ", wasm_cursor_left(&frame.contents), " bytes");
        listing_item_end(listing);
    }
    listing_close(listing);
}

/* The contents of the first custom section `name`. */
static bool find_custom(struct bytes file, const char *name, struct wasm_cursor *out_contents)
{
    struct wasm_cursor cursor = frames_of(file);
    struct frame frame;
    while (next_frame(&cursor, &frame)) {
        if (frame.id == 0 && bytes_equal(frame.name, bytes_of(name, strlen(name)))) {
            *out_contents = frame.contents;
            return true;
        }
    }
    return false;
}

void inspect_producers(struct listing *listing, struct bytes file)
{
    struct wasm_cursor cursor;
    uint32_t fields, values;
    struct bytes field, name, version;
    if (!find_custom(file, "producers", &cursor) || wasm_read_u32(&cursor, &fields) != STATUS_OK)
        return;
    listing_open(listing, "producers", "producers", fields);
    for (; fields != 0; fields--) {
        if (wasm_read_name(&cursor, &field) != STATUS_OK ||
            wasm_read_u32(&cursor, &values) != STATUS_OK)
            break;
        for (; values != 0; values--) {
            if (wasm_read_name(&cursor, &name) != STATUS_OK ||
                wasm_read_name(&cursor, &version) != STATUS_OK)
                break;
            listing_item(listing);
            listing_name(listing, "field", "", field);
            listing_name(listing, "name", " ", name);
            listing_name(listing, "version", " ", version);
            listing_item_end(listing);
        }
        if (values != 0)
            break;
    }
    listing_close(listing);
}

void inspect_features(struct listing *listing, struct bytes file)
{
    struct wasm_cursor cursor;
    uint32_t count;
    if (!find_custom(file, "target_features", &cursor) ||
        wasm_read_u32(&cursor, &count) != STATUS_OK)
        return;
    listing_open(listing, "target_features", "target features", count);
    for (; count != 0; count--) {
        uint8_t prefix;
        struct bytes name;
        if (wasm_read_byte(&cursor, &prefix) != STATUS_OK ||
            wasm_read_name(&cursor, &name) != STATUS_OK)
            break;
        listing_item(listing);
        listing_flag(listing, "used", NULL, prefix == '+');
        listing_name(listing, "feature", prefix == '+' ? "uses " : "does without ", name);
        listing_item_end(listing);
    }
    listing_close(listing);
}
