"""Facts about a cloud that several rules need."""
