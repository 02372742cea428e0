# The board's program in unit tests, and the targets that run the image beside it.
$(B)/host/tests/board/test_mission: $(B)/host/board/mission.o
$(B)/san/tests/board/test_mission: $(B)/san/board/mission.o

TEST_NEEDS += $(B)/bin/aether-board
RUN_NEEDS := $(B)/aether.elf $(B)/payload.bundle $(B)/bin/aether $(B)/bin/aether-board

# The second mission wants an image that sleeps again: the same payload under another manifest.
$(B)/ten_wakes.elf: $(B)/aether.elf $(B)/guest/aerospace.wasm tools/link_image
	$(Q)$(B)/bin/aether sign $(B)/guest/aerospace.wasm --key $(KEYS)/dev.key --return-to-dormancy --cycles 10 -o $@.bundle
	$(Q)tools/link_image $(B)/metal/kernel.o $(B)/keyring.bin $(B)/cell/cell.bin.elf $@.bundle $@

.PHONY: run run-bench missions
run: $(RUN_NEEDS) ## a mission on q35 beside the sensor board; receipt verified, memory scanned
	@B=$(B) $(PYTHON) tools/run_mission.py

run-bench: $(B)/aether.elf ## the same without a board: the image injects the pressure drop itself
	@B=$(B) $(PYTHON) tools/run_mission.py --bench

missions: $(RUN_NEEDS) $(B)/ten_wakes.elf ## ten wakes of both vectors, ten receipts, one chain
	@B=$(B) $(PYTHON) tools/run_mission.py --mission board/missions/ten_wakes.mission --image $(B)/ten_wakes.elf \
	  --bundle $(B)/ten_wakes.elf.bundle --receipts $(B)/ten_wakes.receipts
