"""This file measures what the path promises: no false alarms, faults planted together, and few round trips."""

import collections
import concurrent.futures
import itertools
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(HERE, "..", "tests")
for folder in ("lab", "path", "support", "servers"):
    sys.path.insert(0, os.path.join(TESTS, folder))

import report

SETUPS, DRAWS, AT_ONCE, PROMISE = 200, 100, 3, 0.95
RUNS, RATIO = 9, 1.3
KEEP = os.path.join(report.TOP, ".cache", "bench-path")


def keep(name, rows):
    """All that was seen, for whoever wants to know why."""
    os.makedirs(KEEP, exist_ok=True)
    with open(os.path.join(KEEP, name), "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)


def namespaces(program, words):
    """Lines of JSON that a program of tests/path prints, in networks of its own."""
    done = subprocess.run([sys.executable, os.path.join(TESTS, "path", program), *map(str, words)], stdout=subprocess.PIPE,
                          text=True)
    if done.returncode:
        raise RuntimeError(f"{program} {words}: exit {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def spread(values):
    values = sorted(values)
    return f"{values[0]} to {values[-1]}, median {statistics.median(values):.1f}"


def healthy(program):
    os.environ["POSTMEND"] = program
    import healthy as setups
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(lambda first: namespaces("healthy.py", [setups.SEED, first, AT_ONCE, SETUPS]), range(AT_ONCE))
        rows = sorted((row for part in parts for row in part), key=lambda row: row["number"])
    keep("healthy.json", rows)
    alarms = [row for row in rows if row["bad"]]

    def counted(name):
        return ", ".join(f"{word} {n}" for word, n in collections.Counter(row[name] for row in rows).most_common())
    found = "\n".join(f"- {row['number']} ({row['software']}): {', '.join(row['bad'])}" for row in alarms)
    report.write("healthy", "False alarms", f"""
{len(rows)} healthy set-ups were drawn (seed {setups.SEED}, `tests/path/healthy.py`) and each was diagnosed from its address
alone, half of them with a login, in a network of its own. **False alarms: {len(alarms)}** (a finding of warning or above,
a cause, or another verdict than healthy).

{found}

| what was drawn | how often |
|---|---|
| software | {counted("software")} |
| certificates | {counted("certificate")} |
| names | {counted("names")} |
| oldest TLS | {counted("tls")} |
| round trip, ms | {spread([row["round_trip_ms"] for row in rows])} |
| packets lost, % | {spread([row["loss"] for row in rows])} |
| with jitter | {sum(row["jitter_ms"] > 0 for row in rows)} |

Besides: greetings, the order of capabilities, segments of one byte, slow greetings, SASL mechanisms, EHLO keywords that are
switched off. A diagnosis took {statistics.median(row["seconds"] for row in rows):.2f} s in the median.
""".replace("\n\n\n\n", "\n\n"))
    print(f"false alarms: {len(alarms)} of {len(rows)}")
    return not alarms and len(rows) == SETUPS


def pairs(program):
    os.environ["POSTMEND"] = program
    import pairs as planted
    table = planted.rows()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        rows = list(pool.map(lambda number: planted.examine(planted.SEED, number, table), range(DRAWS)))
    keep("pairs.json", rows)
    good, hiding = [row for row in rows if row["good"]], [row for row in rows if row["hides"]]
    bad = "\n".join(f"- {' and '.join(row['planted'])}: found {', '.join(row['causes']) or 'nothing'}" for row in rows
                    if not row["good"])
    report.write("pairs", "Faults planted together", f"""
{len(rows)} draws (seed {planted.SEED}, table in `tests/lab/pairs.py`) of {sum(len(row["planted"]) == 2 for row in rows)} pairs
and {sum(len(row["planted"]) == 3 for row in rows)} triples out of {len(table["in"])} faults of the incoming server,
{len(table["out"])} of the outgoing one and {len(table["beside"]) + len(table["over"])} of the domain; one diagnosis each.

| | draws | share |
|---|--:|--:|
| the causes found are those planted, none more, none less | {len(good)} of {len(rows)} | {100 * len(good) / len(rows):.0f} % |
| of these with faults that hide others: the hiding one alone is named | {sum(row["good"] for row in hiding)} of {len(hiding)} | |
| a foreign cause was named | {sum(bool(row["foreign"]) for row in rows)} of {len(rows)} | |

{bad}
""")
    print(f"faults planted together: {len(good)} of {len(rows)} right")
    return len(good) >= PROMISE * len(rows) and not any(row["foreign"] for row in rows)


def round_trips(program):
    os.environ["POSTMEND"] = program
    rows = [row | {"way": way} for way in ("tls", "starttls") for row in namespaces("round_trips.py", [RUNS, way])]
    keep("round-trips.json", rows)
    priority = "" if os.sched_getscheduler(0) == os.SCHED_OTHER else ", before whose work ours went (`chrt`)"
    table, middles = [], []
    for way, login in itertools.product(("tls", "starttls"), (False, True)):
        part = sorted((row for row in rows if row["way"] == way and row["login"] == login), key=lambda row: row["ratio"])
        middle = part[len(part) // 2]
        middles.append(middle["ratio"])
        table.append(("TLS from the first byte" if way == "tls" else "STARTTLS", "yes" if login else "no",
                      middle["round_trips"], middle["door"], f"{middle['round_trips'] * 50}",
                      f"{middle['seconds'] * 1000:.0f}", f"{middle['ratio']:.2f}",
                      f"{part[0]['ratio']:.2f} to {part[-1]['ratio']:.2f}"))
    report.write("round-trips", "Round trips", f"""
One address with IMAP, POP3 and submission is diagnosed over a link of 50 ms (a relay in user space), with Dovecot and
Postfix behind it; the median of {RUNS} runs, beside a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores{priority}. The bench
counts from the trace the longest chain that the protocols demand: the DNS, the connection, the handshake, the greeting, and
each command that waits for the answer before it. Promised: at most {RATIO} times as long as that chain.

{report.table(["the way to TLS", "login", "round trips", "longest", "chain, ms", "took, ms", "took ÷ chain", "of all runs"],
              table)}

Beside the conversations run, on connections of their own: hellos of older versions of TLS, with STARTTLS whether commands
from before the handshake are run in it, and with a login or STARTTLS the burst that shows whether large packets pass; without
a login it goes out together with the conversation's goodbye. The chain leaves out that a server's TCP may hold the greeting back until
the tickets of TLS 1.3 are acknowledged (Nagle), which Postfix's does: a round trip more.
""")
    print("round trips, times the chain: " + ", ".join(f"{ratio:.2f}" for ratio in middles))
    return max(middles) <= RATIO
