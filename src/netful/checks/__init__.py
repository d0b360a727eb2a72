"""The NFxxx rules, one file each."""
