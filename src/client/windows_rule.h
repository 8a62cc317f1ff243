/* This file reads a rule of Windows' own firewall as the registry holds it (MS-GPFAS, 2.2.2.19).
 *
 *	v2.10|Action=Block|Active=TRUE|Dir=Out|Protocol=6|RPort=993|App=C:\…\OUTLOOK.EXE|Name=…|
 *
 * Fields may repeat; each ends with a bar. Keys that are not known belong to newer
 * versions and are passed over. Some writers leave the version out or write a name
 * in its place: that is accepted.
 */
#ifndef POSTMEND_CLIENT_WINDOWS_RULE_H
#define POSTMEND_CLIENT_WINDOWS_RULE_H

#include "base/str.h"

enum { WINDOWS_RULE_PORTS_MAX = 32, WINDOWS_RULE_TEXT_MAX = 16384 };

enum windows_rule_action { WINDOWS_RULE_ALLOW, WINDOWS_RULE_BLOCK, WINDOWS_RULE_BYPASS };
enum windows_rule_profile {
	WINDOWS_RULE_DOMAIN = 1,
	WINDOWS_RULE_PRIVATE = 2,
	WINDOWS_RULE_PUBLIC = 4,
	WINDOWS_RULE_ALL = 7
};
enum { WINDOWS_RULE_ANY_PROTOCOL = 256, WINDOWS_RULE_TCP = 6 };

struct windows_rule_ports {
	uint16_t first, last;
};

struct windows_rule {
	enum windows_rule_action action;
	bool is_out, is_active;
	unsigned profiles; /* bits; WINDOWS_RULE_ALL when the rule names none */
	unsigned protocol;
	struct windows_rule_ports remote[WINDOWS_RULE_PORTS_MAX];
	size_t n_remote;
	bool has_remote;      /* it names remote ports: those, or words such as RPC */
	bool is_narrow;       /* it holds for some addresses, users, services, interfaces or packages only */
	struct str app, name; /* empty: any program; no name */
};

/* NULL, or why the text is no rule: ends the sentence "X is no rule: ". `out`
 * points into the text. */
const char *windows_rule_read(struct str text, struct windows_rule *out);

/* Whether an active rule for outgoing connections covers TCP to this port, for whatever program it names. */
bool windows_rule_covers(const struct windows_rule *rule, uint16_t port);

#endif
