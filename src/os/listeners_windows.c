/* This file tells which programs listen on ports, as Windows shows it. */
#include "os/listeners.h"

#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
/* They want the types of the one before. */
#include <iphlpapi.h>
#include <ws2tcpip.h>

enum { TABLE_FIRST = 16 << 10, TABLE_MAX = 64 << 20, UNITS_MAX = 32768, TRIES = 8 };

struct search {
	struct arena *arena;
	struct listener *found;
	size_t n;
};

static bool is_wanted(const uint16_t *ports, size_t n_ports, uint16_t port)
{
	for (size_t i = 0; i < n_ports; i++)
		if (ports[i] == port)
			return true;
	return false;
}

static bool is_near(const struct ip *ip)
{
	static const uint8_t nothing[16] = { 0 }, one[16] = { [15] = 1 };

	if (memcmp(ip->bytes, nothing, sizeof nothing) == 0)
		return true;
	return ip->family == 4 ? ip->bytes[0] == 127 : memcmp(ip->bytes, one, sizeof one) == 0;
}

/* The file of a process; NULL where it is closed to this user: a service's. */
static const char *program_of(struct arena *arena, DWORD process)
{
	HANDLE handle = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process);
	wchar_t *wide = handle ? calloc(UNITS_MAX, sizeof *wide) : NULL;
	DWORD units = UNITS_MAX;
	const char *out = NULL;
	char *text;
	int len;

	if (wide && QueryFullProcessImageNameW(handle, 0, wide, &units)) {
		len = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
		text = len > 0 ? arena_alloc(arena, (size_t)len) : NULL;
		if (text && WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, len, NULL, NULL) == len)
			out = text;
	}
	free(wide);
	if (handle)
		CloseHandle(handle);
	return out;
}

static void add(struct search *s, const struct ip *address, DWORD port, DWORD process)
{
	if (s->n == LISTENERS_MAX || !is_near(address))
		return;
	s->found[s->n++] = (struct listener){ .port = ntohs((uint16_t)port),
					      .address = *address,
					      .process = process,
					      .program = program_of(s->arena, process) };
}

/* Sockets of one family that listen, to be free()d; a table that grows meanwhile is asked for again. NULL
 * when Windows does not tell. */
static void *read_table(ULONG family)
{
	DWORD len = TABLE_FIRST, error = ERROR_INSUFFICIENT_BUFFER;
	void *table = NULL;

	for (unsigned i = 0; i < TRIES && error == ERROR_INSUFFICIENT_BUFFER && len <= TABLE_MAX; i++) {
		free(table);
		table = malloc(len);
		if (!table)
			return NULL;
		error = GetExtendedTcpTable(table, &len, FALSE, family, TCP_TABLE_OWNER_PID_LISTENER, 0);
	}
	if (error != NO_ERROR) {
		free(table);
		return NULL;
	}
	return table;
}

enum status listeners_find(struct arena *arena, const uint16_t *ports, size_t n_ports, struct listener **out,
			   size_t *n_out)
{
	struct search s = { .arena = arena, .found = arena_array(arena, LISTENERS_MAX, sizeof *s.found) };
	MIB_TCPTABLE_OWNER_PID *four = s.found ? read_table(AF_INET) : NULL;
	MIB_TCP6TABLE_OWNER_PID *six = s.found ? read_table(AF_INET6) : NULL;
	struct ip address;
	bool is_told = four != NULL;

	*n_out = 0;
	for (DWORD i = 0; four && i < four->dwNumEntries; i++) {
		const MIB_TCPROW_OWNER_PID *row = &four->table[i];

		address = (struct ip){ .family = 4 };
		memcpy(address.bytes, &row->dwLocalAddr, 4);
		if (is_wanted(ports, n_ports, ntohs((uint16_t)row->dwLocalPort)))
			add(&s, &address, row->dwLocalPort, row->dwOwningPid);
	}
	/* There is none where IPv6 is switched off. */
	for (DWORD i = 0; six && i < six->dwNumEntries; i++) {
		const MIB_TCP6ROW_OWNER_PID *row = &six->table[i];

		address = (struct ip){ .family = 6 };
		memcpy(address.bytes, row->ucLocalAddr, sizeof address.bytes);
		if (is_wanted(ports, n_ports, ntohs((uint16_t)row->dwLocalPort)))
			add(&s, &address, row->dwLocalPort, row->dwOwningPid);
	}
	free(four);
	free(six);
	*out = s.found;
	*n_out = s.n;
	if (arena_failed(arena))
		return ST_NOMEM;
	return is_told ? ST_OK : ST_IO;
}
