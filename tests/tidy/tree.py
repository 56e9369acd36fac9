"""The tree as the rules see it: files, libraries, who may use whom."""
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

SOURCE_FOLDERS = ("src", "apps", "tests", "fuzz", "bench", "examples", "scripts", "cmake")
TOP_FILES = ("run", "check", "CMakeLists.txt", "CMakePresets.json", "README.md",
             "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
OTHER_FOLDERS = ("config", "docs", "packaging", ".ci")
SKIPPED = {"__pycache__", "node_modules", "build"}


@dataclass
class File:
    path: str                     # relative to the top of the tree
    text: str
    lines: list = field(init=False)

    def __post_init__(self):
        self.lines = self.text.split("\n")

    @property
    def name(self):
        return os.path.basename(self.path)

    @property
    def folder(self):
        return os.path.dirname(self.path)

    @property
    def is_cpp(self):
        return self.path.endswith((".cpp", ".hpp"))

    @property
    def is_header(self):
        return self.path.endswith(".hpp")

    @property
    def is_test(self):
        return self.path.endswith(("_test.cpp", "_fixture.cpp", "_fixture.hpp"))

    @property
    def is_script(self):
        return self.path.endswith((".py", ".sh")) or self.text.startswith("#!")

    @property
    def is_table(self):
        return self.lines[0].strip() in ("// table", "# table")

    def allows(self, line, rule):
        """`// tidy: RULE because ...` on the line itself or the one above lets it be."""
        near = self.lines[max(0, line - 2):line]
        return any(re.search(rf"(//|#) tidy: {rule} because \w", text) for text in near)


@dataclass
class Library:
    name: str
    uses: list
    test_uses: list
    subfolders: list


@dataclass
class Finding:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


def _read_texts(root):
    files = []
    for folder in SOURCE_FOLDERS + OTHER_FOLDERS:
        for where, inner, names in os.walk(root / folder):
            inner[:] = sorted(set(inner) - SKIPPED)
            files += [Path(where) / name for name in sorted(names)]
    files += [root / name for name in TOP_FILES if (root / name).is_file()]
    for path in files:
        try:
            yield File(str(path.relative_to(root)), path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue              # a corpus or a picture: no rule is about it


def _cmake_list(text, keyword):
    match = re.search(rf"\b{keyword}\b([^)]*)", text)
    if not match:
        return []
    words = []
    for word in match.group(1).split():
        if re.fullmatch(r"[A-Z][A-Z_]+", word):
            break
        words.append(word)
    return words


class Tree:
    def __init__(self, root):
        self.root = Path(root)
        self.files = list(_read_texts(self.root))
        self.by_path = {file.path: file for file in self.files}
        self.may_use = self._read_layers()
        self.libraries = self._read_libraries()

    def cpp(self):
        return [file for file in self.files if file.is_cpp]

    def _read_layers(self):
        layers = self.by_path.get("cmake/strowger_layers.cmake")
        text = re.sub(r"#[^\n]*", "", layers.text) if layers else ""
        found = re.findall(r"set\(STROWGER_MAY_USE_([\w/]+)([^)]*)\)", text)
        return {name: set(used.split()) for name, used in found}

    def _read_libraries(self):
        libraries = {}
        for file in self.files:
            if not re.fullmatch(r"src/.*/CMakeLists\.txt", file.path):
                continue
            text = re.sub(r"#[^\n]*", "", file.text)
            for name, rest in re.findall(r"strowger_library\(\s*([\w/]+)([^)]*)\)", text):
                libraries[name] = Library(name, _cmake_list(rest, "USES"),
                                          _cmake_list(rest, "TEST_USES"),
                                          _cmake_list(rest, "SUBFOLDERS"))
        return libraries

    def library_of(self, path):
        """The library whose folder holds a path below src/, the innermost where they nest."""
        inside = path.removeprefix("src/")
        fitting = [name for name in self.may_use if inside.startswith(name + "/")]
        return max(fitting, key=len, default=None)

    def reaches(self, name, with_tests=False):
        """Every library that `name` uses, directly or through others; itself as well."""
        reached, open_names = set(), [name]
        if with_tests and name in self.libraries:
            open_names += self.libraries[name].test_uses
        while open_names:
            current = open_names.pop()
            if current not in reached:
                reached.add(current)
                if current in self.libraries:
                    open_names += self.libraries[current].uses
        return reached
