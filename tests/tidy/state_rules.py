"""Nothing that can change lives outside an object."""
import re

from cpp_text import parse
from tree import Finding

_NO_VARIABLE = re.compile(
    r"^(using|typedef|namespace|template|class|struct|enum|union|friend|static_assert|concept"
    r"|extern\s*\"|public|private|protected|return|goto|TEST|asm|\[\[maybe_unused\]\]\s+using)\b")
_FIXED = re.compile(r"\b(constexpr|const)\b")
_DECLARATION = re.compile(
    r"^(?:(?:static|inline|extern|thread_local|constinit|volatile|alignas\s*\([^)]*\)"
    r"|\[\[\w+\]\])\s+)*"
    r"[A-Za-z_][\w:]*(?:\s*<.*>)?(?:::\w+)*(?:\s+[\w:]+(?:\s*<.*>)?)*[\s*&]+\w+\s*"
    r"(?:\[[^\]]*\]\s*)*(?:=.*|\{.*)?$")
_SHARED_MEMBER = re.compile(r"^(static\s+inline|inline\s+static)\b[^(=]*(=|\{|$)")
_LOCAL_STATIC = re.compile(r"^(static\s+thread_local|thread_local|static)\s+(?!_assert)")


def _is_fixed(declaration):
    """`const` that holds for the variable itself: not merely for what a pointer points to."""
    head = re.split(r"=|\{", declaration)[0]
    if "constexpr" in head:
        return True
    return bool(_FIXED.search(head.split("*")[-1]))


def _is_global(text):
    if _NO_VARIABLE.match(text) or not _DECLARATION.match(text):
        return False
    head = re.split(r"=|\{", text)[0]
    return "(" not in re.sub(r"<[^<>]*>|alignas\s*\([^)]*\)", "", head) and "operator" not in head


def globals_that_change(tree):
    for file in tree.cpp():
        if not file.path.startswith(("src/", "apps/")):
            continue
        for statement in parse(file.text)[1]:
            text = statement.text
            inside = statement.inside
            bad = (inside == "namespace" and _is_global(text) or
                   inside in ("function", "other") and _LOCAL_STATIC.match(text) or
                   inside == "type" and _SHARED_MEMBER.match(text))
            if bad and not _is_fixed(text) and not file.allows(statement.line, "mutable-global"):
                yield Finding(file.path, statement.line, "mutable-global", text[:60])
