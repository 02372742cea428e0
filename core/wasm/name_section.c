/*
 * core/wasm/name_section.c: subsections, and the maps of names in them.
 */
#include "core/wasm/name_section.h"

/* At the first byte of the section; at the end of nothing when there is none. */
static struct wasm_cursor section_of(const struct wasm_module *module, struct report *report)
{
    struct bytes section = module->name_section;
    if (section.len == 0)
        section = bytes_of(module->input.data, 0);
    return (struct wasm_cursor){.at = section.data,
                                .end = section.data + section.len,
                                .origin = module->input.data,
                                .report = report};
}

/* Id and contents of the next subsection; the cursor moves behind it. */
static enum status read_subsection(struct wasm_cursor *cursor, uint8_t *out_id,
                                   struct wasm_cursor *out_contents)
{
    uint8_t id;
    uint32_t len;
    struct bytes contents;
    enum status status = wasm_read_byte(cursor, &id);
    if (status == STATUS_OK)
        status = wasm_read_u32(cursor, &len);
    if (status == STATUS_OK)
        status = wasm_read_bytes(cursor, len, &contents);
    if (status != STATUS_OK)
        return status;
    *out_id = id;
    *out_contents = *cursor;
    out_contents->at = contents.data;
    out_contents->end = contents.data + contents.len;
    return STATUS_OK;
}

/* The contents of the first subsection `space`. */
static bool find_subsection(const struct wasm_module *module, enum wasm_name_space space,
                            struct wasm_cursor *out_contents)
{
    struct wasm_cursor cursor = section_of(module, NULL);
    uint8_t id = 0;
    while (cursor.at < cursor.end) {
        if (read_subsection(&cursor, &id, out_contents) != STATUS_OK)
            return false;
        if (id == space)
            return true;
    }
    return false;
}

static enum status read_association(struct wasm_cursor *cursor, uint32_t *out_index,
                                    struct bytes *out_name)
{
    uint32_t index;
    enum status status = wasm_read_u32(cursor, &index);
    if (status == STATUS_OK)
        status = wasm_read_name(cursor, out_name);
    if (status == STATUS_OK)
        *out_index = index;
    return status;
}

struct bytes wasm_module_name(const struct wasm_module *module)
{
    struct wasm_cursor cursor;
    struct bytes name;
    if (!find_subsection(module, WASM_NAMES_MODULE, &cursor) ||
        wasm_read_name(&cursor, &name) != STATUS_OK)
        return (struct bytes){0};
    return name;
}

struct bytes wasm_func_name(const struct wasm_module *module, uint32_t func)
{
    struct wasm_name_map map;
    struct bytes name;
    uint32_t index;
    if (wasm_names_open(module, WASM_NAMES_FUNCS, &map))
        while (wasm_names_next(&map, &index, &name))
            if (index == func)
                return name;
    return (struct bytes){0};
}

static bool open_map(struct wasm_cursor cursor, struct wasm_name_map *out_map)
{
    out_map->cursor = cursor;
    return wasm_read_u32(&out_map->cursor, &out_map->left) == STATUS_OK;
}

bool wasm_names_open(const struct wasm_module *module, enum wasm_name_space space,
                     struct wasm_name_map *out_map)
{
    struct wasm_cursor cursor;
    return find_subsection(module, space, &cursor) && open_map(cursor, out_map);
}

bool wasm_names_open_of(const struct wasm_module *module, enum wasm_name_space space,
                        uint32_t index, struct wasm_name_map *out_map)
{
    struct wasm_name_map outer;
    if (!wasm_names_open(module, space, &outer))
        return false;
    for (; outer.left != 0; outer.left--) {
        uint32_t found, inner;
        struct bytes name;
        if (wasm_read_u32(&outer.cursor, &found) != STATUS_OK)
            return false;
        if (found == index)
            return open_map(outer.cursor, out_map);
        if (wasm_read_u32(&outer.cursor, &inner) != STATUS_OK)
            return false;
        for (uint32_t unused; inner != 0; inner--)
            if (read_association(&outer.cursor, &unused, &name) != STATUS_OK)
                return false;
    }
    return false;
}

bool wasm_names_next(struct wasm_name_map *map, uint32_t *out_index, struct bytes *out_name)
{
    if (map->left == 0 || read_association(&map->cursor, out_index, out_name) != STATUS_OK)
        return false;
    map->left--;
    return true;
}

/* The next index of a map, which has to be greater than the last; `is_first`: there is no last. */
static enum status check_index(struct wasm_cursor *cursor, bool is_first, uint32_t *last)
{
    struct wasm_cursor before = *cursor;
    uint32_t index;
    enum status status = wasm_read_u32(cursor, &index);
    if (status == STATUS_OK && !is_first && index <= *last)
        return report_fail_u64x2(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(&before),
                                 "the names are not in order: index % stands behind %", index,
                                 *last);
    if (status == STATUS_OK)
        *last = index;
    return status;
}

static enum status check_map(struct wasm_cursor *cursor)
{
    uint32_t count, last = 0;
    enum status status = wasm_read_u32(cursor, &count);
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++) {
        struct bytes name;
        status = check_index(cursor, i == 0, &last);
        if (status == STATUS_OK)
            status = wasm_read_name(cursor, &name);
    }
    return status;
}

static enum status check_maps(struct wasm_cursor *cursor)
{
    uint32_t count, last = 0;
    enum status status = wasm_read_u32(cursor, &count);
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++) {
        status = check_index(cursor, i == 0, &last);
        if (status == STATUS_OK)
            status = check_map(cursor);
    }
    return status;
}

static enum status check_subsection(uint8_t id, struct wasm_cursor *cursor)
{
    struct bytes name;
    enum status status;
    if (id >= WASM_NAMES_COUNT)
        return STATUS_OK; /* of a proposal that we do not know */
    if (id == WASM_NAMES_MODULE)
        status = wasm_read_name(cursor, &name);
    else if (id == WASM_NAMES_LOCALS || id == WASM_NAMES_LABELS || id == WASM_NAMES_FIELDS)
        status = check_maps(cursor);
    else
        status = check_map(cursor);
    if (status == STATUS_OK && cursor->at != cursor->end)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor),
                               "names end % bytes before their subsection",
                               wasm_cursor_left(cursor));
    return status;
}

enum status wasm_name_section_check(const struct wasm_module *module, struct report *report)
{
    struct wasm_cursor cursor = section_of(module, report);
    enum status status = STATUS_OK;
    int last = -1;
    while (status == STATUS_OK && cursor.at < cursor.end) {
        uint64_t offset = wasm_cursor_offset(&cursor);
        struct wasm_cursor contents;
        uint8_t id = 0;
        status = read_subsection(&cursor, &id, &contents);
        if (status == STATUS_OK && id <= last)
            return report_fail_u64x2(report, STATUS_MALFORMED, offset,
                                     "subsection % of names stands behind subsection %", id,
                                     (uint64_t)last);
        if (status == STATUS_OK)
            status = check_subsection(id, &contents);
        last = id;
    }
    return status;
}
