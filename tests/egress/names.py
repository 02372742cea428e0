"""A name server that says what it is told, for a network namespace of its own."""
import socket
import struct
import threading

A, AAAA = 1, 28
NXDOMAIN = 3


class NameServer:
    """records[name] = list of answers; each a list of addresses. The n-th question of a type for the name gets the n-th
    answer, the last one for ever. None: no reply at all. A name that is not there does not exist."""

    def __init__(self, records, host="127.0.0.1", port=53):
        self.records = records
        self.questions = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, port))
        threading.Thread(target=self._serve, daemon=True).start()

    def asked(self, name):
        return [kind for asked, kind in self.questions if asked == name]

    def _serve(self):
        while True:
            try:
                data, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            reply = self._reply(data)
            if reply is not None:
                self.socket.sendto(reply, peer)

    def _reply(self, data):
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1:at + 1 + data[at]].decode("latin-1"))
            at += data[at] + 1
        kind = struct.unpack(">H", data[at + 1:at + 3])[0]
        question, name = data[12:at + 5], ".".join(labels).lower()
        number = self.asked(name).count(kind)
        self.questions.append((name, kind))
        answers = self.records.get(name)
        if answers is None:
            return data[:2] + struct.pack(">HHHHH", 0x8180 | NXDOMAIN, 1, 0, 0, 0) + question
        addresses = answers[min(number, len(answers) - 1)]
        if addresses is None:
            return None
        family = socket.AF_INET6 if kind == AAAA else socket.AF_INET
        packed = [socket.inet_pton(family, address) for address in addresses if (":" in address) == (kind == AAAA)]
        body = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(each)) + each for each in packed)
        return data[:2] + struct.pack(">HHHHH", 0x8180, 1, len(packed), 0, 0) + question + body
