"""One script of tlsfuzzer's, against a server that asks for a client's certificate and does without.

Its scripts expect no CertificateRequest. Here each conversation gets what a client without a certificate says: the
request is taken, and an empty Certificate goes before Finished. Conversations that know of the request stay as they
are. Both servers are asked the same, in the same order: the seed is the same. What scripts ask of HTTP becomes a frame
where PROTOCOL is "frames": a Ping, whole where the request was whole.

  python3 script.py SEED PROTOCOL MODULE WORD...    MODULE: test_tls13_conversation
"""
import importlib
import random
import sys

from tlslite.constants import SignatureScheme
from tlslite.extensions import SignatureAlgorithmsCertExtension, SignatureAlgorithmsExtension
from tlslite.x509certchain import X509CertChain
from tlsfuzzer import messages, runner
from tlsfuzzer.expect import ExpectCertificate, ExpectCertificateRequest, ExpectEncryptedExtensions
from tlsfuzzer.messages import CertificateGenerator, FinishedGenerator

ABOUT_SIGNATURES = ("signature_algorithms", "_support", "eddsa", "ecdsa", "rsa", "pkcs")


def nodes_of(first):
    """Every node of a conversation, which may have branches and circles."""
    seen, waiting = {}, [first]
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen[id(node)] = node
        waiting += [node.child, node.next_sibling]
    return list(seen.values())


def answer_request(conversation):
    nodes = nodes_of(conversation)
    if any(isinstance(node, ExpectCertificateRequest) for node in nodes):
        return
    asked = [node for node in nodes
             if isinstance(node, ExpectEncryptedExtensions) and isinstance(node.child, ExpectCertificate)]
    if not asked:
        return
    for node in nodes:
        if isinstance(node.child, FinishedGenerator):
            empty = CertificateGenerator(X509CertChain([]))
            empty.child, node.child = node.child, empty
    for node in asked:
        request = ExpectCertificateRequest()
        request.child, node.child = node.child, request


def patch():
    begin = runner.Runner.__init__

    def begin_with_answer(self, conversation, *words):
        answer_request(conversation)
        begin(self, conversation, *words)

    runner.Runner.__init__ = begin_with_answer


def offer_ecdsa():
    """Both servers have a key on P-256: a hello that offers RSA alone would test nothing."""
    ours = SignatureScheme.ecdsa_secp256r1_sha256
    for extension in (SignatureAlgorithmsExtension, SignatureAlgorithmsCertExtension):
        def create_with_ecdsa(self, sigalgs, create=extension.create):
            return create(self, sigalgs if not sigalgs or ours in sigalgs else list(sigalgs) + [ours])

        extension.create = create_with_ecdsa


def ask_in_frames():
    begin = messages.ApplicationDataGenerator.__init__
    ping = b'\0\0\0\x06"Ping"'

    pieces = {b"GET /": ping[:7], b"HTTP/1.": ping[7:8], b"0\r\n\r\n": ping[8:]}  # a request in three records

    def begin_with_frame(self, payload):
        text = bytes(payload)
        if text.startswith(b"GET ") and text.endswith(b"\r\n\r\n") and len(text) < 64:  # long ones are about length
            payload = bytearray(ping)
        begin(self, bytearray(pieces.get(text, payload)))

    messages.ApplicationDataGenerator.__init__ = begin_with_frame


def main():
    seed, protocol, module = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    sys.argv = [module] + sys.argv[4:]
    patch()
    if protocol == "frames":
        ask_in_frames()
    if not any(word in module for word in ABOUT_SIGNATURES):
        offer_ecdsa()
    random.seed(seed)
    importlib.import_module("tlsfuzzer._apps." + module).main()


if __name__ == "__main__":
    main()
