/*
 * cli/cli.h: what the commands of aether(1) share.
 *
 * Every command is `int run(struct cli_call *)` and returns an exit code of enum cli_exit. Data
 * goes to stdout, everything said to a person who waits goes to stderr. Inputs are files of
 * anybody: what is wrong in them is a sentence with an offset, never a crash.
 */
#ifndef AETHER_CLI_CLI_H
#define AETHER_CLI_CLI_H

#include <stdio.h>

#include "core/base/report.h"
#include "core/base/text.h"
#include "core/base/utf8.h"

enum cli_exit {
    CLI_OK = 0,      /* done, and what was asked for holds */
    CLI_REFUSED = 1, /* done, and it does not hold: mismatch, break, malformed or unsigned input */
    CLI_USAGE = 2,   /* the command line makes no sense */
    CLI_FAILED = 3,  /* a file could not be read or written, or memory ran out */
    CLI_TRAPPED = 4, /* `run`: the guest trapped */
};

#define CLI_LIST_MAX 512

struct cli_list {
    size_t count;
    const char *items[CLI_LIST_MAX];
};

/* How an option's word is read. SIZE takes KiB and MiB, NUMBER takes 0x. */
enum cli_kind { CLI_FLAG, CLI_TEXT, CLI_NUMBER, CLI_SIZE, CLI_LIST };

struct cli_option {
    const char *name; /* "--key" or "-o" */
    enum cli_kind kind;
    void *target; /* bool, const char *, uint64_t or struct cli_list, after the kind */
};

struct cli_command {
    const char *name;
    const char *summary;
    const char *help; /* whole text of --help after the usage lines; NULL: `run` is asked for it */
    int (*run)(int argc, char **argv);
};

extern const struct cli_command cli_keygen, cli_sign, cli_keyring, cli_image_hash, cli_bundle,
    cli_receipts, cli_verify, cli_validate, cli_inspect, cli_run, cli_wast, cli_enclave, cli_log;

/* Reads argv[1..] into options and positionals; says what is wrong and returns false. Positionals:
 * `least` at least, `list` has room for CLI_LIST_MAX, `most` at most. */
bool MUST_CHECK cli_parse(const struct cli_command *command, int argc, char **argv,
                          const struct cli_option *options, size_t option_count, size_t least,
                          size_t most, struct cli_list *out_positionals);

/* As cli_parse, for any number of positionals: they are moved to argv[1..*out_count]. */
bool MUST_CHECK cli_parse_words(const struct cli_command *command, int argc, char **argv,
                                const struct cli_option *options, size_t option_count, size_t least,
                                size_t most, size_t *out_count);

/* Options up to the first word that is none: argv[*out_at], which there must be. */
bool MUST_CHECK cli_parse_before(const struct cli_command *command, int argc, char **argv,
                                 const struct cli_option *options, size_t option_count,
                                 int *out_at);

/* "1234", "0x20"; with `with_units` also "64KiB", "2MiB". False: no such number. */
bool MUST_CHECK cli_number(const char *text, bool with_units, uint64_t *out_number);

/* Whole file into malloc'd memory; says what is wrong and returns false. Empty files have data that
 * is not NULL. */
bool MUST_CHECK cli_read(const char *path, size_t most, struct bytes *out_content);
void cli_free(struct bytes content);
/* Replaces the file as a whole or leaves it as it was. */
bool MUST_CHECK cli_write(const char *path, struct bytes content, unsigned mode);

/* A closed standard output or error must not become the file that is opened next: what is printed
 * would go there. Read-only, so that writing still fails. */
bool MUST_CHECK cli_hold_standard_files(void);

/* For OpenSSL's readers of PEM: no question is asked, a file with a passphrase is refused. */
int cli_no_passphrase(char *buffer, int size, int rwflag, void *user);

/* "aether: " and the sentence, to stderr. */
void PRINTF_LIKE(1, 2) cli_say(const char *format, ...);
/* As cli_say: "<path>: <sentence> (at byte N)". */
void cli_say_report(const char *path, const struct report *report);

/* text.c: what is printed is printable ASCII, whatever the bytes are. */
struct text_sink cli_sink(FILE *out);
void cli_print_hex(FILE *out, struct bytes bytes);
/* A JSON string, quotes included; a byte that is no UTF-8 becomes U+FFFD. */
void cli_print_json(FILE *out, struct bytes text);
/* A string as the text format of WebAssembly writes it, quotes included. */
void cli_print_name(FILE *out, struct bytes name);
/* Lines for people: control characters and what is hidden escaped, the rest as it is. */
void cli_print_text(FILE *out, struct bytes text);
/* Without quotes. */
void cli_print_path(FILE *out, const char *path);

#endif
