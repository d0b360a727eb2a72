"""Files as documents with lines."""
