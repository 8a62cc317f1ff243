"""This file checks spelling: common mistakes with codespell, and British forms in comments and documents."""

import os
import re
import shutil
import subprocess
import tempfile

import house

# American -> British, for words that we use. Options, CSS and standards spell their own way: code in
# documents (between grave accents) and C outside comments are not looked at.
BRITISH = {
    "behavior": "behaviour", "behaviors": "behaviours", "color": "colour", "colors": "colours", "colored": "coloured",
    "favor": "favour", "favorite": "favourite", "honor": "honour", "honors": "honours", "neighbor": "neighbour",
    "center": "centre", "centered": "centred", "canceled": "cancelled", "canceling": "cancelling",
    "labeled": "labelled", "labeling": "labelling", "modeled": "modelled", "traveled": "travelled",
    "catalog": "catalogue", "catalogs": "catalogues", "analyze": "analyse", "analyzed": "analysed",
    "analyzes": "analyses", "gray": "grey", "defense": "defence", "fulfill": "fulfil", "artifact": "artefact",
    "artifacts": "artefacts", "honored": "honoured", "signaled": "signalled", "dialog": "dialogue", "meager": "meagre",
    "skeptical": "sceptical", "judgment": "judgement",
}
WORD = re.compile(r"[A-Za-z]+")


def prose(name):
    text = house.read(name)
    if name.endswith((".c", ".h", ".def")):
        text = house.comments_only(text)
    else:
        text = re.sub(r"```.*?```", lambda found: "\n" * found.group().count("\n"), text, flags=re.S)
    text = re.sub(r"`[^`\n]*`|https?://\S+|\"[^\"\n]*\"|--\w+", "", text)
    return text


def check_british(name):
    for number, line in enumerate(prose(name).splitlines(), 1):
        for found in WORD.finditer(line):
            british = BRITISH.get(found.group().lower())
            if british:
                yield f"{name}:{number}: {found.group()}: we write {british}"


def check_mistakes(names):
    """codespell's own list, over everything but data."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as words:
        words.write("".join(line[0] + "\n" for line in house.rows("tests/law/spelling-words.txt")))
        words.flush()
        out = subprocess.run(["codespell", "--disable-colors", "-q", "7", "-I", words.name, *names], cwd=house.SOURCE,
                             capture_output=True, text=True).stdout
    yield from (line for line in out.splitlines() if "==>" in line)


def main():
    ours = [n for n in house.files(".c", ".h", ".def", ".md", ".py", ".txt", ".sh")
            if not n.startswith(("tests/corpus/", "tests/data/")) and os.path.basename(n) != "test_spelling.py"]
    faults = [f for n in ours if n.endswith((".c", ".h", ".def", ".md")) for f in check_british(n)]
    if not shutil.which("codespell"):
        if faults:
            house.judge(faults)
        house.skip("codespell is not installed: common mistakes were not looked for")
    house.judge(faults + list(check_mistakes(ours)))


main()
