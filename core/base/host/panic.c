/*
 * core/base/host/panic.c: a broken promise of ours in a hosted program: say where, then abort.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/compiler.h"

void base_panic(const char *file, int line, const char *condition)
{
    (void)fprintf(stderr, "aether: internal error at %s:%d: %s\n", file, line, condition);
    abort();
}
