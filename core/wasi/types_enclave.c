/*
 * core/wasi/types_enclave.c: the interfaces of privasys:enclave-os (sdk/wit/enclave-os.wit):
 * everything links, nothing is granted (p2_denied.c).
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "core/wasi/types.h"

static const struct component_type headers = T_LIST_OF(T_TUPLE(T_ITEM(T_STRING), T_ITEM(T_STRING)));

static const struct component_host_func https_funcs[] = {
    T_FUNC("fetch", p2_enclave_denied,
           T_RESULT(T_TUPLE(T_ITEM(T_U16), T_ITEM(&headers), T_ITEM(T_LIST(T_U8))), T_STRING),
           T_FIELD("method", T_U32), T_FIELD("url", T_STRING), T_FIELD("headers", &headers),
           T_FIELD("body", T_OPTION(T_LIST(T_U8)))),
};

const struct component_host_interface p2_interface_enclave_https = {
    .name = T_NAME("privasys:enclave-os/https"),
    .major = 0,
    .minor = 1,
    T_FUNCS(https_funcs),
};

static const struct component_host_func auth_funcs[] = {
    T_FUNC_BARE("get-caller-id", p2_enclave_denied, T_RESULT(T_STRING, T_STRING)),
    T_FUNC_BARE("get-my-roles", p2_enclave_denied, T_RESULT(T_LIST(T_STRING), T_STRING)),
};

const struct component_host_interface p2_interface_enclave_auth = {
    .name = T_NAME("privasys:enclave-os/auth"),
    .major = 0,
    .minor = 1,
    T_FUNCS(auth_funcs),
};
