/* This file tests that scanners are known by their issuers and that nobody else is. */
#include "facts/scanners.h"

#include "base/checked.h"
#include "facts/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void issuers(void **state)
{
	static const struct {
		const char *cn, *o, *product; /* NULL: nobody */
		bool upstream_is_bad;
	} rows[] = {
		{ "Avast Web/Mail Shield Root", "Avast Web/Mail Shield", "Avast", false },
		{ "Avast Web/Mail Shield Self-signed Root", "Avast Web/Mail Shield", "Avast", true },
		{ "avast! Mail Scanner Root", NULL, "Avast", false },
		{ "AVG Web/Mail Shield Root", "AVG Web/Mail Shield", "AVG", false },
		{ "Norton Web/Mail Shield Root", NULL, "Norton", false },
		{ "ESET SSL Filter CA", "ESET, spol. s r. o.", "ESET", false },
		{ "Kaspersky Anti-Virus Personal Root Certificate", "AO Kaspersky Lab", "Kaspersky", false },
		{ "Bitdefender Personal CA.Net-Defender", NULL, "Bitdefender", false },
		{ "Zscaler Intermediate Root CA (zscaler.net)", "Zscaler Inc.", "Zscaler", false },
		{ "FGT60E0000000000", "Fortinet", "Fortinet", false },
		{ "Sophos SSL CA_C0001", NULL, "Sophos", false },
		{ "R11", "Let's Encrypt", NULL, false },
		{ "DigiCert TLS RSA SHA256 2020 CA1", "DigiCert Inc", NULL, false },
		{ "Not Avast Web/Mail Shield Root", NULL, NULL, false },
		{ "Avast", NULL, NULL, false },
		{ "", "", NULL, false },
		{ NULL, NULL, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct scanner *found = scanners_find(rows[i].cn, rows[i].o);

		if (!found != !rows[i].product || (found && strcmp(found->product, rows[i].product) != 0))
			fail_msg("%s gives %s", rows[i].cn, found ? found->product : "nobody");
		if (found)
			assert_int_equal(found->upstream_is_bad, rows[i].upstream_is_bad);
	}
}

static void every_antivirus_says_where_to_switch_it_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < scanners_n; i++)
		assert_int_equal(scanners_rows[i].kind == SCANNER_ANTIVIRUS, scanners_rows[i].where != NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(issuers),
		cmocka_unit_test(every_antivirus_says_where_to_switch_it_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
