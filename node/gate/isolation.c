/*
 * node/gate/isolation.c: the parts of a box, and ends of a cell, in words.
 */
#include <signal.h>
#include <stdio.h>

#include <sys/wait.h>

#include "node/gate/cell.h"

static const struct {
    uint32_t bit;
    const char *word;
} parts[] = {
#define X(bit, name, word) {GATE_ISOLATION_##name, word},
    GATE_ISOLATION_LIST(X)
#undef X
};

static size_t add(char *line, size_t len, const char *before, const char *word)
{
    int more = snprintf(line + len, GATE_ISOLATION_LINE_MAX - len, "%s%s", before, word);
    size_t next = len + (size_t)(more > 0 ? more : 0);
    return next < GATE_ISOLATION_LINE_MAX ? next : GATE_ISOLATION_LINE_MAX - 1;
}

static size_t add_parts(char *line, size_t len, const char *head, uint32_t which)
{
    const char *before = head;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if ((which & parts[i].bit) != 0) {
            len = add(line, len, before, parts[i].word);
            before = ", ";
        }
    return len;
}

void gate_isolation_line(uint32_t isolation, char out_line[GATE_ISOLATION_LINE_MAX])
{
    size_t len = add(out_line, 0, "", isolation != 0 ? "box: " : "box: nothing");
    len = add_parts(out_line, len, "", isolation);
    (void)add_parts(out_line, len, "; without: ", GATE_ISOLATION_ALL & ~isolation);
}

void gate_isolation_lack_line(uint32_t missing, char out_line[GATE_ISOLATION_LINE_MAX])
{
    (void)add_parts(out_line, 0, "required of the box and not to be had: ", missing);
}

static const char *signal_meaning(int number)
{
    switch (number) {
    case SIGSYS:
        return "it made a system call that its box forbids (SIGSYS)";
    case SIGSEGV:
        return "it touched memory that it has not (SIGSEGV)";
    case SIGBUS:
        return "it touched memory that is not there any more (SIGBUS)";
    case SIGILL:
        return "a promise of the cell's program was broken (SIGILL)";
    case SIGKILL:
        return "from outside, or for want of memory (SIGKILL)";
    default:
        return "by a signal";
    }
}

void gate_cell_end_line(enum gate_cell_end end, int detail, char out_line[GATE_CELL_END_LINE_MAX])
{
    switch (end) {
    case GATE_CELL_FINISHED:
        (void)snprintf(out_line, GATE_CELL_END_LINE_MAX, "cell finished");
        return;
    case GATE_CELL_BAD:
        (void)snprintf(out_line, GATE_CELL_END_LINE_MAX,
                       "cell stopped: it ended against the gate's rules");
        return;
    case GATE_CELL_DEADLINE:
        (void)snprintf(out_line, GATE_CELL_END_LINE_MAX, "cell stopped: its time is over");
        return;
    case GATE_CELL_UNWATCHED:
        (void)snprintf(out_line, GATE_CELL_END_LINE_MAX,
                       "cell stopped: no thread or descriptor to watch it with");
        return;
    case GATE_CELL_DIED:
        break;
    }
    if (WIFSIGNALED(detail))
        (void)snprintf(out_line, GATE_CELL_END_LINE_MAX, "cell killed by signal %d: %s",
                       WTERMSIG(detail), signal_meaning(WTERMSIG(detail)));
    else
        (void)snprintf(out_line, GATE_CELL_END_LINE_MAX, "cell left on its own, exit status %d",
                       WEXITSTATUS(detail));
}
