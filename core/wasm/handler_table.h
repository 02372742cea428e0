/*
 * core/wasm/handler_table.h: from codes to handlers and back. For core/wasm only.
 */
#ifndef AETHER_WASM_HANDLER_TABLE_H
#define AETHER_WASM_HANDLER_TABLE_H

#include "core/wasm/code.h"

/* How a cell of `code` starts. */
struct code_head wasm_handler_head(uint32_t code);

/* The code of a cell that starts so; CODE_COUNT when there is none. Slow: for the disassembler.
 * Handlers that compile to the same bytes may be one: then the first. */
uint32_t wasm_handler_code(struct code_head head);

#endif
