/* This file feeds the reader of Thunderbird's prefs.js with anything. */
#include "client/prefs.h"
#include "client/thunderbird.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct thunderbird_profile profile = { .name = "p" }, profiles[THUNDERBIRD_PROFILES_MAX];
	struct arena *arena = arena_new(64 << 20);
	struct client_found found;

	if (arena && client_found_init(&found, arena)) {
		thunderbird_read_prefs(&found, &profile, view_of(bytes, len), "f", false);
		(void)thunderbird_read_profiles(&found, view_of(bytes, len), profiles);
	}
	arena_drop(&arena);
	return 0;
}
