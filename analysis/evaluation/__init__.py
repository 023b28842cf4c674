"""Hand coding: samples, sheets, what coders agree on, how right each method is, corrected counts.

Public: `coded_statements` and `CodedStatement` (what people say of statements), `accuracy_of` (how right a
method is on this archive); the rest serves the commands `hustings code ...`.
"""
