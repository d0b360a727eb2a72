"""Public API in Python: networks that were read, and stacks that run. `import netful` gives its names."""
