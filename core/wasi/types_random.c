/*
 * core/wasi/types_random.c: the interfaces of wasi:random: random, insecure, insecure-seed.
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "core/wasi/types.h"

static const struct component_host_func random_insecure_seed_funcs[] = {
    T_FUNC_BARE("insecure-seed", p2_insecure_seed, T_TUPLE(T_ITEM(T_U64), T_ITEM(T_U64))),
};

const struct component_host_interface p2_interface_random_insecure_seed = {
    T_INTERFACE("wasi:random/insecure-seed"),
    T_FUNCS(random_insecure_seed_funcs),
};

static const struct component_host_func random_insecure_funcs[] = {
    T_FUNC("get-insecure-random-bytes", p2_get_insecure_random_bytes, T_LIST(T_U8),
           T_FIELD("len", T_U64)),
    T_FUNC_BARE("get-insecure-random-u64", p2_get_insecure_random_u64, T_U64),
};

const struct component_host_interface p2_interface_random_insecure = {
    T_INTERFACE("wasi:random/insecure"),
    T_FUNCS(random_insecure_funcs),
};

static const struct component_host_func random_random_funcs[] = {
    T_FUNC("get-random-bytes", p2_get_random_bytes, T_LIST(T_U8), T_FIELD("len", T_U64)),
    T_FUNC_BARE("get-random-u64", p2_get_random_u64, T_U64),
};

const struct component_host_interface p2_interface_random_random = {
    T_INTERFACE("wasi:random/random"),
    T_FUNCS(random_random_funcs),
};
