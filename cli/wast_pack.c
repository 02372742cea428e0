/*
 * cli/wast_pack.c: a suite file in JSON, with the modules beside it, to the packed form.
 *
 * What is wrong is one sentence with the file and the line in the .wast file.
 */
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/wast.h"

#define VALUES_MAX 0x10000
#define PATH_MAX_  4096

struct packer {
    const char *path;
    uint64_t line;
    bool is_component; /* the latest module is one: actions are about it */
    struct suite_writer *writer;
    struct bytes owned; /* the module of this command, of cli_read */
    uint8_t args[VALUES_MAX];
    uint8_t expected[VALUES_MAX];
};

static bool refuse(const struct packer *packer, const char *sentence)
{
    cli_say("%s: line %llu: %s", packer->path, (unsigned long long)packer->line, sentence);
    return false;
}

static bool is_text(struct bytes text, const char *words)
{
    return bytes_equal(text, bytes_of(words, strlen(words)));
}

/* Empty when there is no such string. */
static struct bytes optional_text(const struct json *object, const char *key)
{
    struct bytes text = {0};
    (void)json_text(json_find(object, key), &text); /* absent is empty */
    return text;
}

/* The file named by "filename", in the folder of the JSON file and nowhere else. */
static bool read_module(struct packer *packer, const struct json *json, struct bytes *out_module)
{
    char path[PATH_MAX_];
    struct bytes name;
    if (!json_text(json_find(json, "filename"), &name) || name.len == 0)
        return refuse(packer, "a module without \"filename\"");
    if (memchr(name.data, '/', name.len) != NULL || memchr(name.data, 0, name.len) != NULL)
        return refuse(packer, "\"filename\" is not a name in the same folder");
    const char *slash = strrchr(packer->path, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - packer->path) + 1;
    if (name.len >= sizeof path - 1 || folder >= sizeof path - 1 - name.len)
        return refuse(packer, "the module's path is too long");
    memcpy(path, packer->path, folder);
    memcpy(path + folder, name.data, name.len);
    path[folder + name.len] = '\0';
    if (!cli_read(path, WAST_MODULE_MAX, &packer->owned))
        return refuse(packer, "its module could not be read");
    *out_module = packer->owned;
    return true;
}

static bool read_values(const struct packer *packer, const struct json *list, uint8_t *room,
                        struct suite_values *out_values)
{
    struct buffer buffer = {.data = room, .cap = VALUES_MAX};
    if (list == NULL)
        return true;
    if (list->kind != JSON_ARRAY)
        return refuse(packer, "values are not an array");
    for (const struct json *each = list->first; each != NULL; each = each->next)
        if (packer->is_component ? !wast_node_pack(each, &buffer) : !wast_value_pack(each, &buffer))
            return refuse(packer, "a value that is not understood");
    *out_values = (struct suite_values){.count = list->count, .packed = buffer_bytes(&buffer)};
    return true;
}

static bool read_action(struct packer *packer, const struct json *json,
                        struct suite_command *command)
{
    const struct json *action = json_find(json, "action");
    struct bytes type;
    if (!json_text(json_find(action, "type"), &type) ||
        !json_text(json_find(action, "field"), &command->name))
        return refuse(packer, "an action without \"type\" or \"field\"");
    command->is_get = is_text(type, "get");
    if (!command->is_get && !is_text(type, "invoke"))
        return refuse(packer, "an action that is neither invoke nor get");
    command->id = optional_text(action, "module");
    return read_values(packer, json_find(action, "args"), packer->args, &command->args) &&
           ((command->kind != SUITE_COMMAND_RETURN &&
             command->kind != SUITE_COMMAND_COMPONENT_RETURN) ||
            read_values(packer, json_find(json, "expected"), packer->expected, &command->expected));
}

/* Assertions about a module in the text format stay a word. */
static bool read_asserted_module(struct packer *packer, const struct json *json,
                                 struct suite_command *command)
{
    if (!is_text(optional_text(json, "module_type"), "text"))
        return read_module(packer, json, &command->module);
    command->kind = SUITE_COMMAND_TEXT;
    return true;
}

static bool read_instance(const struct json *json, struct suite_command *command)
{
    command->id = optional_text(json, "name");
    command->name = optional_text(json, "instOf");
    return true;
}

static bool read_register(const struct packer *packer, const struct json *json,
                          struct suite_command *command)
{
    command->id = optional_text(json, "name");
    return json_text(json_find(json, "as"), &command->name) ||
           refuse(packer, "a registration without \"as\"");
}

/* A component in the text format: what the converter's own reader refuses. Nothing of it is run. */
static bool read_plain_component(struct packer *packer, const struct json *json,
                                 struct suite_command *command)
{
    command->id = optional_text(json, "name");
    return is_text(optional_text(json, "module_type"), "text") ||
           read_module(packer, json, &command->module);
}

static bool read_plain_module(struct packer *packer, const struct json *json,
                              struct suite_command *command)
{
    if (is_text(optional_text(json, "module_type"), "text"))
        return refuse(packer, "a module in the text format, which the converter did not take");
    command->id = optional_text(json, "name");
    return read_module(packer, json, &command->module);
}

static const struct {
    const char *word;
    enum suite_command_kind kind;
} kinds[] = {
#define X(number, name, word, is_counted) {word, SUITE_COMMAND_##name},
    SUITE_COMMAND_LIST(X)
#undef X
        {"thread", SUITE_COMMAND_AGENT},
    {"wait", SUITE_COMMAND_AGENT},
    {"assert_malformed_custom", SUITE_COMMAND_TEXT},
    {"assert_invalid_custom", SUITE_COMMAND_TEXT},
};

static bool find_kind(struct bytes word, enum suite_command_kind *out_kind)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (is_text(word, kinds[i].word)) {
            *out_kind = kinds[i].kind;
            return true;
        }
    }
    return false;
}

/* The same command about a component. */
static enum suite_command_kind for_component(enum suite_command_kind kind)
{
    switch (kind) {
    case SUITE_COMMAND_ACTION:
        return SUITE_COMMAND_COMPONENT_ACTION;
    case SUITE_COMMAND_RETURN:
        return SUITE_COMMAND_COMPONENT_RETURN;
    case SUITE_COMMAND_TRAP:
        return SUITE_COMMAND_COMPONENT_TRAP;
    case SUITE_COMMAND_INVALID:
        return SUITE_COMMAND_COMPONENT_INVALID;
    case SUITE_COMMAND_MALFORMED:
        return SUITE_COMMAND_COMPONENT_MALFORMED;
    case SUITE_COMMAND_UNLINKABLE:
        return SUITE_COMMAND_COMPONENT_UNLINKABLE;
    case SUITE_COMMAND_UNINSTANTIABLE:
        return SUITE_COMMAND_COMPONENT_UNINSTANTIABLE;
    default:
        return kind;
    }
}

/* What is about a module or a component says so; actions are about the latest. */
static void choose_model(struct packer *packer, const struct json *json,
                         struct suite_command *command)
{
    struct bytes head = optional_text(json, "head");
    bool is_component = head.len == 0 ? packer->is_component : is_text(head, "component");
    if (command->kind == SUITE_COMMAND_MODULE || command->kind == SUITE_COMMAND_INSTANCE)
        packer->is_component = false;
    if (command->kind == SUITE_COMMAND_COMPONENT ||
        command->kind == SUITE_COMMAND_COMPONENT_INSTANCE)
        packer->is_component = true;
    if (is_component)
        command->kind = for_component(command->kind);
}

static bool read_command(struct packer *packer, const struct json *json,
                         struct suite_command *command)
{
    switch (command->kind) {
    case SUITE_COMMAND_MODULE:
    case SUITE_COMMAND_DEFINITION:
        return read_plain_module(packer, json, command);
    case SUITE_COMMAND_COMPONENT:
    case SUITE_COMMAND_COMPONENT_DEFINITION:
        return read_plain_component(packer, json, command);
    case SUITE_COMMAND_INSTANCE:
    case SUITE_COMMAND_COMPONENT_INSTANCE:
        return read_instance(json, command);
    case SUITE_COMMAND_REGISTER:
        return read_register(packer, json, command);
    case SUITE_COMMAND_INVALID:
    case SUITE_COMMAND_MALFORMED:
    case SUITE_COMMAND_UNLINKABLE:
    case SUITE_COMMAND_UNINSTANTIABLE:
    case SUITE_COMMAND_COMPONENT_INVALID:
    case SUITE_COMMAND_COMPONENT_MALFORMED:
    case SUITE_COMMAND_COMPONENT_UNLINKABLE:
    case SUITE_COMMAND_COMPONENT_UNINSTANTIABLE:
        return read_asserted_module(packer, json, command);
    case SUITE_COMMAND_TEXT:
    case SUITE_COMMAND_AGENT:
        return true;
    case SUITE_COMMAND_ACTION:
    case SUITE_COMMAND_RETURN:
    case SUITE_COMMAND_TRAP:
    case SUITE_COMMAND_EXHAUSTION:
    case SUITE_COMMAND_EXCEPTION:
    default:
        return read_action(packer, json, command);
    }
}

static bool pack_command(struct packer *packer, const struct json *json)
{
    struct suite_command command = {0};
    struct bytes word;
    packer->line = 0;
    if (!json_number(json_find(json, "line"), &packer->line) || packer->line > UINT32_MAX)
        return refuse(packer, "a command without its line");
    if (!json_text(json_find(json, "type"), &word))
        return refuse(packer, "a command without its type");
    if (!find_kind(word, &command.kind)) {
        cli_say("%s: line %llu: there is no command \"%.*s\"", packer->path,
                (unsigned long long)packer->line, (int)(word.len < 64 ? word.len : 64),
                (const char *)word.data);
        return false;
    }
    command.line = (uint32_t)packer->line;
    command.text = optional_text(json, "text");
    choose_model(packer, json, &command);
    bool is_read = read_command(packer, json, &command);
    if (is_read)
        suite_writer_command(packer->writer, &command);
    cli_free(packer->owned);
    packer->owned = bytes_of(NULL, 0);
    return is_read;
}

static bool pack_commands(struct packer *packer, struct bytes content, struct arena *scratch)
{
    const struct json *root = NULL;
    struct report report;
    report_init(&report);
    if (json_read(content, scratch, &root, &report) != STATUS_OK) {
        cli_say_report(packer->path, &report);
        return false;
    }
    const struct json *commands = json_find(root, "commands");
    if (commands == NULL || commands->kind != JSON_ARRAY) {
        cli_say("%s: has no \"commands\"; is it what wast2json made?", packer->path);
        return false;
    }
    suite_writer_file(packer->writer, bytes_of(packer->path, strlen(packer->path)));
    for (const struct json *each = commands->first; each != NULL; each = each->next)
        if (!pack_command(packer, each))
            return false;
    suite_writer_file_end(packer->writer);
    return true;
}

bool wast_pack_file(const char *path, struct arena *scratch, struct suite_writer *writer)
{
    struct bytes content;
    struct packer *packer = calloc(1, sizeof *packer);
    size_t mark = arena_mark(scratch);
    bool is_packed = false;
    if (packer == NULL) {
        cli_say("%s: memory ran out", path);
    } else if (cli_read(path, WAST_JSON_MAX, &content)) {
        packer->path = path;
        packer->writer = writer;
        is_packed = pack_commands(packer, content, scratch);
        cli_free(content);
    }
    arena_rewind(scratch, mark);
    free(packer);
    return is_packed;
}
