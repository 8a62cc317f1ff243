"""This file makes a small internet of three network namespaces: the client's (this process), a middlebox, the servers'.

	client --veth-- middlebox --relay-- servers
	198.51.100.2    .1 / 203.0.113.1    203.0.113.10 .20 .53

The relay is a program of ours, because kernels may lack netem: it delays, loses and forgets packets. Filters are rules
of nft in the middlebox. A test program calls enter() first, which starts it anew in namespaces of its own.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("../support", "../servers"):
    sys.path.insert(0, os.path.join(HERE, folder))

import process
import tap

MAIL, OTHER, NAMES, NAMES2 = "203.0.113.10", "203.0.113.20", "203.0.113.53", "203.0.113.54"
MAIL6, CLIENT, CLIENT2 = "2001:db8:2::10", "198.51.100.2", "198.51.100.3"
INSIDE = "POSTMEND_INSIDE_NAMESPACES"
AS_NOBODY = ["unshare", "-U", "--map-user=65534", "--map-group=65534"]
TOOLS = ["ip", "nft", "unshare", "nsenter"]

CLIENT_LINKS = f"""
link set lo up
link set c0 up gso_max_segs 1
addr add {CLIENT}/24 dev c0
addr add {CLIENT2}/24 dev c0
addr add 2001:db8:1::2/64 dev c0 nodad
route add default via 198.51.100.1
route add default via 2001:db8:1::1
"""
MIDDLE_LINKS = """
link set lo up
link set m0 up
addr add 198.51.100.1/24 dev m0
addr add 2001:db8:1::1/64 dev m0 nodad
link set m1 up
addr add 203.0.113.1/24 dev m1
addr add 2001:db8:2::1/64 dev m1 nodad
"""
SERVER_LINKS = f"""
link set lo up
link set s0 up
addr add {MAIL}/24 dev s0
addr add {OTHER}/24 dev s0
addr add {NAMES}/24 dev s0
addr add {NAMES2}/24 dev s0
addr add {MAIL6}/64 dev s0 nodad
route add default via 203.0.113.1
route add default via 2001:db8:2::1
"""
FORWARD = ("echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding;"
           "echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start;"
           "echo 1 >/proc/sys/net/ipv4/tcp_no_metrics_save")


def possible():
    """The words that give a program networks of its own, or the reason why nothing does."""
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [name for name in TOOLS if not shutil.which(name)]
    if missing:
        return None, "not installed: " + ", ".join(missing) + " (./dev test installs them)"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return None, "/dev/net/tun is missing or not for this user: no relay"
    why = ""
    for words in (["unshare", "-nm"], ["unshare", "-Urnm"]):
        tried = subprocess.run([*words, "nft", "list", "ruleset"], capture_output=True, text=True)
        if tried.returncode == 0:
            return words, ""
        why = tried.stderr.strip()
    return None, f"neither root nor user namespaces give a network of its own: {why}"


def enter(suite):
    """Returns inside of new namespaces; where there can be none, every case of the suite is skipped, loudly."""
    if os.environ.get(INSIDE):
        return
    words, why = possible()
    if not words:
        print(f"THE NETWORK LABORATORY CANNOT RUN HERE: {why}", file=sys.stderr)

        def skip():
            raise tap.Skip(why)
        suite.cases = [(name, skip) for name, _ in suite.cases]
        sys.exit(suite.run())
    go_in(words)


def enter_alone():
    """The same for a program that is no suite: True inside; False, loudly, where there can be no namespaces."""
    if os.environ.get(INSIDE):
        return True
    words, why = possible()
    if words:
        go_in(words)
    print(f"THE NETWORK LABORATORY CANNOT RUN HERE: {why}", file=sys.stderr)
    return False


def go_in(words):
    os.environ[INSIDE] = "1"
    os.execvp(words[0], [*words, sys.executable, *sys.argv])


def is_root():
    """Whether servers that change users can run: not with one user alone, as in a user namespace."""
    with open("/proc/self/uid_map", encoding="ascii") as file:
        return int(file.read().split()[2]) > 1


def call(words, text=None):
    done = subprocess.run(words, input=text, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr}\n{text or ''}")
    return done.stdout


class World:
    """filter(rules), local(rules), relay(word), clear(); `server` and `middle` are the words that enter those places."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="postmend-world-")
        os.chmod(self.folder, 0o755)
        self.spaces, self.proxies = [], []
        self.middle, self.server = self.space(), self.space()
        call(["ip", "link", "add", "c0", "type", "veth", "peer", "name", "m0", "netns", str(self.spaces[0].pid)])
        log = os.path.join(self.folder, "relay")
        self.relayer = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "relay.py"), *(str(space.pid) for space in self.spaces)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(log, "wb"), text=True,
            preexec_fn=process.die_with_parent)
        if self.relayer.stdout.readline() != "ready\n":
            raise RuntimeError("relay: " + open(log, encoding="utf-8").read())
        call(["ip", "-batch", "-"], CLIENT_LINKS)
        call([*self.middle, "ip", "-batch", "-"], MIDDLE_LINKS)
        call([*self.server, "ip", "-batch", "-"], SERVER_LINKS)
        for place in ([], self.middle, self.server):
            call([*place, "sh", "-c", FORWARD])
        self.resolvers(NAMES)
        call(["mount", "--bind", os.path.join(self.folder, "resolv.conf"), os.path.realpath("/etc/resolv.conf")])
        atexit.register(self.close)

    def resolvers(self, *addresses):
        """What the system's own resolver is, seen by all that runs in here."""
        with open(os.path.join(self.folder, "resolv.conf"), "w", encoding="ascii") as file:
            file.write("".join(f"nameserver {one}\n" for one in addresses))

    def space(self):
        child = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 3600"], stdout=subprocess.PIPE,
                                 preexec_fn=process.die_with_parent)
        child.stdout.readline()
        self.spaces.append(child)
        return ["nsenter", f"--net=/proc/{child.pid}/ns/net"]

    def filter(self, rules):
        """Rules of the middlebox, as lines of its forward chain, for packets in both directions."""
        self.rules(self.middle, "forward", rules)

    def local(self, rules):
        """Rules of this computer's own firewall, for what leaves it."""
        self.rules([], "output", rules)

    @staticmethod
    def rules(place, hook, rules):
        call([*place, "nft", "-f", "-"], "table inet lab {\n chain filter {\n"
             f"  type filter hook {hook} priority 0; policy accept;\n" + "".join(f"  {r}\n" for r in rules) + " }\n}\n")

    def relay(self, word):
        """delay MS, jitter MS, loss PERCENT, rate BYTES a second, idle SECONDS (flows that rest longer are forgotten)."""
        self.relayer.stdin.write(word + "\n")
        self.relayer.stdin.flush()
        self.relayer.stdout.readline()

    def proxy(self, mode, *ports, source=None, program="middle.py"):
        """A box of the network that takes these ports' connections and does what the mode says (see the program)."""
        log = os.path.join(self.folder, f"proxy-{len(os.listdir(self.folder))}")
        child = process.start([*self.middle, sys.executable, os.path.join(HERE, program), *mode.split()], log)
        self.proxies.append(child)
        here = process.first_line(child, log)
        only = f"ip saddr {source} " if source else ""
        call([*self.middle, "nft", "-f", "-"], "table inet box {\n chain to {\n  type nat hook prerouting priority -100;\n"
             f"  iifname m0 {only}tcp dport {{ {', '.join(map(str, ports))} }} redirect to :{here}\n }}\n}}\n")

    def clear(self):
        for place in ([], self.middle):
            call([*place, "nft", "flush", "ruleset"])
        for child in self.proxies:
            process.stop(child)
        self.proxies = []
        self.relay("reset")
        # What was learnt of the path, as its MTU, is forgotten.
        for place in ([], self.server):
            call([*place, "sh", "-c", "ip route flush cache; ip -6 route flush cache; true"])

    def close(self):
        for child in self.proxies + [self.relayer] + self.spaces:
            process.stop(child)
        shutil.rmtree(self.folder, ignore_errors=True)
