"""This file breaks every law once, in a copy of the house, and expects the law to say so."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import house

HERE = os.path.dirname(os.path.abspath(__file__))
PURPOSE = "/* This file is planted. */\n"

# law, file, text, "a" to append or "w" to write, what the law must say
PLANTS = [
    ("sizes", "src/base/str.c", "/* x */\n" * 900, "a", r"str\.c: \d+ lines"),
    ("sizes", "src/base/str.h", "/* x */\n" * 151, "a", r"str\.h: \d+ lines"),
    ("sizes", "src/base/str.c", "\nint f(void)\n{\n" + "\treturn 0;\n" * 80 + "}\n", "a", r"function of 83 lines"),
    ("sizes", "src/base/str.c", "\nint f(int a, int b, int c,\n\tint d, int e, int g)\n{\n}\n", "a", r"6 parameters"),
    ("sizes", "src/base/str.c", "\nint f(void)\n{\n\t\t\t\tif (1)\n\t\t\t\t\treturn 1;\n}\n", "a", r"nested deeper"),
    ("sizes", "tests/law/sizes-exceptions.txt", "src/base/str.c 2000 because\n", "a", r"only \.def and _table\.c"),
    ("banned", "src/base/str.c", "\nint f(char *a)\n{\n\treturn atoi(a);\n}\n", "a", r"atoi is banned"),
    ("banned", "src/wire/planted.c", PURPOSE + "void f(void)\n{\n\texit(1);\n}\n", "w", r"exit is banned"),
    ("banned", "src/drive/planted.c", PURPOSE + '#include "x"\nvoid f(void)\n{\n\tprintf("x");\n}\n', "w",
     r"printf is banned"),
    ("banned", "src/base/str.c", "#ifdef _WIN32\n#endif\n#if defined(__linux__)\n#endif\n", "a", r"only the room os"),
    ("purpose", "src/base/planted.c", "/* Something else. */\n", "w", r"planted\.c: the first comment"),
    ("purpose", "tools/planted.py", "import os\n", "w", r"planted\.py: the first comment"),
    ("strays", "src/base/str.c.orig", "x\n", "w", r"a left-over"),
    ("strays", "notes.txt", "x\n", "w", r"root folder"),
    ("strays", "src/base/picture.bin", b"\0\xff" * 40000, "w", r"a binary of 80000"),
    ("strays", "src/base/str.c", "/* x */ \n", "a", r"blanks at the end"),
    ("strays", "src/base/str.c", "/* to do: x", "a", r"does not end with a line feed"),
    ("strays", "src/base/str.c", "/* TO" "DO x */\n", "a", r"unfinished work"),
    ("strays", "src/base/str.c", "/* see /wo" "rk/x */\n", "a", r"a path of one machine"),
    ("strays", "src/base/str.c", "/* a\u202eb */\n", "a", r"an invisible character"),
    ("strays", "docs/planted.md", b"caf\xe9\n", "w", r"not UTF-8"),
    ("spelling", "docs/planted.md", "# x\nThe col" "or of this.\n", "w", r"we write colour"),
    ("spelling", "src/base/str.c", "/* It recei" "ves, which is recie" "ved. */\n", "a", r"==>"),
    ("format", "src/base/planted.c", PURPOSE + "int  f (void) { return 0 ; }\n", "w", r"planted\.c.*error"),
    ("rooms", "src/base/str.c", '#include "finding/finding.h"\n', "a", r"room base may not see room finding"),
    ("rooms", "src/base/str.c", '#include "str.h"\n', "a", r'include "room/thing\.h"'),
    ("rooms", "src/base/str.c", '#include <finding/finding.h>\n', "a", r"angle brackets"),
    ("rooms", "src/base/str.c", '#include <sys/socket.h>\n', "a", r"a pure room"),
    ("rooms", "src/planted.c", PURPOSE, "w", r"stands in no room"),
    ("rooms", "src/cellar/planted.c", PURPOSE, "w", r"stands in no room"),
    ("rooms", "src/rooms.txt", "attic 3 base,app @pure\n", "a", r"may not see app"),
    ("rooms", "src/rooms.txt", "attic 3 base,cellar @pure\n", "a", r"there is no room cellar"),
]

# law, room, C source of one object of that room's library, what the law must say
SYMBOLS = [
    ("rooms", "wire", "int socket(int, int, int); int f(void); int f(void) { return socket(1, 1, 0); }",
     r"wire: uses socket"),
    ("rooms", "base", "int finding_add(void); int f(void); int f(void) { return finding_add(); }",
     r"base: uses finding_add"),
    ("externals", "base", "int lonely(void); int lonely(void) { return 1; }", r"lonely is visible"),
]


def run_law(law, source, build):
    env = {**os.environ, "POSTMEND_SOURCE": source, "POSTMEND_BUILD": build, "GIT_DIR": os.devnull}
    return subprocess.run([sys.executable, os.path.join(HERE, f"test_{law}.py")], env=env, capture_output=True, text=True)


def plant(path, text, mode):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(text, bytes):
        text, mode = text, mode + "b"
    with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8"})) as file:
        file.write(text)


def check_plant(copy, build, row):
    law, name, text, mode, expected = row
    path = os.path.join(copy, name)
    before = None
    if os.path.exists(path):
        with open(path, "rb") as file:
            before = file.read()
    plant(path, text, mode)
    out = run_law(law, copy, build)
    if before is None:
        os.remove(path)
    else:
        with open(path, "wb") as file:
            file.write(before)
    if out.returncode == house.SKIP:
        return None
    if out.returncode != 1 or not re.search(expected, out.stdout):
        return f"{law}: {name} planted, expected \"{expected}\", exit {out.returncode}: {out.stdout[:300]}{out.stderr[-300:]}"
    return None


def check_symbol(copy, row):
    law, room, source, expected = row
    with tempfile.TemporaryDirectory() as build:
        folder = os.path.join(build, "src", f"lib{room}.a.p")
        os.makedirs(folder)
        base = os.path.join(build, "src", "libfinding.a.p")
        os.makedirs(base, exist_ok=True)
        make(base, os.path.join(build, "src", "libfinding.a"), "int finding_add(void); int finding_add(void) { return 0; }")
        make(folder, os.path.join(build, "src", f"lib{room}.a"), source)
        if not os.path.exists(os.path.join(build, "src", "libbase.a")):
            make(folder, os.path.join(build, "src", "libbase.a"), "static int nothing; int *base_f(void); int *base_f(void) { return &nothing; }")
        out = run_law(law, copy, build)
    if out.returncode != 1 or not re.search(expected, out.stdout):
        return f"{law}: symbol planted, expected \"{expected}\", exit {out.returncode}: {out.stdout[:300]}{out.stderr[-300:]}"
    return None


def make(folder, library, source):
    name = os.path.join(folder, os.path.basename(library)[:-2])
    with open(name + ".c", "w", encoding="utf-8") as file:
        file.write(source + "\n")
    subprocess.run(["cc", "-c", "-o", name + ".o", name + ".c"], check=True)
    subprocess.run(["ar", "rcs", library, name + ".o"], check=True)


def main():
    faults = []
    with tempfile.TemporaryDirectory() as top:
        copy = os.path.join(top, "house")
        for name in house.ours():
            os.makedirs(os.path.dirname(os.path.join(copy, name)), exist_ok=True)
            shutil.copy(os.path.join(house.SOURCE, name), os.path.join(copy, name))
        for law in sorted({row[0] for row in PLANTS}):
            out = run_law(law, copy, house.BUILD)
            if out.returncode not in (0, house.SKIP):
                faults.append(f"{law}: fails already without a plant")
        faults += [fault for row in PLANTS if (fault := check_plant(copy, house.BUILD, row))]
        faults += [fault for row in SYMBOLS if (fault := check_symbol(copy, row))]
    house.judge(faults)


main()
