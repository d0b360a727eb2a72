"""What exists: frozen dataclasses named as AWS names them. No I/O, no behaviour beyond plain look-ups.

Rules of this package:
1. A field has AWS's name (`cidr_block`, `route_table_id`), in snake case.
2. Every thing knows its `origin` (file and line); what AWS makes by itself has `origin.DEFAULT`.
3. What cannot be known before deployment is `Unknown(why, needs)`; nothing is guessed.
4. Things name one another by id only; `Cloud` holds them all.
"""
