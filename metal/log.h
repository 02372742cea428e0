/*
 * metal/log.h: lines for people on the serial port. Polled, no buffer; says nothing secret.
 */
#ifndef AETHER_METAL_LOG_H
#define AETHER_METAL_LOG_H

#include "core/base/compiler.h"

void log_open(void);

/* Writes `format` with its holes filled: %s a string, %x a hexadecimal number, %X one of 16 digits,
 * %v one of two digits, %u a decimal one, %d one with a sign. All but strings are 64 bits wide. */
void log_line(const char *format, ...);
/* The same without "[AETHER] " in front and the line's end behind. */
void log_part(const char *format, ...);

#endif
