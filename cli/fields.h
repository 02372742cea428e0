/*
 * cli/fields.h: fields of a receipt and ends of a cycle, in words.
 */
#ifndef AETHER_CLI_FIELDS_H
#define AETHER_CLI_FIELDS_H

#include <stdio.h>

#include "core/proof/receipt.h"

#define LOG_BYTES_MAX 0x10000000u /* largest receipt log that is read */

/* "result", "trap", "fault" or "unknown". */
const char *fields_outcome_word(uint64_t outcome);
/* "out of fuel", "page-fault", ...: the reason of that outcome; "" for a result. */
const char *fields_reason_word(uint64_t outcome, uint64_t reason);

/* The field's value: numbers decimal, bytes hex (trailing zeros of long ones left out), as JSON a
 * number or a string. */
void fields_print(FILE *out, const uint8_t record[static RECEIPT_BYTES],
                  enum receipt_field_id field, bool json);

#endif
