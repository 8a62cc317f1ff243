/* This file reads the rules of this computer's own firewall. */
#include "drive/drive.h"

#include "base/buf.h"
#include "os/process.h"
#include "wire/nft_rules.h"

#include <stdlib.h>

enum { RULES_CAP = 4 << 20 };

struct firewall_reading {
	struct buf text;
	struct process_output *output;
};

struct firewall_reading *drive_firewall_begin(void)
{
	struct firewall_reading *reading = process_may_read_rules() ? calloc(1, sizeof *reading) : NULL;

	if (!reading)
		return NULL;
	buf_init(&reading->text, RULES_CAP);
	reading->output = process_begin_line("PATH=\"$PATH:/usr/sbin:/sbin\" nft -j list ruleset 2>/dev/null",
					     &reading->text);
	return reading;
}

const struct firewall_facts *drive_firewall_end(struct firewall_reading **at, struct arena *arena)
{
	struct firewall_reading *reading = *at;
	struct firewall_facts *facts;
	const char *why;
	bool read;

	if (!reading)
		return NULL;
	*at = NULL;
	facts = arena_alloc(arena, sizeof *facts);
	read = process_finish(&reading->output, &why) == ST_OK && facts &&
	       nft_rules_read(arena, buf_str(&reading->text), facts);
	buf_fini(&reading->text);
	free(reading);
	return read ? facts : NULL;
}
