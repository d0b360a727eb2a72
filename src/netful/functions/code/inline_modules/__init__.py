"""Modules that AWS puts beside inline code, as they are copied into its package."""
