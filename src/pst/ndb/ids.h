/* This file keeps the numbers of a store apart, so that the compiler notices a mix-up.
 *
 * [MS-PST] 2.2.2.1 NID, 2.2.2.2 BID, 2.2.2.3 IB, 2.3.1.1 HID.
 */
#ifndef POSTMEND_PST_NDB_IDS_H
#define POSTMEND_PST_NDB_IDS_H

#include <stdbool.h>
#include <stdint.h>

struct nid {
	uint32_t v; /* type in the low 5 bits, index above */
};

struct bid {
	uint64_t v; /* bit 0 reserved, bit 1 internal, index above; step 4 for blocks, 1 for pages */
};

struct ib {
	uint64_t v; /* bytes from the start of the store */
};

struct hid {
	uint32_t v; /* the split depends on the variant: see variant.h */
};

enum nid_type {
	NID_TYPE_HID = 0x00,
	NID_TYPE_INTERNAL = 0x01,
	NID_TYPE_NORMAL_FOLDER = 0x02,
	NID_TYPE_SEARCH_FOLDER = 0x03,
	NID_TYPE_NORMAL_MESSAGE = 0x04,
	NID_TYPE_ATTACHMENT = 0x05,
	NID_TYPE_SEARCH_UPDATE_QUEUE = 0x06,
	NID_TYPE_SEARCH_CRITERIA_OBJECT = 0x07,
	NID_TYPE_ASSOC_MESSAGE = 0x08,
	NID_TYPE_CONTENTS_TABLE_INDEX = 0x0A,
	NID_TYPE_RECEIVE_FOLDER_TABLE = 0x0B,
	NID_TYPE_OUTGOING_QUEUE_TABLE = 0x0C,
	NID_TYPE_HIERARCHY_TABLE = 0x0D,
	NID_TYPE_CONTENTS_TABLE = 0x0E,
	NID_TYPE_ASSOC_CONTENTS_TABLE = 0x0F,
	NID_TYPE_SEARCH_CONTENTS_TABLE = 0x10,
	NID_TYPE_ATTACHMENT_TABLE = 0x11,
	NID_TYPE_RECIPIENT_TABLE = 0x12,
	NID_TYPE_SEARCH_TABLE_INDEX = 0x13,
	NID_TYPE_LTP = 0x1F,
	NID_TYPE_COUNT = 0x20,
};

static inline enum nid_type nid_type(struct nid nid)
{
	return (enum nid_type)(nid.v & 0x1F);
}

static inline uint32_t nid_index(struct nid nid)
{
	return nid.v >> 5;
}

static inline struct nid nid_make(enum nid_type type, uint32_t index)
{
	return (struct nid){ index << 5 | (uint32_t)type };
}

/* Block IDs: internal blocks (XBLOCK, XXBLOCK, SLBLOCK, SIBLOCK) are never encoded. */
static inline bool bid_is_internal(struct bid bid)
{
	return (bid.v & 2) != 0;
}

/* Bit 0 is reserved and ignored when a BID is looked up (2.2.2.2). */
static inline struct bid bid_clean(struct bid bid)
{
	return (struct bid){ bid.v & ~(uint64_t)1 };
}

#endif
