#!/usr/bin/env python3
"""The house rules that a script can judge: tidy.py [ROOT]. Prints path:line: rule: what."""
import sys

import file_rules
import layer_rules
import size_rules
import state_rules
import word_rules
from tree import Tree

RULES = (
    layer_rules.layers, layer_rules.engines,
    size_rules.files, size_rules.columns, size_rules.functions,
    state_rules.globals_that_change,
    file_rules.licence, file_rules.readmes, file_rules.contracts, file_rules.dead_headers,
    file_rules.dead_sources, file_rules.dead_scripts,
    word_rules.unfinished, word_rules.machines,
)


def judge(root):
    tree = Tree(root)
    return [finding for rule in RULES for finding in rule(tree)], tree


def main():
    findings, tree = judge(sys.argv[1] if len(sys.argv) > 1 else ".")
    for finding in findings:
        print(finding)
    print(f"tidy: {len(tree.files)} files, {len(RULES)} rules, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
