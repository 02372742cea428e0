/*
 * core/wasi/types_clocks.c: the interfaces of wasi:clocks: monotonic-clock, wall-clock, timezone
 * (unstable).
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "core/wasi/types.h"

static const struct component_host_func clocks_monotonic_clock_funcs[] = {
    T_FUNC_BARE("now", p2_monotonic_clock_now, T_U64),
    T_FUNC_BARE("resolution", p2_monotonic_clock_resolution, T_U64),
    T_FUNC("subscribe-instant", p2_monotonic_clock_subscribe_instant, T_OWN(p2_resource_pollable),
           T_FIELD("when", T_U64)),
    T_FUNC("subscribe-duration", p2_monotonic_clock_subscribe_duration, T_OWN(p2_resource_pollable),
           T_FIELD("when", T_U64)),
};

const struct component_host_interface p2_interface_clocks_monotonic_clock = {
    T_INTERFACE("wasi:clocks/monotonic-clock"),
    T_FUNCS(clocks_monotonic_clock_funcs),
};

const struct component_type p2_type_datetime =
    T_RECORD(T_FIELD("seconds", T_U64), T_FIELD("nanoseconds", T_U32));

static const struct component_host_func clocks_wall_clock_funcs[] = {
    T_FUNC_BARE("now", p2_wall_clock_now, &p2_type_datetime),
    T_FUNC_BARE("resolution", p2_wall_clock_resolution, &p2_type_datetime),
};

const struct component_host_interface p2_interface_clocks_wall_clock = {
    T_INTERFACE("wasi:clocks/wall-clock"),
    T_FUNCS(clocks_wall_clock_funcs),
};

static const struct component_type timezone_display =
    T_RECORD(T_FIELD("utc-offset", T_S32), T_FIELD("name", T_STRING),
             T_FIELD("in-daylight-saving-time", T_BOOL));

static const struct component_host_func clocks_timezone_funcs[] = {
    T_FUNC("display", p2_timezone_display, &timezone_display, T_FIELD("when", &p2_type_datetime)),
    T_FUNC("utc-offset", p2_timezone_utc_offset, T_S32, T_FIELD("when", &p2_type_datetime)),
};

const struct component_host_interface p2_interface_clocks_timezone = {
    T_INTERFACE("wasi:clocks/timezone"),
    T_FUNCS(clocks_timezone_funcs),
};
