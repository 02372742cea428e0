/*
 * node/main/load_internal.h: what the files of loading and unloading share.
 */
#ifndef AETHER_NODE_MAIN_LOAD_INTERNAL_H
#define AETHER_NODE_MAIN_LOAD_INTERNAL_H

#include "node/main/app.h"

#define LOAD_NO_LOG "the log can not be written: nothing changes"

/* One load, and why it failed. */
struct load {
    struct hub *hub;
    struct job *job;
    const struct message_load *wanted;
    struct app *app;
    enum message_failure failure;
    char text[MESSAGE_TEXT_MAX + 1];
};

/* False, and `before` and `text` are why. */
bool load_fail(struct load *load, enum message_failure failure, const char *before,
               const char *text);
bool load_fail_status(struct load *load, enum status status, const struct report *report);

/* describe.c: the app has its exports, and a first warm cell if that can serve; or load_fail. */
bool load_describe(struct load *load);

/* unload.c: gives back what the app has outside: its files, then its key. */
enum status load_close_outside(struct hub *hub, struct app *app, struct report *report);

#endif
