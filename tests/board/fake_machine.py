#!/usr/bin/python3
"""fake_machine.py SOCKET BEHAVIOUR [CYCLES]: plays QEMU and the image towards aether-board.

Speaks the client side of the ivshmem protocol, then does what the image does: bind the window, sleep, wait for a
vector, commit a receipt, wait until it is stored. Behaviours other than `good` break one rule each. Exit code 33 as
the image's. Offsets are read from include/aether/abi/window.h and receipt.h, so that nothing is written twice.
"""
import hashlib
import mmap
import os
import re
import select
import socket
import struct
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUCCESS_EXIT, FAULT_EXIT = 33, 35
RESULT, TRAP, FAULT = 1, 2, 3


def window_offsets():
    text = (ROOT / "include/aether/abi/window.h").read_text()
    return {name: int(number, 0) for name, number in re.findall(r"#define WINDOW_(\w+)\s+(\w+)", text)
            if re.fullmatch(r"0[xX][0-9A-Fa-f]+|\d+", number)}


def receipt_fields():
    text = (ROOT / "include/aether/abi/receipt.h").read_text()
    return {name: (int(offset), int(size)) for offset, size, name in
            re.findall(r"X\((\d+),\s*(\d+),\s*(\w+),\s*\w\)", text)}


WINDOW = window_offsets()
FIELDS = receipt_fields()
RECEIPT_BYTES = 1024
RECEIPT_MAGIC = 0x52485445


class FakeMachine:
    def __init__(self, socket_path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(socket_path)
        assert self.message() == (0, None), "protocol version"
        self.peer, _ = self.message()
        number, memory_fd = self.message()
        assert number == -1 and memory_fd is not None, "shared memory"
        self.memory = mmap.mmap(memory_fd, os.fstat(memory_fd).st_size)
        board, self.doorbell_fd = self.message()
        assert board == 0, "the board is peer 0"
        self.vector_fds = []
        for _ in range(2):
            number, fd = self.message()
            assert number == self.peer, "our own vectors"
            self.vector_fds.append(fd)
        self.sequence = 0
        self.status = 3

    def message(self):
        data, fds, _, _ = socket.recv_fds(self.socket, 8, 1)
        assert len(data) == 8, "a message is 8 bytes"
        return struct.unpack("<q", data)[0], fds[0] if fds else None

    def get(self, name):
        return struct.unpack_from("<I", self.memory, WINDOW[name])[0]

    def put(self, name, value):
        struct.pack_into("<I", self.memory, WINDOW[name], value & 0xFFFFFFFF)

    def ring(self):
        os.eventfd_write(self.doorbell_fd, 1)

    def mark(self, name):
        self.put("PMU_COMMAND", 0 if name == "AWAKE" else WINDOW["PMU_DORMANT"])
        self.put("DORMANCY", WINDOW["DORMANCY_" + name])
        self.ring()

    def bind(self):
        self.put("MAP", WINDOW["MAP_VERSION"])

    def wait_vector(self):
        ready, _, _ = select.select(self.vector_fds, [], [], 20)
        assert ready, "no vector in 20 s"
        index = self.vector_fds.index(ready[0])
        os.eventfd_read(ready[0])
        return 0x20 + index

    def receipt(self, vector, outcome, reason, previous=None):
        record = bytearray(RECEIPT_BYTES)

        def number(name, value):
            offset, size = FIELDS[name]
            record[offset:offset + size] = value.to_bytes(size, "little")

        number("magic", RECEIPT_MAGIC)
        number("version", 1)
        number("suite", 1)
        number("length", RECEIPT_BYTES)
        number("vector", vector)
        for ours, theirs in (("input_pressure", "PRESSURE"), ("input_dose", "DOSE"), ("input_joint", "JOINT"),
                             ("input_oxygen", "OXYGEN")):
            number(ours, self.get(theirs))
        number("cycle", struct.unpack_from("<Q", self.memory, WINDOW["CYCLE"])[0])
        offset, size = FIELDS["previous"]
        at = WINDOW["PREVIOUS"]
        record[offset:offset + size] = previous if previous is not None else self.memory[at:at + size]
        number("outcome", outcome)
        number("reason", reason)
        number("status", self.status)
        return bytes(record)

    def commit(self, vector, outcome=RESULT, reason=0, step=1, proof=None, record=None, length=RECEIPT_BYTES):
        record = record if record is not None else self.receipt(vector, outcome, reason)
        low, high = struct.unpack("<II", hashlib.sha256(record).digest()[:8])
        if outcome != RESULT:
            low = high = 0
        if proof is not None:
            low, high = proof
        self.memory[WINDOW["RECEIPT"]:WINDOW["RECEIPT"] + RECEIPT_BYTES] = record
        for name, value in (("RECEIPT_LEN", length), ("VECTOR", vector), ("OUTCOME", outcome), ("REASON", reason),
                            ("STATUS", self.status), ("TICKS", 7249), ("SIGNAL", 0xBEEF), ("SIGNAL_COUNT", 1),
                            ("UPLINK_LO", 0x11), ("UPLINK_HI", 0x22), ("UPLINK_COUNT", 1),
                            ("TELEMETRY_COUNT", 0), ("PROOF_LO", low), ("PROOF_HI", high)):
            self.put(name, value)
        self.sequence += step
        self.put("SEQUENCE", self.sequence)
        self.ring()

    def settle(self):
        deadline = time.monotonic() + 10
        while self.get("STORED") != self.sequence:
            assert time.monotonic() < deadline, "the board did not store the commit"
            time.sleep(0.0005)


def play(machine, behaviour, cycles):
    """Returns the exit code."""
    machine.bind()
    if behaviour == "mute":
        time.sleep(20)
    if behaviour == "dies":
        return 1
    for _ in range(cycles):
        machine.mark("ASLEEP")
        vector = machine.wait_vector()
        machine.mark("AWAKE")
        if behaviour == "dies-awake":
            return 1
        if behaviour == "wrong-status":
            machine.status = 1
        if behaviour == "fault":
            machine.commit(vector, FAULT, 20)
        elif behaviour == "trap":
            machine.commit(vector, TRAP, 14)
        elif behaviour == "skips-sequence":
            machine.commit(vector, step=2)
        elif behaviour == "wrong-proof":
            machine.commit(vector, proof=(1, 1))
        elif behaviour == "forked-chain":
            machine.commit(vector, record=machine.receipt(vector, RESULT, 0, previous=bytes(31) + b"\1"))
        elif behaviour == "no-receipt":
            machine.commit(vector, length=0)
        else:
            machine.commit(vector)
        machine.settle()
    machine.mark("ENDED")
    if behaviour == "lingers":
        time.sleep(20)
    return FAULT_EXIT if behaviour == "fault" else SUCCESS_EXIT


if __name__ == "__main__":
    sys.exit(play(FakeMachine(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1))
