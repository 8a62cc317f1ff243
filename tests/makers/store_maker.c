/* This file is a program that makes valid Outlook stores from a description. */
#include "make.h"

#include <string.h>

static int usage(FILE *to, int code)
{
	fputs("usage: store-maker [RECIPE] [OPTION VALUE]... [--manifest FILE] [--kinds-of-bytes FILE] OUT\n"
	      "\nrecipes (minimal unless told):\n",
	      to);
	plan_print_recipes(to);
	fputs("\noptions, which change the recipe:\n", to);
	plan_print_options(to);
	fputs("  --manifest       FILE gets a line of JSON for each message\n"
	      "  --kinds-of-bytes FILE is as long as the store: f free, p padding, o opaque, l live\n",
	      to);
	return code;
}

int main(int argc, char **argv)
{
	struct plan plan;
	FILE *manifest = NULL;
	int at = 1;

	if (argc < 2 || strcmp(argv[1], "--help") == 0)
		return usage(argc < 2 ? stderr : stdout, argc < 2 ? 16 : 0);
	if (plan_of_recipe(argv[1], &plan))
		at = 2;
	else if (!plan_of_recipe("minimal", &plan))
		return 8;
	while (at + 2 < argc) {
		if (strcmp(argv[at], "--manifest") == 0) {
			manifest = fopen(argv[at + 1], "w");
			if (!manifest)
				return 8;
			at += 2;
		} else if (strcmp(argv[at], "--kinds-of-bytes") == 0) {
			plan.kinds_path = argv[at + 1];
			at += 2;
		} else if (!plan_read_option(argv[at], argv[at + 1], &plan)) {
			return 16;
		} else {
			at += 2;
		}
	}
	if (at + 1 != argc)
		return usage(stderr, 16);
	make_store(&plan, argv[at], manifest);
	return manifest && fclose(manifest) != 0 ? 8 : 0;
}
