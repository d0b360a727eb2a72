"""Facts about a cloud that several rules ask for."""
