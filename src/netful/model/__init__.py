"""The model: frozen dataclasses named as AWS names them. No I/O, no behaviour beyond plain look-ups.

Rules of this package:
1. A field has AWS's name (`cidr_block`, `route_table_id`), in snake case.
2. Every object is `Placed`: it has its `origin` (file and line), or `DEFAULT` if AWS makes it. One with an id is `Identified`.
3. A value that is unknown before deployment is `Unknown(why, needs)`; nothing is guessed.
4. Objects refer to one another by id only; `Cloud` contains them all.
5. Each group of its parts, such as `Network`, has them by id, in the order of the sources. Its indexes are made once and kept.
"""
