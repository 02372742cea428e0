/*
 * core/wasi/p1.h: wasi_snapshot_preview1 as functions that a core module imports.
 *
 * All 46 functions, over the gate. Descriptor numbers, positions, append mode and rights are kept
 * here; files and clocks are the gate's. A pointer is checked against the caller's memory 0 before
 * anything is done: FAULT otherwise, and nothing has happened. Sockets are none: NOTSOCK.
 *
 * Not here: who loads the module, and what `_start` is (cell/program).
 */
#ifndef AETHER_WASI_P1_H
#define AETHER_WASI_P1_H

#include "core/base/arena.h"
#include "core/wasi/gate.h"
#include "core/wasm/engine.h"

#define WASI_P1_MODULE     "wasi_snapshot_preview1"
#define WASI_P1_FUNC_COUNT 46u

struct wasi_p1;

/* Opens stdio and preopens as descriptors 0, 1, 2 and from 3 on. `gate` and `exit` outlive it.
 * NO_MEMORY. */
enum status MUST_CHECK wasi_p1_create(const struct wasi_gate *gate, struct arena *arena,
                                      struct wasi_exit *exit, struct wasi_p1 **out_p1);

/* The functions, bound to `p1`: good as long as it is. */
const struct wasm_host_func *wasi_p1_funcs(const struct wasi_p1 *p1);

#endif
