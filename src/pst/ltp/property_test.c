/* This file tests how values of properties are judged, and records of nothing in their trees. */
#include "pst/ltp/property.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void values(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		const char *bytes;
		size_t len;
		unsigned faults;
	} rows[] = {
		{ "a time", PTYP_TIME, "\1\2\3\4\5\6\7\x8", 8, 0 },
		{ "half a time", PTYP_TIME, "\1\2\3\4", 4, VALUE_FAULT_LEN },
		{ "a type that is none", 0x7777, "", 0, VALUE_FAULT_LEN },
		{ "text", PTYP_STRING, "a\0b\0", 4, 0 },
		{ "text of odd length", PTYP_STRING, "a\0b", 3, VALUE_FAULT_TEXT },
		{ "a pair in the middle of eight", PTYP_STRING,
		  "a\0\x3D\xD8\x00\xDE"
		  "b\0",
		  8, 0 },
		{ "a pair across eight", PTYP_STRING,
		  "a\0a\0a\0\x3D\xD8\x00\xDE"
		  "b\0",
		  12, 0 },
		{ "a lone half among eight", PTYP_STRING,
		  "a\0a\0\x3D\xD8"
		  "a\0",
		  8, VALUE_FAULT_TEXT },
		{ "the last below surrogates", PTYP_STRING, "\xFF\xD7\xFF\xD7\xFF\xD7\xFF\xD7", 8, 0 },
		{ "the first above surrogates", PTYP_STRING, "\x00\xE0\x00\xE0\x00\xE0\x00\xE0", 8, 0 },
		{ "a low half first", PTYP_STRING, "\x00\xDC\x00\xD8", 4, VALUE_FAULT_TEXT },
		{ "several numbers", PTYP_MULTIPLE | PTYP_INTEGER_32, "\1\0\0\0\2\0\0\0", 8, 0 },
		{ "several numbers, cut", PTYP_MULTIPLE | PTYP_INTEGER_32, "\1\0\0\0\2\0", 6,
		  VALUE_FAULT_LEN },
		{ "no texts", PTYP_MULTIPLE | PTYP_STRING, "", 0, 0 },
		{ "one text", PTYP_MULTIPLE | PTYP_STRING, "\1\0\0\0\x8\0\0\0a\0", 10, 0 },
		{ "an offset too small", PTYP_MULTIPLE | PTYP_STRING, "\1\0\0\0\4\0\0\0a\0", 10,
		  VALUE_FAULT_LAYOUT },
		{ "an offset outside", PTYP_MULTIPLE | PTYP_STRING, "\1\0\0\0\x20\0\0\0a\0", 10,
		  VALUE_FAULT_LAYOUT },
		{ "more than there are", PTYP_MULTIPLE | PTYP_STRING, "\xFF\xFF\xFF\xFF\x8\0\0\0", 8,
		  VALUE_FAULT_LAYOUT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (property_value_faults(rows[i].type, view_of(rows[i].bytes, rows[i].len)) !=
		    rows[i].faults)
			fail_msg("%s", rows[i].name);
}

static bool count(void *context, struct view key, struct view data)
{
	(void)context;
	(void)key;
	(void)data;
	return true;
}

/* A heap of one block: a BTH's header and an item with its records. */
#define HEAP_HEAD                          \
	"\x24\0\xEC\xBC\x20\0\0\0\0\0\0\0" \
	"\xB5\2\6\0\x40\0\0\0"
#define RECORD_1 "\1\0\3\0\1\0\0\0"
#define RECORD_2 "\2\0\3\0\1\0\0\0"
#define NOTHING  "\0\0\0\0\0\0\0\0"
#define HEAP_MAP "\2\0\0\0\x0C\0\x14\0\x24\0"

static void records_of_nothing_are_no_disorder(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		bool skips;
		uint64_t n, n_empty;
		unsigned faults;
	} rows[] = {
		{ "in order", HEAP_HEAD RECORD_1 RECORD_2 HEAP_MAP, true, 2, 0, 0 },
		{ "one twice", HEAP_HEAD RECORD_1 RECORD_1 HEAP_MAP, true, 2, 0, BTH_FAULT_ORDER },
		{ "out of order", HEAP_HEAD RECORD_2 RECORD_1 HEAP_MAP, true, 2, 0, BTH_FAULT_ORDER },
		{ "nothing behind", HEAP_HEAD RECORD_1 NOTHING HEAP_MAP, true, 1, 1, 0 },
		{ "nothing, and it counts", HEAP_HEAD RECORD_1 NOTHING HEAP_MAP, false, 2, 0,
		  BTH_FAULT_ORDER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct view block = view_of(rows[i].bytes, sizeof(HEAP_HEAD RECORD_1 RECORD_2 HEAP_MAP) - 1);
		struct heap heap;
		struct bth bth;
		struct bth_walk walk = { .bth = &bth, .record = count, .skips_empty = rows[i].skips };

		assert_true(heap_open(variant_of(VARIANT_UNICODE), &block, 1, &heap));
		assert_true(bth_open(&heap, heap.root, &bth));
		bth_walk(&walk);
		if (walk.n != rows[i].n || walk.n_empty != rows[i].n_empty || walk.faults != rows[i].faults)
			fail_msg("%s: %u", rows[i].name, walk.faults);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(records_of_nothing_are_no_disorder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
