/*
 * cli/enclave/request.c: requests of the wire, and an exchange from end to end.
 */
#include <stdlib.h>

#include <openssl/evp.h>

#include "cli/enclave/enclave.h"

#define APP_MAX (16u << 20)

static void put_member(FILE *out, const char *name, const char *text)
{
    (void)fprintf(out, ",\"%s\":", name);
    cli_print_json(out, bytes_of(text, strlen(text)));
}

/* Base64 in steps of a multiple of 3, so that no padding stands inside. */
static bool put_base64(FILE *out, struct bytes bytes)
{
    static const size_t most = 3072;
    uint8_t text[4097];
    while (bytes.len != 0) {
        size_t step = bytes.len < most ? bytes.len : most;
        int len = EVP_EncodeBlock(text, bytes.data, (int)step);
        if (len <= 0 || fwrite(text, 1, (size_t)len, out) != (size_t)len)
            return false;
        bytes.data += step;
        bytes.len -= step;
    }
    return true;
}

/* "dir/app.wasm": "app" */
static void put_base_name(FILE *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t len = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
    cli_print_json(out, bytes_of(name, len));
}

/* A key on the command line is in everybody's process list, so it comes by file. */
static bool put_key(FILE *out, const char *path)
{
    struct bytes content;
    if (path == NULL)
        return true;
    if (!cli_read(path, 4096, &content))
        return false;
    size_t len = content.len;
    while (len != 0 && memchr(" \t\r\n", content.data[len - 1], 4) != NULL)
        len--;
    (void)fputs(",\"encryption_key\":", out);
    cli_print_json(out, bytes_of(content.data, len));
    memory_wipe((void *)(uintptr_t)content.data, content.len);
    cli_free(content);
    return true;
}

bool enclave_write_load(const struct enclave_options *options, const char *path, FILE *out)
{
    struct bytes content;
    if (!cli_read(path, APP_MAX, &content))
        return false;
    (void)fputs("{\"wasm_load\":{\"name\":", out);
    if (options->name != NULL)
        cli_print_json(out, bytes_of(options->name, strlen(options->name)));
    else
        put_base_name(out, path);
    if (options->hostname != NULL)
        put_member(out, "hostname", options->hostname);
    if (options->max_fuel != 0)
        (void)fprintf(out, ",\"max_fuel\":%llu", (unsigned long long)options->max_fuel);
    bool is_good = put_key(out, options->encryption_key);
    (void)fputs(",\"bytes\":\"", out);
    is_good = is_good && put_base64(out, content) && fputs("\"}}", out) >= 0;
    cli_free(content);
    return is_good;
}

/* "kv-read(\"a\", 1)": the function, and its parameters as one text; false: no parenthesis. */
static bool split_call(const char *word, size_t *out_name_len)
{
    size_t len = strlen(word);
    const char *open = strchr(word, '(');
    if (open == NULL || open == word || word[len - 1] != ')')
        return false;
    *out_name_len = (size_t)(open - word);
    return true;
}

/* What stands between parentheses is the items of a tuple. */
static bool put_call_text(const char *arguments, FILE *out)
{
    struct enclave_text text;
    static const char head[] = "{\"type\":\"tuple\",\"value\":";
    size_t inside = strlen(arguments);
    if (strspn(arguments + 1, " \t") + 2 == inside)
        return fputs("[]", out) >= 0;
    if (!enclave_text_open(&text))
        return false;
    bool is_good = enclave_write_parameter(arguments, text.file);
    is_good = enclave_text_finish(&text) && is_good && text.len > sizeof head;
    if (is_good) /* without the tuple around it */
        (void)fwrite(text.data + sizeof head - 1, 1, text.len - sizeof head, out);
    enclave_text_close(&text);
    return is_good;
}

bool enclave_write_call(const struct enclave_options *options, const char *app, size_t count,
                        char *const *words, FILE *out)
{
    size_t name_len = strlen(words[0]);
    bool is_text = count == 1 && split_call(words[0], &name_len), is_good = true;
    (void)fputs("{\"wasm_call\":{\"app\":", out);
    cli_print_json(out, bytes_of(app, strlen(app)));
    (void)fputs(",\"function\":", out);
    cli_print_json(out, bytes_of(words[0], name_len));
    if (options->receipt)
        (void)fputs(",\"receipt\":true", out);
    (void)fputs(",\"params\":", out);
    if (is_text)
        return put_call_text(words[0] + name_len, out) && fputs("}}", out) >= 0;
    (void)fputc('[', out);
    for (size_t i = 1; i < count && is_good; i++) {
        (void)fputs(i == 1 ? "" : ",", out);
        is_good = enclave_write_parameter(words[i], out);
    }
    return is_good && fputs("]}}", out) >= 0;
}

/* Takes `reply`. */
static int show_reply(struct enclave_options *options, struct bytes reply)
{
    struct report report;
    enum enclave_reply_kind kind;
    struct bytes content = reply;
    int code = CLI_REFUSED;
    report_init(&report);
    if (enclave_unwrap(&content, &kind, &report) == STATUS_OK)
        code = enclave_show(options, content, kind);
    else
        cli_say_report(options->host, &report);
    cli_free(reply);
    return code;
}

int enclave_ask_outer(struct enclave_connection *connection, struct enclave_options *options,
                      struct bytes outer)
{
    struct bytes reply;
    if (!enclave_exchange(connection, outer, &reply))
        return CLI_FAILED;
    return show_reply(options, reply);
}

int enclave_ask_shutdown(struct enclave_connection *connection, struct enclave_options *options)
{
    struct bytes reply = bytes_of(NULL, 0);
    if (!enclave_send(connection, BYTES_LITERAL("\"Shutdown\"")) ||
        !enclave_await_end(connection, &reply))
        return CLI_FAILED;
    return reply.len == 0 ? CLI_OK : show_reply(options, reply);
}

int enclave_ask_inner(struct enclave_connection *connection, struct enclave_options *options,
                      struct bytes inner)
{
    struct enclave_text text;
    int code = CLI_FAILED;
    if (!enclave_text_open(&text))
        return CLI_FAILED;
    enclave_wrap(inner, text.file);
    if (enclave_text_finish(&text))
        code = enclave_ask_outer(connection, options, bytes_of(text.data, text.len));
    enclave_text_close(&text);
    return code;
}
