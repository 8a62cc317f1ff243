"""This file plants two or three faults at a time into a practice mailbox: a sample of what the bench draws (pairs.py)."""

import concurrent.futures
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import pairs

import doctor
import tap

SUITE = tap.Suite()
SAMPLE, AT_ONCE = 24, 3


def check(future):
    done = future.result()
    tap.expect(done["good"], f"planted {done['planted']}: wanted {done['wanted']}, found {done['causes']}\n{done['said']}")


def main():
    if not os.path.exists(doctor.PROGRAM):
        def missing():
            raise tap.Skip("postmend itself is not built")
        SUITE.add("faults planted together", missing)
        return SUITE.run()
    table = pairs.rows()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(SAMPLE):
            words = " ".join(word for word, _, _ in pairs.draw(pairs.SEED, number, table))
            future = pool.submit(pairs.examine, pairs.SEED, number, table)
            SUITE.add(words, lambda future=future: check(future))
        return SUITE.run()


sys.exit(main())
