"""Just enough of C++ for the rules: text without comments and literals, and its blocks."""
import re
from dataclasses import dataclass

_SKIPPED = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'
    """, re.VERBOSE | re.DOTALL)
_MEMBER_INITIALISER = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:).*[\w>]\s*$", re.DOTALL)
_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|concept)\b|\bextern\s*$")


def blank_out(text):
    """The same text, with comments and literals made of blanks; lines and columns stay."""
    def blanks(match):
        kept = match.group(0)
        if kept.startswith('"'):
            return '"' + " " * (len(kept) - 2) + '"'
        return re.sub(r"[^\n]", " ", kept)
    return _SKIPPED.sub(blanks, text)


def without_directives(code):
    """Blanks out preprocessor lines, continued ones as well."""
    lines, continued = [], False
    for line in code.split("\n"):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.endswith("\\")
        lines.append("" if directive else line)
    return "\n".join(lines)


@dataclass
class Block:
    kind: str        # "namespace", "type", "function" or "other"
    head: str        # what stands before the brace, back to the last statement
    first_line: int
    last_line: int = 0


@dataclass
class Statement:
    text: str
    line: int
    inside: str      # kind of the block around it; "namespace" at the top of a file


def _kind_of(head, around):
    if around not in ("namespace", "type"):
        return "other"
    scope = _SCOPE.search(re.sub(r"<[^<>]*>", "", head))
    if scope and "(" not in head[:scope.start()]:
        if scope.group(1) == "namespace" or scope.group(0).startswith("extern"):
            return "namespace"
        if "(" not in head[scope.end():] or re.search(r"\b(final|alignas)\b", head):
            return "type"
    if _MEMBER_INITIALISER.search(head):
        return "other"
    if "(" in head and not re.search(r"=\s*$", head):
        return "function"
    return "other"


class _Walker:
    def __init__(self):
        self.blocks, self.statements, self.open = [], [], []
        self.head, self.head_line, self.line, self.parentheses = "", 1, 1, 0

    def around(self):
        return self.open[-1].kind if self.open else "namespace"

    def end_statement(self):
        text = " ".join(self.head.split())
        if text:
            self.statements.append(Statement(text, self.head_line, self.around()))
        self.head = ""

    def take(self, char):
        if char == "\n":
            self.line += 1
        if char == "{" and self.parentheses == 0:
            kind = _kind_of(self.head, self.around())
            self.open.append(Block(kind, " ".join(self.head.split()), self.line))
            self.open[-1].resumes = self.head if kind == "other" else ""
            self.head = ""
        elif char == "}" and self.parentheses == 0 and self.open:
            block = self.open.pop()
            block.last_line = self.line
            self.blocks.append(block)
            self.head = block.resumes + "{}" if block.resumes else ""
        elif char == ";" and self.parentheses == 0:
            self.end_statement()
        else:
            self.parentheses += (char == "(") - (char == ")")
            if not self.head.strip():
                self.head_line = self.line
            self.head += char


def parse(text):
    """(blocks, statements) of a C++ file; braces inside parentheses count as text."""
    walker = _Walker()
    for char in without_directives(blank_out(text)):
        walker.take(char)
    return walker.blocks, walker.statements
