"""Container images: read from files of this machine, unpacked once, mounted as root file systems."""
