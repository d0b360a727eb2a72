"""The certificate authority of a stack, and TLS by server name."""
