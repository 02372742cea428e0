# Keys: a development key, made at the first build and never committed, and what an image embeds of it.
KEYS ?= keys

# The rules have no prerequisites but the program's presence: a key that is there is never made again.
$(KEYS)/%.key: | $(B)/bin/aether
	@mkdir -p $(@D)
	@$(B)/bin/aether keygen -o $@ > /dev/null
$(KEYS)/%.key.pub: | $(KEYS)/%.key
	@test -f $@

$(B)/keyring.bin: $(KEYS)/dev.key.pub | $(B)/bin/aether
	@$(B)/bin/aether keyring --key $(KEYS)/dev.key.pub -o $@
# An image for bench use: it runs unsigned bundles, too.
$(B)/keyring-bench.bin: $(KEYS)/dev.key.pub | $(B)/bin/aether
	@$(B)/bin/aether keyring --key $(KEYS)/dev.key.pub --bench -o $@

# For tests: a key that no image knows.
$(B)/test-keys/foreign.key: | $(B)/bin/aether
	@mkdir -p $(@D)
	@$(B)/bin/aether keygen -o $@ > /dev/null

.PHONY: keys
keys: $(KEYS)/dev.key $(B)/keyring.bin $(B)/keyring-bench.bin $(B)/test-keys/foreign.key ## the development key, the images' keyrings, a foreign key for tests
