/* This file feeds the reader of HTTP answers with anything, whole and byte by byte: both must agree. */
#include "wire/http_challenge.h"
#include "wire/http_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct http_reply whole, drip;

	http_reply_init(&whole);
	http_reply_init(&drip);
	http_reply_add(&whole, view_of(bytes, len));
	for (size_t i = 0; i < len; i++)
		http_reply_add(&drip, view_of(bytes + i, 1));
	/* Past a bound, how much was taken before depends on the pieces. */
	if (http_reply_end(&whole) != http_reply_end(&drip) || whole.status != drip.status ||
	    (whole.progress == HTTP_PROGRESS_DONE && !str_eq(buf_str(&whole.body), buf_str(&drip.body))))
		__builtin_trap();
	if (whole.progress == HTTP_PROGRESS_DONE &&
	    http_challenge_read(buf_str(&whole.challenge)) != http_challenge_read(buf_str(&drip.challenge)))
		__builtin_trap();
	http_reply_fini(&whole);
	http_reply_fini(&drip);
	return 0;
}
