/*
 * core/wasi/types_enclave.c: the interfaces of privasys:enclave-os: https in its two forms
 * (sdk/wit/enclave-os.wit, enclave-os-records.wit: the same name and version, so the table has
 * fetch twice), auth, which nobody is granted (p2_denied.c).
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "core/wasi/types.h"

static const struct component_type headers = T_LIST_OF(T_TUPLE(T_ITEM(T_STRING), T_ITEM(T_STRING)));

static const struct component_type https_method =
    T_ENUM(T_LABEL("get"), T_LABEL("post"), T_LABEL("put"), T_LABEL("delete"), T_LABEL("patch"),
           T_LABEL("head"), T_LABEL("options"));

static const struct component_type tee_type = T_ENUM(T_LABEL("sgx"), T_LABEL("tdx"));

static const struct component_type expected_oid =
    T_RECORD(T_FIELD("oid", T_STRING), T_FIELD("value", T_LIST(T_U8)));

static const struct component_type ratls_policy =
    T_RECORD(T_FIELD("tee", &tee_type), T_FIELD("mr-enclave", T_OPTION(T_LIST(T_U8))),
             T_FIELD("mr-signer", T_OPTION(T_LIST(T_U8))), T_FIELD("mr-td", T_OPTION(T_LIST(T_U8))),
             T_FIELD("challenge-nonce", T_OPTION(T_LIST(T_U8))),
             T_FIELD("expected-oids", T_LIST(&expected_oid)),
             T_FIELD("attestation-servers", T_LIST(T_STRING)));

static const struct component_type https_request = T_RECORD(
    T_FIELD("method", &https_method), T_FIELD("url", T_STRING), T_FIELD("headers", &headers),
    T_FIELD("body", T_OPTION(T_LIST(T_U8))), T_FIELD("ratls", T_OPTION(&ratls_policy)),
    T_FIELD("ca-roots-der", T_OPTION(T_LIST(T_LIST(T_U8)))));

static const struct component_type https_response =
    T_RECORD(T_FIELD("status", T_U16), T_FIELD("headers", &headers), T_FIELD("body", T_LIST(T_U8)));

static const struct component_host_func https_funcs[] = {
    T_FUNC("fetch", p2_https_fetch,
           T_RESULT(T_TUPLE(T_ITEM(T_U16), T_ITEM(&headers), T_ITEM(T_LIST(T_U8))), T_STRING),
           T_FIELD("method", T_U32), T_FIELD("url", T_STRING), T_FIELD("headers", &headers),
           T_FIELD("body", T_OPTION(T_LIST(T_U8)))),
    T_FUNC("fetch", p2_https_fetch_request, T_RESULT(&https_response, T_STRING),
           T_FIELD("request", &https_request)),
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
