/*
 * core/wasi/types_http.c: the interfaces of wasi:http: types and outgoing-handler link, nothing is
 * granted (p2_denied.c).
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "core/wasi/types.h"

const struct component_host_resource p2_resource_fields = T_RESOURCE_PLAIN("fields");

static const struct component_host_resource resource_incoming_request =
    T_RESOURCE_PLAIN("incoming-request");

const struct component_host_resource p2_resource_outgoing_request =
    T_RESOURCE_PLAIN("outgoing-request");

const struct component_host_resource p2_resource_request_options =
    T_RESOURCE_PLAIN("request-options");

static const struct component_host_resource resource_response_outparam =
    T_RESOURCE_PLAIN("response-outparam");

static const struct component_host_resource resource_incoming_response =
    T_RESOURCE_PLAIN("incoming-response");

static const struct component_host_resource resource_incoming_body =
    T_RESOURCE_PLAIN("incoming-body");

static const struct component_host_resource resource_future_trailers =
    T_RESOURCE_PLAIN("future-trailers");

const struct component_host_resource p2_resource_outgoing_response =
    T_RESOURCE_PLAIN("outgoing-response");

static const struct component_host_resource resource_outgoing_body =
    T_RESOURCE_PLAIN("outgoing-body");

static const struct component_host_resource resource_future_incoming_response =
    T_RESOURCE_PLAIN("future-incoming-response");

static const struct component_type http_method =
    T_VARIANT(T_LABEL("get"), T_LABEL("head"), T_LABEL("post"), T_LABEL("put"), T_LABEL("delete"),
              T_LABEL("connect"), T_LABEL("options"), T_LABEL("trace"), T_LABEL("patch"),
              T_FIELD("other", T_STRING));

static const struct component_type http_scheme =
    T_VARIANT(T_LABEL("HTTP"), T_LABEL("HTTPS"), T_FIELD("other", T_STRING));

static const struct component_type http_dns_error_payload =
    T_RECORD(T_FIELD("rcode", T_OPTION(T_STRING)), T_FIELD("info-code", T_OPTION(T_U16)));

static const struct component_type http_tls_alert_received_payload =
    T_RECORD(T_FIELD("alert-id", T_OPTION(T_U8)), T_FIELD("alert-message", T_OPTION(T_STRING)));

static const struct component_type http_field_size_payload =
    T_RECORD(T_FIELD("field-name", T_OPTION(T_STRING)), T_FIELD("field-size", T_OPTION(T_U32)));

static const struct component_type http_error_code = T_VARIANT(
    T_LABEL("DNS-timeout"), T_FIELD("DNS-error", &http_dns_error_payload),
    T_LABEL("destination-not-found"), T_LABEL("destination-unavailable"),
    T_LABEL("destination-IP-prohibited"), T_LABEL("destination-IP-unroutable"),
    T_LABEL("connection-refused"), T_LABEL("connection-terminated"), T_LABEL("connection-timeout"),
    T_LABEL("connection-read-timeout"), T_LABEL("connection-write-timeout"),
    T_LABEL("connection-limit-reached"), T_LABEL("TLS-protocol-error"),
    T_LABEL("TLS-certificate-error"),
    T_FIELD("TLS-alert-received", &http_tls_alert_received_payload), T_LABEL("HTTP-request-denied"),
    T_LABEL("HTTP-request-length-required"), T_FIELD("HTTP-request-body-size", T_OPTION(T_U64)),
    T_LABEL("HTTP-request-method-invalid"), T_LABEL("HTTP-request-URI-invalid"),
    T_LABEL("HTTP-request-URI-too-long"),
    T_FIELD("HTTP-request-header-section-size", T_OPTION(T_U32)),
    T_FIELD("HTTP-request-header-size", T_OPTION(&http_field_size_payload)),
    T_FIELD("HTTP-request-trailer-section-size", T_OPTION(T_U32)),
    T_FIELD("HTTP-request-trailer-size", &http_field_size_payload),
    T_LABEL("HTTP-response-incomplete"),
    T_FIELD("HTTP-response-header-section-size", T_OPTION(T_U32)),
    T_FIELD("HTTP-response-header-size", &http_field_size_payload),
    T_FIELD("HTTP-response-body-size", T_OPTION(T_U64)),
    T_FIELD("HTTP-response-trailer-section-size", T_OPTION(T_U32)),
    T_FIELD("HTTP-response-trailer-size", &http_field_size_payload),
    T_FIELD("HTTP-response-transfer-coding", T_OPTION(T_STRING)),
    T_FIELD("HTTP-response-content-coding", T_OPTION(T_STRING)), T_LABEL("HTTP-response-timeout"),
    T_LABEL("HTTP-upgrade-failed"), T_LABEL("HTTP-protocol-error"), T_LABEL("loop-detected"),
    T_LABEL("configuration-error"), T_FIELD("internal-error", T_OPTION(T_STRING)));

static const struct component_type http_header_error =
    T_VARIANT(T_LABEL("invalid-syntax"), T_LABEL("forbidden"), T_LABEL("immutable"));

static const struct component_type http_field_value = T_LIST_OF(T_U8);

static const struct component_host_func http_types_funcs[] = {
    T_FUNC("http-error-code", p2_http_error_code, T_OPTION(&http_error_code),
           T_FIELD("err", T_BORROW(p2_resource_error))),
    T_FUNC_BARE("[constructor]fields", p2_http_fields_new, T_OWN(p2_resource_fields)),
    T_FUNC("[static]fields.from-list", p2_http_forbidden,
           T_RESULT(T_OWN(p2_resource_fields), &http_header_error),
           T_FIELD("entries", T_LIST(T_TUPLE(T_ITEM(T_STRING), T_ITEM(&http_field_value))))),
    T_FUNC("[method]fields.get", p2_http_empty_list, T_LIST(&http_field_value),
           T_FIELD("self", T_BORROW(p2_resource_fields)), T_FIELD("name", T_STRING)),
    T_FUNC("[method]fields.has", p2_http_has, T_BOOL, T_FIELD("self", T_BORROW(p2_resource_fields)),
           T_FIELD("name", T_STRING)),
    T_FUNC("[method]fields.set", p2_http_forbidden, T_RESULT(NULL, &http_header_error),
           T_FIELD("self", T_BORROW(p2_resource_fields)), T_FIELD("name", T_STRING),
           T_FIELD("value", T_LIST(&http_field_value))),
    T_FUNC("[method]fields.delete", p2_http_forbidden, T_RESULT(NULL, &http_header_error),
           T_FIELD("self", T_BORROW(p2_resource_fields)), T_FIELD("name", T_STRING)),
    T_FUNC("[method]fields.append", p2_http_forbidden, T_RESULT(NULL, &http_header_error),
           T_FIELD("self", T_BORROW(p2_resource_fields)), T_FIELD("name", T_STRING),
           T_FIELD("value", &http_field_value)),
    T_FUNC("[method]fields.entries", p2_http_empty_list,
           T_LIST(T_TUPLE(T_ITEM(T_STRING), T_ITEM(&http_field_value))),
           T_FIELD("self", T_BORROW(p2_resource_fields))),
    T_FUNC("[method]fields.clone", p2_http_fields_new, T_OWN(p2_resource_fields),
           T_FIELD("self", T_BORROW(p2_resource_fields))),
    T_FUNC("[method]incoming-request.method", p2_http_unreachable, &http_method,
           T_FIELD("self", T_BORROW(resource_incoming_request))),
    T_FUNC("[method]incoming-request.path-with-query", p2_http_unreachable, T_OPTION(T_STRING),
           T_FIELD("self", T_BORROW(resource_incoming_request))),
    T_FUNC("[method]incoming-request.scheme", p2_http_unreachable, T_OPTION(&http_scheme),
           T_FIELD("self", T_BORROW(resource_incoming_request))),
    T_FUNC("[method]incoming-request.authority", p2_http_unreachable, T_OPTION(T_STRING),
           T_FIELD("self", T_BORROW(resource_incoming_request))),
    T_FUNC("[method]incoming-request.headers", p2_http_unreachable, T_OWN(p2_resource_fields),
           T_FIELD("self", T_BORROW(resource_incoming_request))),
    T_FUNC("[method]incoming-request.consume", p2_http_unreachable,
           T_RESULT(T_OWN(resource_incoming_body), NULL),
           T_FIELD("self", T_BORROW(resource_incoming_request))),
    T_FUNC("[constructor]outgoing-request", p2_http_request_new,
           T_OWN(p2_resource_outgoing_request), T_FIELD("headers", T_OWN(p2_resource_fields))),
    T_FUNC("[method]outgoing-request.body", p2_http_refuse,
           T_RESULT(T_OWN(resource_outgoing_body), NULL),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request))),
    T_FUNC("[method]outgoing-request.method", p2_http_method, &http_method,
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request))),
    T_FUNC("[method]outgoing-request.set-method", p2_http_refuse, T_RESULT(NULL, NULL),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request)),
           T_FIELD("method", &http_method)),
    T_FUNC("[method]outgoing-request.path-with-query", p2_http_none, T_OPTION(T_STRING),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request))),
    T_FUNC("[method]outgoing-request.set-path-with-query", p2_http_refuse, T_RESULT(NULL, NULL),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request)),
           T_FIELD("path-with-query", T_OPTION(T_STRING))),
    T_FUNC("[method]outgoing-request.scheme", p2_http_none, T_OPTION(&http_scheme),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request))),
    T_FUNC("[method]outgoing-request.set-scheme", p2_http_refuse, T_RESULT(NULL, NULL),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request)),
           T_FIELD("scheme", T_OPTION(&http_scheme))),
    T_FUNC("[method]outgoing-request.authority", p2_http_none, T_OPTION(T_STRING),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request))),
    T_FUNC("[method]outgoing-request.set-authority", p2_http_refuse, T_RESULT(NULL, NULL),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request)),
           T_FIELD("authority", T_OPTION(T_STRING))),
    T_FUNC("[method]outgoing-request.headers", p2_http_fields_new, T_OWN(p2_resource_fields),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_request))),
    T_FUNC_BARE("[constructor]request-options", p2_http_options_new,
                T_OWN(p2_resource_request_options)),
    T_FUNC("[method]request-options.connect-timeout", p2_http_none, T_OPTION(T_U64),
           T_FIELD("self", T_BORROW(p2_resource_request_options))),
    T_FUNC("[method]request-options.set-connect-timeout", p2_http_refuse, T_RESULT(NULL, NULL),
           T_FIELD("self", T_BORROW(p2_resource_request_options)),
           T_FIELD("duration", T_OPTION(T_U64))),
    T_FUNC("[method]request-options.first-byte-timeout", p2_http_none, T_OPTION(T_U64),
           T_FIELD("self", T_BORROW(p2_resource_request_options))),
    T_FUNC("[method]request-options.set-first-byte-timeout", p2_http_refuse, T_RESULT(NULL, NULL),
           T_FIELD("self", T_BORROW(p2_resource_request_options)),
           T_FIELD("duration", T_OPTION(T_U64))),
    T_FUNC("[method]request-options.between-bytes-timeout", p2_http_none, T_OPTION(T_U64),
           T_FIELD("self", T_BORROW(p2_resource_request_options))),
    T_FUNC("[method]request-options.set-between-bytes-timeout", p2_http_refuse,
           T_RESULT(NULL, NULL), T_FIELD("self", T_BORROW(p2_resource_request_options)),
           T_FIELD("duration", T_OPTION(T_U64))),
    T_FUNC("[method]response-outparam.send-informational", p2_http_unreachable,
           T_RESULT(NULL, &http_error_code), T_FIELD("self", T_BORROW(resource_response_outparam)),
           T_FIELD("status", T_U16), T_FIELD("headers", T_OWN(p2_resource_fields))),
    T_FUNC("[static]response-outparam.set", p2_http_unreachable, NULL,
           T_FIELD("param", T_OWN(resource_response_outparam)),
           T_FIELD("response", T_RESULT(T_OWN(p2_resource_outgoing_response), &http_error_code))),
    T_FUNC("[method]incoming-response.status", p2_http_unreachable, T_U16,
           T_FIELD("self", T_BORROW(resource_incoming_response))),
    T_FUNC("[method]incoming-response.headers", p2_http_unreachable, T_OWN(p2_resource_fields),
           T_FIELD("self", T_BORROW(resource_incoming_response))),
    T_FUNC("[method]incoming-response.consume", p2_http_unreachable,
           T_RESULT(T_OWN(resource_incoming_body), NULL),
           T_FIELD("self", T_BORROW(resource_incoming_response))),
    T_FUNC("[method]incoming-body.stream", p2_http_unreachable,
           T_RESULT(T_OWN(p2_resource_input_stream), NULL),
           T_FIELD("self", T_BORROW(resource_incoming_body))),
    T_FUNC("[static]incoming-body.finish", p2_http_unreachable, T_OWN(resource_future_trailers),
           T_FIELD("this", T_OWN(resource_incoming_body))),
    T_FUNC("[method]future-trailers.subscribe", p2_http_unreachable, T_OWN(p2_resource_pollable),
           T_FIELD("self", T_BORROW(resource_future_trailers))),
    T_FUNC(
        "[method]future-trailers.get", p2_http_unreachable,
        T_OPTION(T_RESULT(T_RESULT(T_OPTION(T_OWN(p2_resource_fields)), &http_error_code), NULL)),
        T_FIELD("self", T_BORROW(resource_future_trailers))),
    T_FUNC("[constructor]outgoing-response", p2_http_response_new,
           T_OWN(p2_resource_outgoing_response), T_FIELD("headers", T_OWN(p2_resource_fields))),
    T_FUNC("[method]outgoing-response.status-code", p2_http_status_code, T_U16,
           T_FIELD("self", T_BORROW(p2_resource_outgoing_response))),
    T_FUNC("[method]outgoing-response.set-status-code", p2_http_refuse, T_RESULT(NULL, NULL),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_response)), T_FIELD("status-code", T_U16)),
    T_FUNC("[method]outgoing-response.headers", p2_http_fields_new, T_OWN(p2_resource_fields),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_response))),
    T_FUNC("[method]outgoing-response.body", p2_http_refuse,
           T_RESULT(T_OWN(resource_outgoing_body), NULL),
           T_FIELD("self", T_BORROW(p2_resource_outgoing_response))),
    T_FUNC("[method]outgoing-body.write", p2_http_unreachable,
           T_RESULT(T_OWN(p2_resource_output_stream), NULL),
           T_FIELD("self", T_BORROW(resource_outgoing_body))),
    T_FUNC("[static]outgoing-body.finish", p2_http_unreachable, T_RESULT(NULL, &http_error_code),
           T_FIELD("this", T_OWN(resource_outgoing_body)),
           T_FIELD("trailers", T_OPTION(T_OWN(p2_resource_fields)))),
    T_FUNC("[method]future-incoming-response.subscribe", p2_http_unreachable,
           T_OWN(p2_resource_pollable),
           T_FIELD("self", T_BORROW(resource_future_incoming_response))),
    T_FUNC("[method]future-incoming-response.get", p2_http_unreachable,
           T_OPTION(T_RESULT(T_RESULT(T_OWN(resource_incoming_response), &http_error_code), NULL)),
           T_FIELD("self", T_BORROW(resource_future_incoming_response))),
};

static const struct component_host_resource *const http_types_resources[] = {
    &p2_resource_fields,          &resource_incoming_request,        &p2_resource_outgoing_request,
    &p2_resource_request_options, &resource_response_outparam,       &resource_incoming_response,
    &resource_incoming_body,      &resource_future_trailers,         &p2_resource_outgoing_response,
    &resource_outgoing_body,      &resource_future_incoming_response};

const struct component_host_interface p2_interface_http_types = {
    T_INTERFACE("wasi:http/types"),
    T_FUNCS(http_types_funcs),
    T_RESOURCES(http_types_resources),
};

static const struct component_host_func http_outgoing_handler_funcs[] = {
    T_FUNC("handle", p2_http_handle,
           T_RESULT(T_OWN(resource_future_incoming_response), &http_error_code),
           T_FIELD("request", T_OWN(p2_resource_outgoing_request)),
           T_FIELD("options", T_OPTION(T_OWN(p2_resource_request_options)))),
};

const struct component_host_interface p2_interface_http_outgoing_handler = {
    T_INTERFACE("wasi:http/outgoing-handler"),
    T_FUNCS(http_outgoing_handler_funcs),
};
