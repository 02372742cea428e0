/*
 * cli/enclave/session.c: a conversation, line by line: JSON as the wire has it, or a few words.
 *
 *   {"wasm_list":{}}          an inner request, sent as Data
 *   "Ping"  {"Readyz":null}   an outer request, sent as it is
 *   list   load FILE [NAME]   call APP FUNC PARAMETER...   unload NAME
 *   ping   healthz   readyz   status   metrics   manifest   shutdown   evidence   help   quit
 */
#include <stdlib.h>
#include <unistd.h>

#include "cli/enclave/enclave.h"

#define LINE_MAX_BYTES (16u << 20)
#define WORDS_MAX      64

static const char help[] =
    "  {\"wasm_list\":{}}      JSON of an inner request; it is sent in a Data envelope\n"
    "  \"Ping\"               JSON of an outer request: Ping Healthz Readyz Status Metrics "
    "Manifest Shutdown\n"
    "  list                 load FILE [NAME]        unload NAME\n"
    "  call APP FUNC PARAMETER...                   a parameter: \"text\" 42 [1, 2] string:text\n"
    "  ping healthz readyz status metrics manifest  evidence: what was verified of the server\n"
    "  shutdown  help  quit\n";

static const char *const outers[] = {"Ping",    "Healthz",  "Readyz",  "Status",
                                     "Metrics", "Shutdown", "Manifest"};

static bool is_word(const char *word, const char *name)
{
    for (; *word != '\0' && *name != '\0'; word++, name++)
        if ((*word | 0x20) != (*name | 0x20))
            return false;
    return *word == *name;
}

/* {"Data":..}, {"auth":..} and the outer requests go as they are. */
static bool is_outer(const char *line)
{
    static const char *const keys[] = {"Data", "auth", "SetAttestationServers", "v"};
    const char *p = line + strspn(line, " \t");
    if (*p == '"')
        return true;
    p += *p == '{';
    p += strspn(p, " \t");
    if (*p != '"')
        return false;
    size_t len = strcspn(p + 1, "\"");
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (strlen(keys[i]) == len && memcmp(keys[i], p + 1, len) == 0)
            return true;
    for (size_t i = 0; i < ARRAY_LEN(outers); i++)
        if (strlen(outers[i]) == len && memcmp(outers[i], p + 1, len) == 0)
            return true;
    return false;
}

/* Words between spaces; in "..", (..), [..] and {..} spaces do not part them. */
static size_t split(char *line, char *words[static WORDS_MAX])
{
    size_t count = 0;
    char *p = line + strspn(line, " \t");
    while (*p != '\0' && count < WORDS_MAX) {
        int depth = 0;
        bool is_quoted = false;
        words[count++] = p;
        for (; *p != '\0' && (is_quoted || depth > 0 || (*p != ' ' && *p != '\t')); p++) {
            if (*p == '\\' && is_quoted && p[1] != '\0')
                p++;
            else if (*p == '"')
                is_quoted = !is_quoted;
            else if (!is_quoted && strchr("([{", *p) != NULL)
                depth++;
            else if (!is_quoted && strchr(")]}", *p) != NULL)
                depth--;
        }
        if (*p != '\0')
            *p++ = '\0';
        p += strspn(p, " \t");
    }
    return count;
}

static int ask_text(struct enclave_connection *connection, struct enclave_options *options,
                    struct enclave_text *text, bool is_written)
{
    bool is_good = enclave_text_finish(text) && is_written;
    int code = CLI_REFUSED;
    if (is_good)
        code = enclave_ask_inner(connection, options, bytes_of(text->data, text->len));
    enclave_text_close(text);
    return code;
}

static int do_words(struct enclave_connection *connection, struct enclave_options *options,
                    size_t count, char **words)
{
    struct enclave_options with_name = *options;
    struct enclave_text text;
    bool is_written = false;
    if (!enclave_text_open(&text))
        return CLI_FAILED;
    if (is_word(words[0], "list") && count == 1) {
        is_written = fputs("{\"wasm_list\":{}}", text.file) >= 0;
    } else if (is_word(words[0], "load") && (count == 2 || count == 3)) {
        with_name.name = count == 3 ? words[2] : options->name;
        is_written = enclave_write_load(&with_name, words[1], text.file);
    } else if (is_word(words[0], "unload") && count == 2) {
        (void)fputs("{\"wasm_unload\":{\"name\":", text.file);
        cli_print_json(text.file, bytes_of(words[1], strlen(words[1])));
        is_written = fputs("}}", text.file) >= 0;
    } else if (is_word(words[0], "call") && count >= 3) {
        is_written = enclave_write_call(options, words[1], count - 2, words + 2, text.file);
    } else {
        cli_say("%s: no such request; `help` lists what there is", words[0]);
    }
    return ask_text(connection, options, &text, is_written);
}

static int do_outer(struct enclave_connection *connection, struct enclave_options *options,
                    const char *name)
{
    char request[32];
    int len = snprintf(request, sizeof request, "\"%s\"", name);
    if (strcmp(name, "Shutdown") == 0)
        return enclave_ask_shutdown(connection, options);
    return enclave_ask_outer(connection, options, bytes_of(request, (size_t)len));
}

static int do_line(struct enclave_connection *connection, struct enclave_options *options,
                   char *line)
{
    char *words[WORDS_MAX];
    char *p = line + strspn(line, " \t");
    if (*p == '{' || *p == '"')
        return is_outer(p) ? enclave_ask_outer(connection, options, bytes_of(p, strlen(p)))
                           : enclave_ask_inner(connection, options, bytes_of(p, strlen(p)));
    size_t count = split(p, words);
    if (count == 0)
        return CLI_OK;
    if (is_word(words[0], "help")) {
        (void)fputs(help, stdout);
        return CLI_OK;
    }
    if (is_word(words[0], "evidence")) {
        enclave_print_verdict(connection, stdout, options->json);
        return CLI_OK;
    }
    for (size_t i = 0; i < ARRAY_LEN(outers); i++)
        if (count == 1 && is_word(words[0], outers[i]))
            return do_outer(connection, options, outers[i]);
    return do_words(connection, options, count, words);
}

static bool is_end(const char *line)
{
    return is_word(line, "quit") || is_word(line, "exit");
}

int enclave_session(struct enclave_connection *connection, struct enclave_options *options)
{
    bool is_person = isatty(STDIN_FILENO) == 1;
    char *line = NULL;
    size_t cap = 0;
    int code = CLI_OK;
    if (is_person) {
        enclave_print_verdict(connection, stderr, false);
        (void)fputs("help lists what there is; quit ends\n", stderr);
    }
    for (;;) {
        if (is_person)
            (void)fputs("> ", stderr);
        ssize_t len = getline(&line, &cap, stdin);
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
            line[--len] = '\0';
        if (len < 0 || is_end(line))
            break;
        if ((size_t)len > LINE_MAX_BYTES) {
            cli_say("the line is too long");
            continue;
        }
        int step = do_line(connection, options, line);
        (void)fflush(stdout); /* who reads along gets each reply; a loss is found at the end */
        code = step != CLI_OK ? step : code;
        if (step == CLI_FAILED)
            break;
    }
    free(line);
    return code;
}
