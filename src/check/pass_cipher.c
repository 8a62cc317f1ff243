/* This file is the pass that asks the objects themselves which cipher they are written in.
 *
 * Tests: P9.
 * Gathers: the cipher that later passes decode with, where the header's is wrong.
 * Relies on: header, nodes, content.
 *
 * Folders and messages begin with a heap's signature once decoded. Where nearly
 * all of a sample show it under another cipher than the header's, the header
 * is wrong, and everything else would be called damaged for it.
 */
#include "check/pass.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "pst/ltp/heap.h"
#include "pst/ndb/crypt.h"

enum { SAMPLE_MAX = 256, SAMPLE_MIN = 4, HEAD_LEN = 8 };

static const enum crypt_method methods[] = { CRYPT_NONE, CRYPT_PERMUTE, CRYPT_CYCLIC };

struct vote {
	unsigned n, for_method[COUNT_OF(methods)];
};

static bool shows_heap(enum crypt_method method, struct bid bid, const uint8_t *head)
{
	struct cursor c;
	uint8_t copy[HEAD_LEN], signature, client;

	for (size_t i = 0; i < HEAD_LEN; i++)
		copy[i] = head[i];
	crypt_decode(method, bid, copy, HEAD_LEN);
	c = cursor_of(view_of(copy, HEAD_LEN));
	cursor_skip(&c, 2);
	signature = cursor_u8(&c);
	client = cursor_u8(&c);
	return signature == HEAP_SIGNATURE && client == HEAP_PROPERTIES;
}

static void ask(const struct check_facts *facts, const struct node_fact *node, struct vote *vote)
{
	enum nid_type type = nid_type((struct nid){ node->nid });
	const struct block_fact *b = facts_block(facts, (struct bid){ node->data });
	uint8_t head[HEAD_LEN];

	if (type != NID_TYPE_NORMAL_FOLDER && type != NID_TYPE_NORMAL_MESSAGE)
		return;
	if (!b || bid_is_internal((struct bid){ b->bid }) || b->len < HEAD_LEN ||
	    (facts->variant->may_compress && b->len != b->len_inflated) ||
	    b->state & (BLOCK_BAD_PLACE | BLOCK_BAD_TRAILER | BLOCK_BAD_CRC | BLOCK_UNREADABLE) ||
	    image_read(facts->image, b->at, head, HEAD_LEN) != ST_OK)
		return;
	vote->n++;
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		vote->for_method[i] += shows_heap(methods[i], (struct bid){ b->bid }, head);
}

enum status pass_cipher(struct pass_context *pass)
{
	struct check_facts *facts = pass->facts;
	struct vote vote = { 0 };
	size_t step = facts->n_nodes / SAMPLE_MAX + 1;

	/* Encrypted for good: what is in the blocks stays unknown, and is not guessed. */
	if (facts->header.crypt_method == CRYPT_WIP)
		return ST_OK;
	facts->have |= FACT_DECODED;
	for (size_t i = 0; i < facts->n_nodes && vote.n < SAMPLE_MAX; i++)
		if (i % step == 0 || i < SAMPLE_MAX)
			ask(facts, &facts->nodes[i], &vote);
	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		if (vote.n < SAMPLE_MIN || vote.for_method[i] * 10 < vote.n * 9 ||
		    facts->header.crypt_method == methods[i])
			continue;
		pass_evidence_pair(pass,
				   pass_report_field(pass, CODE_STORE_HEADER_CIPHER_WRONG, "bCryptMethod"),
				   "bCryptMethod", facts->header.crypt_method, methods[i]);
		facts->header.crypt_method = methods[i];
		break;
	}
	return ST_OK;
}
