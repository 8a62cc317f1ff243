/* This file holds what became of a store that was read into a new one: the facts of "store repair" and
 * "store convert".
 *
 * Items are messages and associated items; n_in == n_kept + n_recovered + n_marked + n_lost.
 */
#ifndef POSTMEND_RECORD_MEND_FACTS_H
#define POSTMEND_RECORD_MEND_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mend_facts {
	const char *path;           /* of the source */
	const char *const *outputs; /* what was written, or would be */
	size_t n_outputs;
	bool is_plan;       /* nothing was written */
	bool is_conversion; /* the new store stands beside the old one */
	const char *failed; /* why nothing was written, or NULL */

	uint64_t n_in, n_kept, n_recovered, n_marked, n_lost;
	uint64_t n_messages, n_associated, n_folders, n_folders_made, n_lost_and_found;
	uint64_t n_older, n_deleted; /* of the items: older versions, and those that had been deleted */
	uint64_t n_characters_lost, n_left_out;
	uint64_t bytes; /* of the new stores */

	/* How the source was read. */
	bool header_lost, trees_whole;
	uint64_t n_blocks_bad;
};

#endif
