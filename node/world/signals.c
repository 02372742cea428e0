/*
 * node/world/signals.c: SIGPIPE and SIGXFSZ kept from the gate, for one call at a time.
 *
 * Both go to the thread that made the system call, so its mask is enough and the program's own
 * settings stay as they are.
 */
#include <errno.h>
#include <time.h>

#include "node/world/internal.h"

static void held_set(sigset_t *out_set)
{
    (void)sigemptyset(out_set); /* can not fail */
    (void)sigaddset(out_set, SIGPIPE);
    (void)sigaddset(out_set, SIGXFSZ);
}

void world_signals_hold(sigset_t *out_before)
{
    sigset_t held;
    held_set(&held);
    int failed = pthread_sigmask(SIG_BLOCK, &held, out_before);
    ASSERT(failed == 0);
}

void world_signals_release(const sigset_t *before, int number)
{
    if (number == EPIPE || number == EFBIG) {
        static const struct timespec none = {0};
        sigset_t held;
        held_set(&held);
        while (sigtimedwait(&held, NULL, &none) < 0 && errno == EINTR)
            continue;
    }
    int failed = pthread_sigmask(SIG_SETMASK, before, NULL);
    ASSERT(failed == 0);
}
