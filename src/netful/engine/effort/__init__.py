"""Work that one request may cost: an allowance, and what exceeds it."""
