/*
 * cli/options.c: command lines: options of five kinds, anywhere among the files, `--` ends them.
 */
#include <string.h>

#include "cli/cli.h"

static const struct {
    const char *suffix;
    unsigned shift;
} units[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}};

/* What follows the digits: a unit's shift, or false. */
static bool read_unit(const char *suffix, unsigned *out_shift)
{
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (strcmp(suffix, units[i].suffix) == 0) {
            *out_shift = units[i].shift;
            return true;
        }
    }
    return false;
}

static bool read_digit(char c, unsigned base, unsigned *out_digit)
{
    unsigned digit;
    if (c >= '0' && c <= '9')
        digit = (unsigned)(c - '0');
    else if (c >= 'a' && c <= 'f')
        digit = (unsigned)(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
        digit = (unsigned)(c - 'A') + 10;
    else
        return false;
    *out_digit = digit;
    return digit < base;
}

bool cli_number(const char *text, bool with_units, uint64_t *out_number)
{
    bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *p = is_hex ? text + 2 : text;
    unsigned base = is_hex ? 16 : 10, digit = 0, shift = 0;
    uint64_t number = 0;
    if (!read_digit(*p, base, &digit))
        return false;
    for (; read_digit(*p, base, &digit); p++)
        if (__builtin_mul_overflow(number, base, &number) ||
            __builtin_add_overflow(number, digit, &number))
            return false;
    if (*p != '\0' && !(with_units && read_unit(p, &shift)))
        return false;
    if (number > UINT64_MAX >> shift)
        return false;
    *out_number = number << shift;
    return true;
}

static bool list_add(struct cli_list *list, const char *item, const char *what)
{
    if (list->count == CLI_LIST_MAX) {
        cli_say("%s: more than %d are not taken", what, CLI_LIST_MAX);
        return false;
    }
    list->items[list->count++] = item;
    return true;
}

static bool set_value(const struct cli_option *option, const char *word)
{
    bool is_size = option->kind == CLI_SIZE;
    switch (option->kind) {
    case CLI_TEXT:
        *(const char **)option->target = word;
        return true;
    case CLI_LIST:
        return list_add(option->target, word, option->name);
    case CLI_NUMBER:
    case CLI_SIZE:
        if (cli_number(word, is_size, option->target))
            return true;
        cli_say("%s: \"%s\" is not a number%s", option->name, word,
                is_size ? " of bytes (64KiB and 2MiB are understood)" : "");
        return false;
    case CLI_FLAG:
    default:
        cli_say("%s takes no value", option->name);
        return false;
    }
}

/* The option that `word` names, with or without "=value". */
static const struct cli_option *find_option(const struct cli_option *options, size_t count,
                                            const char *word)
{
    size_t len = strcspn(word, "=");
    for (size_t i = 0; i < count; i++)
        if (strlen(options[i].name) == len && strncmp(options[i].name, word, len) == 0)
            return &options[i];
    return NULL;
}

/* Takes argv[*at], and its value when that is the next word. */
static bool take_option(const struct cli_option *option, int argc, char **argv, int *at)
{
    const char *equals = strchr(argv[*at], '=');
    if (equals != NULL)
        return set_value(option, equals + 1);
    if (option->kind == CLI_FLAG) {
        *(bool *)option->target = true;
        return true;
    }
    if (*at + 1 == argc) {
        cli_say("%s wants a value", option->name);
        return false;
    }
    return set_value(option, argv[++*at]);
}

/* "-1", "-.5", "-inf", "-nan:0x1": an argument of `run` and no option of anybody. */
static bool is_negative_number(const char *word)
{
    if (word[0] != '-')
        return false;
    word++;
    return (*word >= '0' && *word <= '9') || *word == '.' || strcmp(word, "inf") == 0 ||
           strncmp(word, "nan", 3) == 0;
}

static bool refuse_option(const struct cli_command *command, const char *word)
{
    cli_say("%s has no option %s; see `aether %s --help`", command->name, word, command->name);
    return false;
}

bool cli_parse_words(const struct cli_command *command, int argc, char **argv,
                     const struct cli_option *options, size_t option_count, size_t least,
                     size_t most, size_t *out_count)
{
    bool has_ended = false;
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (has_ended || word[0] != '-' || word[1] == '\0' || is_negative_number(word)) {
            argv[++count] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            has_ended = true;
            continue;
        }
        const struct cli_option *option = find_option(options, option_count, word);
        if (option == NULL)
            return refuse_option(command, word);
        if (!take_option(option, argc, argv, &i))
            return false;
    }
    *out_count = count;
    if (count >= least && count <= most)
        return true;
    cli_say("%s: %s files; see `aether %s --help`", command->name,
            count < least ? "too few" : "too many", command->name);
    return false;
}

bool cli_parse_before(const struct cli_command *command, int argc, char **argv,
                      const struct cli_option *options, size_t option_count, int *out_at)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        const struct cli_option *option = find_option(options, option_count, argv[i]);
        if (option == NULL)
            return refuse_option(command, argv[i]);
        if (!take_option(option, argc, argv, &i))
            return false;
    }
    *out_at = i;
    if (i < argc)
        return true;
    cli_say("%s: too few files; see `aether %s --help`", command->name, command->name);
    return false;
}

bool cli_parse(const struct cli_command *command, int argc, char **argv,
               const struct cli_option *options, size_t option_count, size_t least, size_t most,
               struct cli_list *out_positionals)
{
    size_t count;
    if (!cli_parse_words(command, argc, argv, options, option_count, least, most, &count))
        return false;
    out_positionals->count = 0;
    for (size_t i = 1; i <= count; i++)
        if (!list_add(out_positionals, argv[i], "files"))
            return false;
    return true;
}
