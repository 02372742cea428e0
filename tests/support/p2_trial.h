/*
 * tests/support/p2_trial.h: WASI 0.2 without a component: its host functions, called by name over
 * the real gate and world in this process, with a directory, pipes as stdio, and errors on demand.
 *
 * Every result is held against the type that the tables give the function.
 */
#ifndef AETHER_TESTS_P2_TRIAL_H
#define AETHER_TESTS_P2_TRIAL_H

#include "core/wasi/p2_internal.h"
#include "node/world/world.h"
#include "tests/support/folder.h"

struct component_linked;

struct p2_trial {
    struct world_setup setup; /* changed between prepare and start */
    struct world_directory directories[2];
    struct world *world;
    struct gate_session session;
    struct wasi_p2 *p2;
    struct arena arena;   /* of the resources */
    struct arena results; /* of what calls answer */
    struct component_linked *linked;
    struct report report;
    uint32_t refusal; /* after STATUS_TRAP */
    int stdin_writer; /* pipes: the test's ends */
    int stdout_reader;
    int stdin_reader, stdout_writer;
    char directory[FOLDER_PATH_MAX]; /* a fresh one, granted as "/" */
    uint8_t *transfer;
    uint8_t *arena_room, *results_room;
    /* The next request of this interface and method fails so. */
    bool fails;
    uint16_t fail_interface, fail_method;
    enum gate_error fail_error;
    uint64_t ring_count; /* requests so far */
};

/* prepare, change trial->setup, start; finish always. */
void p2_trial_prepare(struct p2_trial *trial);
void p2_trial_start(struct p2_trial *trial);
void p2_trial_finish(struct p2_trial *trial);

void p2_trial_fail_next(struct p2_trial *trial, enum gate_interface interface, uint16_t method,
                        enum gate_error error);

/* "streams", "[method]input-stream.read": the interface's name behind the last '/'. */
enum status p2_trial_call(struct p2_trial *trial, const char *interface, const char *func,
                          const struct component_value *params, struct component_value *out);
/* The same; it must return. */
struct component_value p2_trial_get(struct p2_trial *trial, const char *interface, const char *func,
                                    const struct component_value *params);
/* The same; it must trap: the refusal. */
uint32_t p2_trial_trap(struct p2_trial *trial, const char *interface, const char *func,
                       const struct component_value *params);

/* Drops a handle as the guest does; p2_trial_drop must return. */
enum status p2_trial_try_drop(struct p2_trial *trial, struct component_value handle);
void p2_trial_drop(struct p2_trial *trial, struct component_value handle);

/* Parts of results, asserted: the payload of ok, some; the place of an error's case. */
struct component_value p2_trial_ok(struct component_value result);
uint32_t p2_trial_error(struct component_value result);
struct component_value p2_trial_some(struct component_value option);

struct component_value p2_trial_string(const char *text);
struct component_value p2_trial_list(const char *text);
bool p2_trial_is_text(struct component_value string_or_list, const char *text);

/* The first preopen. */
struct component_value p2_trial_root(struct p2_trial *trial);

#endif
