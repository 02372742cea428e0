# The board's program in unit tests, and the targets that run the image beside it.
$(B)/host/tests/board/test_mission: $(B)/host/board/mission.o
$(B)/san/tests/board/test_mission: $(B)/san/board/mission.o

TEST_NEEDS += $(B)/bin/aether-board
