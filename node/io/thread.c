/*
 * node/io/thread.c: how io's threads are started.
 */
#include <pthread.h>

#include "node/io/io.h"

bool io_start_thread(void *(*run)(void *context), void *context, size_t stack_bytes)
{
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    bool is_started = pthread_attr_setstacksize(&attributes, stack_bytes) == 0 &&
                      pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0 &&
                      pthread_create(&thread, &attributes, run, context) == 0;
    (void)pthread_attr_destroy(&attributes);
    return is_started;
}
