/* This file chooses which of the servers that a search brought are worth a probe. */
#ifndef POSTMEND_APP_CHOOSE_H
#define POSTMEND_APP_CHOOSE_H

#include "diagnose/diagnose.h"

enum { CHOOSE_MAX = 12 };

/* The first round: the best of each protocol; guesses, all of them, only for a
 * protocol of which nothing better is known. Returns how many. */
size_t choose_first(const struct settings_facts *settings, struct endpoint out[CHOOSE_MAX]);

/* The second round: other servers of a protocol whose best let nobody in.
 * Returns how many; together with the first round at most CHOOSE_MAX. */
size_t choose_again(const struct settings_facts *settings, const struct case_facts *facts,
		    struct endpoint out[CHOOSE_MAX]);

/* Takes entries out that say nothing about the address: guesses that led
 * nowhere while another server of the protocol answers, and servers of the
 * second round that did not answer either. `n_first` entries are of the first
 * round. The list is changed in place. */
void choose_keep(const struct settings_facts *settings, struct case_facts *facts, size_t n_first);

#endif
