"""Templates, described accounts and plans, read into the model. Every error names file and line."""
