"""The code of functions: packages, layers, runtimes, versions."""
