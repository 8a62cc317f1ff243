/* This file tells which programs listen on ports, as Linux shows it below /proc.
 *
 * The tables of sockets name no process but a number (inode) that stands again
 * among the open files of whoever holds the socket. Those of other users' are
 * closed to all but root: then the socket is told and its program is not.
 */
#include "os/listeners.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_ROOM = 512, NAME_ROOM = 300, PATH_ROOM = 4096, INIT = 1, STATE_LISTENS = 0x0A, FIELDS = 10 };

struct search {
	struct arena *arena;
	struct listener *found;
	uint64_t *inodes; /* of each one found; 0: not looked for any more */
	size_t n, n_unknown;
};

static bool is_wanted(const uint16_t *ports, size_t n_ports, uint64_t port)
{
	for (size_t i = 0; i < n_ports; i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* "0100007F": words as the computer has them in memory. */
static bool read_address(struct str hex, struct ip *out)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };

	*out = (struct ip){ .family = hex.len == 8 ? 4 : 6 };
	if (hex.len != 8 && hex.len != 32)
		return false;
	for (size_t i = 0; i < hex.len / 8; i++) {
		char word[9] = "", *end;
		uint32_t value;

		memcpy(word, hex.at + i * 8, 8);
		value = (uint32_t)strtoul(word, &end, 16);
		memcpy(out->bytes + i * sizeof value, &value, sizeof value);
		if (*end)
			return false;
	}
	if (out->family == 6 && memcmp(out->bytes, mapped, sizeof mapped) == 0) {
		out->family = 4;
		memmove(out->bytes, out->bytes + sizeof mapped, 4);
		memset(out->bytes + 4, 0, sizeof out->bytes - 4);
	}
	return true;
}

/* A loopback address, or none in particular. */
static bool is_near(const struct ip *ip)
{
	static const uint8_t nothing[16] = { 0 }, one[16] = { [15] = 1 };

	if (memcmp(ip->bytes, nothing, sizeof nothing) == 0)
		return true;
	return ip->family == 4 ? ip->bytes[0] == 127 : memcmp(ip->bytes, one, sizeof one) == 0;
}

/* The number at the front of a text, whatever follows. */
static uint64_t number_of(struct str text, int base)
{
	char digits[24] = "";

	if (text.len > 0 && text.len < sizeof digits)
		memcpy(digits, text.at, text.len);
	return strtoull(digits, NULL, base);
}

/* "sl local_address rem_address st queues timer retrnsmt uid timeout inode …". */
static void read_line(struct search *s, struct str line, const uint16_t *ports, size_t n_ports)
{
	struct str fields[FIELDS], address;
	struct listener one = { .process = 0 };
	uint64_t port;
	size_t n = 0;

	while (line.at && n < FIELDS) {
		fields[n] = str_trim(str_cut(&line, ' '));
		n += fields[n].len > 0 ? 1 : 0;
	}
	if (n < FIELDS || number_of(fields[3], 16) != STATE_LISTENS)
		return;
	address = str_cut(&fields[1], ':');
	port = number_of(fields[1], 16);
	if (!is_wanted(ports, n_ports, port) || s->n == LISTENERS_MAX ||
	    !read_address(address, &one.address) || !is_near(&one.address))
		return;
	one.port = (uint16_t)port;
	s->inodes[s->n] = number_of(fields[9], 10);
	s->n_unknown += s->inodes[s->n] ? 1 : 0;
	s->found[s->n++] = one;
}

static bool read_table(struct search *s, const char *path, const uint16_t *ports, size_t n_ports)
{
	FILE *file = fopen(path, "re");
	char line[LINE_ROOM];

	if (!file)
		return false;
	while (fgets(line, sizeof line, file))
		read_line(s, str_of(line), ports, n_ports);
	fclose(file);
	return true;
}

/* What a link says; false when it is not for this user or too long. */
static bool read_link(const char *path, char *out, size_t room)
{
	ssize_t n = readlink(path, out, room - 1);

	if (n <= 0 || (size_t)n >= room - 1)
		return false;
	out[n] = '\0';
	return true;
}

/* The file of the program, also of one that was replaced meanwhile; else its name. */
static const char *program_of(struct arena *arena, const char *process)
{
	static const char gone[] = " (deleted)";
	char path[NAME_ROOM], text[PATH_ROOM], *end;
	FILE *file;

	(void)snprintf(path, sizeof path, "/proc/%s/exe", process);
	if (read_link(path, text, sizeof text)) {
		end = strstr(text, gone);
		if (end && end[sizeof gone - 1] == '\0')
			*end = '\0';
		return arena_strdup(arena, text);
	}
	(void)snprintf(path, sizeof path, "/proc/%s/comm", process);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	end = fgets(text, sizeof text, file);
	fclose(file);
	if (!end)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return arena_strdup(arena, text);
}

/* systemd opens sockets for others and keeps them. */
static void take(struct search *s, uint64_t inode, const char *process)
{
	uint32_t number = (uint32_t)strtoul(process, NULL, 10);

	for (size_t i = 0; i < s->n; i++) {
		struct listener *one = &s->found[i];

		if (s->inodes[i] != inode || (one->process && one->process != INIT))
			continue;
		one->process = number;
		one->program = program_of(s->arena, process);
		s->n_unknown -= number != INIT ? 1 : 0;
	}
}

static void look_at_process(struct search *s, const char *process)
{
	static const char socket[] = "socket:[";
	char path[PATH_ROOM], text[NAME_ROOM], *end;
	DIR *files;

	(void)snprintf(path, sizeof path, "/proc/%s/fd", process);
	files = opendir(path);
	if (!files)
		return;
	for (const struct dirent *one = readdir(files); one; one = readdir(files)) {
		(void)snprintf(path, sizeof path, "/proc/%s/fd/%s", process, one->d_name);
		if (read_link(path, text, sizeof text) && strncmp(text, socket, sizeof socket - 1) == 0)
			take(s, strtoull(text + sizeof socket - 1, &end, 10), process);
	}
	closedir(files);
}

static void look_at_processes(struct search *s)
{
	DIR *all = opendir("/proc");

	if (!all)
		return;
	for (const struct dirent *one = readdir(all); one && s->n_unknown > 0; one = readdir(all))
		if (one->d_name[0] >= '1' && one->d_name[0] <= '9' && strlen(one->d_name) < 12)
			look_at_process(s, one->d_name);
	closedir(all);
}

enum status listeners_find(struct arena *arena, const uint16_t *ports, size_t n_ports, struct listener **out,
			   size_t *n_out)
{
	struct search s = { .arena = arena,
			    .found = arena_array(arena, LISTENERS_MAX, sizeof *s.found),
			    .inodes = arena_array(arena, LISTENERS_MAX, sizeof *s.inodes) };

	*n_out = 0;
	if (!s.found || !s.inodes)
		return ST_NOMEM;
	if (!read_table(&s, "/proc/net/tcp", ports, n_ports))
		return ST_IO;
	/* There is none where IPv6 is switched off. */
	(void)read_table(&s, "/proc/net/tcp6", ports, n_ports);
	if (s.n_unknown > 0)
		look_at_processes(&s);
	*out = s.found;
	*n_out = s.n;
	return arena_failed(arena) ? ST_NOMEM : ST_OK;
}
