"""This file measures who names the cause of a planted fault, and how soon: postmend and seven programs that people use."""

import concurrent.futures
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "support"))

import lab
import peers
import report

CAP = 20  # seconds, then a program is ended
PROMISE = 3  # seconds within which postmend names each cause
DEADLINE = "2.5"


class Rule:
    def __init__(self, fault, imap, smtp, needs, pattern, words):
        self.fault, self.needs, self.words = fault, needs, words
        self.pattern = re.compile(pattern, re.I)
        self.forms = [form for form in (imap, smtp) if form != "-"]


def read_rules():
    with open(os.path.join(HERE, "rules.tsv"), encoding="utf-8") as file:
        return [Rule(*line.rstrip("\n").split("\t")) for line in file if line.strip() and not line.startswith("#")]


class Result:
    def __init__(self, named, seconds, output):
        self.named, self.seconds, self.output = named, seconds, output


def run(words, stdin, env):
    begin = time.monotonic()
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                             start_new_session=True)
    try:
        out = child.communicate(stdin.encode(), CAP)[0]
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        out = child.communicate()[0]
    return out.decode("utf-8", "replace"), time.monotonic() - begin


def environment(folder):
    return {**os.environ, "HOME": folder, "XDG_STATE_HOME": folder, "LANG": "C.UTF-8"}


def ask_peer(build, rule, door, healthy):
    """healthy: what the same program says about the same door without a fault; what stands there too names nothing."""
    words, stdin = build(door)
    output, seconds = run(words, stdin, environment(door.folder))
    usual = {line.strip() for line in healthy.splitlines()}
    told = "\n".join(line for line in output.splitlines() if line.strip() not in usual)
    return Result(bool(rule.pattern.search(told)), seconds, output)


def ask_postmend(program, rule, door, url):
    words = [program, "probe", url, "--json", "--ca-file", door.ca, "--deadline", DEADLINE]
    if door.login:
        secret = door.file("postmend-secret", door.password)
        words += ["--login", "--user", door.user, "--password-file", secret]
        words += ["--allow-plain-login"] if door.plain else []
    output, seconds = run(words, "", environment(door.folder))
    try:
        causes = json.loads(output)["causes"]
    except (ValueError, KeyError):
        causes = []
    return Result(causes[:1] == [rule.fault], seconds, output)


class Bench:
    """The lab with every fault planted, and what each program said about the doors without one."""

    def __init__(self, program, rules, it, top):
        self.program, self.rules, self.it, self.top, self.made = program, rules, it, top, 0

    def door(self, form, port, needs):
        self.made += 1
        folder = os.path.join(self.top, str(self.made))
        os.makedirs(folder)
        return peers.Door(form, port, self.it.ca, self.it.user, self.it.password, folder, needs)

    def healthy(self, ask, form, needs):
        words, stdin = ask(self.door(form, self.it.healthy(form).port, needs))
        return run(words, stdin, environment(self.top))[0]

    def jobs(self, protocols, able):
        for rule in self.rules:
            for form in rule.forms:
                if form.split("-")[0].removesuffix("s") in protocols and rule.needs in able:
                    yield rule, form

    def ask_one(self, ask, rule, form):
        planted = self.it.door(rule.fault, form)
        door = self.door(form, planted.port, rule.needs)
        if ask is None:
            return ask_postmend(self.program, rule, door, planted.url)
        return ask_peer(ask, rule, door, self.usual[form, rule.needs])

    def ask_all(self, name, ask, protocols, able):
        """fault -> results, one for each form; all doors at once."""
        jobs, results = list(self.jobs(protocols, able)), {}
        self.usual = {kind: self.healthy(ask, *kind) for kind in {(form, rule.needs) for rule, form in jobs}} if ask else {}
        with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
            for (rule, _), result in zip(jobs, pool.map(lambda job: self.ask_one(ask, *job), jobs)):
                results.setdefault((rule.fault, name), []).append(result)
        named = sum(all(result.named for result in found) for found in results.values())
        print(f"{name}: {named} of {len(results)} named", flush=True)
        return results


def measure(program, rules):
    """(fault, program) -> list of results, one for each form in which the program can meet the fault."""
    results = {}
    words = [f"{rule.fault}@{form}" for rule in rules for form in rule.forms]
    with tempfile.TemporaryDirectory(prefix="postmend-bench-") as top, lab.Lab(program, words) as it:
        bench = Bench(program, rules, it, top)
        results.update(bench.ask_all("postmend", None, {"imap", "smtp"}, {"connect", "login", "envelope"}))
        for peer in peers.PEERS:
            results.update(bench.ask_all(*peer[:4]))
    return results


def cell(found):
    if not found:
        return "—"
    named = all(result.named for result in found)
    return f"{'**yes**' if named else 'no'} {max(result.seconds for result in found):.2f}"


def totals(results, rules, name):
    met = [results[rule.fault, name] for rule in rules if (rule.fault, name) in results]
    named = sum(all(result.named for result in found) for found in met)
    seconds = [max(result.seconds for result in found) for found in met]
    return named, len(met), statistics.median(seconds), max(seconds), sum(seconds)


def write(results, rules):
    names = ["postmend"] + [peer[0] for peer in peers.PEERS]
    rows = [[f"`{rule.fault}`"] + [cell(results.get((rule.fault, name))) for name in names] for rule in rules]
    sums = {name: totals(results, rules, name) for name in names}
    ours = sums["postmend"]
    summary = [[name, f"{n} of {met}", f"{100 * n / met:.0f} %", f"{middle:.2f}", f"{worst:.2f}",
                f"{middle / ours[2]:.1f}", f"{worst / ours[3]:.1f}"] for name, (n, met, middle, worst, _) in sums.items()]
    versions = "; ".join(f"{name}: {peers.version(command)}" for name, _, _, _, command in peers.PEERS)
    rules_text = report.table(["fault", "counts as named when the output"], [[f"`{r.fault}`", r.words] for r in rules])
    report.write("faults", "Who names the cause", f"""
{len(rules)} faults were planted at a time with `postmend lab` on loopback, at the IMAP and the submission port where the fault
fits both, and each program was asked about all of them in parallel, with a time limit of {peers.WAIT} s where it takes one;
after {CAP} s it was ended. One run. A cell says whether the cause was named at every door that the program can talk to,
and the longest time in seconds; a dash means that the program speaks no such protocol or cannot log in.

The rule for "named": the whole output, with the program's most talkative option, matches the regular expression that
`bench/rules.tsv` gives for the fault; lines that the program says about a healthy server too do not count. A server's own words count when they name the cause and the program shows them.
For postmend the first of the root causes must be the fault itself, at every door.

{report.table(["program", "causes named", "share", "median s", "slowest s", "median ÷ postmend", "slowest ÷ postmend"], summary)}

{report.table(["fault"] + names, rows)}

Commands: `bench/peers.py`. Versions: {versions}.

{rules_text}
""")
    return ours


def main(program):
    rules = read_rules()
    results = measure(program, rules)
    ours = write(results, rules)
    keep = os.path.join(report.TOP, ".cache", "bench-faults")
    os.makedirs(keep, exist_ok=True)
    for (fault, name), found in results.items():
        for number, result in enumerate(found):
            with open(os.path.join(keep, f"{fault}.{name.split()[0]}.{number}"), "w", encoding="utf-8") as file:
                file.write(f"named: {result.named}, {result.seconds:.2f} s\n{result.output}")
    print(f"postmend named {ours[0]} of {ours[1]}, the slowest took {ours[3]:.2f} s")
    return ours[0] == ours[1] and ours[3] <= PROMISE
