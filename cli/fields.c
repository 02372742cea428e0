/*
 * cli/fields.c: receipts in words.
 */
#include "cli/fields.h"

#include "cli/cli.h"

const char *fields_outcome_word(uint64_t outcome)
{
    switch (outcome) {
    case OUTCOME_RESULT:
        return "result";
    case OUTCOME_TRAP:
        return "trap";
    case OUTCOME_FAULT:
        return "fault";
    default:
        return "unknown";
    }
}

static const char *trap_word(uint64_t reason)
{
    switch (reason) {
#define X(number, name, text)                                                                      \
    case number:                                                                                   \
        return text;
        OUTCOME_TRAP_LIST(X)
#undef X
    default:
        return "unknown";
    }
}

static const char *fault_word(uint64_t reason)
{
    switch (reason) {
#define X(number, name, word, text)                                                                \
    case number:                                                                                   \
        return word;
        OUTCOME_FAULT_LIST(X)
#undef X
    default:
        return "unknown";
    }
}

const char *fields_reason_word(uint64_t outcome, uint64_t reason)
{
    if (outcome == OUTCOME_TRAP)
        return trap_word(reason);
    if (outcome == OUTCOME_FAULT)
        return fault_word(reason);
    return "";
}

static void print_float(FILE *out, uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    (void)fprintf(out, "%.9g", (double)value);
}

void fields_print(FILE *out, const uint8_t record[static RECEIPT_BYTES],
                  enum receipt_field_id field, bool json)
{
    const struct receipt_field *f = &receipt_fields[field];
    struct bytes value = bytes_of(record + f->offset, f->len);
    if (f->kind == 'U' || (f->kind == 'F' && json)) {
        (void)fprintf(out, "%llu", (unsigned long long)receipt_number(record, field));
    } else if (f->kind == 'F') {
        print_float(out, (uint32_t)receipt_number(record, field));
    } else {
        while (f->len > 32 && value.len > 1 && value.data[value.len - 1] == 0)
            value.len--;
        (void)fputs(json ? "\"" : "", out);
        cli_print_hex(out, value);
        (void)fputs(json ? "\"" : "", out);
    }
}
