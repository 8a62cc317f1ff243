/* This file is the command "completions": what shells need to finish words. */
#include "app/commands.h"

#include "base/checked.h"

#include <string.h>

enum { SCRIPT_CAP = 64 * 1024 };

static bool takes(const struct command *command, const struct option_row *row)
{
	return row->option == OPTION_HELP || (command->options & OPTION_BIT(row->option));
}

static bool takes_file(const struct option_row *row)
{
	return row->value && strcmp(row->value, "FILE") == 0;
}

/* Help in single quotes: an apostrophe would end them, a colon a zsh field. */
static void add_plain(struct buf *out, const char *help)
{
	for (; *help; help++)
		if (*help != '\'' && *help != ':' && *help != '[' && *help != ']')
			buf_add_byte(out, (uint8_t)*help);
}

static void add_names(struct buf *out)
{
	size_t n;
	const struct command *commands = commands_table(&n);

	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? " " : "", commands[i].name);
}

static void write_bash(struct buf *out)
{
	size_t n_commands, n_rows;
	const struct command *commands = commands_table(&n_commands);
	const struct option_row *rows = options_table(&n_rows);

	buf_add_text(out,
		     "# bash completion for postmend, made by: postmend completions bash\n"
		     "_postmend() {\n"
		     "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options\n"
		     "\tcase $before in\n\t");
	for (size_t i = 0, n = 0; i < n_rows; i++)
		if (takes_file(&rows[i]))
			buf_printf(out, "%s--%s", n++ ? "|" : "", rows[i].name);
	buf_add_text(out, ") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
			  "\t--color) COMPREPLY=($(compgen -W 'auto always never' -- \"$word\")); return ;;\n"
			  "\tesac\n"
			  "\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < n_commands; i++) {
		/* An address is short for diagnose. */
		buf_printf(out, "\t%s%s) options='", commands[i].name,
			   strcmp(commands[i].name, "diagnose") == 0 ? "|*@*" : "");
		for (size_t k = 0; k < n_rows; k++)
			if (takes(&commands[i], &rows[k]))
				buf_printf(out, "--%s ", rows[k].name);
		buf_add_text(out, "'");
		if (commands[i].words)
			buf_printf(out, "; [ $COMP_CWORD -eq 2 ] && options=\"$options %s\"",
				   commands[i].words);
		buf_add_text(out, " ;;\n");
	}
	buf_add_text(out, "\t*) options='--help --version ");
	add_names(out);
	buf_add_text(out, "' ;;\n\tesac\n"
			  "\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
			  "}\n"
			  "complete -o default -F _postmend postmend\n");
}

static void write_zsh(struct buf *out)
{
	size_t n_commands, n_rows;
	const struct command *commands = commands_table(&n_commands);
	const struct option_row *rows = options_table(&n_rows);

	buf_add_text(out, "#compdef postmend\n# zsh completion, made by: postmend completions zsh\n"
			  "local -a commands\ncommands=(\n");
	for (size_t i = 0; i < n_commands; i++) {
		buf_printf(out, "\t'%s:", commands[i].name);
		add_plain(out, commands[i].summary);
		buf_add_text(out, "'\n");
	}
	buf_add_text(out, ")\nif (( CURRENT == 2 )); then\n\t_describe command commands\n\treturn\nfi\n"
			  "case $words[2] in\n");
	for (size_t i = 0; i < n_commands; i++) {
		buf_printf(out, "%s) _arguments", commands[i].name);
		for (size_t k = 0; k < n_rows; k++) {
			if (!takes(&commands[i], &rows[k]))
				continue;
			buf_printf(out, " \\\n\t'--%s[", rows[k].name);
			add_plain(out, rows[k].help);
			buf_add_byte(out, ']');
			if (rows[k].value)
				buf_printf(out, ":%s:%s", takes_file(&rows[k]) ? "file" : "value",
					   takes_file(&rows[k]) ? "_files" : " ");
			buf_add_byte(out, '\'');
		}
		if (commands[i].words)
			buf_printf(out, " \\\n\t'2:word:(%s)'", commands[i].words);
		buf_add_text(out, " \\\n\t'*:word:_files' ;;\n");
	}
	buf_add_text(out, "esac\n");
}

static void write_fish(struct buf *out)
{
	size_t n_commands, n_rows;
	const struct command *commands = commands_table(&n_commands);
	const struct option_row *rows = options_table(&n_rows);

	buf_add_text(out, "# fish completion for postmend, made by: postmend completions fish\n");
	for (size_t i = 0; i < n_commands; i++) {
		buf_printf(out, "complete -c postmend -n __fish_use_subcommand -f -a %s -d '",
			   commands[i].name);
		add_plain(out, commands[i].summary);
		buf_add_text(out, "'\n");
		if (commands[i].words)
			buf_printf(out, "complete -c postmend -n '__fish_seen_subcommand_from %s' -a '%s'\n",
				   commands[i].name, commands[i].words);
		for (size_t k = 0; k < n_rows; k++) {
			if (!takes(&commands[i], &rows[k]))
				continue;
			buf_printf(out,
				   "complete -c postmend -n '__fish_seen_subcommand_from %s' -l %s%s -d '",
				   commands[i].name, rows[k].name,
				   takes_file(&rows[k]) ? " -r -F"
				   : rows[k].value      ? " -x"
							: " -f");
			add_plain(out, rows[k].help);
			buf_add_text(out, "'\n");
		}
	}
}

struct shell {
	const char *name;
	void (*write)(struct buf *out);
};

static const struct shell shells[] = {
	{ "bash", write_bash },
	{ "zsh", write_zsh },
	{ "fish", write_fish },
};

int cmd_completions(struct run *run)
{
	int code = EXIT_FAILED;
	struct buf out;

	for (size_t i = 0; i < COUNT_OF(shells) && run->n_words == 1; i++) {
		if (strcmp(run->words[0], shells[i].name) != 0)
			continue;
		buf_init(&out, SCRIPT_CAP);
		shells[i].write(&out);
		code = run_print(&out) ? EXIT_HEALTHY : EXIT_FAILED;
		buf_fini(&out);
		return code;
	}
	return run_usage("completions: expected bash, zsh or fish");
}
