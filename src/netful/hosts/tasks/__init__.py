"""Tasks of ECS: what their definitions say, where they run, and their states."""
