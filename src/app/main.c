/* This file is where the program begins and, alone, where it ends. */
#include "app/commands.h"
#include "app/exit.h"
#include "os/process.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	const char *why = process_prepare();
	size_t n_words;
	const char *const *words;

	if (why) {
		fprintf(stderr, "postmend: %s\n", why);
		return EXIT_FAILED;
	}
	words = process_arguments(argc, argv, &n_words);
	return commands_main(n_words, words);
}
