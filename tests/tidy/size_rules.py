"""Files that fit a desk, functions that fit a screen, lines that fit a window."""
import ast

from cpp_text import parse
from tree import Finding

FILE_LINES = 400
FUNCTION_LINES = 70
COLUMNS = 100


def files(tree):
    for file in tree.files:
        length = len(file.lines) - (file.lines[-1] == "")
        if (file.is_cpp or file.is_script) and length > FILE_LINES and not file.is_table:
            yield Finding(file.path, FILE_LINES, "size",
                          f"{length} lines, {FILE_LINES} at most (a table says so in line 1)")


def columns(tree):
    for file in tree.files:
        if not (file.is_cpp or file.is_script or file.path.endswith((".cmake", "CMakeLists.txt"))):
            continue
        for number, line in enumerate(file.lines, 1):
            if len(line) > COLUMNS and not file.is_table:
                yield Finding(file.path, number, "columns", f"{len(line)}, {COLUMNS} at most")


def _cpp_functions(file):
    for block in parse(file.text)[0]:
        if block.kind == "function":
            yield block.first_line, block.last_line - block.first_line + 1


def _python_functions(file):
    for node in ast.walk(ast.parse(file.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def functions(tree):
    for file in tree.files:
        if file.is_table:
            continue
        found = ()
        if file.is_cpp:
            found = _cpp_functions(file)
        elif file.path.endswith(".py"):
            found = _python_functions(file)
        for line, length in found:
            if length > FUNCTION_LINES:
                yield Finding(file.path, line, "function",
                              f"{length} lines, {FUNCTION_LINES} at most")
