#!/bin/sh
# tests/tools/check_handlers.sh OBJECT...: hot handlers touch no stack and end in a jump.
#
# Looks at every wasm_op_* function of the objects (llvm-objdump-19): no push, no pop, no call, no ret but
# HALT's, nothing addressed by rsp or rbp. wasm_slow_* may. Prints how many it saw; none is a failure.
set -eu
[ $# -gt 0 ] || { echo "usage: $0 OBJECT..." >&2; exit 2; }
llvm-objdump-19 -d --no-show-raw-insn "$@" | awk '
    /^[0-9a-f]+ <.*>:$/ { name = $2; gsub(/[<>:]/, "", name); hot = name ~ /^wasm_op_/; seen += hot; next }
    !hot { next }
    $2 ~ /^(push|pop|call|enter|leave)[bwlq]?$/ || /%[re]?[sb]p[,)]?/ && !/%[re]?bpl/ || ($2 ~ /^ret/ && name != "wasm_op_HALT") {
        print name ": " $0
        bad++
    }
    END {
        printf "handlers: %d hot ones, %d broken rules\n", seen, bad
        exit bad > 0 || seen == 0
    }'
