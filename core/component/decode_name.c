/*
 * core/component/decode_name.c: names of imports and exports with their attributes (Binary.md
 * "Import and Export Definitions").
 *
 * Attributes tell tools more about an import or export; nothing at run time depends on them. They
 * are read, checked and forgotten.
 */
#include "core/component/decode.h"

enum attribute { ATTRIBUTE_IMPLEMENTS, ATTRIBUTE_VERSION_SUFFIX, ATTRIBUTE_EXTERNAL_ID };

static enum status read_attribute(struct component_decoder *decoder, struct wasm_cursor *cursor,
                                  struct component_extern_label *label, uint32_t *seen)
{
    static const char *const twice[] = {
        [ATTRIBUTE_IMPLEMENTS] = "duplicate 'implements' option in name",
        [ATTRIBUTE_VERSION_SUFFIX] = "duplicate 'versionsuffix' option in name",
        [ATTRIBUTE_EXTERNAL_ID] = "duplicate 'external-id' option in name",
    };
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t kind;
    struct bytes content;
    enum status status = wasm_read_byte(cursor, &kind);
    if (status != STATUS_OK)
        return status;
    if (kind > ATTRIBUTE_EXTERNAL_ID)
        return component_refuse_byte(cursor, kind, "invalid leading byte % for name option");
    status = wasm_read_name(cursor, &content);
    if (status != STATUS_OK)
        return status;
    if ((*seen >> kind & 1) != 0)
        return report_fail(decoder->report, STATUS_INVALID, offset, twice[kind]);
    *seen |= 1u << kind;
    if (kind == ATTRIBUTE_VERSION_SUFFIX)
        return component_refuse_feature(decoder, offset,
                                        "unsupported: versionsuffix attribute of a name");
    if (kind == ATTRIBUTE_IMPLEMENTS)
        label->implements = content;
    return STATUS_OK;
}

enum status component_read_label(struct component_decoder *decoder, struct wasm_cursor *cursor,
                                 struct component_extern_label *out_label)
{
    struct component_extern_label label = {.offset = wasm_cursor_offset(cursor)};
    uint8_t form;
    enum status status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    if (form > 0x02)
        return component_refuse_byte(cursor, form, "invalid leading byte % for component name");
    status = wasm_read_name(cursor, &label.name);
    uint32_t count = 0, seen = 0;
    if (status == STATUS_OK && form == 0x02)
        status = component_read_count(cursor, COMPONENT_LIMIT_ITEMS, &count);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_attribute(decoder, cursor, &label, &seen);
    if (status == STATUS_OK)
        *out_label = label;
    return status;
}

enum status component_check_label(struct component_decoder *decoder,
                                  const struct component_extern_label *label,
                                  enum component_sort sort)
{
    struct component_name name;
    if (label->implements.data == NULL)
        return STATUS_OK;
    if (sort != COMPONENT_SORT_INSTANCE)
        return report_fail(decoder->report, STATUS_INVALID, label->offset,
                           "only instances can have an `implements`");
    if (!component_name_parse(label->implements, &name))
        return report_fail_name(decoder->report, STATUS_INVALID, label->offset,
                                "`implements` %: not a valid name", label->implements);
    if (name.kind != COMPONENT_NAME_INTERFACE)
        return report_fail_name(decoder->report, STATUS_INVALID, label->offset,
                                "`implements` % must be an interface", label->implements);
    if (component_name_parse(label->name, &name) && name.kind == COMPONENT_NAME_INTERFACE)
        return report_fail_name(decoder->report, STATUS_INVALID, label->offset,
                                "name % is not valid with `implements`", label->name);
    return STATUS_OK;
}
