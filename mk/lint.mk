# What can be said without running anything. Each lint-* stands alone; `make lint` is all of them.
LINT_JOBS ?= $(shell nproc)
LINT_TARGETS := lint-layers lint-files lint-format lint-headers lint-gcc lint-handlers lint-globals lint-tidy

# Not */glue/*: what wit-bindgen made; not sdk/templates: projects of their own, built by what they say.
LINT_C := $(wildcard core/*/*.c core/*/*/*.c cell/*.c cell/*/*.c suite/*.c metal/*.c cli/*.c cli/*/*.c board/*.c bench/*.c bench/*/*.c fuzz/*.c sdk/*.c sdk/*/*.c sdk/*/*/*.c sdk/*/*/*/*.c capi/*.c node/*/*.c \
            tests/*/*.c tests/*/*/*.c tests/*/*/*/*.c)
LINT_C := $(foreach f,$(LINT_C),$(if $(findstring /glue/,$f)$(findstring /templates/,$f),,$f))
LINT_H := $(wildcard include/aether/*.h include/aether/*/*.h core/*/*.h core/*/*/*.h core/*/*/*/*.h cell/*.h cell/*/*.h suite/*.h metal/*.h cli/*.h cli/*/*.h \
            board/*.h bench/*.h bench/*/*.h fuzz/*.h sdk/*.h sdk/*/*.h sdk/*/*/*.h capi/*.h node/*/*.h tests/*/*.h tests/*/*/*.h tests/*/*/*/*.h)
LINT_H := $(foreach f,$(LINT_H),$(if $(findstring /glue/,$f)$(findstring /templates/,$f),,$f))

# Which flags a file is read with: the freestanding ones, the wasm guest's, or the host's. What is in the Linux
# cell (mk/cell_linux.mk) is read as the host's: its flags differ in the code that comes out, not in what is said.
LINT_FREE_C := $(filter core/base/free/% metal/% cell/metal/% tests/metal/cells/% tests/metal/kernel/%,$(LINT_C))
LINT_GUEST_C := $(filter-out sdk/examples/embed/%,$(filter sdk/% bench/kernels/% tests/guests/% tests/wasi/p1/% tests/metal/guests/% tests/board/guests/%,$(LINT_C)))
LINT_HOST_C := $(filter-out $(LINT_FREE_C) $(LINT_GUEST_C),$(LINT_C))
LINT_FREE_FLAGS := $(FREE_CFLAGS) -isystem $(B)/metal/include
LINT_GUEST_FLAGS := $(CSTD) --target=wasm32-unknown-unknown -ffreestanding -Wall -Wextra -Werror -Isdk -Isdk/c/include -Isdk/examples/wasm-example/c/glue
LINT_HOST_FLAGS := $(CSTD) $(WARN) -D_GNU_SOURCE

.PHONY: lint $(LINT_TARGETS) format
lint: $(LINT_TARGETS) ## layers, file rules, format, headers alone, gcc-12, clang-tidy

lint-layers: ## every include goes where mk/layers.txt allows
	@$(PYTHON) tools/check_layers.py

lint-files: ## at most 800 lines, no #if in bodies, nothing unfinished
	@$(PYTHON) tools/check_files.py

lint-format: ## .clang-format's form (make format writes it)
	@clang-format-19 --dry-run -Werror $(LINT_C) $(LINT_H)

format: ## writes .clang-format's form into the files
	@clang-format-19 -i $(LINT_C) $(LINT_H)

# Each header alone: nothing before it, no warning.
LINT_FREE_H := $(filter core/base/free/% metal/% cell/metal/% tests/metal/cells/%,$(LINT_H))
LINT_GUEST_H := $(filter sdk/% include/aether/guest.h tests/wasi/p1/%,$(LINT_H))
# bench/handler_encoding.h is a piece of code, included once for each flavour by what stands before it: not a header.
LINT_HOST_H := $(filter-out $(LINT_FREE_H) $(LINT_GUEST_H) bench/handler_encoding.h,$(LINT_H))
lint-headers: $(patsubst %,$(B)/lint/%.ok,$(LINT_FREE_H) $(LINT_GUEST_H) $(LINT_HOST_H)) ## each header compiles alone
	@echo "headers: $(words $^) compile alone"

define header_rule
$(2:%=$(B)/lint/%.ok): $(B)/lint/%.ok: % | $(BEARSSL_INCLUDE)
	@mkdir -p $$(@D)
	@$(CC) $(1) -Wno-unused-function -Wno-pragma-once-outside-header -MMD -MP -MF $$@.d -MT $$@ -fsyntax-only -x c $$<
	@touch $$@
endef
$(eval $(call header_rule,$(LINT_FREE_FLAGS),$(LINT_FREE_H)))
$(eval $(call header_rule,$(LINT_GUEST_FLAGS),$(LINT_GUEST_H)))
$(eval $(call header_rule,$(LINT_HOST_FLAGS),$(LINT_HOST_H)))

# A second compiler's opinion on the hosted code. Not the interpreter's handlers: gcc 12 has no musttail and no preserve_none.
GCC_WARN := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wundef \
            -Wpointer-arith -Wwrite-strings -Wlogical-op -Wduplicated-cond -Werror
GCC_SKIP ?= core/wasm/interp%.c
GCC_SRC := $(filter-out $(GCC_SKIP),$(LINT_HOST_C))
$(B)/gcc/%.o: %.c
	@mkdir -p $(@D)
	@gcc-12 $(CSTD) $(GCC_WARN) -O2 -D_GNU_SOURCE $(DEPS) -c $< -o $@
lint-gcc: $(patsubst %.c,$(B)/gcc/%.o,$(GCC_SRC)) ## hosted code through gcc-12, warnings are errors
	@echo "gcc-12: $(words $^) files"

HANDLER_OBJ := $(foreach f,host cell,$(patsubst %.c,$(B)/$(f)/%.o,$(wildcard core/wasm/interp*.c)))
lint-handlers: $(HANDLER_OBJ) ## the interpreter's hot handlers touch no stack
	@tests/tools/check_handlers.sh $^

# core/ without mutable globals (semantics 7): nothing in .data, .bss or common. Objects of the freestanding builds, where
# tables of addresses are constant; core/component and core/wasi are in no image, so they are compiled for this alone.
GLOBALS_OBJ := $(filter $(B)/cell/core/%,$(CELL_OBJ)) $(patsubst %.c,$(B)/metal/%.o,$(filter core/crypto/% core/proof/%,$(CORE_SRC))) \
               $(patsubst %.c,$(B)/lint/%.o,$(filter core/component/% core/wasi/%,$(CORE_SRC)))
$(B)/lint/%.o: %.c mk/toolchain.mk
	@mkdir -p $(@D)
	$(call say,LINT)
	$(Q)$(CC) $(FREE_CFLAGS) -O1 $(DEPS) -c $< -o $@
lint-globals: $(GLOBALS_OBJ) ## core/ has no mutable globals
	@$(NM) -A $^ >$(B)/globals.txt
	@! grep -E ' [bBcCdDsS] ' $(B)/globals.txt || { echo 'globals: core/ has mutable ones'; exit 1; }
	@echo "globals: $(words $^) objects of core/ have none"

lint-tidy: | $(BEARSSL_INCLUDE) ## clang-tidy-19 (.clang-tidy); results are kept by content; TENTH=1 SEED=n: the analyzer to full depth in a tenth
	@$(PYTHON) tools/tidy.py $(B) $(LINT_JOBS) $(if $(TENTH),$(SEED)) -- host $(LINT_HOST_FLAGS) -- $(LINT_HOST_C) \
	    -- metal $(LINT_FREE_FLAGS) -- $(LINT_FREE_C) -- guest $(LINT_GUEST_FLAGS) -- $(LINT_GUEST_C)
