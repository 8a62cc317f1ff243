/* This file finds faults and doors by name. */
#include "lab/fault.h"

#include "base/checked.h"
#include "base/names.h"

#include <assert.h>

static const struct fault_part *const parts[] = { &faults_path, &faults_server, &faults_login };

static const struct {
	enum protocol protocol;
	enum security security;
} forms[FORM_COUNT] = {
	[FORM_IMAPS] = { PROTOCOL_IMAP, SECURITY_TLS },
	[FORM_IMAP] = { PROTOCOL_IMAP, SECURITY_STARTTLS },
	[FORM_IMAP_PLAIN] = { PROTOCOL_IMAP, SECURITY_NONE },
	[FORM_POP3S] = { PROTOCOL_POP3, SECURITY_TLS },
	[FORM_POP3] = { PROTOCOL_POP3, SECURITY_STARTTLS },
	[FORM_POP3_PLAIN] = { PROTOCOL_POP3, SECURITY_NONE },
	[FORM_SMTPS] = { PROTOCOL_SMTP, SECURITY_TLS },
	[FORM_SMTP] = { PROTOCOL_SMTP, SECURITY_STARTTLS },
	[FORM_SMTP_PLAIN] = { PROTOCOL_SMTP, SECURITY_NONE },
};

static const struct name_row form_names[] = {
	{ FORM_IMAPS, "imaps" }, { FORM_IMAP, "imap" }, { FORM_IMAP_PLAIN, "imap-plain" },
	{ FORM_POP3S, "pop3s" }, { FORM_POP3, "pop3" }, { FORM_POP3_PLAIN, "pop3-plain" },
	{ FORM_SMTPS, "smtps" }, { FORM_SMTP, "smtp" }, { FORM_SMTP_PLAIN, "smtp-plain" },
	{ FORM_DNS, "dns" },
};

static const struct name_row needs_names[] = {
	{ NEEDS_CONNECT, "connect" },   { NEEDS_LOGIN, "login" },   { NEEDS_TOKEN, "token" },
	{ NEEDS_ENVELOPE, "envelope" }, { NEEDS_SENDER, "sender" }, { NEEDS_RESOLVER, "resolver" },
	{ NEEDS_ADDRESS, "address" },
};

const struct fault *fault_at(size_t i)
{
	for (size_t part = 0; part < COUNT_OF(parts); part++) {
		if (i < parts[part]->n)
			return &parts[part]->rows[i];
		i -= parts[part]->n;
	}
	return NULL;
}

const struct fault *fault_find(struct str name)
{
	struct str slug = str_cut(&name, '/');

	for (size_t i = 0; fault_at(i); i++) {
		const struct fault *fault = fault_at(i);

		if (str_is(slug, fault->slug) &&
		    (name.at ? fault->variant && str_is(name, fault->variant) : !fault->variant))
			return fault;
	}
	return NULL;
}

bool fault_fits(const struct fault *fault, enum form form)
{
	return form == fault->form || (fault->fits & FITS(form)) != 0;
}

const char *form_name(enum form form)
{
	return name_of(form_names, COUNT_OF(form_names), (int)form);
}

bool form_find(struct str name, enum form *out)
{
	int value;

	if (!name_find(form_names, COUNT_OF(form_names), name, &value))
		return false;
	*out = (enum form)value;
	return true;
}

enum protocol form_protocol(enum form form)
{
	assert(form < FORM_COUNT);
	return forms[form].protocol;
}

enum security form_security(enum form form)
{
	assert(form < FORM_COUNT);
	return forms[form].security;
}

const char *needs_name(enum needs needs)
{
	return name_of(needs_names, COUNT_OF(needs_names), (int)needs);
}
