/*
 * cli/verify.c: aether verify: runs on the ground what the machine says it has run.
 */
#include "cli/cli.h"
#include "cli/elf_image.h"
#include "cli/fields.h"
#include "cli/key.h"
#include "cli/time_limit.h"
#include "cli/verdict.h"
#include "core/proof/keyring.h"

static const char help[] =
    "usage: aether verify [OPTION...] RECEIPTS BUNDLE\n"
    "\n"
    "Runs the payload of BUNDLE again, in the same engine, from the inputs that the board\n"
    "showed (in the log RECEIPTS), makes the receipt that should have come, and says \"match\"\n"
    "or names the first field that differs, with both values. The proof that the board saw\n"
    "committed must be the hash of the receipt, and each receipt must name the one before.\n"
    "\n"
    "  --image IMAGE.elf   check image_hash, too; without it a wrong one shows in proof or hash\n"
    "                      only\n"
    "  --key PUB           public key that the image believes; repeat\n"
    "  --keyring FILE      all keys that the image believes (`aether keyring`)\n"
    "                      without any key, signatures are not checked, and it is said so\n"
    "  --bench             the image was built for bench use and injected its inputs itself\n"
    "  --entry N           only the N-th receipt, from 1\n"
    "  --time-limit S      seconds that the run of one receipt may take; default 60, 0: no limit\n"
    "  --json              an array, one object a receipt\n"
    "\n"
    "Faults that a second run can not show (deadline, page-fault, exception, kernel-fault,\n"
    "...) are \"unproven\": every other field is checked. They carry no proof, so nothing rests\n"
    "on them, and they are no mismatch.\n"
    "\n"
    "example: aether verify --image build/aether.elf --keyring build/keyring.bin \\\n"
    "             build/receipts.bin build/payload.bundle\n"
    "Exit codes: 0 no receipt differs; 1 one does, or there is none; 2 usage; 3 a file, or no\n"
    "room or not enough time for the second run.\n";

#define TIME_LIMIT_DEFAULT 60

struct verify_options {
    const char *image, *keyring;
    struct cli_list keys;
    bool bench, json;
    uint64_t entry, time_limit;
};

/* One of the two values that differ: the log's, or the one that should be. */
static void print_value(const struct receipt_log_entry *entry, const struct verdict *verdict,
                        bool is_expected, bool json)
{
    const char *quote = json ? "\"" : "";
    const uint8_t *hash = is_expected ? entry->hash : verdict->hash;
    uint64_t proof = is_expected ? verdict->expected_proof : entry->proof;
    if (verdict->field < (int)RECEIPT_FIELD_COUNT) {
        fields_print(stdout, is_expected ? verdict->expected : entry->record,
                     (enum receipt_field_id)verdict->field, json);
        return;
    }
    (void)fputs(quote, stdout);
    if (verdict->field == VERDICT_PROOF)
        (void)printf("%016llx", (unsigned long long)proof);
    else
        cli_print_hex(stdout, bytes_of(hash, 32));
    (void)fputs(quote, stdout);
}

static const char *verdict_word(enum verdict_kind kind)
{
    switch (kind) {
    case VERDICT_MATCH:
        return "match";
    case VERDICT_UNPROVEN:
        return "unproven";
    case VERDICT_MISMATCH:
        return "mismatch";
    case VERDICT_FAILED:
    default:
        return "failed";
    }
}

static void print_text(size_t number, const struct receipt_log_entry *entry,
                       const struct verdict *verdict)
{
    const uint8_t *r = entry->record;
    uint64_t outcome = receipt_number(r, RECEIPT_FIELD_outcome);
    const char *reason = fields_reason_word(outcome, receipt_number(r, RECEIPT_FIELD_reason));
    (void)printf("receipt %zu (cycle %llu): ", number, (unsigned long long)entry->cycle);
    if (verdict->kind == VERDICT_MISMATCH) {
        (void)printf("MISMATCH in %s: receipt has ", verdict->field_name);
        print_value(entry, verdict, false, false);
        (void)printf(", %s says ", verdict->expected_by);
        print_value(entry, verdict, true, false);
    } else if (verdict->kind == VERDICT_UNPROVEN) {
        (void)printf("fault %s is not reproducible by a second run; all else matches", reason);
    } else if (outcome == OUTCOME_RESULT) {
        (void)printf("match, result %d, fuel %llu",
                     (int32_t)receipt_number(r, RECEIPT_FIELD_status),
                     (unsigned long long)receipt_number(r, RECEIPT_FIELD_fuel_used));
    } else {
        (void)printf("match, %s %s", fields_outcome_word(outcome), reason);
    }
    (void)fputc('\n', stdout);
    if (verdict->report.is_set)
        (void)printf("    the second run says: %s\n", verdict->report.text);
}

static void print_json(size_t number, const struct receipt_log_entry *entry,
                       const struct verdict *verdict, bool is_first)
{
    uint64_t outcome = receipt_number(entry->record, RECEIPT_FIELD_outcome);
    uint64_t reason = receipt_number(entry->record, RECEIPT_FIELD_reason);
    const char *word = fields_reason_word(outcome, reason);
    (void)printf(
        "%s\n{\"entry\":%zu,\"cycle\":%llu,\"outcome\":\"%s\",\"reason\":", is_first ? "" : ",",
        number, (unsigned long long)entry->cycle, fields_outcome_word(outcome));
    cli_print_json(stdout, bytes_of(word, strlen(word)));
    (void)printf(",\"verdict\":\"%s\"", verdict_word(verdict->kind));
    if (verdict->kind == VERDICT_MISMATCH) {
        (void)printf(",\"field\":\"%s\",\"receipt\":", verdict->field_name);
        print_value(entry, verdict, false, true);
        (void)fputs(",\"expected\":", stdout);
        print_value(entry, verdict, true, true);
        (void)printf(",\"expected_by\":\"%s\"", verdict->expected_by);
    }
    (void)fputc('}', stdout);
}

static int verify_log(const struct verify_options *options, const struct verdict_basis *basis,
                      const char *path, struct bytes log)
{
    struct receipt_log_entry entry, last;
    struct verdict verdict;
    struct bytes rest = log;
    size_t number = 0, seen = 0;
    int code = CLI_OK;
    while (rest.len != 0) {
        struct report report;
        report_init(&report);
        if (receipt_log_take(&rest, log.len - rest.len, &entry, &report) != STATUS_OK) {
            cli_say_report(path, &report);
            return CLI_REFUSED;
        }
        number++;
        if (options->entry == 0 || options->entry == number) {
            time_limit_begin(options->time_limit, "the second run", NULL);
            verdict_find(basis, &entry, number == 1 ? NULL : &last, &verdict);
            time_limit_end();
            if (verdict.kind == VERDICT_FAILED) {
                cli_say_report("second run", &verdict.report);
                return CLI_FAILED;
            }
            if (options->json)
                print_json(number, &entry, &verdict, seen == 0);
            else
                print_text(number, &entry, &verdict);
            seen++;
            if (verdict.kind == VERDICT_MISMATCH)
                code = CLI_REFUSED;
        }
        last = entry;
    }
    if (seen == 0) {
        cli_say("%s: no such receipt", path);
        return CLI_REFUSED;
    }
    return code;
}

static void say_what_is_not_checked(const struct verdict_basis *basis)
{
    if (basis->image_hash == NULL)
        cli_say("image not checked (--image IMAGE.elf)");
    if (!basis->has_keys)
        cli_say("signatures not checked (--key PUB or --keyring FILE)");
    if (basis->bundle_fault != FAULT_NONE)
        cli_say_report("bundle", &basis->report);
}

static int verify_files(const struct verify_options *options, struct verdict_basis *basis,
                        const char *log_path, const char *bundle_path)
{
    struct bytes log, bundle;
    if (!cli_read(log_path, LOG_BYTES_MAX, &log))
        return CLI_FAILED;
    if (!cli_read(bundle_path, 2 * (size_t)BUNDLE_PAYLOAD_MAX, &bundle)) {
        cli_free(log);
        return CLI_FAILED;
    }
    verdict_basis_open(basis, bundle);
    say_what_is_not_checked(basis);
    if (options->json)
        (void)fputc('[', stdout);
    int code = verify_log(options, basis, log_path, log);
    if (options->json)
        (void)fputs("]\n", stdout);
    cli_free(bundle);
    cli_free(log);
    return code;
}

static int read_image(const char *path, uint8_t out_hash[static 32])
{
    struct bytes file;
    struct elf_image image;
    struct report report;
    report_init(&report);
    if (!cli_read(path, ELF_IMAGE_BYTES_MAX, &file))
        return CLI_FAILED;
    enum status status = elf_image_hash(file, &image, &report);
    cli_free(file);
    if (status != STATUS_OK) {
        cli_say_report(path, &report);
        return CLI_REFUSED;
    }
    memcpy(out_hash, image.hash, sizeof image.hash);
    return CLI_OK;
}

/* Keys of --key and --keyring together. */
struct known_keys {
    size_t count;
    struct bundle_key keys[CLI_LIST_MAX + KEYRING_KEYS_MAX];
};

static int read_keyring(const char *path, struct known_keys *known, bool *out_bench)
{
    struct bytes file;
    struct report report;
    const struct bundle_key *keys;
    size_t count;
    report_init(&report);
    if (!cli_read(path, KEYRING_BYTES_MAX, &file))
        return CLI_FAILED;
    enum status status = keyring_open(file, &keys, &count, out_bench, &report);
    if (status == STATUS_OK) {
        memcpy(known->keys + known->count, keys, count * sizeof keys[0]);
        known->count += count;
    } else {
        cli_say_report(path, &report);
    }
    cli_free(file);
    return status == STATUS_OK ? CLI_OK : CLI_REFUSED;
}

static int read_keys(const struct verify_options *options, struct known_keys *known,
                     struct verdict_basis *basis)
{
    bool bench = false;
    known->count = 0;
    for (size_t i = 0; i < options->keys.count; i++)
        if (!key_read_public(options->keys.items[i], &known->keys[known->count++]))
            return CLI_FAILED;
    if (options->keyring != NULL) {
        int code = read_keyring(options->keyring, known, &bench);
        if (code != CLI_OK)
            return code;
    }
    basis->keys = known->keys;
    basis->key_count = known->count;
    basis->has_keys = options->keyring != NULL || options->keys.count != 0;
    basis->allow_unsigned = bench || options->bench;
    basis->is_bench = options->bench;
    return CLI_OK;
}

static int run(int argc, char **argv)
{
    struct verify_options o = {.time_limit = TIME_LIMIT_DEFAULT};
    const struct cli_option options[] = {
        {"--image", CLI_TEXT, &o.image},   {"--key", CLI_LIST, &o.keys},
        {"--keys", CLI_LIST, &o.keys},     {"--keyring", CLI_TEXT, &o.keyring},
        {"--bench", CLI_FLAG, &o.bench},   {"--json", CLI_FLAG, &o.json},
        {"--entry", CLI_NUMBER, &o.entry}, {"--time-limit", CLI_NUMBER, &o.time_limit},
    };
    struct cli_list files;
    struct verdict_basis basis = {0};
    struct known_keys known;
    uint8_t image_hash[32];
    if (!cli_parse(&cli_verify, argc, argv, options, ARRAY_LEN(options), 2, 2, &files))
        return CLI_USAGE;
    if (!time_limit_is_usable(o.time_limit))
        return CLI_USAGE;
    int code = read_keys(&o, &known, &basis);
    if (code == CLI_OK && o.image != NULL) {
        code = read_image(o.image, image_hash);
        basis.image_hash = image_hash;
    }
    if (code != CLI_OK)
        return code;
    return verify_files(&o, &basis, files.items[0], files.items[1]);
}

const struct cli_command cli_verify = {"verify", "runs the payload again and compares the receipts",
                                       help, run};
