/*
 * core/base/float_text.h: binary floats as decimal text and back, exactly.
 *
 * Parsing rounds to nearest, ties to even, whatever the number of digits. Printing gives the
 * shortest decimal that parses back to the same bits. Integers alone are used: no float unit, no
 * rounding mode, no table.
 */
#ifndef AETHER_BASE_FLOAT_TEXT_H
#define AETHER_BASE_FLOAT_TEXT_H

#include "core/base/bytes.h"

enum float_width { FLOAT_F32, FLOAT_F64 };

#define FLOAT_TEXT_MAX 32

/* digits, perhaps a point and digits, perhaps e, a sign and digits: no sign in front, no inf, no
 * nan. False: it is none of these. What is too large becomes infinity. */
bool MUST_CHECK float_text_parse(struct bytes text, enum float_width width, uint64_t *out_bits);

/* 42, -0.5, 1e+21, 1.5e-7, inf, -inf, nan (of any sign and payload); without NUL. How many bytes.
 */
size_t float_text_print(uint64_t bits, enum float_width width, char out[static FLOAT_TEXT_MAX]);

bool float_is_nan(uint64_t bits, enum float_width width);
bool float_is_finite(uint64_t bits, enum float_width width);

#endif
