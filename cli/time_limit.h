/*
 * cli/time_limit.h: an end to runs by the clock.
 *
 * A run has no clock of its own, and fuel alone can be centuries: when the time is over the process
 * says so and ends with CLI_FAILED. That is a fault, never a result (semantics.md 1).
 */
#ifndef AETHER_CLI_TIME_LIMIT_H
#define AETHER_CLI_TIME_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* From the option --time-limit; false: too long, and it was said. */
bool time_limit_is_usable(uint64_t seconds);

/* `seconds` from now, 0: no limit. `what` is what took too long; `json`: a line for standard
 * output, NULL for none. Both are static. */
void time_limit_begin(uint64_t seconds, const char *what, const char *json);
void time_limit_end(void);

#endif
