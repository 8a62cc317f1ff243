/* This file reads the rules of this computer's own firewall. */
#include "drive/drive.h"

#include "base/buf.h"
#include "os/process.h"
#include "wire/nft_rules.h"

enum { RULES_CAP = 4 << 20 };

const struct firewall_facts *drive_firewall(struct arena *arena)
{
	struct firewall_facts *facts = arena_alloc(arena, sizeof *facts);
	const char *why;
	struct buf text;
	bool read = false;

	if (!facts || !process_may_read_rules())
		return NULL;
	buf_init(&text, RULES_CAP);
	if (process_capture_line("PATH=\"$PATH:/usr/sbin:/sbin\" nft -j list ruleset 2>/dev/null", &text,
				 &why) == ST_OK)
		read = nft_rules_read(arena, buf_str(&text), facts);
	buf_fini(&text);
	return read ? facts : NULL;
}
