#!/usr/bin/env python3
"""This file tests that postmend.exe is one small file: no DLL but Windows' own, all of them there since 10 1809."""

import os
import re
import subprocess
import sys

SIZE_MAX = 12 << 20
# What every Windows has in System32, server cores included. Others that it has may be added here when needed.
SYSTEM = {"advapi32", "bcrypt", "crypt32", "dbghelp", "dnsapi", "iphlpapi", "kernel32", "msvcrt", "ncrypt", "ntdll",
          "ole32", "psapi", "shell32", "user32", "userenv", "winmm", "ws2_32"}


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
    if not used or foreign or size >= SIZE_MAX:
        return 1
    print(f"{exe}: {size} bytes, {len(used)} libraries, all of Windows itself")
    return 0


sys.exit(main(sys.argv[1]))
