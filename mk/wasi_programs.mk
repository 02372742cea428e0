# Programs of preview 1 without a library, which check themselves; tests/cli/test_run_programs.py runs them.
P1_PROGRAMS := $(patsubst tests/wasi/p1/%.c,$(B)/wasi/p1/%.wasm,$(wildcard tests/wasi/p1/*.c))
$(B)/wasi/p1/%.wasm: tests/wasi/p1/%.c tests/wasi/p1/p1.h
	@mkdir -p $(@D)
	$(call say,WASM)
	$(Q)$(CC) --target=wasm32 -std=c17 -O1 -Wall -Wextra -Werror -Wno-unused-function -mbulk-memory -fno-builtin-strlen -nostdlib \
	    -Wl,--no-entry -Wl,--export=_start -Wl,--strip-debug -o $@ $<
TEST_NEEDS += $(P1_PROGRAMS)
$(B)/host/tests/wasi/test_p1 $(B)/san/tests/wasi/test_p1: | $(P1_PROGRAMS)
