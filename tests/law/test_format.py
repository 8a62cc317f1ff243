"""This file asks clang-format whether the C code looks as .clang-format says."""

import shutil
import subprocess

import house


def main():
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not tool:
        house.skip("clang-format is not installed")
    names = [n for n in house.files(".c", ".h") if not n.endswith("_table.c")]
    out = subprocess.run([tool, "--dry-run", "-Werror", *names], cwd=house.SOURCE, capture_output=True, text=True)
    house.judge(line for line in out.stderr.splitlines() if "error:" in line)


main()
