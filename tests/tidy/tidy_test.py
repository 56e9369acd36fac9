"""Every rule must find its fault in a small tree that has one, and nothing in a clean tree."""
import tempfile
import unittest
from pathlib import Path

import sys
sys.path.insert(0, str(Path(__file__).parent))
import tidy  # noqa: E402

CLEAN = {
    "LICENSE": "Apache License\nVersion 2.0\n",
    "cmake/strowger_layers.cmake":
        "set(STROWGER_LIBRARIES core base io sip)\nset(STROWGER_MAY_USE_core)\n"
        "set(STROWGER_MAY_USE_base core)\nset(STROWGER_MAY_USE_io base)\n"
        "set(STROWGER_MAY_USE_sip base)\n",
    "src/core/CMakeLists.txt": "strowger_library(core)\n",
    "src/core/README.md": "core\n",
    "src/core/time.hpp": "// Time.\n#pragma once\nnamespace core {\nint later(int time);\n}\n",
    "src/core/time.cpp":
        '#include "core/time.hpp"\n\nnamespace core {\n'
        "namespace {\nconstexpr int step = 1;\nconst char* const unit = \"ns; {\";\n}\n"
        "int later(int time) { return time + step; }\n}\n",
    "src/base/CMakeLists.txt": "strowger_library(base USES core)\n",
    "src/base/README.md": "base\n",
    "src/base/log.hpp": '// Log.\n#pragma once\n#include "core/time.hpp"\n',
    "src/base/log.cpp": '#include "base/log.hpp"\n',
    "src/sip/CMakeLists.txt": "strowger_library(sip USES base SUBFOLDERS parts)\n",
    "src/sip/README.md": "sip\n",
    "src/sip/parts/engine.cpp": '#include "base/log.hpp"\n#include "core/time.hpp"\n',
    "scripts/one.sh": "#!/bin/sh\necho one\n",
    "run": "#!/bin/sh\nscripts/one.sh\n",
}


def findings_in(changes):
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {**CLEAN, **changes}.items():
            if text is not None:
                place = Path(folder, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
        return tidy.judge(folder)[0]


class Tidy(unittest.TestCase):
    def assert_finds(self, rule, changes):
        found = findings_in(changes)
        self.assertEqual({rule}, {finding.rule for finding in found}, [str(f) for f in found])

    def assert_clean(self, changes):
        self.assertEqual([], [str(finding) for finding in findings_in(changes)])

    def engine(self, line):
        return {"src/sip/parts/engine.cpp": '#include "base/log.hpp"\n' + line + "\n"}

    def test_a_clean_tree_has_no_findings(self):
        self.assert_clean({})

    def test_a_use_that_the_layers_forbid(self):
        self.assert_finds("layers", {
            "src/base/CMakeLists.txt": "strowger_library(base USES core sip)\n"})

    def test_an_include_of_a_library_that_is_not_used(self):
        self.assert_finds("layers", {
            "src/io/CMakeLists.txt": "strowger_library(io USES base)\n", "src/io/README.md": "io\n",
            "src/io/loop.hpp": "// Loop.\n#pragma once\n",
            "src/sip/parts/engine.cpp": '#include "base/log.hpp"\n#include "io/loop.hpp"\n'})

    def test_an_include_upwards(self):
        self.assert_finds("layers", {"src/core/time.cpp":
                                     '#include "core/time.hpp"\n#include "base/log.hpp"\n'})

    def test_an_include_that_does_not_begin_below_src(self):
        self.assert_finds("layers", self.engine('#include "log.hpp"'))

    def test_engines_that_know_the_world(self):
        for line in ("#include <thread>", "#include <sys/socket.h>", "#include <fstream>",
                     "auto t() { return Clock::now(); }", "int r() { return rand(); }",
                     "long t() { return time(nullptr); }"):
            with self.subTest(line):
                self.assert_finds("engines", self.engine(line))

    def test_engines_may_speak_of_what_they_may_not_do(self):
        self.assert_clean(self.engine('// rand() and Clock::now( are not for us\n'
                                      'const char* const text = "time(nullptr)";\n'
                                      "int operand(int a) { return a; }"))

    def test_a_file_too_long(self):
        self.assert_finds("size", self.engine("// text\n" * 400))

    def test_a_table_may_be_long(self):
        self.assert_clean({"src/sip/parts/engine.cpp":
                           '// table\n#include "base/log.hpp"\n' + "// row\n" * 500})

    def test_a_line_too_long(self):
        self.assert_finds("columns", self.engine("// " + "x" * 98))

    def test_a_function_too_long(self):
        for head in ("int long_one(int a)", "Thing::Thing(int a) : a_{a}, b_(1)",
                     "class A { void inner() const"):
            with self.subTest(head):
                end = "}\n};" if head.startswith("class") else "}"
                self.assert_finds("function", self.engine(head + " {\n" + "call();\n" * 69 + end))

    def test_a_long_class_of_short_functions_is_fine(self):
        self.assert_clean(self.engine("class A {\n" + "int f(int x) { return x; }\n" * 90 + "};"))

    def test_a_python_function_too_long(self):
        self.assert_finds("function", {
            "scripts/two.py": "def f():\n" + "    pass\n" * 70,
            "run": "scripts/one.sh; scripts/two.py\n"})

    def test_globals_that_change(self):
        for line in ("int count = 0;", "static std::vector<int> all;", "inline bool on{true};",
                     "const char* name = nullptr;", "thread_local int depth;",
                     "namespace a {\nnamespace {\nstd::map<int, int> table = {{1, 2}};\n}\n}",
                     "int f() {\n  static int calls = 0;\n  return ++calls;\n}",
                     "class A {\n  static inline int shared = 0;\n};"):
            with self.subTest(line):
                self.assert_finds("mutable-global", self.engine(line))

    def test_what_is_no_global_that_changes(self):
        self.assert_clean(self.engine(
            "constexpr int a = 1;\nconst std::string b = make();\ninline constexpr int c{2};\n"
            "int declared(int x);\nstd::vector<int> f() { int x = 0; return {x}; }\n"
            "using T = int;\nclass A { int a_ = 0; static A make(int x = 3); };\n"
            "enum class E { a, b };\nextern \"C\" int g(int);\n"
            "int h() { static const int k = f(); return k; }\nA::A(int x) : a_(x) {}\n"
            "static_assert(sizeof(int) == 4);\ntemplate <class T> T t(T);\n"
            "auto o(int x) -> int;\nbool operator==(A a, A b);"))

    def test_a_global_with_a_reason_may_stay(self):
        self.assert_clean(self.engine(
            "// tidy: mutable-global because a signal handler has no other place\nint stop = 0;"))

    def test_no_licence(self):
        self.assert_finds("licence", {"LICENSE": "All rights reserved"})

    def test_a_library_without_a_readme(self):
        self.assert_finds("readme", {"src/sip/README.md": None})

    def test_a_header_that_does_not_say_what_it_is(self):
        self.assert_finds("contract", {"src/base/log.hpp":
                                       '#pragma once\n#include "core/time.hpp"\n'})

    def test_dead_files(self):
        for path, text in (("src/base/unused.hpp", "// Unused.\n#pragma once\n"),
                           ("src/base/parts/unused.cpp", "int f(int x);\n"),
                           ("fuzz/sip/unused.cpp", "int f(int x);\n"),
                           ("bench/unused_bench.cpp", "int f(int x);\n"),
                           ("tests/contract/unused.cpp", "int f(int x);\n"),
                           ("scripts/unused.sh", "#!/bin/sh\n")):
            with self.subTest(path):
                self.assert_finds("dead", {path: text})

    def test_unfinished_words(self):
        for word in ("TODO", "FIXME", "XXX", "HACK"):
            with self.subTest(word):
                self.assert_finds("words", self.engine(f"// {word}: later"))

    def test_a_dialplan_pattern_is_no_unfinished_word(self):
        self.assert_clean({"config/extensions.conf": "exten => _XXX,1,Answer()\n; like 1XX\n"})

    def test_a_path_of_one_machine(self):
        self.assert_finds("machine", {"docs/a.md": "see /home/somebody/notes\n"})


if __name__ == "__main__":
    unittest.main()
