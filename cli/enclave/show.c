/*
 * cli/enclave/show.c: what a reply says: for people, or with --json as it came, on one line.
 *
 * A reply is a tree in an arena whose room is a multiple of its text; strings are printed so that a
 * terminal takes no harm. An error of the service is a sentence on stderr and exit code 1; a call
 * that trapped is 4.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "cli/enclave/enclave.h"

#define TREE_ROOM 96u /* of a byte of text: a number and its comma are a node */

/* ---- JSON again ---- */

struct printer {
    FILE *out;
    bool indented;
    unsigned depth;
};

static void new_line(const struct printer *printer)
{
    if (!printer->indented)
        return;
    (void)fputc('\n', printer->out);
    for (unsigned i = 0; i < printer->depth; i++)
        (void)fputs("  ", printer->out);
}

static void put_scalar(const struct json *value, FILE *out)
{
    switch (value->kind) {
    case JSON_NULL:
        (void)fputs("null", out);
        return;
    case JSON_FALSE:
        (void)fputs("false", out);
        return;
    case JSON_TRUE:
        (void)fputs("true", out);
        return;
    case JSON_NUMBER:
        (void)fwrite(value->text.data, 1, value->text.len, out);
        return;
    default:
        cli_print_json(out, value->text);
        return;
    }
}

static bool is_nested(const struct json *value)
{
    return (value->kind == JSON_ARRAY || value->kind == JSON_OBJECT) && value->count != 0;
}

static void put_key(const struct printer *printer, const struct json *value)
{
    cli_print_json(printer->out, value->key);
    (void)fputs(printer->indented ? ": " : ":", printer->out);
}

/* The reader allows JSON_DEPTH_MAX levels, so the ways back fit here. */
void enclave_print_json(const struct json *value, bool indented, FILE *out)
{
    struct printer printer = {out, indented, 0};
    const struct json *open[JSON_DEPTH_MAX + 1];
    const struct json *at = value;
    for (;;) {
        if (printer.depth != 0 && open[printer.depth - 1]->kind == JSON_OBJECT)
            put_key(&printer, at);
        if (is_nested(at) && printer.depth < JSON_DEPTH_MAX) {
            (void)fputc(at->kind == JSON_ARRAY ? '[' : '{', out);
            open[printer.depth++] = at;
            new_line(&printer);
            at = at->first;
            continue;
        }
        if (at->kind == JSON_ARRAY || at->kind == JSON_OBJECT)
            (void)fputs(at->kind == JSON_ARRAY ? "[]" : "{}", out);
        else
            put_scalar(at, out);
        while (printer.depth != 0 && at->next == NULL) {
            at = open[--printer.depth];
            new_line(&printer);
            (void)fputc(at->kind == JSON_ARRAY ? ']' : '}', out);
        }
        if (printer.depth == 0)
            return;
        (void)fputc(',', out);
        new_line(&printer);
        at = at->next;
    }
}

/* ---- for people ---- */

static void put_text(const char *before, const struct json *value)
{
    struct bytes text;
    if (!json_text(value, &text))
        return;
    (void)fputs(before, stdout);
    cli_print_text(stdout, text);
}

static void show_app(const struct json *app)
{
    const struct json *exports = json_find(app, "exports"), *fuel = json_find(app, "max_fuel");
    put_text("", json_find(app, "name"));
    put_text("  host ", json_find(app, "hostname"));
    put_text("  key ", json_find(app, "key_source"));
    if (fuel != NULL && fuel->kind == JSON_NUMBER)
        (void)printf("  fuel %.*s", (int)fuel->text.len, (const char *)fuel->text.data);
    put_text("\n  code ", json_find(app, "code_hash"));
    (void)fputc('\n', stdout);
    if (exports == NULL || exports->kind != JSON_ARRAY)
        return;
    for (const struct json *e = exports->first; e != NULL; e = e->next) {
        uint64_t params = 0, results = 0;
        (void)json_number(json_find(e, "param_count"), &params);
        (void)json_number(json_find(e, "result_count"), &results);
        put_text("  ", json_find(e, "name"));
        (void)printf("  %llu -> %llu\n", (unsigned long long)params, (unsigned long long)results);
    }
}

static void show_returns(const struct json *reply)
{
    const struct json *returns = json_find(reply, "returns");
    const struct json *receipt = json_find(reply, "receipt");
    struct bytes text;
    if (returns != NULL && returns->kind == JSON_ARRAY)
        for (const struct json *r = returns->first; r != NULL; r = r->next) {
            const struct json *value = json_find(r, "value");
            if (value == NULL)
                continue;
            if (json_text(value, &text))
                cli_print_text(stdout, text);
            else
                enclave_print_json(value, false, stdout);
            (void)fputc('\n', stdout);
        }
    if (receipt != NULL) {
        (void)fputs("receipt ", stdout);
        enclave_print_json(receipt, false, stdout);
        (void)fputc('\n', stdout);
    }
}

static bool is_status(struct bytes status, const char *word)
{
    return bytes_equal(status, bytes_of(word, strlen(word)));
}

static int show_error(const struct json *reply)
{
    static const char failed[] = "call failed: ";
    struct bytes message;
    if (!json_text(json_find(reply, "message"), &message))
        message = BYTES_LITERAL("the server says error, and not why");
    cli_say("%.*s", (int)(message.len > 8192 ? 8192 : message.len), (const char *)message.data);
    return message.len >= sizeof failed - 1 && memcmp(message.data, failed, sizeof failed - 1) == 0
               ? CLI_TRAPPED
               : CLI_REFUSED;
}

/* The inner reply of the app module. */
static int show_data(const struct json *reply, bool is_json)
{
    struct bytes status;
    if (!json_text(json_find(reply, "status"), &status))
        status = BYTES_LITERAL("");
    if (is_json || status.len == 0) {
        enclave_print_json(reply, false, stdout);
        (void)fputc('\n', stdout);
    }
    if (is_status(status, "error"))
        return show_error(reply);
    if (is_status(status, "not_found")) {
        cli_say("there is no such app");
        return CLI_REFUSED;
    }
    if (is_json || status.len == 0)
        return CLI_OK;
    if (is_status(status, "loaded")) {
        show_app(json_find(reply, "app"));
    } else if (is_status(status, "apps")) {
        const struct json *apps = json_find(reply, "apps");
        if (apps == NULL || apps->count == 0)
            (void)puts("no apps");
        for (const struct json *a = apps == NULL ? NULL : apps->first; a != NULL; a = a->next)
            show_app(a);
    } else if (is_status(status, "ok")) {
        show_returns(reply);
    } else if (is_status(status, "unloaded")) {
        put_text("unloaded ", json_find(reply, "name"));
        (void)fputc('\n', stdout);
    } else {
        enclave_print_json(reply, true, stdout);
        (void)fputc('\n', stdout);
    }
    return CLI_OK;
}

static int show_tree(const struct enclave_options *options, const struct json *reply,
                     enum enclave_reply_kind kind)
{
    if (kind == ENCLAVE_REPLY_DATA)
        return show_data(reply, options->json);
    enclave_print_json(reply, !options->json, stdout);
    (void)fputc('\n', stdout);
    return CLI_OK;
}

int enclave_show(struct enclave_options *options, struct bytes reply, enum enclave_reply_kind kind)
{
    struct report report;
    struct arena arena;
    const struct json *tree;
    if (kind == ENCLAVE_REPLY_ERROR) {
        cli_say("%s: %.*s", options->host, (int)(reply.len > 8192 ? 8192 : reply.len),
                (const char *)reply.data);
        return CLI_REFUSED;
    }
    size_t room = reply.len * TREE_ROOM + 4096;
    uint8_t *memory = mmap(NULL, room, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        cli_say("a reply of %zu bytes: memory ran out", reply.len);
        return CLI_FAILED;
    }
    report_init(&report);
    arena_init(&arena, memory, room);
    int code = CLI_REFUSED;
    if (json_read(reply, &arena, &tree, &report) == STATUS_OK)
        code = show_tree(options, tree, kind);
    else
        cli_say_report("the reply", &report);
    arena_fini(&arena);
    (void)munmap(memory, room); /* it was mapped above */
    return code;
}
