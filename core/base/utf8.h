/*
 * core/base/utf8.h: is a run of bytes well-formed UTF-8 (RFC 3629)?
 *
 * Overlong forms, surrogates and everything past U+10FFFF are refused. NUL is a character as any
 * other. Not here: what a name may hold beyond that; who prints names escapes them (report.h).
 */
#ifndef AETHER_BASE_UTF8_H
#define AETHER_BASE_UTF8_H

#include "core/base/bytes.h"

bool utf8_is_valid(struct bytes text);

#endif
