"""Files that nobody needs, and files that must be there."""
import re

from layer_rules import INCLUDE
from tree import Finding


def licence(tree):
    text = ""
    path = tree.root / "LICENSE"
    if path.is_file():
        text = path.read_text(encoding="utf-8")
    if "Apache License" not in text or "Version 2.0" not in text:
        yield Finding("LICENSE", 1, "licence", "the Apache licence 2.0 is not here")


def readmes(tree):
    for library in tree.libraries:
        if f"src/{library}/README.md" not in tree.by_path:
            yield Finding(f"src/{library}/README.md", 1, "readme",
                          "each library says what it is, which standard, what to read first")


def contracts(tree):
    for file in tree.cpp():
        if not file.is_header:
            continue
        first = next((line for line in file.lines if line.strip() and line != "// table"), "")
        if not first.startswith("//"):
            yield Finding(file.path, 1, "contract", "a header begins by saying what it is")
        if "#pragma once" not in file.text:
            yield Finding(file.path, 1, "contract", "#pragma once is missing")


def dead_headers(tree):
    included = set()
    for file in tree.cpp():
        for line in file.lines:
            include = INCLUDE.match(line)
            if include and include.group(1):
                name = include.group(1)
                included |= {"src/" + name, name, f"{file.folder}/{name}", "tests/" + name}
    for file in tree.cpp():
        if file.is_header and file.path not in included:
            yield Finding(file.path, 1, "dead", "nobody includes this header")


def _is_built(tree, file):
    if file.path.startswith("src/"):
        owner = tree.library_of(file.path)
        if owner not in tree.libraries:
            return False
        inner = file.folder.removeprefix(f"src/{owner}").strip("/")
        lists = tree.by_path[f"src/{owner}/CMakeLists.txt"].text
        return inner in ["", *tree.libraries[owner].subfolders] or f"{inner}/{file.name}" in lists
    if file.path.startswith("fuzz/"):
        return file.name.endswith("_fuzz.cpp")
    if re.fullmatch(r"tests/(conformance/.+|simulation)/[^/]+", file.path):
        return True
    folder = file.folder
    while folder:
        lists = tree.by_path.get(f"{folder}/CMakeLists.txt")
        if lists:
            stem = file.name.removesuffix(".cpp").removesuffix("_bench")
            return bool(re.search(rf"\b{re.escape(stem)}\b|\*\.cpp", lists.text))
        folder = folder.rpartition("/")[0]
    return False


def dead_sources(tree):
    for file in tree.files:
        if file.path.endswith(".cpp") and not _is_built(tree, file):
            yield Finding(file.path, 1, "dead", "no target builds this file")


def dead_scripts(tree):
    named = {}
    for file in tree.files:
        for word in set(re.findall(r"[\w-]+", file.text)):
            named.setdefault(word, set()).add(file.path)
    for file in tree.files:
        stem = re.sub(r"\.(py|sh)$", "", file.name)
        of_itself = {file.path, f"{file.folder}/{stem}_test.py"}
        if file.folder == "scripts" and not named.get(stem, set()) - of_itself:
            yield Finding(file.path, 1, "dead", "nothing calls this script")
