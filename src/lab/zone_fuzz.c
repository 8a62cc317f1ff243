/* This file asks the practice DNS in any bytes; what it answers must be an answer of DNS. */
#include "lab/zone.h"
#include "wire/dns_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct zone_setup setup = { .domain = "practice.example",
				    .address = "127.0.0.1",
				    .incoming = FORM_IMAPS,
				    .outgoing = FORM_SMTP,
				    .incoming_port = 993,
				    .outgoing_port = 587 };
	struct zone zone;
	struct buf answer;

	if (len < 1)
		return 0;
	setup.manner = bytes[0] % (ZONE_IPV6_SILENT + 1);
	zone_init(&zone, &setup);
	buf_init(&answer, ZONE_ANSWER_MAX);
	if (zone_answer(&zone, view_of(bytes + 1, len - 1), ZONE_UDP_MAX, &answer) &&
	    (answer.len < 12 || answer.len > ZONE_UDP_MAX || !(answer.at[2] & 0x80)))
		__builtin_trap();
	buf_fini(&answer);
	return 0;
}
