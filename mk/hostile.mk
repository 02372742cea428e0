# Test cells that attack: tests/metal/cells/hostile.c stands in the real cell's place.
$(B)/metal/cells/%.o: tests/metal/cells/%.c
	@mkdir -p $(@D)
	$(call say,CELL)
	$(Q)$(CC) $(CELL_CFLAGS) $(DEPS) -c $< -o $@
$(B)/metal/cells/%.o: tests/metal/cells/%.S
	@mkdir -p $(@D)
	$(call say,CELL)
	$(Q)$(CC) $(CELL_CFLAGS) $(DEPS) -c $< -o $@
TEST_NEEDS += $(B)/metal/cells/hostile.elf
$(B)/metal/cells/hostile.elf: $(B)/metal/cells/start.o $(B)/metal/cells/hostile.o $(B)/metal/cells/memory.o tests/metal/cells/cells.ld
	$(call say,LINK)
	$(Q)$(LD) -T tests/metal/cells/cells.ld -z max-page-size=4096 -z noexecstack --no-dynamic-linker -s -o $@ $(filter %.o,$^)

# make test tries 16 of the 256 software interrupts.
FULL_TARGETS += full-hostile
.PHONY: full-hostile
full-hostile: $(B)/metal/cells/hostile.elf $(B)/aether.elf $(B)/bin/aether ## each of the 256 software interrupts from ring 3; TENTH=1
	@HOSTILE_INTERRUPTS=$(if $(TENTH),26,256) B=$(B) $(PYTHON) tests/run.py --suite metal/hostile --only '*software_interrupt_is_refused*'

# Modules that mean harm (tests/hostile).
$(B)/bin/hostile_run: $(B)/host/tests/tools/hostile_run.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl
$(B)/san/bin/hostile_run: $(B)/san/tests/tools/hostile_run.o $(B)/san/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SAN_LDFLAGS) -o $@ $^ -lbearssl
TEST_NEEDS += $(B)/bin/hostile_run $(B)/san/bin/hostile_run $(B)/bin/aether

# Mutants of those modules, and modules at the engine's limits.
FULL_TARGETS += full-hostile-modules
.PHONY: full-hostile-modules
full-hostile-modules: $(B)/bin/hostile_run $(B)/san/bin/hostile_run ## mutants of tests/hostile and modules at the limits; SEED=1 TENTH=1
	@$(PYTHON) -m tests.hostile.sweep --tool $(B)/san/bin/hostile_run --plain $(B)/bin/hostile_run --keep $(B)/hostile \
	    --seed $(SEED) --count $(if $(TENTH),2000,20000)
