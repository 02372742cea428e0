/*
 * cli/log.c: aether log verify: is the log of the enclave service a whole chain, and signed?
 */
#include "cli/cli.h"
#include "cli/log_key.h"
#include "core/crypto/p256.h"
#include "core/crypto/sha256.h"
#include "node/log/check.h"

#define PIECE_MAX ((size_t)4 * LOG_LINE_MAX) /* the service takes up a log behind no longer one */

/* What keys puts in front of a digest before it signs, and the purpose of a log's head. */
#define SIGNATURE_PREFIX "aether signature 1"
#define PURPOSE_LOG_HEAD 2u

static const char help[] =
    "usage: aether log verify FILE [--key CERT.pem] [--json]\n"
    "\n"
    "Checks the log that aetherd writes: each line must carry the next number and the SHA-256 of\n"
    "the line before, and each head the signature of an earlier line. A piece of a line that a\n"
    "crash left counts as whole when the line behind it names it. The first break is named.\n"
    "\n"
    "  --key FILE   who signs: a certificate of the service, or its receipt key (PEM): signatures\n"
    "               are checked with it; without it they are only counted.\n"
    "               aether-enclave attest HOST -o FILE writes the certificates\n"
    "  --json       one object\n"
    "\n"
    "What stands behind the last head can be cut off without a trace in the file.\n"
    "example: aether log verify /var/lib/aetherd/log.jsonl --key service.pem\n"
    "Exit codes: 0 a whole chain; 1 a break; 2 usage; 3 not readable.\n";

static bool read_key(const char *path, uint8_t out_point[static LOG_KEY_POINT])
{
    struct bytes pem;
    if (!cli_read(path, LOG_KEY_PEM_MAX, &pem))
        return false;
    const bool is_found = log_key_find(pem, out_point);
    cli_free(pem);
    if (!is_found)
        cli_say("%s: no receipt key: a certificate of the service is wanted, or a P-256 public key "
                "(PEM)",
                path);
    return is_found;
}

static bool verify(void *context, const uint8_t digest[static 32],
                   const uint8_t signature[static 64])
{
    static const uint8_t purpose[8] = {[7] = PURPOSE_LOG_HEAD};
    struct sha256 sha;
    uint8_t hash[32];
    sha256_init(&sha);
    sha256_update(&sha, BYTES_LITERAL(SIGNATURE_PREFIX));
    sha256_update(&sha, bytes_of(purpose, sizeof purpose));
    sha256_update(&sha, bytes_of(digest, 32));
    sha256_final(&sha, hash);
    return p256_verify(context, hash, signature);
}

/* One line without its newline, cut at the end of the room; false: the file is at its end, and what
 * is in `memory` had none. */
static bool next_line(FILE *file, uint8_t memory[static PIECE_MAX], size_t *out_len)
{
    int c = EOF;
    *out_len = 0;
    while ((c = getc_unlocked(file)) != EOF && c != '\n')
        if (*out_len < PIECE_MAX)
            memory[(*out_len)++] = (uint8_t)c;
    return c == '\n';
}

static enum status check_file(FILE *file, struct log_check *check, struct report *report)
{
    static uint8_t memory[PIECE_MAX];
    enum status status = STATUS_OK;
    size_t len;
    while (status == STATUS_OK && next_line(file, memory, &len))
        status = log_check_line(check, bytes_of(memory, len), report);
    return status == STATUS_OK ? log_check_end(check, bytes_of(memory, len), report) : status;
}

static void print_count(uint64_t count, const char *noun)
{
    (void)printf("%llu %s%s", (unsigned long long)count, noun, count == 1 ? "" : "s");
}

static void print(const struct log_check *check, const struct report *report, bool has_key,
                  bool json)
{
    if (json) {
        (void)printf("{\"whole\":%s,\"lines\":%llu,\"heads\":%llu,\"signed_lines\":%llu,"
                     "\"torn\":%llu,\"signatures\":\"%s\"",
                     report->is_set ? "false" : "true", (unsigned long long)check->lines,
                     (unsigned long long)check->heads, (unsigned long long)check->signed_seq,
                     (unsigned long long)check->torn, has_key ? "checked" : "not checked");
        if (report->is_set) {
            (void)fputs(",\"break\":", stdout);
            cli_print_json(stdout, bytes_of(report->text, report->len));
        }
        (void)puts("}");
        return;
    }
    if (report->is_set)
        return;
    print_count(check->lines, "line");
    (void)fputs(", a whole chain; ", stdout);
    print_count(check->heads, "head");
    (void)fputs(has_key ? "" : " (signatures not checked: no --key)", stdout);
    if (check->heads != 0)
        (void)printf(", the last one signs line %llu", (unsigned long long)check->signed_seq);
    (void)fputs("; ", stdout);
    print_count(check->torn, "torn line");
    (void)fputc('\n', stdout);
}

static int run(int argc, char **argv)
{
    static struct log_check check;
    static uint8_t point[LOG_KEY_POINT];
    const char *key = NULL;
    bool json = false;
    const struct cli_option options[] = {{"--key", CLI_TEXT, &key}, {"--json", CLI_FLAG, &json}};
    struct cli_list words;
    struct report report;
    if (!cli_parse(&cli_log, argc, argv, options, ARRAY_LEN(options), 2, 2, &words))
        return CLI_USAGE;
    if (strcmp(words.items[0], "verify") != 0) {
        cli_say("aether log: the one thing to do is `verify`");
        return CLI_USAGE;
    }
    if (key != NULL && !read_key(key, point))
        return CLI_FAILED;
    FILE *file = fopen(words.items[1], "re");
    if (file == NULL) {
        cli_say("%s: can not be read", words.items[1]);
        return CLI_FAILED;
    }
    report_init(&report);
    log_check_init(&check, key != NULL ? verify : NULL, point);
    enum status status = check_file(file, &check, &report);
    const bool is_read = ferror(file) == 0;
    (void)fclose(file);
    if (!is_read) {
        cli_say("%s: can not be read", words.items[1]);
        return CLI_FAILED;
    }
    print(&check, &report, key != NULL, json);
    if (status != STATUS_OK)
        cli_say_report(words.items[1], &report);
    return status == STATUS_OK ? CLI_OK : CLI_REFUSED;
}

const struct cli_command cli_log = {"log", "checks the log of the enclave service", help, run};
