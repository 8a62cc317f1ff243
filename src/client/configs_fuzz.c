/* This file feeds the readers of mail programs' text configurations with anything; the first byte chooses
 * one. */
#include "base/checked.h"
#include "client/configs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_evolution(struct client_found *found, struct view bytes, const char *source)
{
	const struct evolution_file files[] = { { "a", source, bytes }, { "b", source, bytes } };

	evolution_read(found, files, COUNT_OF(files));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static configs_reader *const readers[] = {
		msmtp_read, mbsync_read,   fetchmail_read, getmail_read,   offlineimap_read, neomutt_read,
		aerc_read,  himalaya_read, oeaccount_read, applemail_read, read_evolution,
	};
	struct arena *arena = arena_new(64 << 20);
	struct client_found found;

	if (arena && len > 0 && client_found_init(&found, arena))
		readers[(bytes[0] - 'a') % COUNT_OF(readers)](&found, view_of(bytes + 1, len - 1), "f");
	arena_drop(&arena);
	return 0;
}
