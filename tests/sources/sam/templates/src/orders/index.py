"""Code of the functions of these templates."""

handler = print
