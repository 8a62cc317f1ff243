#!/usr/bin/env python3
"""This file tests that postmend.exe is one small file: no DLL but Windows' own, all of them there since 10 1809; with an
icon, a version, and a manifest that asks for long paths, UTF-8 and no rights.
"""

import os
import re
import subprocess
import sys

SIZE_MAX = 12 << 20
# What every Windows has in System32, server cores included. Others that it has may be added here when needed.
SYSTEM = {"advapi32", "bcrypt", "crypt32", "dbghelp", "dnsapi", "iphlpapi", "kernel32", "msvcrt", "ncrypt", "ntdll",
          "ole32", "psapi", "shell32", "user32", "userenv", "winmm", "ws2_32"}
# Kinds of resources by their number.
SHOWN = {3: "image of an icon", 14: "icon", 16: "version", 24: "manifest"}
MANIFEST = {"long paths": b">true</longPathAware>", "UTF-8": b">UTF-8</activeCodePage>", "no rights": b'level="asInvoker"',
            "Windows 10": b"8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a"}


def missing(exe, told):
    """What Windows would show or heed and is not in the file."""
    kinds = {int(number, 16) for number in re.findall(r"^\S+   Entry: ID: 0x([0-9a-f]+)", told, re.M)}
    with open(exe, "rb") as file:
        content = file.read()
    out = [name for kind, name in SHOWN.items() if kind not in kinds]
    out += [f"{name} in the manifest" for name, words in MANIFEST.items() if words not in content]
    return out + ([] if "ProductVersion".encode("utf-16-le") in content else ["product's version"])


def main(exe):
    out = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", exe], check=True, capture_output=True, text=True).stdout
    used = {name.lower() for name in re.findall(r"DLL Name: (\S+)", out)}
    foreign = sorted(name for name in used if name.removesuffix(".dll") not in SYSTEM)
    size = os.path.getsize(exe)
    if not used:
        print(f"{exe}: no import table was found")
    if foreign:
        print(f"{exe} needs libraries that Windows does not have: {', '.join(foreign)}")
    if size >= SIZE_MAX:
        print(f"{exe} is {size} bytes, {SIZE_MAX} is too much")
    gone = missing(exe, out)
    if gone:
        print(f"{exe} has no {', no '.join(gone)}")
    if not used or foreign or size >= SIZE_MAX or gone:
        return 1
    print(f"{exe}: {size} bytes, {len(used)} libraries, all of Windows itself")
    return 0


sys.exit(main(sys.argv[1]))
