/*
 * core/base/report.c: building the sentence without libc's printf.
 */
#include "core/base/report.h"

#define NAME_SHOWN_MAX 64

void report_init(struct report *report)
{
    memset(report, 0, sizeof *report);
    report->offset = REPORT_NO_OFFSET;
}

static void add_char(struct report *report, char c)
{
    if (report->len + 1 < REPORT_TEXT_MAX) {
        report->text[report->len++] = c;
        report->text[report->len] = '\0';
    }
}

static void add_number(struct report *report, uint64_t number)
{
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count != 0)
        add_char(report, digits[--count]);
}

static void add_quoted(struct report *report, struct bytes name)
{
    static const char hex[] = "0123456789abcdef";
    size_t shown = name.len < NAME_SHOWN_MAX ? name.len : NAME_SHOWN_MAX;
    add_char(report, '"');
    for (size_t i = 0; i < shown; i++) {
        uint8_t c = name.data[i];
        if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
            add_char(report, (char)c);
        } else {
            add_char(report, '\\');
            add_char(report, hex[c >> 4]);
            add_char(report, hex[c & 15]);
        }
    }
    add_char(report, '"');
    if (shown < name.len)
        add_char(report, '+');
}

/* Copies the sentence up to the next '%' and skips that; returns what follows, NULL at its end. */
static const char *add_until_hole(struct report *report, const char *sentence)
{
    while (*sentence != '\0' && *sentence != '%')
        add_char(report, *sentence++);
    return *sentence == '%' ? sentence + 1 : NULL;
}

/* False when there is no report or an earlier writer has won. */
static bool open_report(struct report *report, uint64_t offset)
{
    if (report == NULL || report->is_set)
        return false;
    report->is_set = true;
    report->offset = offset;
    report->len = 0;
    report->text[0] = '\0';
    return true;
}

void report_write(struct report *report, uint64_t offset, const char *sentence)
{
    if (open_report(report, offset))
        for (; *sentence != '\0'; sentence++)
            add_char(report, *sentence);
}

void report_write_u64x2(struct report *report, uint64_t offset, const char *sentence,
                        uint64_t first, uint64_t second)
{
    if (!open_report(report, offset))
        return;
    const char *rest = add_until_hole(report, sentence);
    if (rest != NULL) {
        add_number(report, first);
        rest = add_until_hole(report, rest);
    }
    if (rest != NULL) {
        add_number(report, second);
        (void)add_until_hole(report, rest); /* no third hole exists */
    }
}

void report_write_names(struct report *report, uint64_t offset, const char *sentence,
                        struct bytes first, struct bytes second)
{
    if (!open_report(report, offset))
        return;
    const char *rest = add_until_hole(report, sentence);
    if (rest != NULL) {
        add_quoted(report, first);
        rest = add_until_hole(report, rest);
    }
    if (rest != NULL) {
        add_quoted(report, second);
        (void)add_until_hole(report, rest); /* no third hole exists */
    }
}
