#!/bin/sh
# The module IN, as small as it still differs in the same way, as OUT: shrink.sh DRIVER LIBRARY WASM_TOOLS IN OUT PATTERN
set -eu
driver=$1 library=$2 tools=$3 in=$4 out=$5 pattern=$6
predicate=$(mktemp)
printf '#!/bin/sh\necho "$1" | timeout 10 %s run %s 2>/dev/null | grep -q "^different.*%s"\n' "$driver" "$library" "$pattern" >"$predicate"
chmod +x "$predicate"
"$tools" shrink --attempts 30000 "$predicate" "$in" -o "$out"
rm -f "$predicate"
