"""What functions share."""

SOMEBODY = "whoever you are"
