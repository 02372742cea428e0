"""The name that clients of the compatible service import: `from ratls_client import RaTlsClient`."""
from aether_enclave import Policy, RaTlsClient, ReplyError, ServerError, VerificationError, Verdict, verify_chain

__all__ = ["Policy", "RaTlsClient", "ReplyError", "ServerError", "VerificationError", "Verdict", "verify_chain"]
