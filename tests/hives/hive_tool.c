/* This file lets tests see a hive through postmend's eyes and change it with postmend's hands.
 *
 *	hive-tool dump HIVE [LOG...]      a line for each key and value, all in hexadecimal
 *	hive-tool seeds FOLDER            small hives and logs for the fuzzer
 *	hive-tool edit HIVE NEW           does what lines on standard input say: key PATH,
 *	                                  set PATH NAME TYPE HEX, unset PATH NAME, drop PATH
 * PATH has slashes; words are separated by tabs.
 */
#include "hive/edit.h"
#include "hive/hive_maker.h"
#include "hive/replay.h"
#include "hive/walk.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 64 << 20, ARENA_CAP = 512 << 20, LINE_MAX_LEN = 70000 };

static struct arena *arena;

static struct view read_file(const char *path)
{
	uint8_t *bytes = arena_alloc(arena, FILE_MAX);
	FILE *file = fopen(path, "rb");
	size_t len = 0;

	if (file && bytes)
		len = fread(bytes, 1, FILE_MAX, file);
	if (!file || fclose(file) != 0)
		exit(8);
	return view_of(bytes, len);
}

static void write_file(const char *path, struct view bytes)
{
	FILE *file = fopen(path, "wb");

	if (!file || fwrite(bytes.at, 1, bytes.len, file) != bytes.len || fclose(file) != 0)
		exit(8);
}

static void put_hex(const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		printf("%02x", ((const uint8_t *)bytes)[i]);
}

static void put_path(const struct hive_key *path, size_t depth)
{
	for (size_t i = 1; i <= depth; i++) {
		const char *name = hive_key_name(arena, &path[i]);

		printf("%s", i > 1 ? "/" : "");
		put_hex(name, strlen(name));
	}
}

static void put_key(void *context, const struct hive_key *path, size_t depth)
{
	const struct hive *hive = context;
	struct hive_list values = hive_values(hive, &path[depth]);
	struct hive_value value;
	struct view data;

	put_path(path, depth);
	printf("\n");
	while (hive_next_value(&values, &value)) {
		const char *name = hive_value_name(arena, &value);

		put_path(path, depth);
		printf(" =");
		put_hex(name, strlen(name));
		printf(" %u ", value.type);
		if (hive_value_data(arena, hive, &value, &data))
			put_hex(data.at, data.len);
		else
			printf("?");
		printf("\n");
	}
}

static int dump(int argc, char **argv)
{
	struct view bytes = read_file(argv[0]), logs[HIVE_LOGS_MAX];
	struct hive_walk_facts facts;
	struct hive_replay replay;
	struct hive_key root;
	struct hive hive;
	int n = 0;

	for (; n + 1 < argc && n < HIVE_LOGS_MAX; n++)
		logs[n] = read_file(argv[n + 1]);
	if (hive_replay(arena, bytes, logs, (size_t)n, &replay) != ST_OK)
		return 8;
	if (hive_open(replay.bytes, &hive) != HIVE_FINE || !hive_find(&hive, "", &root))
		return 4;
	if (hive_walk(arena, &hive, &root, &(struct hive_visitor){ &hive, put_key }, &facts) != ST_OK)
		return 8;
	fprintf(stderr, "%u %llu %d %llu\n", replay.n_entries, (unsigned long long)replay.n_pages,
		replay.is_current, (unsigned long long)facts.left_out);
	return 0;
}

static uint32_t key_at(struct hive_edit *edit, char *path)
{
	struct hive_key key;

	for (char *c = path; *c; c++)
		if (*c == '/')
			*c = '\\';
	return hive_find(&edit->hive, path, &key) ? key.at : 0;
}

static uint8_t hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	if (c < 'a' || c > 'f')
		exit(16);
	return (uint8_t)(c - 'a' + 10);
}

static struct view from_hex(const char *hex)
{
	size_t len = strlen(hex) / 2;
	uint8_t *bytes = arena_alloc(arena, len);

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
	return view_of(bytes, len);
}

static enum status obey(struct hive_edit *edit, char *words[5])
{
	char *leaf;
	uint32_t at;

	if (strcmp(words[0], "key") == 0) {
		leaf = strrchr(words[1], '/');
		if (!leaf)
			return hive_edit_add_key(edit, edit->hive.root_at, words[1], &at);
		*leaf = '\0';
		return hive_edit_add_key(edit, key_at(edit, words[1]), leaf + 1, &at);
	}
	at = key_at(edit, words[1]);
	if (strcmp(words[0], "set") == 0)
		return hive_edit_set(edit, at, words[2], (uint32_t)words[3][0] - '0', from_hex(words[4]));
	if (strcmp(words[0], "unset") == 0)
		return hive_edit_delete_value(edit, at, words[2]);
	return hive_edit_delete_key(edit, at);
}

static int edit_hive(char **argv)
{
	static char line[LINE_MAX_LEN];
	struct hive_edit edit;
	const char *why = hive_edit_open(&edit, arena, read_file(argv[0]));
	int code = 0;

	if (why) {
		fprintf(stderr, "%s\n", why);
		return 4;
	}
	while (code == 0 && fgets(line, sizeof line, stdin)) {
		char none[1] = "", *words[5] = { line, none, none, none, none }, *at = line;

		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 1; i < 5 && (at = strchr(at, '\t')); i++) {
			*at++ = '\0';
			words[i] = at;
		}
		if (obey(&edit, words) != ST_OK)
			code = 4;
	}
	if (code == 0)
		write_file(argv[1], hive_edit_finish(&edit, 0));
	hive_edit_close(&edit);
	return code;
}

/* A hive with a list of lists, values of every kind; then made dirty. */
static int write_seeds(const char *folder)
{
	static uint8_t bytes[HIVE_MAKER_LEN];
	struct hive_edit edit;
	uint32_t at, below;
	uint8_t *copy;
	struct view done;

	hive_maker_empty(bytes);
	write_file(arena_printf(arena, "%s/empty", folder), view_of(bytes, sizeof bytes));
	if (hive_edit_open(&edit, arena, view_of(bytes, sizeof bytes)) ||
	    hive_edit_add_key(&edit, edit.hive.root_at, "Software", &at) != ST_OK ||
	    hive_edit_add_key(&edit, at, "Microsoft", &below) != ST_OK ||
	    hive_edit_set(&edit, below, "Server", HIVE_SZ, view_of("a\0.\0b\0\0", 8)) != ST_OK ||
	    hive_edit_set(&edit, below, "Port", HIVE_DWORD, view_of("\1\2\0", 4)) != ST_OK ||
	    hive_edit_add_key(&edit, at, "Other", &below) != ST_OK)
		return 8;
	done = hive_edit_finish(&edit, 0);
	write_file(arena_printf(arena, "%s/keys", folder), done);
	copy = arena_copy(arena, done.at, done.len);
	copy[CELL_SEQUENCE_AT]++;
	hive_maker_seal(copy);
	write_file(arena_printf(arena, "%s/dirty", folder), view_of(copy, done.len));
	for (unsigned i = 0; i < 600; i++)
		if (hive_edit_add_key(&edit, at, arena_printf(arena, "%u", i), &below) != ST_OK)
			return 8;
	write_file(arena_printf(arena, "%s/many", folder), hive_edit_finish(&edit, 0));
	hive_edit_close(&edit);
	return 0;
}

int main(int argc, char **argv)
{
	int code = 16;

	arena = arena_new(ARENA_CAP);
	if (arena && argc > 2 && strcmp(argv[1], "dump") == 0)
		code = dump(argc - 2, argv + 2);
	else if (arena && argc == 4 && strcmp(argv[1], "edit") == 0)
		code = edit_hive(argv + 2);
	else if (arena && argc == 3 && strcmp(argv[1], "seeds") == 0)
		code = write_seeds(argv[2]);
	arena_drop(&arena);
	return code;
}
