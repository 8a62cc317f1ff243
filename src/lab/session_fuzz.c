/* This file talks to the practice servers in any bytes. The first byte chooses the protocol, the second the
 * fault, the third the length of the pieces and whether TLS is up. */
#include "lab/fault.h"
#include "lab/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct practice practice = { .user = "anna",
					  .password = "secret",
					  .domain = "practice.example",
					  .document = "<xml/>",
					  .now = 1772442000 };

static size_t count_faults(void)
{
	size_t n = 0;

	while (fault_at(n))
		n++;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const enum speaks protocols[] = { SPEAKS_SMTP, SPEAKS_IMAP, SPEAKS_POP3, SPEAKS_HTTP };
	struct session session;
	size_t piece;

	if (len < 3)
		return 0;
	session_init(&session, &fault_at(bytes[1] % count_faults())->behaviour, &practice,
		     session_dialect(protocols[bytes[0] % 4]));
	session.tls = bytes[2] & 1;
	piece = bytes[2] / 2 + 1;
	session_open(&session);
	for (size_t at = 3; at < len; at += piece) {
		session_on_bytes(&session, view_of(bytes + at, len - at < piece ? len - at : piece));
		if (session.start_tls)
			session_on_tls(&session);
		if (session.in.len > SESSION_LINE_MAX || session.out.len > SESSION_OUT_MAX)
			__builtin_trap();
		buf_clear(&session.out);
	}
	session_fini(&session);
	return 0;
}
