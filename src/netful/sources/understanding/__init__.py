"""Declarations of what netful understands of the sources, and the judgement of everything else."""
