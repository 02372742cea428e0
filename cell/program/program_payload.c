/*
 * cell/program/program_payload.c: which bytes are the module or component.
 *
 * A bundle of ours (docs/abi/bundle.md) is opened: its shape is checked, its payload runs. Its
 * signatures, manifest and payload hash are not judged here: who hosts the cell knows the whole by
 * its hash. What is native code is told from what is merely no WebAssembly.
 */
#include "cell/program/program_internal.h"
#include "core/proof/bundle.h"

static bool begins_with(struct bytes payload, struct bytes magic)
{
    return payload.len >= magic.len && memcmp(payload.data, magic.data, magic.len) == 0;
}

/* wasmtime's .cwasm is an ELF file, and had a magic of its own before; WAMR's .aot has one. */
static bool is_native(struct bytes payload)
{
    return begins_with(payload, BYTES_LITERAL("\177ELF")) ||
           begins_with(payload, BYTES_LITERAL("\0wasmtime-aot")) ||
           begins_with(payload, BYTES_LITERAL("\0aot"));
}

/* An array of four, the first of them this text: nothing else begins so. */
static bool is_bundle(struct bytes payload)
{
    return begins_with(payload, BYTES_LITERAL("\204\155aether-bundle"));
}

static bool refuse(struct program *program, enum outcome_fault fault, const char *sentence)
{
    report_write(&program->report, REPORT_NO_OFFSET, sentence);
    program_fault(program, fault, 0);
    return false;
}

bool program_open_payload(struct program *program)
{
    struct bundle_parts parts;
    if (is_bundle(program->payload)) {
        if (bundle_split(program->payload, &parts, &program->report) != FAULT_NONE)
            return refuse(program, FAULT_MALFORMED, "the bundle is malformed");
        program->payload = parts.payload;
    }
    if (program->payload.len == 0)
        return refuse(program, FAULT_MALFORMED, "the payload is empty");
    if (is_native(program->payload))
        return refuse(program, FAULT_UNSUPPORTED,
                      "native code from outside is never run: send the .wasm that it was compiled "
                      "from");
    return true;
}
