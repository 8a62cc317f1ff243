/* This file reads whose a certificate is: the names in its subject (RFC 5280, 4.1). */
#include "client/root_name.h"

#include "base/cursor.h"

/* DER: ITU-T X.690, 8.1. */
enum {
	TAG_INTEGER = 0x02,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_VERSION = 0xA0,
	LONG_FORM = 0x80,
	LENGTH_BYTES_MAX = 3
};

/* The content of the next element, and its tag. */
static struct cursor element(struct cursor *c, uint8_t *tag)
{
	size_t len, n;

	*tag = cursor_u8(c);
	len = cursor_u8(c);
	if (len & LONG_FORM) {
		n = len & 0x7F;
		if (n == 0 || n > LENGTH_BYTES_MAX)
			cursor_fail(c);
		for (len = 0; n > 0 && cursor_ok(c); n--)
			len = len << 8 | cursor_u8(c);
	}
	return cursor_sub(c, len);
}

static struct cursor expect(struct cursor *c, uint8_t wanted)
{
	uint8_t tag;
	struct cursor content = element(c, &tag);

	if (tag != wanted) {
		cursor_fail(c);
		cursor_fail(&content);
	}
	return content;
}

/* Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }; 2.5.4.3 and 2.5.4.10. */
static void read_name(struct cursor *name, struct str *common_name, struct str *organisation)
{
	while (cursor_left(name) > 0) {
		struct cursor set = expect(name, TAG_SET), pair = expect(&set, TAG_SEQUENCE),
			      type = expect(&pair, TAG_OID);
		struct str oid = str_from_view(cursor_take(&type, cursor_left(&type))), text;
		struct cursor value;
		uint8_t tag;

		value = element(&pair, &tag);
		text = str_from_view(cursor_take(&value, cursor_left(&value)));
		if (!cursor_ok(&value))
			return;
		if (str_eq(oid, STR("\x55\x04\x03")) && common_name->len == 0)
			*common_name = text;
		if (str_eq(oid, STR("\x55\x04\x0A")) && organisation->len == 0)
			*organisation = text;
	}
}

bool root_name_read(struct view der, struct str *common_name, struct str *organisation)
{
	struct cursor all = cursor_of(der), certificate = expect(&all, TAG_SEQUENCE),
		      signed_part = expect(&certificate, TAG_SEQUENCE), subject;

	*common_name = *organisation = STR("");
	if (cursor_left(&signed_part) > 0 && signed_part.view.at[signed_part.at] == TAG_VERSION)
		(void)expect(&signed_part, TAG_VERSION);
	(void)expect(&signed_part, TAG_INTEGER);
	(void)expect(&signed_part, TAG_SEQUENCE); /* how it is signed */
	(void)expect(&signed_part, TAG_SEQUENCE); /* by whom */
	(void)expect(&signed_part, TAG_SEQUENCE); /* from when until when */
	subject = expect(&signed_part, TAG_SEQUENCE);
	if (!cursor_ok(&signed_part) || !cursor_ok(&subject))
		return false;
	read_name(&subject, common_name, organisation);
	return true;
}
