# The board's program in unit tests, and the targets that run the image beside it.
$(B)/host/tests/board/test_mission: $(B)/host/board/mission.o
$(B)/san/tests/board/test_mission: $(B)/san/board/mission.o

$(B)/san/bin/aether-board: $(patsubst %.c,$(B)/san/%.o,$(BOARD_SRC)) $(B)/san/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SAN_LDFLAGS) -o $@ $^ -lbearssl

TEST_NEEDS += $(B)/bin/aether-board $(B)/san/bin/aether-board
TEST_NEEDS += $(B)/aether.elf $(B)/aether.iso $(B)/payload.bundle $(B)/bin/aether $(B)/keyring-bench.bin $(B)/test-keys/foreign.key $(B)/guest/joint.wasm
# make run PAYLOAD=x.wasm flies another payload; a mission of its own then says what to expect: MISSION=file.
RUN_IMAGE := $(if $(filter command line environment,$(origin PAYLOAD)),$(B)/run.elf,$(B)/aether.elf)
RUN_BUNDLE := $(if $(filter $(B)/run.elf,$(RUN_IMAGE)),$(B)/run.elf.bundle,$(B)/payload.bundle)
MISSION ?= board/missions/default.mission
RUN_NEEDS := $(RUN_IMAGE) $(B)/bin/aether $(B)/bin/aether-board

# The second mission wants an image that sleeps again: the same payload under another manifest.
$(B)/ten_wakes.elf: $(B)/aether.elf $(B)/guest/aerospace.wasm tools/link_image
	$(Q)$(B)/bin/aether sign $(B)/guest/aerospace.wasm --key $(KEYS)/dev.key --return-to-dormancy --cycles 10 -o $@.bundle
	$(Q)tools/link_image $(B)/metal/kernel.o $(B)/keyring.bin $(B)/cell/cell.bin.elf $@.bundle $@

.PHONY: $(B)/run.elf run run-bench missions bench-metal
$(B)/run.elf:
	@$(MAKE) --no-print-directory image IMAGE=$@

run: $(RUN_NEEDS) ## a mission on q35 beside the sensor board; receipt verified, memory scanned; PAYLOAD= MISSION=
	@B=$(B) $(PYTHON) tools/run_mission.py --image $(RUN_IMAGE) --bundle $(RUN_BUNDLE) --mission $(MISSION)

run-bench: $(RUN_IMAGE) ## the same without a board: the image injects the pressure drop itself
	@B=$(B) $(PYTHON) tools/run_mission.py --bench --image $(RUN_IMAGE)

missions: $(B)/ten_wakes.elf $(B)/bin/aether $(B)/bin/aether-board ## ten wakes of both vectors, ten receipts, one chain
	@B=$(B) $(PYTHON) tools/run_mission.py --mission board/missions/ten_wakes.mission --image $(B)/ten_wakes.elf \
	  --bundle $(B)/ten_wakes.elf.bundle --receipts $(B)/ten_wakes.receipts

BENCH_WAKES ?= 1000
BENCH_FLAGS ?=
bench-metal: $(B)/aether.elf $(B)/bin/aether $(B)/bin/aether-board ## instructions from wake to proof against bench/golden.json, sizes, times
	@B=$(B) $(PYTHON) bench/metal.py --wakes $(BENCH_WAKES) $(BENCH_FLAGS)
