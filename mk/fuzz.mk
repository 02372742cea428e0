# Fuzz targets: fuzz/fuzz_NAME.c becomes $(B)/fuzz/NAME, the core built again with coverage feedback and sanitizers.
# Their corpora stand in tests/corpus/NAME (validate's is run's) and are replayed by unit tests.
FUZZ_CFLAGS := $(CLASSES_SMALL) $(CSTD) $(WARN) -O1 -g -fno-omit-frame-pointer -D_GNU_SOURCE \
               -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_LDFLAGS := -fuse-ld=lld-19 -fsanitize=fuzzer,address,undefined
FUZZ_LIB_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(filter core/base/% core/crypto/% core/wasm/% core/component/% core/proof/%,$(CORE_SRC)) \
                  tests/support/load_check.c tests/support/run_check.c tests/support/bundle_check.c tests/support/signer.c \
                  tests/support/abi_guest.c tests/support/lift_check.c tests/support/text_check.c tests/support/linked_check.c \
                  tests/support/component_check.c)

$(B)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,FUZZ)
	$(Q)$(CC) $(FUZZ_CFLAGS) $(DEPS) -c $< -o $@
$(B)/fuzz/obj/core/wasm/interp%.o: FUZZ_CFLAGS += $(HANDLER_CFLAGS)
$(B)/fuzz/%: $(B)/fuzz/obj/fuzz/fuzz_%.o $(FUZZ_LIB_OBJ)
	$(call say,LINK)
	$(Q)$(CC) $(FUZZ_LDFLAGS) -o $@ $^ -lbearssl
$(B)/fuzz/gate: $(patsubst %.c,$(B)/fuzz/obj/%.o,node/gate/session.c $(wildcard node/world/*.c) tests/support/gate_check.c)
FUZZ_API_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,tests/support/json_check.c \
                $(addprefix node/api/,json.c json_string.c json_number.c memory.c base64.c request.c request_inner.c text.c reply.c reply_report.c))
$(B)/fuzz/json $(B)/fuzz/frames: $(FUZZ_API_OBJ)
$(B)/fuzz/quote: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(wildcard node/attest/*.c) tests/support/quote_check.c)
$(B)/fuzz/message: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(wildcard node/message/*.c node/attest/*.c) \
                     $(filter-out node/keys/keys.c node/keys/slow.c,$(wildcard node/keys/*.c)) tests/support/message_check.c)
$(B)/fuzz/quote: FUZZ_LDFLAGS += -lcrypto
$(B)/fuzz/message: FUZZ_LDFLAGS += -lcrypto -ltss2-esys -ltss2-mu -ltss2-rc

# Each target over its corpus and a seeded number of mutants; what it adds is under $(B)/fuzz/found. A line of
# tests/fuzz-ledger says how many there were.
FUZZ_NAMES := $(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c))
FUZZ_RUNS_DEFAULT := 1000000
FUZZ_RUNS_validate := 5000000
FUZZ_RUNS_run := 500000
# In a tenth, slow ones take fewer than a tenth: 10 to 20 s each.
FUZZ_TENTH_gate := 70000
FUZZ_TENTH_lift := 70000
FUZZ_TENTH_record := 15000
FUZZ_CORPUS_validate := run
FUZZ_CORPUS_linked := components
FUZZ_MAX_LEN_run := 8192
FUZZ_MAX_LEN_gate := 1024
FUZZ_MAX_LEN_quote := 6144
FUZZ_MAX_LEN_message := 4096
FUZZ_MAX_LEN_json := 4096
FUZZ_MAX_LEN_frames := 8192
FUZZ_TARGETS := $(FUZZ_NAMES:%=full-fuzz-%)
.PHONY: full-fuzz $(FUZZ_TARGETS)
$(FUZZ_TARGETS): full-fuzz-%: $(B)/fuzz/%
	@rm -rf $(B)/fuzz/found/$*; mkdir -p $(B)/fuzz/found/$*; \
	runs=$(if $(TENTH),$(FUZZ_TENTH_$*)); \
	runs=$${runs:-$$(($(or $(FUZZ_RUNS_$*),$(FUZZ_RUNS_DEFAULT)) / $(if $(TENTH),10,1)))}; \
	echo "fuzz $*: seed $(SEED), $$runs inputs"; \
	findings=0; \
	$(B)/fuzz/$* -seed=$$(($(SEED) % 4294967295 + 1)) -runs=$$runs -max_len=$(or $(FUZZ_MAX_LEN_$*),65536) -timeout=30 \
	    -verbosity=0 -artifact_prefix=$(B)/fuzz/$*- $(B)/fuzz/found/$* tests/corpus/$(or $(FUZZ_CORPUS_$*),$*) \
	    >$(B)/fuzz/$*.log 2>&1 || findings=1; \
	grep -vE '^(INFO|"|#)|NEW_FUNC' $(B)/fuzz/$*.log || true; \
	$(PYTHON) -m tests.ledger fuzz-$* $(SEED) $$runs $$findings; \
	if [ $$findings = 1 ]; then \
	    echo "fuzz $*: finding; again: make full-fuzz-$* SEED=$(SEED)$(if $(TENTH), TENTH=1)"; \
	    sed -n 's,.*Test unit written to ,fuzz $*: the input alone: $(B)/fuzz/$* ,p' $(B)/fuzz/$*.log; \
	fi; \
	exit $$findings
full-fuzz: ## every fuzz target: a million inputs each, validate five, run half of one; as many at a time as cores; SEED=1 TENTH=1
	@$(MAKE) --no-print-directory --keep-going --output-sync=target $(FUZZ_TARGETS)
FULL_TARGETS += full-fuzz
