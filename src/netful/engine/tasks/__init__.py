"""Tasks of ECS: their definitions, the places where they run, and what they need to start."""
