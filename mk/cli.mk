# What the tests of aether(1) start besides it.
$(B)/bin/make_receipts: $(B)/host/tests/tools/make_receipts.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl

TEST_NEEDS += $(B)/bin/aether $(B)/bin/aether-cell $(B)/bin/make_receipts

# Writes tests/corpus/bundle anew; see tests/tools/make_bundle_corpus.c.
$(B)/bin/make_bundle_corpus: $(B)/host/tests/tools/make_bundle_corpus.o $(B)/host/tests/support/signer.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl

# Units of aether(1) that stand alone.
$(foreach f,host san,$(eval $(B)/$(f)/tests/cli/test_json: $(B)/$(f)/cli/json.o))
$(foreach f,host san,$(eval $(B)/$(f)/tests/cli/test_wast_value: $(B)/$(f)/cli/wast_value.o $(B)/$(f)/cli/json.o))
$(foreach f,host san,$(eval $(B)/$(f)/tests/cli/test_run_lines: $(B)/$(f)/cli/run_lines.o))
