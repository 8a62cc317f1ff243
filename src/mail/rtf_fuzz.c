/* This file feeds the unpacker of RTF, and the reader of RTF, with anything. */
#include "mail/lzfu.h"
#include "mail/rtf.h"

enum { CAP = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct buf rtf, out;

	buf_init(&rtf, CAP);
	buf_init(&out, 4 * CAP);
	(void)lzfu_unpack(view_of(bytes, len), &rtf);
	rtf_unwrap(buf_view(&rtf), &out);
	rtf_unwrap(view_of(bytes, len), &out);
	buf_fini(&out);
	buf_fini(&rtf);
	return 0;
}
