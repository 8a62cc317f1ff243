/* This file lists the columns of the tables that every store has, as Outlook writes them into a new one. */
#include "write/templates.h"

#include "base/checked.h"

/* Tag, offset in the row, bit in the cell existence block. */
static const struct column hierarchy[] = {
	{ 0x0E300102, 20, 6 },  { 0x0E330014, 24, 7 },  { 0x0E340102, 32, 8 },  { 0x0E380003, 36, 9 },
	{ 0x3001001F, 8, 2 },   { 0x36020003, 12, 3 },  { 0x36030003, 16, 4 },  { 0x360A000B, 52, 5 },
	{ 0x3613001F, 40, 10 }, { 0x66350003, 44, 11 }, { 0x66360003, 48, 12 }, { 0x67F20003, 0, 0 },
	{ 0x67F30003, 4, 1 },
};
static const struct column contents[] = {
	{ 0x00170003, 20, 5 },   { 0x001A001F, 12, 3 },   { 0x00360003, 60, 15 },  { 0x0037001F, 28, 7 },
	{ 0x00390040, 40, 9 },   { 0x0042001F, 24, 6 },   { 0x0057000B, 120, 13 }, { 0x0058000B, 121, 14 },
	{ 0x0070001F, 68, 17 },  { 0x00710102, 72, 18 },  { 0x0E03001F, 56, 12 },  { 0x0E04001F, 52, 11 },
	{ 0x0E060040, 32, 8 },   { 0x0E070003, 16, 4 },   { 0x0E080003, 48, 10 },  { 0x0E170003, 8, 2 },
	{ 0x0E300102, 92, 22 },  { 0x0E330014, 96, 23 },  { 0x0E340102, 104, 24 }, { 0x0E380003, 116, 27 },
	{ 0x0E3C0102, 112, 26 }, { 0x0E3D0102, 108, 25 }, { 0x10970003, 64, 16 },  { 0x30080040, 84, 21 },
	{ 0x30130102, 76, 19 },  { 0x65C60003, 80, 20 },  { 0x67F20003, 0, 0 },    { 0x67F30003, 4, 1 },
};
static const struct column associated[] = {
	{ 0x001A001F, 12, 3 },  { 0x0E070003, 16, 4 },  { 0x0E170003, 8, 2 },   { 0x3001001F, 20, 5 },
	{ 0x67F20003, 0, 0 },   { 0x67F30003, 4, 1 },   { 0x6800001F, 44, 11 }, { 0x6803000B, 56, 12 },
	{ 0x68051003, 48, 13 }, { 0x682F001F, 52, 14 }, { 0x70030003, 24, 6 },  { 0x70040102, 28, 7 },
	{ 0x70050102, 32, 8 },  { 0x7006001F, 36, 9 },  { 0x70070003, 40, 10 },
};
static const struct column search_contents[] = {
	{ 0x00170003, 28, 7 },  { 0x001A001F, 20, 5 },  { 0x00360003, 60, 16 }, { 0x0037001F, 36, 9 },
	{ 0x0042001F, 32, 8 },  { 0x0057000B, 72, 14 }, { 0x0058000B, 73, 15 }, { 0x0E03001F, 56, 13 },
	{ 0x0E04001F, 52, 12 }, { 0x0E05001F, 12, 3 },  { 0x0E060040, 40, 10 }, { 0x0E070003, 24, 6 },
	{ 0x0E080003, 48, 11 }, { 0x0E170003, 16, 4 },  { 0x0E2A000B, 74, 17 }, { 0x30080040, 64, 18 },
	{ 0x67F10003, 8, 2 },   { 0x67F20003, 0, 0 },   { 0x67F30003, 4, 1 },
};
static const struct column attachments[] = {
	{ 0x0E200003, 12, 3 }, { 0x3704001F, 20, 5 }, { 0x37050003, 16, 4 },
	{ 0x370B0003, 8, 2 },  { 0x67F20003, 0, 0 },  { 0x67F30003, 4, 1 },
};
static const struct column recipients[] = {
	{ 0x0C150003, 24, 7 }, { 0x0E0F000B, 48, 2 },  { 0x0FF90102, 32, 9 },  { 0x0FFE0003, 36, 10 },
	{ 0x0FFF0102, 16, 5 }, { 0x3001001F, 20, 6 },  { 0x3002001F, 8, 3 },   { 0x3003001F, 12, 4 },
	{ 0x300B0102, 28, 8 }, { 0x39000003, 40, 11 }, { 0x39FF001F, 44, 13 }, { 0x3A40000B, 49, 12 },
	{ 0x67F20003, 0, 0 },  { 0x67F30003, 4, 1 },
};
static const struct column undocumented_6b6[] = {
	{ 0x0E330014, 8, 2 }, { 0x0E370102, 16, 3 }, { 0x0E380003, 20, 4 },
	{ 0x67F20003, 0, 0 }, { 0x67F30003, 4, 1 },
};
static const struct column undocumented_6d7[] = {
	{ 0x001A001F, 36, 8 }, { 0x0E300102, 16, 4 }, { 0x0E310102, 12, 3 },
	{ 0x0E330014, 28, 7 }, { 0x0E340102, 24, 6 }, { 0x0E380003, 20, 5 },
	{ 0x0E3E0102, 8, 2 },  { 0x67F20003, 0, 0 },  { 0x67F30003, 4, 1 },
};
static const struct column undocumented_6f8[] = {
	{ 0x0E330014, 16, 3 },
	{ 0x30070040, 8, 2 },
	{ 0x67F20003, 0, 0 },
	{ 0x67F30003, 4, 1 },
};
static const struct column receive_folders[] = {
	{ 0x001A001F, 12, 3 },
	{ 0x66050003, 8, 2 },
	{ 0x67F20003, 0, 0 },
	{ 0x67F30003, 4, 1 },
};
static const struct column outgoing[] = {
	{ 0x000F0040, 40, 9 }, { 0x00390040, 16, 4 }, { 0x0E070003, 36, 8 }, { 0x0E100003, 12, 3 },
	{ 0x0E140003, 8, 2 },  { 0x0E29001F, 32, 7 }, { 0x0EA20003, 24, 5 }, { 0x67F10003, 28, 6 },
	{ 0x67F20003, 0, 0 },  { 0x67F30003, 4, 1 },
};

const struct columns templates[TEMPLATE_COUNT] = {
	[TEMPLATE_HIERARCHY] = { 0x60D, hierarchy, COUNT_OF(hierarchy), false },
	[TEMPLATE_CONTENTS] = { 0x60E, contents, COUNT_OF(contents), false },
	[TEMPLATE_ASSOCIATED] = { 0x60F, associated, COUNT_OF(associated), false },
	[TEMPLATE_SEARCH_CONTENTS] = { 0x610, search_contents, COUNT_OF(search_contents), false },
	[TEMPLATE_ATTACHMENTS] = { 0x671, attachments, COUNT_OF(attachments), false },
	[TEMPLATE_RECIPIENTS] = { 0x692, recipients, COUNT_OF(recipients), false },
	[TEMPLATE_UNDOCUMENTED_6B6] = { 0x6B6, undocumented_6b6, COUNT_OF(undocumented_6b6), false },
	[TEMPLATE_UNDOCUMENTED_6D7] = { 0x6D7, undocumented_6d7, COUNT_OF(undocumented_6d7), true },
	[TEMPLATE_UNDOCUMENTED_6F8] = { 0x6F8, undocumented_6f8, COUNT_OF(undocumented_6f8), true },
	[TEMPLATE_RECEIVE_FOLDERS] = { 0x62B, receive_folders, COUNT_OF(receive_folders), false },
	[TEMPLATE_OUTGOING] = { 0x64C, outgoing, COUNT_OF(outgoing), false },
};
