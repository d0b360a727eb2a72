"""Facts of databases that follow from their resources."""
