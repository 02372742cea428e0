/*
 * tests/support/text_check.h: any bytes as a type and a text: what must hold of every value that is
 * read as WAVE or JSON, whatever the input is.
 */
#ifndef AETHER_TESTS_TEXT_CHECK_H
#define AETHER_TESTS_TEXT_CHECK_H

#include "core/component/value.h"

enum text_end { TEXT_NO_TYPE, TEXT_REFUSED, TEXT_READ };

/* Two bits of options, a type (tests/abi_vectors), the text. */
enum text_end text_check(struct bytes input);

/* A value that is one of its type, as WAVE and JSON and back: stops where it is another. */
void text_check_value(const struct component_value *value, const struct component_type *type,
                      struct arena *scratch);

#endif
