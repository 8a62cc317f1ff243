/* This file lets anything answer the SMTP machine. */
#include "probe/machine_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	machine_fuzz(PROTOCOL_SMTP, view_of(data, size));
	return 0;
}
