"""This file makes Windows disks with one user, in order but for the faults that are planted.

A case is a pair of functions that change a Tree: plant() makes the fault, control() makes what differs in one value
and is in order. CASES holds them by the id of the finding; ADVICE says which are no causes.

    tree = healthy()
    CASES["client-send-later"].plant(tree)
    tree.write(folder)
"""

import collections
import os
import struct

import hives
import store_bytes

OUTLOOK = "Software\\Microsoft\\Office\\16.0\\Outlook"
POLICIES = "Software\\Policies\\Microsoft\\Office\\16.0\\Outlook"
PROFILE = OUTLOOK + "\\Profiles\\Main"
ACCOUNTS = PROFILE + "\\9375CFF0413111d3B88A00104B2A6676"
POP3, IMAP, WRAPPER = ("{ED475411-B0D6-11D2-8C3B-00104B2A6676}", "{ED475412-B0D6-11D2-8C3B-00104B2A6676}",
                       "{ED475414-B0D6-11D2-8C3B-00104B2A6676}")
HTTP, LDAP = "{4DB5CBF0-3B77-4852-BC8E-BB81908861F3}", "{4DB5CBF2-3B77-4852-BC8E-BB81908861F3}"
# Where Outlook 2002 to 2010 keep theirs.
OLD_PROFILE = "Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem\\Profiles\\Old"
OLD_ACCOUNTS = OLD_PROFILE + "\\9375CFF0413111d3B88A00104B2A6676"
USER_ADDINS = "Software\\Microsoft\\Office\\Outlook\\Addins"
ALL_ADDINS = "Microsoft\\Office\\Outlook\\Addins"
SERVICES = "ControlSet001\\Services"
FIREWALL = SERVICES + "\\SharedAccess\\Parameters\\FirewallPolicy"
WINSOCK = SERVICES + "\\WinSock2\\Parameters\\Protocol_Catalog9\\Catalog_Entries64"
ROOTS = "Microsoft\\SystemCertificates\\ROOT\\Certificates"
HOME = "Users/anna"
SRS = HOME + "/AppData/Roaming/Microsoft/Outlook"
KEYS = HOME + "/AppData/Roaming/Microsoft/Protect/S-1-5-21-1-2-3-1001"
THUNDERBIRD = HOME + "/AppData/Roaming/Thunderbird"
NOW = 1_790_000_000
DAY = 86400

Case = collections.namedtuple("Case", "plant control")
CASES, ADVICE = {}, set()


class Tree:
    """user, software and system: hives as hives.make() takes them; files: path -> bytes, or (bytes, length, time)."""

    def __init__(self):
        self.user, self.software, self.system, self.files = {}, {}, {}, {}
        self.load_times = {}  # ProgID -> milliseconds, of the event log
        self.classes = {}  # UsrClass.dat, where there is something in it
        self.prefs, self.hosts = [], []
        self.n = 0

    def number(self):
        """Another one each time."""
        self.n += 1
        return self.n

    def write(self, disk):
        for path, what in self.files.items():
            put(disk, path, *(what if isinstance(what, tuple) else (what, None, None)))
        put(disk, THUNDERBIRD + "/p/prefs.js", "".join(line + "\n" for line in self.prefs).encode())
        put(disk, "Windows/System32/drivers/etc/hosts", "".join(line + "\n" for line in self.hosts).encode())
        if self.load_times:
            put(disk, "Windows/System32/winevt/Logs/Application.evtx", event_log(self.load_times))
        config = os.path.join(disk, "Windows", "System32", "config")
        os.makedirs(config, exist_ok=True)
        user = os.path.join(disk, *HOME.split("/"), "NTUSER.DAT")
        made = {user: self.user, os.path.join(config, "SOFTWARE"): self.software,
                os.path.join(config, "SYSTEM"): self.system}
        if self.classes:
            local = os.path.join(disk, *HOME.split("/"), "AppData", "Local", "Microsoft", "Windows")
            os.makedirs(local, exist_ok=True)
            made[os.path.join(local, "UsrClass.dat")] = self.classes
        hives.make_many(made)
        os.utime(user, (NOW, NOW))


def put(disk, path, content, length=None, written=None):
    place = os.path.join(disk, *path.split("/"))
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as out:
        out.write(content)
        if length:
            # Sparse: nothing is written between.
            out.truncate(length)
    if written:
        os.utime(place, (written, written))


def value(one):
    return hives.text(one) if isinstance(one, str) else hives.number(one) if isinstance(one, int) else one


def put_key(hive, path, **values):
    """Underscores are blanks; None leaves a value out."""
    hives.merge(hive, path, {name.replace("_", " "): value(one) for name, one in values.items() if one is not None})


def put_value(hive, path, name, one):
    hives.merge(hive, path, {name: value(one)})


SEALED = hives.binary(b"\2" + bytes(64))


def imap(number, **changes):
    """An account at a known provider that is in order, but for what is changed; None leaves a value out."""
    values = {"clsid": IMAP, "Account Name": f"account {number}", "Email": f"user{number}@gmx.net",
              "IMAP Server": "imap.gmx.net", "IMAP User": f"user{number}@gmx.net", "IMAP Port": 993,
              "IMAP Secure Connection": 1, "IMAP Password": SEALED, "SMTP Server": "mail.gmx.net", "SMTP Port": 587,
              "SMTP Secure Connection": 2, "SMTP Use Auth": 1, "Server Timeout": 60}
    values.update({name.replace("_", " "): one for name, one in changes.items()})
    return {name: value(one) for name, one in values.items() if one is not None}


def pop3(number, **changes):
    values = {name.replace("IMAP", "POP3"): one for name, one in imap(number, IMAP_Server="pop.gmx.net").items()}
    values.update({"clsid": hives.text(POP3), "POP3 Port": hives.number(995)})
    values.update({name.replace("_", " "): value(one) for name, one in changes.items()})
    return values


def put_account(tree, values, number=None, accounts=ACCOUNTS):
    hives.merge(tree.user, f"{accounts}\\{0x100 + (number or tree.number()):08x}", values)


def as_binary(values):
    """The same values as the old account manager writes them: all texts but the class as REG_BINARY."""
    return {name: [hives.BINARY, one[1]] if one[0] == hives.SZ and name != "clsid" else one for name, one in values.items()}


def write_old_form(tree):
    """Every account that the tree has, in the older form."""
    for accounts in (ACCOUNTS, OLD_ACCOUNTS):
        place = tree.user
        for part in accounts.split("\\"):
            place = place.get(part, {})
        for name, values in place.items():
            if isinstance(values, dict):
                place[name] = as_binary(values)


def put_other_kinds(tree):
    """What else an account key may be, all of it in order: directories, ActiveSync, an older Outlook's profile."""
    put_account(tree, {"clsid": hives.text(LDAP), "Account Name": hives.text("Directory of the firm")}, 210)
    put_account(tree, {"clsid": hives.text(WRAPPER), "Service Name": hives.text("EMABLT"),
                       "Account Name": hives.text("Directory")}, 211)
    put_account(tree, {"clsid": hives.text(WRAPPER), "Service Name": hives.text("CONTAB"),
                       "Account Name": hives.text("Address book")}, 212)
    put_http(tree, {"EAS Server URL": "https://eas.example.org/Microsoft-Server-ActiveSync", "EAS User": "anna",
                    "EAS Password": SEALED}, 213)
    put_account(tree, as_binary(pop3(9, **{"Leave_on_Server": 0x50005, "Reply_Email": "reply@gmx.net",
                                           "Organization": "Example", "Mini_UID": 0x1234})), 214, OLD_ACCOUNTS)
    put_account(tree, as_binary(imap(8, SMTP_Use_Auth=1, SMTP_Auth_Method=1, SMTP_User="user8@gmx.net")), 215, OLD_ACCOUNTS)
    put_account(tree, {"clsid": hives.text(LDAP), "Account Name": hives.blob("Old directory")}, 216, OLD_ACCOUNTS)
    put_value(tree.user, OLD_PROFILE.rsplit("\\", 1)[0], "DefaultProfile", "Old")


def put_http(tree, values, number=None):
    number = number or tree.number()
    put_account(tree, {"clsid": hives.text(HTTP), "Account Name": hives.text(f"mailbox {number}"),
                       "Email": hives.text(f"user{number}@example.org"),
                       **{name: value(one) for name, one in values.items()}}, number)


def uid(*parts):
    return (struct.pack("<4I", *parts) if len(parts) == 4 else bytes(parts[0] for _ in range(16)))


def put_store(tree, path, file=None, profile=PROFILE):
    """A store that the profile names; file: (length, version of its format)."""
    n = tree.number()
    accounts = profile + "\\9375CFF0413111d3B88A00104B2A6676"
    section, service = uid(n, 1, 2, 3), uid(n, 4, 5, 6)
    put_account(tree, {"clsid": hives.text(WRAPPER), "Service Name": hives.text("MSUPST MS"),
                       "Service UID": hives.binary(service)}, n, accounts)
    hives.merge(tree.user, f"{profile}\\{service.hex()}", {"01023d00": hives.binary(section)})
    hives.merge(tree.user, f"{profile}\\{section.hex()}", {"001f6700": hives.blob(path)})
    if file:
        put_store_file(tree, path, *file)


def put_store_file(tree, path, length, version):
    tree.files[path[3:].replace("\\", "/")] = (b"!BDN" + bytes(6) + version.to_bytes(2, "little"), length, None)


def header_of(length, client=b"SO", version=23):
    """As much of a store as its header, both of whose checksums hold."""
    header = bytearray(564)
    header[:4], header[8:10], header[10:12] = b"!BDN", client, version.to_bytes(2, "little")
    header[184:192] = length.to_bytes(8, "little")
    header[4:8] = store_bytes.crc(bytes(header[8:8 + 471])).to_bytes(4, "little")
    header[524:528] = store_bytes.crc(bytes(header[8:8 + 516])).to_bytes(4, "little")
    return bytes(header)


def put_copy_file(tree, path, length=4096, header=None):
    tree.files[path[3:].replace("\\", "/")] = (header or header_of(length), length, None)


def put_exchange(tree, flags, copy, exists=True, profile=PROFILE, host="exchange.example.org", email=None):
    n = tree.number()
    service = uid(n, 7, 8, 9)
    put_account(tree, {"clsid": hives.text(WRAPPER), "Service Name": hives.text("MSEMS"),
                       "Account Name": hives.text(f"mailbox {n}"), "Service UID": hives.binary(service),
                       **({"Email": hives.text(email)} if email else {})}, n,
                profile + "\\9375CFF0413111d3B88A00104B2A6676")
    hives.merge(tree.user, f"{profile}\\{service.hex()}",
                {"001f6602": hives.blob(host), "001f6610": hives.blob(copy),
                 "00036601": hives.binary(struct.pack("<I", flags))})
    if exists:
        put_copy_file(tree, copy)


def der(tag, content):
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


def certificate(common_name, organisation):
    def name(cn, o):
        pairs = [der(0x31, der(0x30, der(6, bytes([0x55, 4, oid])) + der(12, text.encode())))
                 for oid, text in ((3, cn), (10, o))]
        return der(0x30, b"".join(pairs))
    dates = der(0x30, der(23, b"200101000000Z") + der(23, b"400101000000Z"))
    algorithm = der(0x30, der(6, bytes([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11])))
    inside = der(0xA0, der(2, b"\2")) + der(2, b"\1") + algorithm + name("issuer", "nobody") + dates
    return der(0x30, der(0x30, inside + name(common_name, organisation)) + algorithm)


def put_root(tree, common_name, organisation):
    whole = certificate(common_name, organisation)
    blob = struct.pack("<III", 3, 1, 20) + bytes(20) + struct.pack("<III", 32, 1, len(whole)) + whole
    put_value(tree.software, f"{ROOTS}\\{tree.number():040X}", "Blob", hives.binary(blob))


def event_log(times):
    """As much of an .evtx as holds Outlook's list of an earlier start and of the last one."""
    def listing(factor):
        return "Outlook loaded the following add-in(s):\r\n\r\n" + "".join(
            f"Name: {name}\r\nDescription: none\r\nProgID: {name}\r\nGUID: {{0}}\r\nLoad Behavior: 3\r\nHKLM: 1\r\n"
            f"Location: C:\\x.dll\r\nBoot Time (Milliseconds): {ms * factor}\r\n\r\n" for name, ms in times.items())
    records = b""
    for number, factor in enumerate((5, 1)):
        data = b"\x0f\1\1\0" + bytes(37) + listing(factor).encode("utf-16-le") + bytes(2)
        size = 28 + len(data)
        records += struct.pack("<IIQQ", 0x2A2A, size, number + 1, 133_000_000_000_000_000 + number) + data + struct.pack(
            "<I", size)
    head = b"ElfChnk\0" + struct.pack("<QQQQIII", 1, 2, 1, 2, 128, 0, 512 + len(records))
    chunk = (head.ljust(512, b"\0") + records).ljust(65536, b"\0")
    return (b"ElfFile\0" + struct.pack("<QQQIHHHH", 0, 0, 3, 128, 1, 3, 4096, 1)).ljust(4096, b"\0") + chunk


def put_addin(tree, prog_id, load=3, file="C:\\Program Files\\Good\\good.dll", exists=True, name="Good add-in"):
    """One for all users, with its class and file."""
    clsid = f"{{{tree.number():08X}-0000-0000-0000-000000000000}}"
    put_key(tree.software, f"{ALL_ADDINS}\\{prog_id}", FriendlyName=name, LoadBehavior=load)
    put_value(tree.software, f"Classes\\{prog_id}\\CLSID", "", clsid)
    put_value(tree.software, f"Classes\\CLSID\\{clsid}\\InprocServer32", "", file)
    tree.files[os.path.dirname(file[3:].replace("\\", "/")) + "/README"] = b""
    if exists:
        tree.files[file[3:].replace("\\", "/")] = b"MZ"


def put_service(tree, name, file, start=2, exists=True):
    put_key(tree.system, f"{SERVICES}\\{name}", ImagePath=[hives.EXPAND_SZ, (file + "\0").encode("utf-16-le").hex()],
            Start=start)
    if exists:
        tree.files["Windows/System32/drivers/" + file.split("\\")[-1]] = b"MZ"


def put_layer(tree, path, exists=True):
    put_value(tree.system, f"{WINSOCK}\\{tree.number():012d}", "PackedCatalogItem",
              hives.binary(path.encode().ljust(260, b"\0") + bytes(628)))
    if exists:
        tree.files["Windows/System32/" + path.split("\\")[-1]] = b"MZ"


def put_rule(tree, name, text):
    put_value(tree.system, FIREWALL + "\\FirewallRules", name, text)


def program(version):
    """As much of a Windows program as says its version."""
    a, b, c, d = version
    key = "VS_VERSION_INFO\0".encode("utf-16-le")
    return b"MZ" + bytes(510) + struct.pack("<HHH", 200, 52, 0) + key + bytes(2) + struct.pack(
        "<IIII", 0xFEEF04BD, 0x10000, a << 16 | b, c << 16 | d) + bytes(64)


def put_office(tree, major, outlook, mso=None):
    folder = f"C:\\Program Files\\Microsoft Office\\Office{major}\\"
    put_value(tree.software, f"Microsoft\\Office\\{major}.0\\Outlook\\InstallRoot", "Path", folder)
    tree.files[folder[3:].replace("\\", "/") + "OUTLOOK.EXE"] = program(outlook)
    if mso:
        tree.files[f"Program Files/Common Files/microsoft shared/OFFICE{major}/MSO.DLL"] = program(mso)


def put_click_to_run(tree, version):
    put_key(tree.software, "Microsoft\\Office\\ClickToRun\\Configuration", VersionToReport=version,
            InstallationPath="C:\\Program Files\\Microsoft Office")


def put_windows(tree, build, revision):
    put_key(tree.software, "Microsoft\\Windows NT\\CurrentVersion", CurrentBuild=str(build), UBR=revision)


def put_patch(tree, name):
    put_key(tree.software, f"Microsoft\\Windows\\CurrentVersion\\Uninstall\\{{{tree.number():08X}}}", DisplayName=name)


def healthy():
    """A disk on which nothing is wrong, with something of each kind on it."""
    tree = Tree()
    put_account(tree, imap(0), 200)
    put_account(tree, pop3(1), 201)
    put_exchange(tree, 0x184, "C:\\Users\\anna\\AppData\\Local\\Microsoft\\Outlook\\anna.ost")
    put_other_kinds(tree)
    put_value(tree.user, OUTLOOK, "DefaultProfile", "Main")
    put_key(tree.user, OUTLOOK + "\\Options\\Mail", Send_Mail_Immediately=1)
    put_addin(tree, "Good.Connect")
    tree.load_times["Good.Connect"] = 31
    put_click_to_run(tree, "16.0.17932.20130")
    put_windows(tree, 26100, 7628)
    put_patch(tree, "Update for Windows (KB4000001)")
    put_key(tree.system, "Select", Current=1)
    put_service(tree, "Tcpip", "System32\\drivers\\tcpip.sys", 0)
    put_layer(tree, "%SystemRoot%\\system32\\mswsock.dll")
    for profile in ("DomainProfile", "StandardProfile", "PublicProfile"):
        put_key(tree.system, f"{FIREWALL}\\{profile}", EnableFirewall=1, DefaultOutboundAction=0)
    put_rule(tree, "CoreNet-DNS-Out-UDP", "v2.31|Action=Allow|Active=TRUE|Dir=Out|Protocol=17|RPort=53|App=%SystemRoot%"
             "\\system32\\svchost.exe|Svc=dnscache|Name=DNS|")
    put_root(tree, "Example Root R1", "Example Trust")
    tree.files[SRS + "/Main.srs"] = (b"settings", None, NOW - DAY)
    tree.files[KEYS + "/Preferred"] = bytes(24)
    tree.files[KEYS + "/01234567-89ab-cdef-0123-456789abcdef"] = bytes(740)
    tree.files[THUNDERBIRD + "/profiles.ini"] = b"[Profile0]\nName=p\nIsRelative=1\nPath=p\nDefault=1\n"
    tree.files[THUNDERBIRD + "/p/logins.json"] = b"{}"
    tree.prefs = [
        'user_pref("mail.accountmanager.accounts", "account1");', 'user_pref("mail.account.account1.server", "server1");',
        'user_pref("mail.server.server1.type", "imap");', 'user_pref("mail.server.server1.hostname", "imap.gmx.net");',
        'user_pref("mail.server.server1.userName", "bob@gmx.net");', 'user_pref("mail.server.server1.port", 993);',
        'user_pref("mail.server.server1.socketType", 3);', 'user_pref("mail.server.server1.name", "bob");']
    tree.hosts = ["# hosts", "127.0.0.1 localhost", "127.0.0.1 example.org"]
    return tree


def case(name, plant, control=None, advice=False):
    CASES[name] = Case(plant, control or (lambda tree: None))
    if advice:
        ADVICE.add(name)


def account_case(name, changes, control, make=imap, advice=False):
    case(name, lambda tree: put_account(tree, make(tree.n + 1, **changes)),
         lambda tree: put_account(tree, make(tree.n + 1, **control)), advice)


account_case("account-host-missing", {"IMAP_Server": None}, {})
account_case("account-host-wrong", {"IMAP_Server": "imap.example.org"}, {"IMAP_Server": "imap2.gmx.net"})
account_case("account-port-encryption-mismatch", {"IMAP_Secure_Connection": 2},
             {"IMAP_Secure_Connection": 2, "IMAP_Port": 143})
account_case("account-encryption-none", {"SMTP_Secure_Connection": 0}, {"SMTP_Secure_Connection": 3})
account_case("account-spa-unsupported", {"IMAP_Use_SPA": 1}, {"IMAP_Use_SPA": 0})
account_case("account-smtp-login-missing", {"SMTP_Use_Auth": 0}, {"SMTP_Use_Auth": 1})
account_case("account-pop-before-smtp", {"SMTP_Auth_Method": 2}, {"SMTP_Auth_Method": 1})
account_case("account-timeout-short", {"Server_Timeout": 29}, {"Server_Timeout": 30})
account_case("account-timeout-long", {"Server_Timeout": 601}, {"Server_Timeout": 600}, advice=True)
account_case("account-leave-days-trap", {"Leave_on_Server": 14 << 16 | 3}, {"Leave_on_Server": 15 << 16 | 3}, pop3, True)
account_case("account-scanner-proxy-left", {"IMAP_Server": "127.0.0.1", "IMAP_User": "anna/imap.gmx.net"},
             {"IMAP_Server": "127.0.0.1"})
account_case("account-mailbox-twice", {"IMAP_User": "user0@gmx.net"}, {})
account_case("account-password-none", {"IMAP_Password": None}, {}, advice=True)


def put_token(tree, method):
    """Thunderbird: how Outlook notes that it signs in with a token is not known."""
    server = "mail.server.server2."
    tree.prefs += ['user_pref("mail.accountmanager.accounts", "account1,account2");',
                   'user_pref("mail.account.account2.server", "server2");', f'user_pref("{server}type", "imap");',
                   f'user_pref("{server}hostname", "outlook.office365.com");',
                   f'user_pref("{server}userName", "anna@outlook.com");', f'user_pref("{server}port", 993);',
                   f'user_pref("{server}socketType", 3);', f'user_pref("{server}authMethod", {method});',
                   f'user_pref("{server}name", "anna");']


case("account-password-login-retired", lambda tree: put_token(tree, 3), lambda tree: put_token(tree, 10))
# A way to the mailbox that is shut, beside a server of one's own that is reached the same way.
case("account-http-gone",
     lambda tree: put_http(tree, {"HTTP Server URL": "http://services.msn.com/svcs/hotmail/httpmail.asp", "HTTP User": "a"}),
     lambda tree: put_http(tree, {"HTTP Server URL": "https://dav.example.org/mail", "HTTP User": "a"}))

# id -> (path of the store, its file: None for none, else (length, version)); and the control.
for _name, _fault, _control in (
        ("missing", ("C:\\Mail\\gone.pst", None), ("C:\\Mail\\there.pst", (4096, 23))),
        ("synced", ("C:\\Users\\anna\\OneDrive\\a.pst", (4096, 23)), ("C:\\Users\\anna\\OneDriveOld\\a.pst", (4096, 23))),
        ("network", ("\\\\server\\share\\a.pst", None), ("D:\\share\\a.pst", None)),
        ("ansi-full", ("C:\\Mail\\ansi.pst", (1990 << 20, 14)), ("C:\\Mail\\ansi.pst", (1600 << 20, 14))),
        ("large", ("C:\\Mail\\large.pst", (48640 << 20, 23)), ("C:\\Mail\\less.pst", (1900 << 20, 23)))):
    case("account-store-" + _name, lambda tree, what=_fault: put_store(tree, *what),
         lambda tree, what=_control: put_store(tree, *what))


def put_twice(tree, second):
    put_store(tree, "C:\\Mail\\twice.pst", (4096, 23))
    put_store(tree, second, (4096, 23))


case("account-store-twice", lambda tree: put_twice(tree, "c:\\mail\\Twice.pst"),
     lambda tree: put_twice(tree, "C:\\Mail\\twice2.pst"))


def put_delivery(tree, path):
    """An account in a profile of its own, and what it delivers into."""
    profile = OUTLOOK + "\\Profiles\\Delivery"
    put_store(tree, "C:\\Mail\\open.pst", (4096, 23), profile)
    put_store_file(tree, path, 4096, 23)
    entry = bytes(22) + b"mspst.dll\0".ljust(32, b"\0") + (path + "\0").encode("utf-16-le")
    put_account(tree, pop3(tree.n + 1, Delivery_Store_EntryID=hives.binary(entry)), None,
                profile + "\\9375CFF0413111d3B88A00104B2A6676")


case("account-delivery-elsewhere", lambda tree: put_delivery(tree, "C:\\Mail\\closed.pst"),
     lambda tree: put_delivery(tree, "C:\\Mail\\open.pst"))


def put_limit(tree, mebibytes):
    put_store(tree, "C:\\Mail\\limited.pst", (47000 << 20, 23))
    put_key(tree.user, OUTLOOK + "\\PST", MaxLargeFileSize=mebibytes)


case("account-store-over-limit", lambda tree: put_limit(tree, 47000), lambda tree: put_limit(tree, 60000))


def put_copies(tree, second):
    put_exchange(tree, 0x184, "C:\\Mail\\box.ost")
    put_exchange(tree, 0x184, second, profile=OUTLOOK + "\\Profiles\\Other")


case("account-copy-shared", lambda tree: put_copies(tree, "C:\\Mail\\box.ost"),
     lambda tree: put_copies(tree, "C:\\Mail\\box (1).ost"))
case("account-copy-missing", lambda tree: put_exchange(tree, 0x184, "C:\\Mail\\gone.ost", False),
     lambda tree: put_exchange(tree, 0x184, "C:\\Mail\\there.ost"))


def put_cut_copy(tree, is_cut):
    put_exchange(tree, 0x184, "C:\\Mail\\cut.ost", False)
    put_copy_file(tree, "C:\\Mail\\cut.ost", 4096, header_of(4097 if is_cut else 4096))


case("account-copy-damaged", lambda tree: put_cut_copy(tree, True), lambda tree: put_cut_copy(tree, False))
case("account-cached-mode-off", lambda tree: put_exchange(tree, 0x4, "C:\\Mail\\direct.ost"),
     lambda tree: put_exchange(tree, 0x184, "C:\\Mail\\cached.ost"), True)
case("account-password-asked-always", lambda tree: put_exchange(tree, 0x18C, "C:\\Mail\\asked.ost"),
     lambda tree: put_exchange(tree, 0x184, "C:\\Mail\\unasked.ost"))
case("account-password-key-missing", lambda tree: tree.files.pop(KEYS + "/01234567-89ab-cdef-0123-456789abcdef"))


def put_modern(tree, enabled):
    put_key(tree.user, "Software\\Microsoft\\Office\\16.0\\Common\\Identity", EnableADAL=enabled)
    put_exchange(tree, 0x184, "C:\\Mail\\modern.ost", host="outlook.office365.com")


case("account-modern-login-off", lambda tree: put_modern(tree, 0), lambda tree: put_modern(tree, 1))

case("addin-switched-off", lambda tree: put_addin(tree, "Off.Connect", 2), lambda tree: put_addin(tree, "Off.Connect", 3),
     True)
def put_slow(tree, ms):
    put_addin(tree, "Heavy.Connect")
    tree.load_times["Heavy.Connect"] = ms


case("addin-slow", lambda tree: put_slow(tree, 1000), lambda tree: put_slow(tree, 999), True)
case("addin-file-missing", lambda tree: put_addin(tree, "Gone.Connect", 3, "C:\\Program Files\\Gone\\gone.dll", False),
     lambda tree: put_addin(tree, "Gone.Connect", 3, "C:\\Program Files\\Gone\\there.dll"), True)


def put_noted(tree, prog_id, key, one, name=None, resiliency=OUTLOOK + "\\Resiliency"):
    put_addin(tree, prog_id, 3, f"C:\\Program Files\\Noted\\{prog_id.split('.')[0].lower()}.dll")
    put_value(tree.user, f"{resiliency}\\{key}", name or prog_id, one)


def blob_of(path):
    text = (path + "\0").encode("utf-16-le")
    return hives.binary(struct.pack("<III", 1, len(text), 0) + text)


case("addin-disabled-after-crash",
     lambda tree: put_noted(tree, "Crashed.Connect", "DisabledItems", blob_of("c:\\program files\\noted\\crashed.dll"), "1F3A"),
     lambda tree: put_noted(tree, "Crashed.Connect", "OtherItems", blob_of("c:\\program files\\noted\\crashed.dll"), "1F3A"), True)
case("addin-crash-suspect",
     lambda tree: put_noted(tree, "Suspect.Connect", "CrashingAddinList", blob_of("Suspect.Connect"), "2B"),
     lambda tree: put_noted(tree, "Suspect.Connect", "CrashingAddinList", hives.binary(b""), "2B"))
case("addin-kept-after-crash", lambda tree: put_noted(tree, "Kept.Connect", "DoNotDisableAddinList", 3),
     lambda tree: put_noted(tree, "Kept.Connect", "DoNotDisableAddinList", 0))
case("addin-kept-although-slow", lambda tree: put_noted(tree, "Slow.Connect", "DoNotDisableAddinList", 1),
     lambda tree: put_noted(tree, "Slow.Connect", "DoNotDisableAddinList", 0), True)

case("scanner-certificate-trusted", lambda tree: put_root(tree, "Avast Web/Mail Shield Root", "Avast Web/Mail Shield"),
     lambda tree: put_root(tree, "Not Avast Web/Mail Shield Root", "Avast Web/Mail Shield"), True)
case("scanner-mail-filter", lambda tree: put_service(tree, "aswStm", "\\SystemRoot\\System32\\drivers\\aswStm.sys", 1),
     lambda tree: put_service(tree, "aswStm", "\\SystemRoot\\System32\\drivers\\aswStm.sys", 4), True)
case("scanner-driver-gone", lambda tree: put_service(tree, "klwfp", "system32\\DRIVERS\\klwfp.sys", 1, False),
     lambda tree: put_service(tree, "klwfp", "system32\\DRIVERS\\klwfp.sys", 4, False))
case("scanner-addin-loads",
     lambda tree: put_addin(tree, "avast.AswOutlookAddin", 3, "C:\\Program Files\\Avast\\asOutExt.dll"),
     lambda tree: put_addin(tree, "avast.AswOutlookAddin", 0, "C:\\Program Files\\Avast\\asOutExt.dll"), True)
case("scanner-winsock-broken", lambda tree: put_layer(tree, "%SystemRoot%\\system32\\gonelsp.dll", False),
     lambda tree: put_layer(tree, "%SystemRoot%\\system32\\mswsock.dll"))
case("scanner-winsock-layer", lambda tree: put_layer(tree, "C:\\Windows\\System32\\filterlsp.dll"),
     lambda tree: put_layer(tree, "%SystemRoot%\\System32\\rsvpsp.dll"), True)

OUTLOOK_EXE = "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE"
case("firewall-rule-blocks-program",
     lambda tree: put_rule(tree, "{1}", f"v2.31|Action=Block|Active=TRUE|Dir=Out|Protocol=6|App={OUTLOOK_EXE}|Name=No mail|"),
     lambda tree: put_rule(tree, "{1}", f"v2.31|Action=Block|Active=FALSE|Dir=Out|Protocol=6|App={OUTLOOK_EXE}|Name=No mail|"))
case("firewall-rule-blocks-ports",
     lambda tree: put_rule(tree, "{2}", "v2.10|Action=Block|Active=TRUE|Dir=Out|Protocol=6|RPort=25|RPort2_10=990-999|"),
     lambda tree: put_rule(tree, "{2}", "v2.10|Action=Block|Active=TRUE|Dir=Out|Protocol=6|RPort=25|RPort2_10=996-999|"))
case("firewall-outbound-blocked",
     lambda tree: put_key(tree.system, FIREWALL + "\\PublicProfile", EnableFirewall=1, DefaultOutboundAction=1),
     lambda tree: put_key(tree.system, FIREWALL + "\\PublicProfile", EnableFirewall=0, DefaultOutboundAction=1))
case("client-settings-unread",
     lambda tree: put_rule(tree, "{3}", "v2.10|Action=Perhaps|Active=TRUE|Dir=Out|Protocol=6|RPort=993|"),
     lambda tree: put_rule(tree, "{3}", "v2.10|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|RPort=993|"), True)

case("client-send-later", lambda tree: put_key(tree.user, OUTLOOK + "\\Options\\Mail", Send_Mail_Immediately=0))
# Another version's: where a policy speaks, the user's own setting of that version does not count.
case("client-send-later-policy",
     lambda tree: put_key(tree.user, POLICIES.replace("16.0", "15.0") + "\\Options\\Mail", Send_Mail_Immediately=0),
     lambda tree: put_key(tree.user, POLICIES.replace("16.0", "15.0") + "\\Options\\Mail", Send_Mail_Immediately=1))
case("client-works-offline", lambda tree: tree.prefs.append('user_pref("offline.startup_state", 3);'),
     lambda tree: tree.prefs.append('user_pref("offline.startup_state", 2);'))
case("client-srs-empty", lambda tree: tree.files.update({SRS + "/Empty.srs": (b"", None, NOW - DAY)}),
     lambda tree: tree.files.update({SRS + "/Empty.srs": (b"1", None, NOW - DAY)}))
case("client-srs-old", lambda tree: tree.files.update({SRS + "/Old.srs": (b"1", None, NOW - 1096 * DAY)}),
     lambda tree: tree.files.update({SRS + "/Old.srs": (b"1", None, NOW - 1095 * DAY)}), True)
case("client-default-profile-missing", lambda tree: put_value(tree.user, OUTLOOK, "DefaultProfile", "Gone"))
case("client-hosts-file-names-server", lambda tree: tree.hosts.append("192.0.2.7\timap.gmx.net # old"),
     lambda tree: tree.hosts.append("192.0.2.7\texample.net # imap.gmx.net"))

case("build-pop3-deletes-mail", lambda tree: put_click_to_run(tree, "16.0.6568.2025"),
     lambda tree: put_click_to_run(tree, "16.0.6568.2026"))
case("build-store-hangs", lambda tree: put_windows(tree, 26200, 7623), lambda tree: put_windows(tree, 26200, 7624))


def put_spa(tree, patch):
    """With a provider that nobody knows: the login itself may be right."""
    put_patch(tree, f"Update for Microsoft Office Outlook 2007 ({patch})")
    put_account(tree, imap(tree.n + 1, Email="anna@example.org", IMAP_Server="mail.example.org",
                           IMAP_User=f"user{tree.n}@example.org", SMTP_Server="mail.example.org", IMAP_Use_SPA=1))


case("build-spa-login-fails", lambda tree: put_spa(tree, "KB2412171"), lambda tree: put_spa(tree, "KB2412172"))
case("build-office-mixed", lambda tree: put_office(tree, 15, (15, 0, 4535, 1000), (15, 0, 4505, 1006)),
     lambda tree: put_office(tree, 15, (15, 0, 4535, 1000), (15, 0, 4535, 1000)))
case("build-pop3-two-sessions", lambda tree: put_office(tree, 10, (10, 0, 2627, 1)),
     lambda tree: put_office(tree, 10, (10, 0, 4219, 0)), True)


def put_rtm(tree, version):
    put_office(tree, 12, version)
    put_store(tree, "C:\\Mail\\big.pst", (1990 << 20, 23))


case("build-large-store-hangs", lambda tree: put_rtm(tree, (12, 0, 4518, 1014)),
     lambda tree: put_rtm(tree, (12, 0, 6211, 1000)), True)
case("build-suspect", lambda tree: put_patch(tree, "Security Update for Microsoft Office 2010 (KB3114409)"),
     lambda tree: put_patch(tree, "Security Update for Microsoft Office 2010 (KB3114408)"), True)
