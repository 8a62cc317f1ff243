/* This file is the way in for who double-clicks the program, or drops a store on it. */
#include "app/window.h"

#include "base/str.h"
#include "os/terminal.h"

#include <string.h>

enum { ANSWER_CAP = 512 };

static enum status ask_address(struct arena *arena, struct options *options,
			       enum status (*ask)(const char *question, struct buf *into))
{
	const char **words = arena_array(arena, 1, sizeof *words);
	struct buf answer;
	struct str text;
	enum status st;

	buf_init(&answer, ANSWER_CAP);
	st = ask("postmend finds out why mail does not come in or go out.\n"
		 "Your mail address: ",
		 &answer);
	text = str_trim(str_from_view(view_of(answer.at, answer.len)));
	if (st == ST_OK && text.len == 0)
		st = ST_CANCEL;
	if (st == ST_OK && words)
		words[0] = arena_text(arena, text);
	if (st == ST_OK && (!words || !words[0]))
		st = ST_NOMEM;
	if (st == ST_OK) {
		options->words = words;
		options->n_words = 1;
	}
	buf_fini(&answer);
	return st;
}

static enum status check_dropped(struct arena *arena, struct options *options)
{
	const char **words = arena_array(arena, options->n_words + 2, sizeof *words);

	if (!words)
		return ST_NOMEM;
	words[0] = "store";
	words[1] = "check";
	memcpy(words + 2, options->words, options->n_words * sizeof *words);
	options->words = words;
	options->n_words += 2;
	return ST_OK;
}

enum status window_words(struct arena *arena, struct options *options,
			 enum status (*ask)(const char *question, struct buf *into),
			 bool (*is_file)(const char *path))
{
	bool dropped = options->n_words > 0;

	if (options->n_words == 0 && !options->help && !options->version)
		return ask_address(arena, options, ask);
	for (size_t i = 0; i < options->n_words; i++)
		dropped = dropped && is_file(options->words[i]);
	return dropped ? check_dropped(arena, options) : ST_OK;
}

void window_wait(void)
{
	struct buf answer;

	buf_init(&answer, ANSWER_CAP);
	/* Whatever is answered, the window may close. */
	(void)terminal_ask("\nPress Enter to close this window.", &answer);
	buf_fini(&answer);
}
