# The payload campaign: seeded payloads in the real image, each beside its second run on the host.
$(B)/bin/payload_batch: $(B)/host/tests/tools/payload_batch.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl

PAYLOADS_NEEDS := $(B)/bin/payload_batch $(B)/aether.elf $(B)/bin/aether
PAYLOADS = PYTHONDONTWRITEBYTECODE=1 B=$(B) $(PYTHON) tests/metal/payloads.py --seed $(SEED)
.PHONY: payloads full-payloads
payloads: $(PAYLOADS_NEEDS) ## N seeded payloads (noise, mutants, modules) in the image, a machine each; N=1000 SEED=1
	@$(PAYLOADS) --count $(or $(N),1000) $(if $(ONLY),--only $(ONLY))

FULL_TARGETS += full-payloads
full-payloads: $(PAYLOADS_NEEDS) ## payloads as a campaign; SEED=1 TENTH=1
	@$(PAYLOADS) --count $(if $(TENTH),100,1000)
