/*
 * board/print.h: what the board tells: lines for people, or one JSON object a line.
 */
#ifndef AETHER_BOARD_PRINT_H
#define AETHER_BOARD_PRINT_H

#include "board/machine.h"

/* The commit that the machine made last. */
void print_commit(bool is_json, const struct machine *machine);
void print_raise(bool is_json, uint32_t vector);
void print_text(bool is_json, const char *text);
/* On standard error for people; among the other lines in JSON. */
void print_failure(bool is_json, const char *file, uint32_t line, const char *text);

struct print_summary {
    uint32_t commits;
    uint32_t checks;
    uint32_t failures;
    int exit_code; /* of the machine; -1: not ours */
    bool is_good;
};

void print_summary(bool is_json, const struct print_summary *summary);

#endif
