/*
 * tests/support/built.h: what make built, read by a test: guests, the cell.
 *
 * Tests run from the top of the tree; B in the environment names the build folder.
 */
#ifndef AETHER_TESTS_BUILT_H
#define AETHER_TESTS_BUILT_H

#include "core/base/bytes.h"

/* The whole of build/`name`, in `room`. A file that is not there or too long is a broken test. */
struct bytes built_read(const char *name, uint8_t *room, size_t cap);

#endif
