/*
 * cell/program/program_describe.c: which functions there are to call, as CBOR: [[name, parameter
 * count, result count] ...], by ascending name.
 *
 * An interface may be exported under many names, so that what is described is not bounded by the
 * payload's size: DESCRIBED_MAX is the bound.
 */
#include "cell/program/program_internal.h"
#include "core/base/cbor.h"
#include "core/base/sort.h"

#define DESCRIBED_MAX 4096u
#define CBOR_HEAD_MAX 9u

struct program_described {
    struct bytes name;
    uint32_t param_count, result_count;
};

void program_describe_begin(struct program *program, struct program_description *description)
{
    *description = (struct program_description){.program = program, .cap = DESCRIBED_MAX};
    description->items = arena_alloc(&program->values, DESCRIBED_MAX, sizeof *description->items);
    description->is_full = description->items == NULL;
}

void program_describe_func(struct program_description *description, struct bytes interface,
                           struct bytes func, uint32_t param_count, uint32_t result_count)
{
    const size_t prefix = interface.len != 0 ? interface.len + 1 : 0;
    uint8_t *name = arena_alloc(&description->program->values, prefix + func.len, 1);
    if (name == NULL || description->count == description->cap) {
        description->is_full = true;
        return;
    }
    if (prefix != 0) {
        memcpy(name, interface.data, interface.len);
        name[interface.len] = '/';
    }
    if (func.len != 0)
        memcpy(name + prefix, func.data, func.len);
    description->items[description->count++] =
        (struct program_described){bytes_of(name, prefix + func.len), param_count, result_count};
}

static int compare(const void *context, uint32_t a, uint32_t b)
{
    const struct program_described *items = context;
    const struct bytes x = items[a].name, y = items[b].name;
    const size_t shared = x.len < y.len ? x.len : y.len;
    const int order = shared == 0 ? 0 : memcmp(x.data, y.data, shared);
    if (order != 0)
        return order;
    return x.len < y.len ? -1 : x.len > y.len;
}

static enum status write(const struct program_description *description, struct bytes *out_cbor)
{
    struct arena *arena = &description->program->values;
    const uint32_t count = description->count;
    uint32_t *order = arena_alloc(arena, count, sizeof *order);
    uint32_t *spare = arena_alloc(arena, count, sizeof *spare);
    size_t size = CBOR_HEAD_MAX;
    for (uint32_t i = 0; i < count; i++)
        size += description->items[i].name.len + (size_t)4 * CBOR_HEAD_MAX;
    uint8_t *room = arena_alloc(arena, size, 1);
    if (order == NULL || spare == NULL || room == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    sort_indices(order, spare, count, compare, description->items);
    struct cbor_writer writer;
    cbor_writer_init(&writer, room, size);
    cbor_write_array(&writer, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct program_described *item = &description->items[order[i]];
        cbor_write_array(&writer, 3);
        cbor_write_text(&writer, item->name);
        cbor_write_uint(&writer, item->param_count);
        cbor_write_uint(&writer, item->result_count);
    }
    return cbor_writer_end(&writer, out_cbor);
}

void program_describe_end(struct program_description *description)
{
    struct program *program = description->program;
    struct bytes cbor;
    enum status status = STATUS_OK;
    if (description->is_full)
        status =
            report_fail_u64(&program->report, STATUS_LIMIT, REPORT_NO_OFFSET,
                            "more than % functions, or no room for their names", description->cap);
    else if (description->count == 0)
        status = report_fail(&program->report, STATUS_NOT_FOUND, REPORT_NO_OFFSET,
                             "it exports no function that can be called");
    else
        status = write(description, &cbor);
    if (status != STATUS_OK)
        program_fault_of(program, status);
    else if (program_result(program, cbor))
        program_done(program, 0);
}
