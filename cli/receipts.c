/*
 * cli/receipts.c: aether receipts: a log as a table, and the first place where its chain breaks.
 */
#include "core/proof/receipt_log.h"

#include "cli/cli.h"
#include "cli/fields.h"

static const char help[] =
    "usage: aether receipts FILE [--json]\n"
    "\n"
    "Prints the receipts that a sensor board kept, one line a cycle, and checks the chain:\n"
    "each receipt must name the SHA-256 of the one before and the next cycle number, must\n"
    "agree with what the board showed, and the proof that the board saw committed must be\n"
    "the first 8 bytes of the receipt's SHA-256 (0 for a trap or a fault). The first break is "
    "named.\n"
    "No payload is run: `aether verify` does that.\n"
    "\n"
    "  --json   an array of objects with every field; the last one may have \"break\"\n"
    "\n"
    "example: aether receipts build/receipts.bin\n"
    "Exit codes: 0 a whole chain; 1 a break or a malformed log; 2 usage; 3 not readable.\n";

static void print_header(void)
{
    (void)puts(
        "    #      cycle  vector  outcome     status        fuel  proof             reason");
}

static void print_row(size_t number, const struct receipt_log_entry *entry)
{
    const uint8_t *r = entry->record;
    uint64_t outcome = receipt_number(r, RECEIPT_FIELD_outcome);
    (void)printf("%5zu %10llu    0x%02llx  %-7s %10lld %11llu  %016llx  %s\n", number,
                 (unsigned long long)receipt_number(r, RECEIPT_FIELD_cycle),
                 (unsigned long long)receipt_number(r, RECEIPT_FIELD_vector),
                 fields_outcome_word(outcome),
                 (long long)(int32_t)receipt_number(r, RECEIPT_FIELD_status),
                 (unsigned long long)receipt_number(r, RECEIPT_FIELD_fuel_used),
                 (unsigned long long)entry->proof,
                 fields_reason_word(outcome, receipt_number(r, RECEIPT_FIELD_reason)));
}

static void print_object(size_t number, const struct receipt_log_entry *entry,
                         const char *broken_at)
{
    const uint8_t *r = entry->record;
    uint8_t hash[32];
    (void)receipt_proof(r, hash);
    (void)printf(
        "%s\n{\"entry\":%zu,\"proof\":\"%016llx\",\"sequence\":%u,\"ticks\":%u,\"hash\":\"",
        number == 1 ? "" : ",", number, (unsigned long long)entry->proof, entry->sequence,
        entry->ticks);
    cli_print_hex(stdout, bytes_of(hash, sizeof hash));
    (void)fputc('"', stdout);
    for (int i = 0; i < (int)RECEIPT_FIELD_COUNT; i++) {
        (void)printf(",\"%s\":", receipt_fields[i].name);
        fields_print(stdout, r, (enum receipt_field_id)i, true);
    }
    if (broken_at != NULL)
        (void)printf(",\"break\":\"%s\"", broken_at);
    (void)fputc('}', stdout);
}

/* Prints up to and with the first entry that does not fit. */
static int print_log(const char *path, struct bytes log, bool json)
{
    struct receipt_chain chain = {0};
    struct bytes rest = log;
    const char *broken_at = NULL;
    size_t number = 0;
    while (rest.len != 0 && broken_at == NULL) {
        struct receipt_log_entry entry;
        struct report report;
        report_init(&report);
        if (receipt_log_take(&rest, log.len - rest.len, &entry, &report) != STATUS_OK) {
            cli_say_report(path, &report);
            return CLI_REFUSED;
        }
        broken_at = receipt_chain_add(&chain, &entry);
        number++;
        if (json)
            print_object(number, &entry, broken_at);
        else
            print_row(number, &entry);
    }
    if (broken_at == NULL)
        return CLI_OK;
    cli_say("%s: the chain breaks at entry %zu: %s", path, number, broken_at);
    return CLI_REFUSED;
}

static int run(int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {{"--json", CLI_FLAG, &json}};
    struct cli_list files;
    struct bytes log;
    if (!cli_parse(&cli_receipts, argc, argv, options, ARRAY_LEN(options), 1, 1, &files))
        return CLI_USAGE;
    if (!cli_read(files.items[0], LOG_BYTES_MAX, &log))
        return CLI_FAILED;
    if (json)
        (void)fputc('[', stdout);
    else
        print_header();
    int code = print_log(files.items[0], log, json);
    if (json)
        (void)fputs("]\n", stdout);
    cli_free(log);
    return code;
}

const struct cli_command cli_receipts = {"receipts", "prints a log of receipts, checks its chain",
                                         help, run};
