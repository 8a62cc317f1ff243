/* This file feeds the reader of TLS answers with anything, whole and byte by byte. */
#include "wire/tls_hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct tls_hello_reply whole, drip;

	tls_hello_reply_init(&whole);
	tls_hello_reply_init(&drip);
	tls_hello_reply_add(&whole, view_of(bytes, len));
	for (size_t i = 0; i < len; i++)
		tls_hello_reply_add(&drip, view_of(bytes + i, 1));
	if (whole.answer != drip.answer || whole.version != drip.version || whole.alert != drip.alert)
		__builtin_trap();
	return 0;
}
