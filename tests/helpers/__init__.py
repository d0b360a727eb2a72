"""Benches, clouds and clients that tests share."""
