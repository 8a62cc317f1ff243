/* This file names the sources of settings. */
#include "base/names.h"
#include "base/checked.h"
#include "settings/settings.h"

static const struct name_row source_names[] = {
	{ SOURCE_PROVIDER, "provider" },
	{ SOURCE_AUTOCONFIG, "autoconfig" },
	{ SOURCE_SRV, "srv" },
	{ SOURCE_AUTODISCOVER, "autodiscover" },
	{ SOURCE_MX, "mx" },
	{ SOURCE_GUESS, "guess" },
};

const char *source_name(enum source source)
{
	return name_of(source_names, COUNT_OF(source_names), (int)source);
}
