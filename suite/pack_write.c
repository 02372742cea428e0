/*
 * suite/pack_write.c: writing packs.
 */
#include "suite/pack.h"

static void put(struct suite_writer *writer, struct bytes bytes)
{
    if (!writer->is_full && buffer_append(&writer->buffer, bytes) != STATUS_OK)
        writer->is_full = true;
}

static void put_u8(struct suite_writer *writer, uint8_t number)
{
    put(writer, bytes_of(&number, 1));
}

static void put_u32(struct suite_writer *writer, size_t number)
{
    uint8_t wire[4];
    if (number > UINT32_MAX)
        writer->is_full = true;
    store_le32(wire, (uint32_t)number);
    put(writer, bytes_of(wire, sizeof wire));
}

static void put_str(struct suite_writer *writer, struct bytes str)
{
    put_u32(writer, str.len);
    put(writer, str);
}

static void put_values(struct suite_writer *writer, const struct suite_values *values)
{
    put_u32(writer, values->count);
    put(writer, values->packed);
}

static void put_action(struct suite_writer *writer, const struct suite_command *command)
{
    put_u8(writer, command->is_get ? 1 : 0);
    put_str(writer, command->id);
    put_str(writer, command->name);
    put_values(writer, &command->args);
}

static void put_component_action(struct suite_writer *writer, const struct suite_command *command)
{
    put_str(writer, command->id);
    put_str(writer, command->name);
    put_values(writer, &command->args);
}

/* The u32 at `at`, once it is known. */
static void patch(struct suite_writer *writer, size_t at, size_t number)
{
    if (number > UINT32_MAX)
        writer->is_full = true;
    if (!writer->is_full)
        store_le32(writer->buffer.data + at, (uint32_t)number);
}

void suite_writer_init(struct suite_writer *writer, void *memory, size_t cap)
{
    static const uint8_t head[SUITE_PACK_HEAD_BYTES] = SUITE_PACK_MAGIC "\1";
    *writer = (struct suite_writer){.buffer = {.data = memory, .cap = cap}};
    put(writer, bytes_of(head, sizeof head));
}

void suite_writer_file(struct suite_writer *writer, struct bytes name)
{
    put_str(writer, name);
    writer->file_head = writer->buffer.len;
    writer->command_count = 0;
    put_u32(writer, 0);
    put_u32(writer, 0);
}

static void put_body(struct suite_writer *writer, const struct suite_command *command)
{
    switch (command->kind) {
    case SUITE_COMMAND_MODULE:
    case SUITE_COMMAND_DEFINITION:
    case SUITE_COMMAND_COMPONENT:
    case SUITE_COMMAND_COMPONENT_DEFINITION:
        put_str(writer, command->id);
        put_str(writer, command->module);
        break;
    case SUITE_COMMAND_INSTANCE:
    case SUITE_COMMAND_COMPONENT_INSTANCE:
        put_str(writer, command->id);
        put_str(writer, command->name);
        break;
    case SUITE_COMMAND_REGISTER:
        put_str(writer, command->name);
        put_str(writer, command->id);
        break;
    case SUITE_COMMAND_ACTION:
        put_action(writer, command);
        break;
    case SUITE_COMMAND_RETURN:
        put_action(writer, command);
        put_values(writer, &command->expected);
        break;
    case SUITE_COMMAND_TRAP:
    case SUITE_COMMAND_EXHAUSTION:
    case SUITE_COMMAND_EXCEPTION:
        put_action(writer, command);
        put_str(writer, command->text);
        break;
    case SUITE_COMMAND_INVALID:
    case SUITE_COMMAND_MALFORMED:
    case SUITE_COMMAND_UNLINKABLE:
    case SUITE_COMMAND_UNINSTANTIABLE:
    case SUITE_COMMAND_COMPONENT_INVALID:
    case SUITE_COMMAND_COMPONENT_MALFORMED:
    case SUITE_COMMAND_COMPONENT_UNLINKABLE:
    case SUITE_COMMAND_COMPONENT_UNINSTANTIABLE:
        put_str(writer, command->module);
        put_str(writer, command->text);
        break;
    case SUITE_COMMAND_COMPONENT_ACTION:
        put_component_action(writer, command);
        break;
    case SUITE_COMMAND_COMPONENT_RETURN:
        put_component_action(writer, command);
        put_values(writer, &command->expected);
        break;
    case SUITE_COMMAND_COMPONENT_TRAP:
        put_component_action(writer, command);
        put_str(writer, command->text);
        break;
    case SUITE_COMMAND_TEXT:
    case SUITE_COMMAND_AGENT:
    default:
        put_str(writer, command->text);
        break;
    }
}

void suite_writer_command(struct suite_writer *writer, const struct suite_command *command)
{
    put_u8(writer, (uint8_t)command->kind);
    put_u32(writer, command->line);
    size_t len_at = writer->buffer.len;
    put_u32(writer, 0);
    size_t begin = writer->buffer.len;
    put_body(writer, command);
    patch(writer, len_at, writer->buffer.len - begin);
    writer->command_count++;
}

void suite_writer_file_end(struct suite_writer *writer)
{
    patch(writer, writer->file_head, writer->command_count);
    patch(writer, writer->file_head + 4, writer->buffer.len - writer->file_head - 8);
    writer->file_count++;
}

enum status suite_writer_end(struct suite_writer *writer, struct bytes *out_pack)
{
    if (writer->is_full)
        return STATUS_NO_MEMORY;
    store_le32(writer->buffer.data + 12, writer->file_count);
    store_le64(writer->buffer.data + 16, writer->buffer.len);
    *out_pack = buffer_bytes(&writer->buffer);
    return STATUS_OK;
}
