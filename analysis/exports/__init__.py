"""The archive as tables, networks and data packages for other programs, with every row counted.

Public: `write_export` (all formats), what is asked of it (`Filters`, `Hiding`, `Wish`) and what it returns
(`Export`). What a column means, and what may be shared of it, stands in `columns.csv` and `classes.csv`.
"""

from analysis.exports.choosing import Filters
from analysis.exports.hiding import Hiding
from analysis.exports.writing import FILES, FOLDERS, Export, Wish, write_export

__all__ = ["FILES", "FOLDERS", "Export", "Filters", "Hiding", "Wish", "write_export"]
