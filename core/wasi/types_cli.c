/*
 * core/wasi/types_cli.c: the interfaces of wasi:cli: all that it imports; run is an export.
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "core/wasi/types.h"

static const struct component_host_func cli_environment_funcs[] = {
    T_FUNC_BARE("get-environment", p2_get_environment,
                T_LIST(T_TUPLE(T_ITEM(T_STRING), T_ITEM(T_STRING)))),
    T_FUNC_BARE("get-arguments", p2_get_arguments, T_LIST(T_STRING)),
    T_FUNC_BARE("initial-cwd", p2_initial_cwd, T_OPTION(T_STRING)),
};

const struct component_host_interface p2_interface_cli_environment = {
    T_INTERFACE("wasi:cli/environment"),
    T_FUNCS(cli_environment_funcs),
};

static const struct component_host_func cli_exit_funcs[] = {
    T_FUNC("exit", p2_exit, NULL, T_FIELD("status", T_RESULT(NULL, NULL))),
    T_FUNC("exit-with-code", p2_exit_with_code, NULL, T_FIELD("status-code", T_U8)),
};

const struct component_host_interface p2_interface_cli_exit = {
    T_INTERFACE("wasi:cli/exit"),
    T_FUNCS(cli_exit_funcs),
};

static const struct component_host_func cli_stdin_funcs[] = {
    T_FUNC_BARE("get-stdin", p2_get_stdin, T_OWN(p2_resource_input_stream)),
};

const struct component_host_interface p2_interface_cli_stdin = {
    T_INTERFACE("wasi:cli/stdin"),
    T_FUNCS(cli_stdin_funcs),
};

static const struct component_host_func cli_stdout_funcs[] = {
    T_FUNC_BARE("get-stdout", p2_get_stdout, T_OWN(p2_resource_output_stream)),
};

const struct component_host_interface p2_interface_cli_stdout = {
    T_INTERFACE("wasi:cli/stdout"),
    T_FUNCS(cli_stdout_funcs),
};

static const struct component_host_func cli_stderr_funcs[] = {
    T_FUNC_BARE("get-stderr", p2_get_stderr, T_OWN(p2_resource_output_stream)),
};

const struct component_host_interface p2_interface_cli_stderr = {
    T_INTERFACE("wasi:cli/stderr"),
    T_FUNCS(cli_stderr_funcs),
};

const struct component_host_resource p2_resource_terminal_input =
    T_RESOURCE_PLAIN("terminal-input");

static const struct component_host_resource *const cli_terminal_input_resources[] = {
    &p2_resource_terminal_input};

const struct component_host_interface p2_interface_cli_terminal_input = {
    T_INTERFACE("wasi:cli/terminal-input"),
    T_RESOURCES(cli_terminal_input_resources),
};

const struct component_host_resource p2_resource_terminal_output =
    T_RESOURCE_PLAIN("terminal-output");

static const struct component_host_resource *const cli_terminal_output_resources[] = {
    &p2_resource_terminal_output};

const struct component_host_interface p2_interface_cli_terminal_output = {
    T_INTERFACE("wasi:cli/terminal-output"),
    T_RESOURCES(cli_terminal_output_resources),
};

static const struct component_host_func cli_terminal_stdin_funcs[] = {
    T_FUNC_BARE("get-terminal-stdin", p2_get_terminal_stdin,
                T_OPTION(T_OWN(p2_resource_terminal_input))),
};

const struct component_host_interface p2_interface_cli_terminal_stdin = {
    T_INTERFACE("wasi:cli/terminal-stdin"),
    T_FUNCS(cli_terminal_stdin_funcs),
};

static const struct component_host_func cli_terminal_stdout_funcs[] = {
    T_FUNC_BARE("get-terminal-stdout", p2_get_terminal_stdout,
                T_OPTION(T_OWN(p2_resource_terminal_output))),
};

const struct component_host_interface p2_interface_cli_terminal_stdout = {
    T_INTERFACE("wasi:cli/terminal-stdout"),
    T_FUNCS(cli_terminal_stdout_funcs),
};

static const struct component_host_func cli_terminal_stderr_funcs[] = {
    T_FUNC_BARE("get-terminal-stderr", p2_get_terminal_stderr,
                T_OPTION(T_OWN(p2_resource_terminal_output))),
};

const struct component_host_interface p2_interface_cli_terminal_stderr = {
    T_INTERFACE("wasi:cli/terminal-stderr"),
    T_FUNCS(cli_terminal_stderr_funcs),
};
