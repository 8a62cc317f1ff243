/* This file reads the rules of this computer's own firewall. */
#include "drive/drive.h"

#include "base/buf.h"
#include "os/process.h"
#include "wire/iptables_rules.h"
#include "wire/nft_rules.h"

#include <stdlib.h>

enum { RULES_CAP = 4 << 20 };

enum { WITH_NFT, WITH_IPTABLES, READERS };

/* iptables keeps its rules in either of two places, and each of its two programs shows those of one; where
 * both are installed iptables-save is one of the two. Most computers have none, and then none is started: the
 * kernel names the tables of the older, and nft those of all others. */
static const char *const readers[READERS] = {
	[WITH_NFT] = "PATH=\"$PATH:/usr/sbin:/sbin\" nft -j list ruleset 2>/dev/null",
	[WITH_IPTABLES] =
		("PATH=\"$PATH:/usr/sbin:/sbin\"; has() { command -v $1 >/dev/null; }; "
		 "show() { has $1-save && $1-save -c; }; { "
		 "old=; for f in ip ip6; do read -r any </proc/net/${f}_tables_names && old=\"$old $f\"; "
		 "done; "
		 "new=unknown; has nft && new=$(nft list tables); "
		 "if has iptables-legacy-save; then for f in $old; do show ${f}tables-legacy; done; "
		 "[ -n \"$new\" ] && for f in ip ip6; do show ${f}tables-nft; done; "
		 "elif [ -n \"$old$new\" ]; then for f in ip ip6; do show ${f}tables; done; fi; "
		 "} 2>/dev/null; true"),
};

struct firewall_reading {
	struct buf text[READERS];
	struct process_output *output[READERS];
};

struct firewall_reading *drive_firewall_begin(void)
{
	struct firewall_reading *reading = process_may_read_rules() ? calloc(1, sizeof *reading) : NULL;

	for (size_t i = 0; reading && i < READERS; i++) {
		buf_init(&reading->text[i], RULES_CAP);
		reading->output[i] = process_begin_line(readers[i], &reading->text[i]);
	}
	return reading;
}

const struct firewall_facts *drive_firewall_end(struct firewall_reading **at, struct arena *arena)
{
	struct firewall_reading *reading = *at;
	struct firewall_facts *facts;
	bool is_there[READERS], read = false;
	const char *why;

	if (!reading)
		return NULL;
	*at = NULL;
	facts = arena_alloc(arena, sizeof *facts);
	if (facts)
		*facts = (struct firewall_facts){ .read = false };
	for (size_t i = 0; i < READERS; i++)
		is_there[i] = process_finish(&reading->output[i], &why) == ST_OK;
	if (facts && is_there[WITH_NFT])
		read = nft_rules_read(arena, buf_str(&reading->text[WITH_NFT]), facts);
	if (facts && is_there[WITH_IPTABLES])
		read |= iptables_rules_read(arena, buf_str(&reading->text[WITH_IPTABLES]), facts);
	for (size_t i = 0; i < READERS; i++)
		buf_fini(&reading->text[i]);
	free(reading);
	return read ? facts : NULL;
}
