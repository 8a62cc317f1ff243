/* This file finds the command that the words ask for, and tells what each does. */
#include "app/commands.h"

#include "app/help.h"
#include "app/window.h"
#include "base/checked.h"
#include "os/file.h"
#include "os/terminal.h"

#include <string.h>

#define SHOWING                                                                          \
	(OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_QUIET) | OPTION_BIT(OPTION_COLOR) | \
	 OPTION_BIT(OPTION_HTML) | OPTION_BIT(OPTION_REDACT))
#define NETWORK                                                                                   \
	(OPTION_BIT(OPTION_DEADLINE) | OPTION_BIT(OPTION_OFFLINE) | OPTION_BIT(OPTION_RESOLVER) | \
	 OPTION_BIT(OPTION_CA_FILE) | OPTION_BIT(OPTION_TRACE))
#define ELSEWHERE (OPTION_BIT(OPTION_SECOND_RESOLVER) | OPTION_BIT(OPTION_VIA) | OPTION_BIT(OPTION_FROM))
#define SEARCH    (OPTION_BIT(OPTION_NO_THIRD_PARTY) | OPTION_BIT(OPTION_HTTPS_PORT))
#define LOGIN                                                                                    \
	(OPTION_BIT(OPTION_USER) | OPTION_BIT(OPTION_LOGIN) | OPTION_BIT(OPTION_PASSWORD_FILE) | \
	 OPTION_BIT(OPTION_PASSWORD_COMMAND) | OPTION_BIT(OPTION_OAUTH_TOKEN_FILE) |             \
	 OPTION_BIT(OPTION_OAUTH_TOKEN_COMMAND) | OPTION_BIT(OPTION_ALLOW_PLAIN_LOGIN) |         \
	 OPTION_BIT(OPTION_SENDER) | OPTION_BIT(OPTION_RECIPIENT))

static const struct command commands[] = {
	{ "diagnose", "[ADDRESS]", "find out why mail does not come in or go out", cmd_diagnose,
	  SHOWING | NETWORK | ELSEWHERE | SEARCH | LOGIN | OPTION_BIT(OPTION_SPEED) |
		  OPTION_BIT(OPTION_REMEMBER) | OPTION_BIT(OPTION_WINDOWS) | OPTION_BIT(OPTION_HIVE),
	  "Finds the address's right servers, probes each of them step by step and names\n"
	  "the root cause with its evidence and the next action. \"postmend ADDRESS\" is\n"
	  "the same. With --login it also logs in once to each server and asks whether\n"
	  "the account may send; nothing is sent. The accounts that are set up for it here,\n"
	  "or with --windows or --hive on another computer, are judged with it. Of Exchange\n"
	  "the services that Outlook needs are asked too, without a login.\n"
	  "\n"
	  "Without an address it judges every account that is set up here, as profile check\n"
	  "does, or those of a mounted Windows disk or a hive, probes their servers without\n"
	  "logging in, and names the causes of both in one list.\n"
	  "\n"
	  "Examples:\n"
	  "  postmend diagnose --windows /mnt/windows --offline\n"
	  "  postmend anna@example.org\n"
	  "  postmend diagnose anna@example.org --login --html report.html\n"
	  "  postmend diagnose anna@example.org --windows /mnt/windows\n"
	  "  postmend diagnose anna@example.org --json --redact\n",
	  NULL },
	{ "settings", "ADDRESS [FILE]", "find an address's right servers and who says so", cmd_settings,
	  SHOWING | NETWORK | SEARCH | OPTION_BIT(OPTION_EXPORT) | OPTION_BIT(OPTION_AGAINST),
	  "Asks all sources at once: the embedded table of providers, autoconfig, SRV\n"
	  "records, Autodiscover and MX records; guesses come last. Nothing about the user\n"
	  "but the domain's name leaves this computer; with --offline nothing at all.\n"
	  "\n"
	  "--export FORM also writes them to FILE, for another computer: prf for Outlook\n"
	  "(outlook.exe /importprf FILE), reg for Outlook Express and Outlook 98 and 2000,\n"
	  "thunderbird for the prefs.js of a new profile. No password is in any of them.\n"
	  "\n"
	  "--against WHAT compares with what is set up: a settings file or hive, a profile or\n"
	  "program of this computer, a mounted Windows. Exit code 4 where that differs.\n"
	  "\n"
	  "Examples:\n"
	  "  postmend settings anna@gmail.com --offline\n"
	  "  postmend settings anna@example.org --json\n"
	  "  postmend settings anna@example.org --export prf anna.prf\n"
	  "  postmend settings anna@example.org --against ~/.mbsyncrc\n",
	  NULL },
	{ "probe", "URL... | -", "go through servers step by step", cmd_probe,
	  SHOWING | NETWORK | ELSEWHERE | LOGIN | OPTION_BIT(OPTION_IDLE) | OPTION_BIT(OPTION_SPEED) |
		  OPTION_BIT(OPTION_REMEMBER),
	  "URLs are scheme://HOST[:PORT][?security=tls|starttls|none&address=IP&sni=NAME]\n"
	  "with the schemes imap (143), imaps (993), pop3 (110), pop3s (995), smtp (587) and\n"
	  "smtps (465); imap, pop3 and smtp use STARTTLS unless security says otherwise.\n"
	  "\"-\" reads URLs from standard input, one a line. All are probed side by side.\n"
	  "With --via, --second-resolver or --from the same is tried from a second point of\n"
	  "view: what differs is the proof of where the fault lies.\n"
	  "\n"
	  "Examples:\n"
	  "  postmend probe imaps://mail.example.org smtp://mail.example.org\n"
	  "  postmend probe \"smtp://mail.example.org:25?security=none\"\n"
	  "  postmend probe imaps://mail.example.org --user anna --login\n"
	  "  postmend probe imaps://mail.example.org --via ssh:home.example.org\n"
	  "  postmend probe - --json < servers.txt\n",
	  NULL },
	{ "trip", "ADDRESS [URL...]", "send a letter to yourself and follow it until it is back", cmd_trip,
	  SHOWING | NETWORK | SEARCH | LOGIN | OPTION_BIT(OPTION_YES) | OPTION_BIT(OPTION_SET) |
		  OPTION_BIT(OPTION_SIZE),
	  "Sends one marked letter, or a set of them, through the account's own server to the\n"
	  "account itself, waits for it in the mailbox, compares it byte by byte with what\n"
	  "was sent, and removes it. Says where it got lost or what was altered: blank or cut\n"
	  "bodies, footers, new encodings, lost attachments, broken signatures, doubles.\n"
	  "It logs in, and asks before it sends anything unless --yes is given. URLs replace\n"
	  "the servers that are found; see \"postmend probe --help\" for their form.\n"
	  "\n"
	  "Examples:\n"
	  "  postmend trip anna@example.org\n"
	  "  postmend trip anna@example.org --set all --yes --password-file secret\n"
	  "  postmend trip anna@example.org --size 5000000\n"
	  "  postmend trip anna@example.org smtps://mail.example.org imaps://mail.example.org\n",
	  NULL },
	{ "store", "WHAT FILE...", "check and mend Outlook stores: PST and OST files", cmd_store,
	  SHOWING | OPTION_BIT(OPTION_QUICK) | OPTION_BIT(OPTION_IN_PLACE) | OPTION_BIT(OPTION_OUTPUT) |
		  OPTION_BIT(OPTION_PLAN) | OPTION_BIT(OPTION_YES) | OPTION_BIT(OPTION_DELETED) |
		  OPTION_BIT(OPTION_COMPACT) | OPTION_BIT(OPTION_CLEAR_PASSWORD) | OPTION_BIT(OPTION_SPLIT) |
		  OPTION_BIT(OPTION_FORMAT) | OPTION_BIT(OPTION_ASSOCIATED) | OPTION_BIT(OPTION_RELEASE) |
		  OPTION_BIT(OPTION_REMOVE) | OPTION_BIT(OPTION_SAVE) | OPTION_BIT(OPTION_MOVE_TO) |
		  OPTION_BIT(OPTION_KEEP) | OPTION_BIT(OPTION_DISABLE) | OPTION_BIT(OPTION_SET_ASIDE) |
		  OPTION_BIT(OPTION_EXPORT),
	  "check looks at every part of a store against the others: header, page trees,\n"
	  "blocks with their checksums, allocation maps, references, and what is in folders\n"
	  "and messages. Each finding says where: byte, node, folder and subject line. A\n"
	  "check never writes, and Outlook may run meanwhile. Ctrl-C ends it with what was\n"
	  "found.\n"
	  "\n"
	  "repair FILE writes all that can still be read into a new store beside the old\n"
	  "one, NAME.mended.pst unless --output says otherwise; the old one is never\n"
	  "changed. Where its trees are lost the whole file is searched. Messages without a\n"
	  "folder go to \"Lost and found\"; those with a part missing get the category\n"
	  "\"Damaged (postmend)\". The new store gets its name when a check finds it sound.\n"
	  "\n"
	  "repair FILE --in-place mends what is derived from what is whole: checksums, maps,\n"
	  "counters, trees. Each step is tried on paper first and must hold before the\n"
	  "first byte is written; --plan stops there. The old bytes are safe in a journal\n"
	  "beside the store before: after a crash the same command goes on, and undo FILE\n"
	  "takes all back, byte for byte. Close Outlook first: a store in use is refused.\n"
	  "\n"
	  "convert FILE writes a new Unicode PST out of an ANSI store or an OST, or out of a\n"
	  "PST to drop its free space, without loss; it may stand beside the old one. With\n"
	  "--split 4g it writes parts of at most that size, each a whole store: new.1.pst,\n"
	  "new.2.pst and so on; no message is cut, and all parts appear when all are whole.\n"
	  "\n"
	  "outbox FILE lists what waits to be sent or is stuck; receipts FILE receipts and\n"
	  "reports that hide; duplicates FILE what is there more than once, and how it came;\n"
	  "rules FILE the rules of a store or of an .rwz file as sentences, and why each does\n"
	  "not run. These four change nothing and read only what they need. outbox --release\n"
	  "makes drafts of stuck mail, --remove takes it out, as of receipts; duplicates\n"
	  "--move-to or --remove leave one of each, by --keep; rules --disable, --set-aside\n"
	  "and --export. --save DIR writes messages as .eml first. All of these work as a\n"
	  "repair in place does: --plan, a journal, undo.\n"
	  "\n"
	  "password FILE says whether Outlook asks for one before it opens the store, and\n"
	  "--clear-password takes it off, with --plan, journal and undo as above. It protects\n"
	  "nothing: the store is not encrypted with it, and postmend reads on without.\n"
	  "\n"
	  "export FILE --output DIR writes every message as a file of the Internet's mail,\n"
	  "in folders as in the store: .eml files, an mbox for each folder, Maildirs, or lines\n"
	  "of JSON with every property.\n"
	  "\n"
	  "import PATH... --output NEW.pst writes .eml files, mailboxes (mbox), Maildirs,\n"
	  "calendars (.ics), address cards (.vcf) and lines of JSON into a new store, folders\n"
	  "as they are; what export wrote comes back.\n"
	  "\n"
	  "Stores of all kinds are read: ANSI, Unicode, OST with 4 KiB pages, every cipher.\n"
	  "\n"
	  "Examples:\n"
	  "  postmend store check archive.pst\n"
	  "  postmend store check --quick *.pst\n"
	  "  postmend store check archive.pst --html report.html\n"
	  "  postmend store repair archive.pst --plan\n"
	  "  postmend store repair archive.pst\n"
	  "  postmend store repair archive.pst --output found.pst --deleted --json\n"
	  "  postmend store repair archive.pst --in-place --plan\n"
	  "  postmend store repair archive.pst --in-place\n"
	  "  postmend store undo archive.pst\n"
	  "  postmend store convert old.pst --output new.pst\n"
	  "  postmend store convert mailbox.ost --output mailbox.pst\n"
	  "  postmend store convert large.pst --output archive.pst --split 4g\n"
	  "  postmend store outbox archive.pst\n"
	  "  postmend store outbox archive.pst --release all --plan\n"
	  "  postmend store outbox archive.pst --remove 0x200024 --save saved\n"
	  "  postmend store receipts archive.pst --remove all\n"
	  "  postmend store duplicates archive.pst --json\n"
	  "  postmend store duplicates archive.pst --move-to Duplicates --keep newest\n"
	  "  postmend store rules archive.pst\n"
	  "  postmend store rules exported.rwz\n"
	  "  postmend store rules archive.pst --disable 0x8008.1\n"
	  "  postmend store password archive.pst --clear-password\n"
	  "  postmend store export archive.pst --output mail\n"
	  "  postmend store export archive.pst --output mail --format mbox\n"
	  "  postmend store import mail --output new.pst\n",
	  "check repair undo convert outbox receipts duplicates rules password export import" },
	{ "profile", "WHAT", "list, judge and mend what mail programs have set up", cmd_profile,
	  SHOWING | OPTION_BIT(OPTION_WINDOWS) | OPTION_BIT(OPTION_HIVE) | OPTION_BIT(OPTION_FIX) |
		  OPTION_BIT(OPTION_COMMAND) | OPTION_BIT(OPTION_PLAN) | OPTION_BIT(OPTION_YES) |
		  OPTION_BIT(OPTION_SAVE),
	  "list: the accounts, stores and address books of Outlook, Outlook Express, Windows\n"
	  "Live Mail, Thunderbird, Evolution, Apple Mail, msmtp, mbsync, fetchmail, getmail,\n"
	  "NeoMutt, aerc, OfflineIMAP and Himalaya, and where each value stands: of this user,\n"
	  "of a mounted Windows disk, or of one registry hive, whose transaction logs are\n"
	  "applied when they lie beside it. check judges them: against each other, against the\n"
	  "provider, and where the stores lie; of a mounted Windows disk also Outlook's add-ins,\n"
	  "virus scanners and the firewall in its way, its send/receive settings, and builds\n"
	  "that break mail. Passwords are never read.\n"
	  "\n"
	  "add-ins: Outlook's add-ins in every hive and view, whether they load, and what\n"
	  "Outlook noted about them.\n"
	  "\n"
	  "check --fix WHAT writes the right values back, WHAT being the id or the key of a\n"
	  "finding, or all; --plan says which values would be written and stops there.\n"
	  "Nothing else in the files changes. undo takes the last change back, byte for byte;\n"
	  "undo PATH the last one of this file or of what lies in this folder.\n"
	  "\n"
	  "WHAT may also be the .ost of an account: it becomes NAME.ost.old, and Outlook makes\n"
	  "it anew. Before, it is looked through for what only it has: mail that was not sent,\n"
	  "folders of this computer. Where it has any it stays, unless --save DIR writes these\n"
	  "as .eml files first.\n"
	  "\n"
	  "add-ins bisect finds the add-in that breaks Outlook: it switches halves of them off\n"
	  "in the user's hive, has Outlook started (by --command, or by you) and halves on, 1 +\n"
	  "log2 n starts in all, the first one without any. The hive gets its old bytes back\n"
	  "after each start; a search that was interrupted goes on where it was.\n"
	  "\n"
	  "clone NAME makes a profile of Outlook for tests beside the old one: a copy with one\n"
	  "account, that of the default profile or the one named behind it, and its store;\n"
	  "without passwords and other accounts. Start it with outlook.exe /safe /profile NAME.\n"
	  "\n"
	  "Examples:\n"
	  "  postmend profile list\n"
	  "  postmend profile check --windows /mnt/windows\n"
	  "  postmend profile check --fix account-port-encryption-mismatch --plan\n"
	  "  postmend profile check --fix all --yes\n"
	  "  postmend profile check --fix anna.ost --save unsent\n"
	  "  postmend profile add-ins --windows /mnt/windows\n"
	  "  postmend profile undo\n"
	  "  postmend profile add-ins bisect --hive NTUSER.DAT --command ./try-outlook\n"
	  "  postmend profile clone Test anna@example.org --hive NTUSER.DAT\n"
	  "  postmend profile list --hive NTUSER.DAT --json\n",
	  "list check add-ins clone undo" },
	{ "compare", "A.json B.json", "say what differs between two reports", cmd_compare,
	  OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_QUIET) | OPTION_BIT(OPTION_COLOR),
	  "Compares two reports that were made with --json, of two days or of two computers:\n"
	  "causes, findings with their evidence, and facts. Times are not compared. Exit code\n"
	  "0 when they say the same, 4 when something differs.\n"
	  "\n"
	  "Examples:\n"
	  "  postmend anna@example.org --json > today.json\n"
	  "  postmend compare yesterday.json today.json\n",
	  NULL },
	{ "explain", "WHAT...", "say what an error code, a server's line or a log means", cmd_explain,
	  OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_COLOR) | OPTION_BIT(OPTION_REDACT),
	  "WHAT is an Outlook error code, a server's line as it stands in the message, the\n"
	  "id of a finding, words of an error, or a mail program's log file. Works offline.\n"
	  "\n"
	  "Examples:\n"
	  "  postmend explain 0x800CCC0F\n"
	  "  postmend explain \"535 5.7.139 Authentication unsuccessful\"\n"
	  "  postmend explain tls-certificate-expired\n"
	  "  postmend explain OPMLog.log\n",
	  NULL },
	{ "lab", "FAULT... | all | healthy", "run a practice server that misbehaves as asked", cmd_lab,
	  OPTION_BIT(OPTION_LIST) | OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_SECONDS) |
		  OPTION_BIT(OPTION_CA_FILE) | OPTION_BIT(OPTION_USER) | OPTION_BIT(OPTION_PASSWORD_FILE) |
		  OPTION_BIT(OPTION_MAILBOX) | OPTION_BIT(OPTION_ADDRESS) | OPTION_BIT(OPTION_PORT_BASE) |
		  OPTION_BIT(OPTION_READY_FILE),
	  "Opens doors on loopback, one for each fault, and says where they are; beside them\n"
	  "stands one healthy mailbox, anna@practice.example with the password \"secret\". It\n"
	  "runs until Ctrl-C or --seconds. Any mail client can be tested with it. Here\n"
	  "--ca-file is written: the practice root, for clients to trust.\n"
	  "\n"
	  "Examples:\n"
	  "  postmend lab --list\n"
	  "  postmend lab tls-certificate-expired@imaps --ca-file practice.pem\n"
	  "  postmend lab all --json --seconds 60\n",
	  NULL },
	{ "completions", "bash|zsh|fish", "print completions for a shell", cmd_completions, 0,
	  "Example:\n"
	  "  postmend completions bash > ~/.local/share/bash-completion/completions/postmend\n",
	  "bash zsh fish" },
};

const struct command *commands_table(size_t *n_out)
{
	*n_out = COUNT_OF(commands);
	return commands;
}

/* NULL when there is none of this name. */
static const struct command *commands_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int print_help(const struct command *command, bool version)
{
	struct buf out;
	int code;

	buf_init(&out, HELP_MAX);
	if (version)
		help_version(&out);
	else if (command)
		help_of(command, &out);
	else
		help_of_all(&out);
	code = run_print(&out) ? EXIT_HEALTHY : EXIT_FAILED;
	buf_fini(&out);
	return code;
}

static int unknown_word(struct arena *arena, const char *word)
{
	const char *why = arena_printf(arena,
				       "\"%.200s\" is neither a command nor a mail address; postmend --help "
				       "lists the commands",
				       word);

	return run_usage(why ? why : exit_words_of(ST_NOMEM));
}

static int run_words(struct run *run)
{
	const struct options *options = &run->options;
	const char *first = options->n_words ? options->words[0] : NULL, *why = NULL;
	const struct command *command = first ? commands_find(first) : NULL;
	bool is_address = first && !command && strchr(first, '@');

	if (options->version)
		return print_help(NULL, true);
	if (first && !command && !is_address)
		return unknown_word(run->arena, first);
	if (options->help)
		return print_help(is_address ? commands_find("diagnose") : command, false);
	if (!first)
		return run_usage("expected a mail address or a command; postmend --help lists them");
	run->words = options->words + !is_address;
	run->n_words = options->n_words - !is_address;
	if (is_address)
		command = commands_find("diagnose");
	if (options_check(run->arena, options, command->options, command->name, &why) != ST_OK)
		return run_usage(why);
	return command->run(run);
}

int commands_main(size_t argc, const char *const *argv)
{
	struct run run = { .arena = arena_new(RUN_ARENA_CAP) };
	const char *why = NULL;
	enum status status = ST_NOMEM;
	bool is_ours = terminal_window_is_ours();
	int code;

	if (run.arena)
		status = options_parse(run.arena, argc, argv, &run.options, &why);
	if (status == ST_OK && is_ours)
		status = window_words(run.arena, &run.options, terminal_ask, file_exists);
	code = status == ST_OK ? run_words(&run) : run_failed(status, why);
	arena_drop(&run.arena);
	if (is_ours)
		window_wait();
	return code;
}
