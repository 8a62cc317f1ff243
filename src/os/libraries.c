/* This file names the outside libraries that this program runs with. */
#include "os/libraries.h"

#include <ares.h>
#include <expat.h>
#include <gsasl.h>
#include <jansson.h>
#include <libdeflate.h>
#include <libpsl.h>
#include <openssl/crypto.h>
#include <uv.h>

void libraries_list(struct library out[LIBRARIES_COUNT])
{
	const struct library rows[LIBRARIES_COUNT] = {
		{ "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING) },
		{ "c-ares", ares_version(NULL) },
		{ "libuv", uv_version_string() },
		{ "Expat", XML_ExpatVersion() },
		{ "jansson", jansson_version_str() },
		{ "GNU SASL", gsasl_check_version(NULL) },
		{ "libpsl", psl_get_version() },
		{ "libdeflate", LIBDEFLATE_VERSION_STRING },
	};

	for (size_t i = 0; i < LIBRARIES_COUNT; i++)
		out[i] = rows[i];
}
