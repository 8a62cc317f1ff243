"""This file has postmend diagnose healthy set-ups of many kinds: a sample of what the bench draws (healthy.py).

Several at a time, in networks of their own: most of the time is waiting for slow links.
"""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import healthy
import tap

SUITE = tap.Suite()
SAMPLE, AT_ONCE = 24, 3
HERE = os.path.dirname(os.path.abspath(__file__))


def words_of(setup):
    return (f"{setup['number']}: {setup['software']}, {setup['certificate']}, {setup['round_trip_ms']} ms, "
            f"{setup['loss']} % lost, {setup['names']}")


def check(done, number):
    tap.expect(number in done, f"set-up {number} was not run: {done.get('errors')}")
    tap.expect(not done[number]["bad"], f"{done[number]['bad']}\n{done[number]['said']}")


def main():
    words, why = world.possible()
    done = {}

    def skip():
        raise tap.Skip(why)
    for number in range(SAMPLE):
        SUITE.add(words_of(healthy.draw(healthy.SEED, number)),
                  (lambda number=number: check(done, number)) if words else skip)
    if not words:
        print(f"THE NETWORK LABORATORY CANNOT RUN HERE: {why}", file=sys.stderr)
        return SUITE.run()
    running = [subprocess.Popen([sys.executable, os.path.join(HERE, "healthy.py"), str(healthy.SEED), str(first),
                                 str(AT_ONCE), str(SAMPLE)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
               for first in range(AT_ONCE)]
    for child in running:
        out, errors = child.communicate()
        done.update({row["number"]: row for row in map(json.loads, out.splitlines())})
        done["errors"] = done.get("errors", "") + errors
    return SUITE.run()


sys.exit(main())
