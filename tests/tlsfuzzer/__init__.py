"""tlsfuzzer's scripts for TLS 1.3 against aetherd and against openssl s_server: python3 -m tests.tlsfuzzer."""
