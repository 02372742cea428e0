/*
 * node/main/rest.c: see rest.h.
 *
 * Invariant: a cell is taken off its shelf under the lock, and from then on is ours alone; its app
 * is held until the cell is gone.
 */
#include "node/main/rest.h"

/* One that can not serve, of an app that is held, from app number `*from` on; NULL: there is none.
 * Apps that come or go meanwhile are looked at a second later. */
static struct gate_cell *take_one(struct hub *hub, uint32_t *from, struct app **out_app)
{
    struct gate_cell *cell = NULL;
    (void)pthread_mutex_lock(&hub->lock);
    for (; *from < hub->app_count; (*from)++) {
        struct app *app = hub->apps[*from];
        uint32_t at = 0;
        while (at < app->idle_count && gate_cell_can_serve(app->idle[at]))
            at++;
        if (at == app->idle_count)
            continue;
        cell = app->idle[at];
        app->idle[at] = app->idle[--app->idle_count];
        hub->idle_count--;
        app->references++;
        *out_app = app;
        break; /* it may have another one */
    }
    (void)pthread_mutex_unlock(&hub->lock);
    return cell;
}

void rest_tell(struct hub *hub, const struct app *app, const struct gate_cell *cell)
{
    const struct log_entry entry = {.kind = "alarm",
                                    .app = app_name(app),
                                    .code_hash = bytes_of(app->code_hash, sizeof app->code_hash),
                                    .text = BYTES_LITERAL(GATE_RESTLESS_LINE)};
    if (gate_cell_was_restless(cell))
        (void)!log_write(hub->log, &entry); /* that it ends does not hang on it */
}

void rest_look(struct hub *hub)
{
    struct app *app = NULL;
    struct gate_cell *cell;
    uint32_t from = 0;
    while ((cell = take_one(hub, &from, &app)) != NULL) {
        rest_tell(hub, app, cell);
        gate_cell_destroy(cell);
        app_release(hub, app);
    }
}
