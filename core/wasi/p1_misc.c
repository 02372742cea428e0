/*
 * core/wasi/p1_misc.c: what belongs to no descriptor: arguments, variables, clocks, random bytes,
 * the end; and sockets, of which there are none.
 */
#include "core/wasi/p1_internal.h"

/* Counts and bytes of a text, as *_sizes_get gives them. */
static uint32_t sizes(struct wasi_p1 *p1, enum gate_world_text which, struct wasi_text *out_text)
{
    uint32_t error = wasi_errno(wasi_text(p1->gate, which, 0, NULL, 0, out_text));
    if (error != P1_SUCCESS)
        return error;
    return out_text->total > UINT32_MAX || out_text->count > UINT32_MAX ? (uint32_t)P1_OVERFLOW
                                                                        : (uint32_t)P1_SUCCESS;
}

static uint32_t put_sizes(struct wasi_p1 *p1, enum gate_world_text which, const uint64_t *args)
{
    struct wasi_text text;
    uint32_t error = sizes(p1, which, &text);
    if (error == P1_SUCCESS)
        error = p1_put_u32(p1, args[0], (uint32_t)text.count);
    return error == P1_SUCCESS ? p1_put_u32(p1, args[1], (uint32_t)text.total) : error;
}

/* All strings at `out`, and where each begins at `pointers`. */
static uint32_t put_strings(struct wasi_p1 *p1, enum gate_world_text which, const uint64_t *args)
{
    struct wasi_text text;
    uint32_t error = sizes(p1, which, &text);
    if (error != P1_SUCCESS)
        return error;
    uint64_t total = text.total, count = text.count, found = 0;
    uint8_t *pointers = p1_memory(p1, args[0], count * 4);
    uint8_t *out = p1_memory(p1, args[1], total);
    if (pointers == NULL || out == NULL)
        return P1_FAULT;
    for (uint64_t done = 0; done < total; done += text.len) {
        error =
            wasi_errno(wasi_text(p1->gate, which, done, out + done, (size_t)(total - done), &text));
        if (error != P1_SUCCESS || text.len == 0)
            return error;
    }
    for (uint64_t i = 0; i < total && found < count; i++)
        if (i == 0 || out[i - 1] == 0)
            store_le32(pointers + 4 * found++, (uint32_t)(args[1] + i));
    return P1_SUCCESS;
}

uint32_t p1_args_get(struct wasi_p1 *p1, const uint64_t *args)
{
    return put_strings(p1, GATE_TEXT_ARGUMENTS, args);
}

uint32_t p1_args_sizes_get(struct wasi_p1 *p1, const uint64_t *args)
{
    return put_sizes(p1, GATE_TEXT_ARGUMENTS, args);
}

uint32_t p1_environ_get(struct wasi_p1 *p1, const uint64_t *args)
{
    return put_strings(p1, GATE_TEXT_VARIABLES, args);
}

uint32_t p1_environ_sizes_get(struct wasi_p1 *p1, const uint64_t *args)
{
    return put_sizes(p1, GATE_TEXT_VARIABLES, args);
}

enum clock_id { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPU, CLOCK_THREAD_CPU };

/* A program has the machine's monotonic clock for its CPU time, counted from its start. */
static uint32_t read_clock(struct wasi_p1 *p1, uint64_t id, uint64_t *out_now,
                           uint64_t *out_resolution)
{
    enum gate_clock which = id == CLOCK_REALTIME ? GATE_CLOCK_WALL : GATE_CLOCK_MONOTONIC;
    if (id > CLOCK_THREAD_CPU)
        return P1_INVAL;
    uint32_t error = wasi_errno(wasi_clock(p1->gate, which, out_now, out_resolution));
    if (error == P1_SUCCESS && id >= CLOCK_PROCESS_CPU)
        *out_now -= p1->started;
    return error;
}

uint32_t p1_clock_res_get(struct wasi_p1 *p1, const uint64_t *args)
{
    uint64_t now, resolution;
    uint32_t error = read_clock(p1, args[0], &now, &resolution);
    return error == P1_SUCCESS ? p1_put_u64(p1, args[1], resolution) : error;
}

uint32_t p1_clock_time_get(struct wasi_p1 *p1, const uint64_t *args)
{
    uint64_t now, resolution;
    uint32_t error = read_clock(p1, args[0], &now, &resolution);
    return error == P1_SUCCESS ? p1_put_u64(p1, args[2], now) : error;
}

uint32_t p1_random_get(struct wasi_p1 *p1, const uint64_t *args)
{
    uint8_t *out = p1_memory(p1, args[0], args[1]);
    if (out == NULL)
        return P1_FAULT;
    return wasi_errno(wasi_random(p1->gate, false, out, (size_t)args[1]));
}

uint32_t p1_proc_exit(struct wasi_p1 *p1, const uint64_t *args)
{
    *p1->exit = (struct wasi_exit){true, (uint32_t)args[0]};
    return P1_SUCCESS;
}

uint32_t p1_proc_raise(struct wasi_p1 *p1, const uint64_t *args)
{
    (void)p1;
    (void)args;
    return P1_NOTSUP;
}

uint32_t p1_sched_yield(struct wasi_p1 *p1, const uint64_t *args)
{
    (void)p1;
    (void)args;
    return P1_SUCCESS;
}

/* No descriptor is a socket. */
static uint32_t no_socket(const struct wasi_p1 *p1, uint64_t number)
{
    return p1_find(p1, number) == NULL ? (uint32_t)P1_BADF : (uint32_t)P1_NOTSOCK;
}

uint32_t p1_sock_accept(struct wasi_p1 *p1, const uint64_t *args)
{
    return no_socket(p1, args[0]);
}

uint32_t p1_sock_recv(struct wasi_p1 *p1, const uint64_t *args)
{
    return no_socket(p1, args[0]);
}

uint32_t p1_sock_send(struct wasi_p1 *p1, const uint64_t *args)
{
    return no_socket(p1, args[0]);
}

uint32_t p1_sock_shutdown(struct wasi_p1 *p1, const uint64_t *args)
{
    return no_socket(p1, args[0]);
}
