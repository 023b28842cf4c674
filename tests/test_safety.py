"""What no source does, so that nothing from outside is run: SQL, pickles, YAML, XML, archives, processes.

Each rule reads the sources with `ast`; each is tried on a planted line first, so that it can fail.
"""

import ast
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from architecture import PACKAGES, read_sources

from analysis.arrays import read_arrays
from analysis.spreadsheets.errors import SheetRefused
from analysis.spreadsheets.workbooks import read_rows

ROOT = Path(__file__).parent.parent

RUNS_SQL = frozenset(
    {"execute", "executemany", "executescript", "exec_driver_sql", "text", "literal_column", "DDL"}
)
"""Functions whose first argument a database takes for SQL."""

WRITES_SQL = frozenset({"text", "literal_column", "DDL", "TextClause"})
"""What of SQLAlchemy makes SQL out of text."""

NAMES_OF_OURS: dict[str, tuple[str, ...]] = {
    "db.copies.copying": ("table.name", "column.name", "found"),  # of the schema
    "db.damage": ("check",),  # one of two words that stand above it
    "db.migrations.versions.0009_rechecking": ("columns",),  # names that stand above it
    "db.scrubbing": ("table.name",),  # of the schema
    "db.migrations.versions.0008_merging": ("served",),  # a condition that stands above it
    "db.subset": ("name", "table", "columns", "', '.join(taken)", "rule"),  # of the schema, and of RULES
}
"""Module -> what besides constants is put into its SQL: names of tables and columns, never a value."""

UNPICKLERS = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle"})
HANDED_ON = frozenset({"analysis.publishing.workers"})
"""Packs what it hands to the processes that it started, and unpacks it there: as any process pool does."""

XML = frozenset({"xml.dom", "xml.sax", "lxml", "xmltodict", "xml.parsers"})
READS_XML = frozenset({"parse", "fromstring", "XML", "iterparse", "XMLParser", "XMLPullParser"})
RUNS = frozenset({"eval", "exec", "compile", "__import__"})
PROCESSES = frozenset({"subprocess", "os.system", "os.popen", "os.execv", "pty"})
UNPACKS = frozenset({"extractall", "unpack_archive"})


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _dotted(name: ast.expr) -> str:
    """`os.system`; what is no plain name is left out."""
    parts = []
    while isinstance(name, ast.Attribute):
        parts.append(name.attr)
        name = name.value
    return ".".join([*([name.id] if isinstance(name, ast.Name) else []), *reversed(parts)])


@cache
def _nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


@cache
def _calls(tree: ast.Module) -> tuple[ast.Call, ...]:
    return tuple(node for node in _nodes(tree) if isinstance(node, ast.Call))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in _nodes(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _within(name: str, places: frozenset[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def _put_in(text: ast.expr) -> Iterator[str]:
    """What is put into a text that is not written out in one piece."""
    if isinstance(text, ast.JoinedStr):
        for part in text.values:
            if isinstance(part, ast.FormattedValue) and not _is_constant(part.value):
                yield ast.unparse(part.value)
    elif isinstance(text, ast.BinOp) or (isinstance(text, ast.Call) and _called(text) in ("format", "join")):
        yield ast.unparse(text)


def _is_constant(value: ast.expr) -> bool:
    """A constant of the module (`WRITE_LOCK`), or a number."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "int"
    return isinstance(value, ast.Name) and value.id.isupper()


def sql_made_of_values(module: str, tree: ast.Module) -> Iterator[str]:
    for call in _calls(tree):
        if _called(call) in RUNS_SQL and call.args:
            allowed = NAMES_OF_OURS.get(module, ())
            yield from (f"SQL holds {what}" for what in _put_in(call.args[0]) if what not in allowed)


def sql_outside_db(module: str, tree: ast.Module) -> Iterator[str]:
    if not module.startswith("db."):
        for name in _imports(tree):
            if name.startswith(("sqlalchemy", "sqlmodel")) and name.rpartition(".")[2] in WRITES_SQL:
                yield f"writes SQL by {name}"
        yield from ("runs SQL of its own" for call in _calls(tree) if _called(call) == "exec_driver_sql")


def unpickling(module: str, tree: ast.Module) -> Iterator[str]:
    if module not in HANDED_ON:
        yield from (f"can run what it reads: {name}" for name in _imports(tree) if _within(name, UNPICKLERS))
    for call in _calls(tree):
        if _called(call) == "load" and _dotted(call.func) in ("np.load", "numpy.load", "torch.load"):
            said = {word.arg: ast.unparse(word.value) for word in call.keywords}
            if said.get("allow_pickle") != "False" and said.get("weights_only") != "True":
                yield f"unpickles: {ast.unparse(call)}"


def yaml_objects(_module: str, tree: ast.Module) -> Iterator[str]:
    for node in _nodes(tree):
        if isinstance(node, ast.Attribute) and _dotted(node.value) == "yaml":
            unsafe = node.attr.endswith("Loader") and not node.attr.endswith("SafeLoader")
            if unsafe or node.attr in ("load", "load_all", "unsafe_load", "full_load"):
                yield f"makes objects: yaml.{node.attr}"


def xml_entities(_module: str, tree: ast.Module) -> Iterator[str]:
    """ElementTree writes; feeds are read by feedparser, pages by trafilatura: each has tests of its own."""
    for name in _imports(tree):
        if _within(name, XML) and not name.startswith("xml.sax.saxutils."):  # which escapes
            yield f"reads XML by {name}"
    for call in _calls(tree):
        if _called(call) in READS_XML and "ElementTree" in _dotted(call.func):
            yield f"reads XML: {_dotted(call.func)}"


def running(_module: str, tree: ast.Module) -> Iterator[str]:
    for call in _calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id in RUNS:
            yield f"runs text: {call.func.id}"
        if _dotted(call.func) in PROCESSES or any(word.arg == "shell" for word in call.keywords):
            yield f"starts {_dotted(call.func)}"
    yield from (f"starts processes: {name}" for name in _imports(tree) if _within(name, PROCESSES))


def unpacking_to_disk(_module: str, tree: ast.Module) -> Iterator[str]:
    yield from (f"unpacks: {_dotted(call.func)}" for call in _calls(tree) if _called(call) in UNPACKS)


RULES: tuple[Callable[[str, ast.Module], Iterator[str]], ...] = (
    sql_made_of_values,
    sql_outside_db,
    unpickling,
    yaml_objects,
    xml_entities,
    running,
    unpacking_to_disk,
)

PLANTED = [
    (sql_made_of_values, "db.x", "connection.execute(f'SELECT {name} FROM party')"),
    (sql_made_of_values, "db.x", "connection.execute('SELECT %s' % name)"),
    (sql_made_of_values, "db.x", "connection.execute('SELECT ' + name)"),
    (sql_made_of_values, "archive.x", "session.execute(text('SELECT {}'.format(name)))"),
    (sql_outside_db, "archive.x", "from sqlalchemy import text"),
    (sql_outside_db, "analysis.x", "connection.exec_driver_sql('SELECT 1')"),
    (unpickling, "db.x", "import pickle"),
    (unpickling, "analysis.x", "from marshal import loads"),
    (unpickling, "analysis.x", "np.load(file)"),
    (yaml_objects, "archive.x", "yaml.load(body, Loader=yaml.Loader)"),
    (yaml_objects, "archive.x", "yaml.parse(body, Loader=yaml.FullLoader)"),
    (xml_entities, "archive.x", "import xml.sax"),
    (xml_entities, "archive.x", "ElementTree.fromstring(body)"),
    (running, "archive.x", "eval(body)"),
    (running, "archive.x", "import subprocess"),
    (running, "archive.x", "run(command, shell=True)"),
    (unpacking_to_disk, "archive.x", "zipped.extractall(folder)"),
]


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(source) for name, source in read_sources(ROOT).items()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_source_runs_what_came_from_outside(rule: Callable[[str, ast.Module], Iterator[str]]) -> None:
    found = [(module, what) for module, tree in trees().items() for what in rule(module, tree)]
    assert found == []


@pytest.mark.parametrize(("rule", "module", "line"), PLANTED)
def test_what_breaks_a_rule_of_safety_is_found(
    rule: Callable[[str, ast.Module], Iterator[str]], module: str, line: str
) -> None:
    assert list(rule(module, ast.parse(line)))


def test_every_rule_of_safety_was_planted() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(RULES)


def test_sql_that_ruff_would_refuse_stands_in_db_alone_with_a_reason() -> None:
    """Also where the text is not in the call itself: ruff looks at every text that reads like SQL."""
    for path in _sources():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if "noqa" in line and "S608" in line:
                assert path.is_relative_to(ROOT / "db"), f"{path.name}, line {number}"


def test_every_exception_from_the_rules_of_security_has_its_reason() -> None:
    found = 0
    for path in _sources():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if told := re.search(r"# noqa: *S\d+(?:, *[A-Z]+\d+)*(.*)", line):
                found += 1
                assert len(re.sub(r"\W", "", told[1])) >= 4, f"{path.name}, line {number}: why?"
    assert found


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")
    yield ROOT / "hustings.py"


# ---- what libraries read for us -------------------------------------------------------------------


def workbook_with(xml: str, path: Path) -> Path:
    """A workbook whose sheet is this XML."""
    plain = io.BytesIO()
    book = openpyxl.Workbook()
    book.create_sheet("codes", 0)
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return path


def sheet_of(doctype: str, cell: str) -> str:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    row = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{cell}</t></is></c></row>'
    return (
        f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{space}"><sheetData>{row}</sheetData></worksheet>'
    )


def test_entities_of_a_workbook_neither_read_files_nor_expand_without_end(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody-may-read-this")
    outside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "haha">{levels}]>'
    for name, doctype, cell in (("outside.xlsx", outside, "&e;"), ("bomb.xlsx", bomb, "&e8;")):
        try:
            rows = list(read_rows(workbook_with(sheet_of(doctype, cell), tmp_path / name)))
        except SheetRefused:
            continue
        assert "nobody-may-read-this" not in repr(rows)
        assert len(repr(rows)) < 100_000


def test_a_file_of_arrays_that_holds_a_pickle_is_refused(tmp_path: Path) -> None:
    import numpy as np

    file = io.BytesIO()
    np.savez(file, weights=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        read_arrays(file.getvalue(), most=1_000_000)
