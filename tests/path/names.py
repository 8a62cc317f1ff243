"""This file runs a resolver that lies or keeps silent (resolver.py) and makes it the system's for a while."""

import os
import sys

import process
import world


class Lying:
    """with Lying(at, "all 192.0.2.1"): a resolver of that kind at world.NAMES2."""

    def __init__(self, at, words):
        self.at, self.words = at, words

    def __enter__(self):
        here = os.path.dirname(os.path.abspath(__file__))
        log = os.path.join(self.at.folder, f"resolver-{len(os.listdir(self.at.folder))}")
        self.child = process.start([*self.at.server, sys.executable, os.path.join(here, "resolver.py"), world.NAMES2,
                                    "53", *self.words.split()], log)
        process.first_line(self.child, log)
        self.at.resolvers(world.NAMES2)

    def __exit__(self, *why):
        self.at.resolvers(world.NAMES)
        process.stop(self.child)
