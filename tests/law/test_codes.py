"""This file holds catalogue, pages and index of the findings together: docs/codes has one page for each."""

import os
import subprocess
import sys

SOURCE = os.environ["POSTMEND_SOURCE"]

sys.exit(subprocess.run([sys.executable, os.path.join(SOURCE, "tools", "gen-codes-index.py"), "--check"],
                        check=False).returncode)
