# What the tests of aether(1) start besides it.
$(B)/bin/make_receipts: $(B)/host/tests/tools/make_receipts.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl

TEST_NEEDS += $(B)/bin/aether $(B)/bin/make_receipts

# Writes tests/corpus/bundle anew; see tests/tools/make_bundle_corpus.c.
$(B)/bin/make_bundle_corpus: $(B)/host/tests/tools/make_bundle_corpus.o $(B)/host/tests/support/signer.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl
