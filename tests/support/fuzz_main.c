/* This file replays a corpus through a fuzz target in the ordinary test run: each
 * file as it is, cut short, and with a few bytes changed by a fixed seed. */
#include "base/str.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 1 << 20, VARIANTS = 64, CUTS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t seed = 1;

static uint32_t next_random(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

/* The input lies alone on the heap: reading past its end is seen. */
static void try_input(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void try_variants(uint8_t *data, size_t size)
{
	for (size_t i = 0; i < CUTS && size; i++)
		try_input(data, size * i / CUTS);
	for (unsigned v = 0; v < VARIANTS && size; v++) {
		uint8_t *changed = malloc(size);

		if (!changed)
			abort();
		memcpy(changed, data, size);
		for (uint32_t n = 1 + next_random() % 4; n > 0; n--)
			changed[next_random() % size] = (uint8_t)next_random();
		try_input(changed, size);
		free(changed);
	}
}

static bool replay_file(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX);
	FILE *file = fopen(path, "rb");
	size_t size = 0;

	if (file && data) {
		size = fread(data, 1, INPUT_MAX, file);
		try_input(data, size);
		try_variants(data, size);
	}
	if (file)
		fclose(file);
	free(data);
	return file != NULL;
}

static unsigned replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned n = 0;

	while (dir && (entry = readdir(dir))) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		n += replay_file(path);
	}
	if (dir)
		closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	unsigned n = 0;

	for (int i = 1; i < argc; i++)
		n += replay_folder(argv[i]);
	printf("%u files replayed\n", n);
	return n ? 0 : 1;
}
