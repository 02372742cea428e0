/*
 * tests/unit/cli/files_check.h: any bytes as files that aether(1) reads, beside modules and
 * bundles.
 */
#ifndef AETHER_TESTS_UNIT_CLI_FILES_CHECK_H
#define AETHER_TESTS_UNIT_CLI_FILES_CHECK_H

#include "core/base/report.h"

/* The first byte says what the rest is. 0: a board's log of receipts. 1: an image's keyring. 2: an
 * image, ELF. 3: a certificate or key of the service, PEM. What is read and can be written is
 * written and read again as the same. */
enum status files_check(struct bytes input, struct report *report);

#endif
