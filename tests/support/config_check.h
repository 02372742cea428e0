/*
 * tests/support/config_check.h: any bytes as what the operator's files say, and as settings.
 */
#ifndef AETHER_TESTS_CONFIG_CHECK_H
#define AETHER_TESTS_CONFIG_CHECK_H

#include "core/base/report.h"

/* The first byte says what the rest is. 0: a configuration file. 1: a policy file. 2: settings as a
 * role gets them.
 *
 * What a file is taken for can be told to the roles: settings are encoded, and decoded to the same.
 * What is refused is one printable line that names a place within the file. */
enum status config_check(struct bytes input, struct report *report);

#endif
