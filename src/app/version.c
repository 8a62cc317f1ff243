/* This file names postmend's version and those of the libraries it runs with. */
#include "app/commands.h"

#include <ares.h>
#include <expat.h>
#include <gsasl.h>
#include <jansson.h>
#include <libdeflate.h>
#include <libpsl.h>
#include <openssl/crypto.h>
#include <uv.h>

void commands_version(struct buf *out)
{
	buf_printf(out, "postmend %s\n", POSTMEND_VERSION);
	buf_printf(out, "  %s\n", OpenSSL_version(OPENSSL_VERSION));
	buf_printf(out, "  c-ares %s\n", ares_version(NULL));
	buf_printf(out, "  libuv %s\n", uv_version_string());
	buf_printf(out, "  %s\n", XML_ExpatVersion());
	buf_printf(out, "  jansson %s\n", jansson_version_str());
	buf_printf(out, "  libgsasl %s\n", gsasl_check_version(NULL));
	buf_printf(out, "  libpsl %s\n", psl_get_version());
	buf_printf(out, "  libdeflate %s\n", LIBDEFLATE_VERSION_STRING);
}
