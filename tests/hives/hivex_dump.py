"""This file prints a hive as libhivex sees it, in the lines of hive-tool, or changes one with it.

It is run by the system's own Python, which has Debian's module.
"""

import json
import sys

import hivex


def dump(hive, node, path):
    print("/".join(path))
    for value in hive.node_values(node):
        kind, data = hive.value_value(value)
        print("/".join(path), "=" + hive.value_key(value).encode().hex(), kind, data.hex())
    for child in hive.node_children(node):
        dump(hive, child, path + [hive.node_name(child).encode().hex()])


def build(hive, node, tree):
    """tree: {name: subtree or [type, hex]}."""
    values = [{"key": name, "t": what[0], "value": bytes.fromhex(what[1])} for name, what in tree.items()
              if isinstance(what, list)]
    if values:
        hive.node_set_values(node, values)
    for name, below in tree.items():
        if isinstance(below, dict):
            build(hive, hive.node_get_child(node, name) or hive.node_add_child(node, name), below)


def main():
    if sys.argv[1] == "dump":
        sys.setrecursionlimit(2000)
        hive = hivex.Hivex(sys.argv[2])
        dump(hive, hive.root(), [])
        return
    if sys.argv[1] == "build-many":
        for path, tree in json.load(sys.stdin).items():
            hive = hivex.Hivex(sys.argv[2], write=True)
            build(hive, hive.root(), tree)
            hive.commit(path)
        return
    hive = hivex.Hivex(sys.argv[2], write=True)
    build(hive, hive.root(), json.load(sys.stdin))
    hive.commit(sys.argv[3])


main()
