/*
 * core/wasm/validate_immediate.c: the bytes behind an opcode, into reader->op.
 *
 * Indices are read here and checked by the operator's rule, except where no rule of its own
 * follows (memory accesses).
 */
#include "core/wasm/memory.h"
#include "core/wasm/read_type.h"
#include "core/wasm/validate_internal.h"

static enum status need_memory(const struct wasm_reader *reader, uint32_t index)
{
    if (UNLIKELY(index >= reader->module->memory_count))
        return wasm_reader_fail_u64(reader, "unknown memory %", index);
    return STATUS_OK;
}

#define MEMARG_HAS_MEMORY 0x40u
#define MEMARG_ALIGN_MASK 0x3Fu

/* Alignment, [memory], offset (WASM 3.0 §5.4.6, §3.4.7). */
static enum status read_memarg(struct wasm_reader *reader)
{
    uint32_t flags, memory = 0;
    uint64_t offset;
    enum status status = wasm_read_u32(&reader->cursor, &flags);
    if (status != STATUS_OK)
        return status;
    if (UNLIKELY(flags > (MEMARG_HAS_MEMORY | MEMARG_ALIGN_MASK)))
        return report_fail_u64(reader->cursor.report, STATUS_MALFORMED, wasm_reader_offset(reader),
                               "% are no flags of a memory access", flags);
    if (UNLIKELY((flags & MEMARG_HAS_MEMORY) != 0)) {
        status = wasm_read_u32(&reader->cursor, &memory);
        if (status != STATUS_OK)
            return status;
    }
    status = wasm_read_u64(&reader->cursor, &offset);
    if (status != STATUS_OK)
        return status;
    status = need_memory(reader, memory);
    if (status != STATUS_OK)
        return status;
    const struct wasm_limits *limits = &reader->module->memories[memory].limits;
    uint32_t align = flags & MEMARG_ALIGN_MASK;
    uint32_t natural = wasm_op_access_log2(reader->op.code);
    if (UNLIKELY(align > natural))
        return wasm_reader_fail_u64(reader, "alignment 2**% is larger than natural", align);
    if (UNLIKELY(align < natural && reader->op.code >= WASM_PREFIX_FE))
        return wasm_reader_fail_u64(reader, "alignment 2**% is not the natural one of an atomic",
                                    align);
    if (UNLIKELY(offset > UINT32_MAX && !limits->is_64))
        return wasm_reader_fail_u64(reader, "offset % is out of a 32-bit memory's range", offset);
    reader->op.mem_align_log2 = align;
    reader->op.mem_offset = offset;
    reader->op.mem_index = memory;
    reader->address_type = wasm_address_type(limits);
    return STATUS_OK;
}

/* The number of one lane, behind the memory access if there is one. */
static enum status read_lane(struct wasm_reader *reader)
{
    enum status status = wasm_read_byte(&reader->cursor, &reader->op.lane);
    if (status != STATUS_OK)
        return status;
    if (reader->op.lane >= wasm_op_lane_count(reader->op.code))
        return wasm_reader_fail_u64(reader, "invalid lane index %", reader->op.lane);
    return STATUS_OK;
}

static enum status read_memarg_lane(struct wasm_reader *reader)
{
    enum status status = read_memarg(reader);
    return status != STATUS_OK ? status : read_lane(reader);
}

static enum status read_v128(struct wasm_reader *reader, struct bytes *out_raw)
{
    enum status status = wasm_read_bytes(&reader->cursor, 16, out_raw);
    if (status != STATUS_OK)
        return status;
    reader->op.bits = load_le64(out_raw->data);
    reader->op.bits_high = load_le64(out_raw->data + 8);
    return STATUS_OK;
}

/* Each lane of the result is one of the operands' 32. */
static enum status read_shuffle(struct wasm_reader *reader)
{
    struct bytes lanes;
    enum status status = read_v128(reader, &lanes);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < lanes.len; i++)
        if (lanes.data[i] >= 32)
            return wasm_reader_fail_u64(reader, "invalid lane index %", lanes.data[i]);
    return STATUS_OK;
}

/* select with types: exactly one here; more are for later versions of the format. */
static enum status read_select_type(struct wasm_reader *reader)
{
    uint32_t count;
    enum status status = wasm_read_u32(&reader->cursor, &count);
    if (status != STATUS_OK)
        return status;
    if (count != 1)
        return wasm_reader_fail_u64(reader, "select names % types instead of one", count);
    return wasm_read_value_type(&reader->cursor, reader->module, &reader->op.type);
}

/* Two indices; the first is kept as `index`, the second as `index2`. */
static enum status read_pair(struct wasm_reader *reader)
{
    enum status status = wasm_read_u32(&reader->cursor, &reader->op.index);
    if (status != STATUS_OK)
        return status;
    return wasm_read_u32(&reader->cursor, &reader->op.index2);
}

static enum status read_i32(struct wasm_reader *reader)
{
    int32_t value = 0;
    enum status status = wasm_read_s32(&reader->cursor, &value);
    reader->op.bits = (uint32_t)value;
    return status;
}

static enum status read_i64(struct wasm_reader *reader)
{
    int64_t value = 0;
    enum status status = wasm_read_s64(&reader->cursor, &value);
    reader->op.bits = (uint64_t)value;
    return status;
}

static enum status read_float(struct wasm_reader *reader, uint32_t len)
{
    struct bytes raw;
    enum status status = wasm_read_bytes(&reader->cursor, len, &raw);
    if (status != STATUS_OK)
        return status;
    reader->op.bits = len == 4 ? load_le32(raw.data) : load_le64(raw.data);
    return STATUS_OK;
}

/* A heap type, as the reference to it. */
static enum status read_ref(struct wasm_reader *reader, uint32_t null_bit, uint32_t *out_type)
{
    uint32_t heap;
    enum status status = wasm_read_heap_type(&reader->cursor, reader->module, &heap);
    if (status != STATUS_OK)
        return status;
    *out_type = WASM_TYPE_REF(heap) | null_bit;
    return STATUS_OK;
}

/* Flags: 1 the operand may be null, 2 the type tested for takes null. */
static enum status read_branch_cast(struct wasm_reader *reader)
{
    uint8_t flags;
    enum status status = wasm_read_byte(&reader->cursor, &flags);
    if (status != STATUS_OK)
        return status;
    if (flags > 3)
        return report_fail_u64(reader->cursor.report, STATUS_MALFORMED, wasm_reader_offset(reader),
                               "% are no flags of a cast", flags);
    status = wasm_read_u32(&reader->cursor, &reader->op.index);
    if (status == STATUS_OK)
        status = read_ref(reader, (flags & 1) != 0 ? WASM_TYPE_NULL_BIT : 0, &reader->op.type2);
    if (status == STATUS_OK)
        status = read_ref(reader, (flags & 2) != 0 ? WASM_TYPE_NULL_BIT : 0, &reader->op.type);
    return status;
}

static enum status read_zero(struct wasm_reader *reader)
{
    uint8_t byte;
    enum status status = wasm_read_byte(&reader->cursor, &byte);
    if (status != STATUS_OK)
        return status;
    if (byte != 0)
        return report_fail_u64(reader->cursor.report, STATUS_MALFORMED, wasm_reader_offset(reader),
                               "% stands where a zero byte is expected", byte);
    return STATUS_OK;
}

static enum status need_legacy(const struct wasm_reader *reader)
{
    if (!reader->module->features.legacy_exceptions)
        return report_fail(reader->cursor.report, STATUS_UNSUPPORTED, wasm_reader_offset(reader),
                           "legacy exception handling instructions are not enabled");
    return STATUS_OK;
}

static enum status read_legacy_index(struct wasm_reader *reader)
{
    enum status status = need_legacy(reader);
    return status != STATUS_OK ? status : wasm_read_u32(&reader->cursor, &reader->op.index);
}

enum status wasm_reader_read_immediate(struct wasm_reader *reader, enum wasm_immediate immediate)
{
    switch (immediate) {
    case WASM_IMM_NONE:
    case WASM_IMM_BLOCK:    /* read by the rules of blocks */
    case WASM_IMM_BR_TABLE: /* read by br_table's rule, target by target */
        return STATUS_OK;
    case WASM_IMM_LABEL:
    case WASM_IMM_FUNC:
    case WASM_IMM_LOCAL:
    case WASM_IMM_GLOBAL:
    case WASM_IMM_TABLE:
    case WASM_IMM_MEMORY:
    case WASM_IMM_DATA:
    case WASM_IMM_ELEM:
    case WASM_IMM_TYPE:
    case WASM_IMM_TAG:
        return wasm_read_u32(&reader->cursor, &reader->op.index);
    case WASM_IMM_LEGACY_NONE:
    case WASM_IMM_LEGACY_BLOCK:
        return need_legacy(reader);
    case WASM_IMM_LEGACY_TAG:
    case WASM_IMM_LEGACY_LABEL:
        return read_legacy_index(reader);
    case WASM_IMM_CALL_INDIRECT:
    case WASM_IMM_MEMORY_INIT:
    case WASM_IMM_MEMORY_COPY:
    case WASM_IMM_TABLE_INIT:
    case WASM_IMM_TABLE_COPY:
    case WASM_IMM_FIELD:
    case WASM_IMM_ARRAY_FIXED:
    case WASM_IMM_ARRAY_SEGMENT:
    case WASM_IMM_ARRAY_COPY:
        return read_pair(reader);
    case WASM_IMM_SELECT_T:
        return read_select_type(reader);
    case WASM_IMM_MEMARG:
        return read_memarg(reader);
    case WASM_IMM_MEMARG_LANE:
        return read_memarg_lane(reader);
    case WASM_IMM_LANE:
        return read_lane(reader);
    case WASM_IMM_SHUFFLE:
        return read_shuffle(reader);
    case WASM_IMM_V128: {
        struct bytes raw;
        return read_v128(reader, &raw);
    }
    case WASM_IMM_I32:
        return read_i32(reader);
    case WASM_IMM_I64:
        return read_i64(reader);
    case WASM_IMM_F32:
        return read_float(reader, 4);
    case WASM_IMM_F64:
        return read_float(reader, 8);
    case WASM_IMM_ZERO:
        return read_zero(reader);
    case WASM_IMM_REF_NULL:
    case WASM_IMM_CAST_NULL:
        return read_ref(reader, WASM_TYPE_NULL_BIT, &reader->op.type);
    case WASM_IMM_CAST:
        return read_ref(reader, 0, &reader->op.type);
    case WASM_IMM_BR_ON_CAST:
        return read_branch_cast(reader);
    }
    ASSERT(false); /* every immediate has a reader */
}

enum status wasm_reader_refuse_code(const struct wasm_reader *reader, uint32_t code)
{
    struct report *report = reader->cursor.report;
    uint64_t offset = wasm_reader_offset(reader);
    return report_fail_u64(report, STATUS_MALFORMED, offset, "% is no operator", code);
}

enum status wasm_reader_refuse_prefixed(const struct wasm_reader *reader, uint32_t prefix,
                                        uint32_t number)
{
    struct report *report = reader->cursor.report;
    uint64_t offset = wasm_reader_offset(reader);
    return report_fail_u64x2(report, STATUS_MALFORMED, offset, "% % is no operator", prefix,
                             number);
}
