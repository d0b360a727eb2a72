"""Records of EC2's describe operations: the mirror of `sources.described`, which reads them back."""
