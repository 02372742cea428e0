/*
 * suite/pack.c: reading packs. suite_pack_open checks everything; the others walk what it checked.
 */
#include "suite/pack.h"

#define COMMAND_HEAD_BYTES 9

static const struct {
    const char *word;
    bool is_counted;
} commands[] = {
#define X(number, name, word, is_counted) [number] = {word, is_counted},
    SUITE_COMMAND_LIST(X)
#undef X
};

const char *suite_command_word(enum suite_command_kind kind)
{
    return commands[kind].word;
}

bool suite_command_is_counted(enum suite_command_kind kind)
{
    return commands[kind].is_counted;
}

static enum status take_u32(struct bytes *rest, uint32_t *out_number)
{
    struct bytes head;
    if (bytes_take(rest, 4, &head) != STATUS_OK)
        return STATUS_TRUNCATED;
    *out_number = load_le32(head.data);
    return STATUS_OK;
}

static enum status take_str(struct bytes *rest, struct bytes *out_str)
{
    uint32_t len = 0;
    enum status status = take_u32(rest, &len);
    return status == STATUS_OK ? bytes_take(rest, len, out_str) : status;
}

/* Every value is read, so that `packed` is known to be whole. */
static enum status take_values(struct bytes *rest, struct suite_values *out_values)
{
    enum status status = take_u32(rest, &out_values->count);
    const uint8_t *begin = rest->data;
    uint64_t left = status == STATUS_OK ? out_values->count : 0;
    uint32_t alternatives = 0;
    while (status == STATUS_OK && (left != 0 || alternatives != 0)) {
        struct suite_value value = {0};
        status = suite_value_read(rest, &value);
        if (alternatives != 0 && value.kind == SUITE_VALUE_EITHER)
            return STATUS_MALFORMED;
        if (alternatives != 0)
            alternatives--;
        else
            left--;
        if (value.kind == SUITE_VALUE_EITHER)
            alternatives = value.alternatives;
    }
    out_values->packed = bytes_of(begin, (size_t)(rest->data - begin));
    return status;
}

static enum status take_action(struct bytes *rest, struct suite_command *command)
{
    struct bytes is_get;
    enum status status = bytes_take(rest, 1, &is_get);
    if (status != STATUS_OK)
        return status;
    if (is_get.data[0] > 1)
        return STATUS_MALFORMED;
    command->is_get = is_get.data[0] == 1;
    status = take_str(rest, &command->id);
    if (status == STATUS_OK)
        status = take_str(rest, &command->name);
    return status == STATUS_OK ? take_values(rest, &command->args) : status;
}

/* As take_values, of nodes. */
static enum status take_nodes(struct bytes *rest, struct suite_values *out_values)
{
    enum status status = take_u32(rest, &out_values->count);
    const uint8_t *begin = rest->data;
    uint64_t left = status == STATUS_OK ? out_values->count : 0;
    while (status == STATUS_OK && left != 0) {
        struct suite_node node = {0};
        status = suite_node_read(rest, &node);
        left += node.children;
        left--;
    }
    out_values->packed = bytes_of(begin, (size_t)(rest->data - begin));
    return status;
}

static enum status take_component_action(struct bytes *rest, struct suite_command *command)
{
    enum status status = take_str(rest, &command->id);
    if (status == STATUS_OK)
        status = take_str(rest, &command->name);
    return status == STATUS_OK ? take_nodes(rest, &command->args) : status;
}

static enum status take_strs(struct bytes *rest, struct bytes *out_first, struct bytes *out_second)
{
    enum status status = take_str(rest, out_first);
    return status == STATUS_OK ? take_str(rest, out_second) : status;
}

static enum status take_body(struct bytes *rest, struct suite_command *command)
{
    enum status status;
    switch (command->kind) {
    case SUITE_COMMAND_MODULE:
    case SUITE_COMMAND_DEFINITION:
    case SUITE_COMMAND_COMPONENT:
    case SUITE_COMMAND_COMPONENT_DEFINITION:
        return take_strs(rest, &command->id, &command->module);
    case SUITE_COMMAND_INSTANCE:
    case SUITE_COMMAND_COMPONENT_INSTANCE:
        return take_strs(rest, &command->id, &command->name);
    case SUITE_COMMAND_REGISTER:
        return take_strs(rest, &command->name, &command->id);
    case SUITE_COMMAND_ACTION:
        return take_action(rest, command);
    case SUITE_COMMAND_RETURN:
        status = take_action(rest, command);
        return status == STATUS_OK ? take_values(rest, &command->expected) : status;
    case SUITE_COMMAND_TRAP:
    case SUITE_COMMAND_EXHAUSTION:
    case SUITE_COMMAND_EXCEPTION:
        status = take_action(rest, command);
        return status == STATUS_OK ? take_str(rest, &command->text) : status;
    case SUITE_COMMAND_INVALID:
    case SUITE_COMMAND_MALFORMED:
    case SUITE_COMMAND_UNLINKABLE:
    case SUITE_COMMAND_UNINSTANTIABLE:
    case SUITE_COMMAND_COMPONENT_INVALID:
    case SUITE_COMMAND_COMPONENT_MALFORMED:
    case SUITE_COMMAND_COMPONENT_UNLINKABLE:
    case SUITE_COMMAND_COMPONENT_UNINSTANTIABLE:
        return take_strs(rest, &command->module, &command->text);
    case SUITE_COMMAND_COMPONENT_ACTION:
        return take_component_action(rest, command);
    case SUITE_COMMAND_COMPONENT_RETURN:
        status = take_component_action(rest, command);
        return status == STATUS_OK ? take_nodes(rest, &command->expected) : status;
    case SUITE_COMMAND_COMPONENT_TRAP:
        status = take_component_action(rest, command);
        return status == STATUS_OK ? take_str(rest, &command->text) : status;
    case SUITE_COMMAND_TEXT:
    case SUITE_COMMAND_AGENT:
        return take_str(rest, &command->text);
    default:
        return STATUS_MALFORMED;
    }
}

static enum status take_command(struct bytes *rest, struct suite_command *out_command)
{
    struct bytes head, body;
    enum status status = bytes_take(rest, COMMAND_HEAD_BYTES, &head);
    if (status != STATUS_OK)
        return status;
    *out_command = (struct suite_command){.kind = (enum suite_command_kind)head.data[0],
                                          .line = load_le32(head.data + 1)};
    status = bytes_take(rest, load_le32(head.data + 5), &body);
    if (status == STATUS_OK)
        status = take_body(&body, out_command);
    return status == STATUS_OK && body.len != 0 ? STATUS_MALFORMED : status;
}

static enum status take_file(struct bytes *rest, struct suite_file *out_file)
{
    uint32_t len = 0;
    enum status status = take_str(rest, &out_file->name);
    if (status == STATUS_OK)
        status = take_u32(rest, &out_file->command_count);
    if (status == STATUS_OK)
        status = take_u32(rest, &len);
    return status == STATUS_OK ? bytes_take(rest, len, &out_file->commands) : status;
}

static enum status check_file(struct bytes *rest)
{
    struct suite_file file = {0};
    enum status status = take_file(rest, &file);
    for (uint32_t i = 0; i < file.command_count && status == STATUS_OK; i++) {
        struct suite_command command;
        status = take_command(&file.commands, &command);
    }
    return status == STATUS_OK && file.commands.len != 0 ? STATUS_MALFORMED : status;
}

enum status suite_pack_open(struct bytes input, struct suite_pack *out_pack, struct report *report)
{
    struct bytes head, rest = input;
    if (bytes_take(&rest, SUITE_PACK_HEAD_BYTES, &head) != STATUS_OK)
        return report_fail(report, STATUS_TRUNCATED, input.len, "a pack has a head of 24 bytes");
    if (memcmp(head.data, SUITE_PACK_MAGIC, SUITE_PACK_MAGIC_BYTES) != 0 ||
        load_le32(head.data + 8) != SUITE_PACK_VERSION)
        return report_fail(report, STATUS_MALFORMED, 0, "not a packed suite of version 1");
    if (load_le64(head.data + 16) != input.len)
        return report_fail_u64x2(report, STATUS_TRUNCATED, 16,
                                 "the pack says it has % bytes, and has %",
                                 load_le64(head.data + 16), input.len);
    struct suite_pack pack = {.file_count = load_le32(head.data + 12), .files = rest};
    for (uint32_t i = 0; i < pack.file_count; i++) {
        uint64_t offset = input.len - rest.len;
        enum status status = check_file(&rest);
        if (status != STATUS_OK)
            return report_fail_u64(report, status, offset, "file % of the pack is broken", i);
    }
    if (rest.len != 0)
        return report_fail(report, STATUS_MALFORMED, input.len - rest.len,
                           "bytes after the pack's last file");
    *out_pack = pack;
    return STATUS_OK;
}

bool suite_pack_next(struct suite_pack *pack, struct suite_file *out_file)
{
    if (pack->file_count == 0)
        return false;
    enum status status = take_file(&pack->files, out_file);
    ASSERT(status == STATUS_OK);
    pack->file_count--;
    return true;
}

bool suite_file_next(struct suite_file *file, struct suite_command *out_command)
{
    if (file->command_count == 0)
        return false;
    enum status status = take_command(&file->commands, out_command);
    ASSERT(status == STATUS_OK);
    file->command_count--;
    return true;
}
