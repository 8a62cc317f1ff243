/* This file keeps and finds what the passes of a store check have learnt. */
#include "check/facts.h"

#include "base/checked.h"

#include <string.h>

enum status facts_reserve_blocks(struct arena *arena, struct check_facts *facts, size_t n)
{
	facts->blocks = arena_array(arena, n, sizeof *facts->blocks);
	facts->room_blocks = facts->blocks ? n : 0;
	return facts->blocks ? ST_OK : ST_NOMEM;
}

enum status facts_reserve_nodes(struct arena *arena, struct check_facts *facts, size_t n)
{
	facts->nodes = arena_array(arena, n, sizeof *facts->nodes);
	facts->room_nodes = facts->nodes ? n : 0;
	return facts->nodes ? ST_OK : ST_NOMEM;
}

enum status facts_reserve_pages(struct arena *arena, struct check_facts *facts, size_t n)
{
	facts->pages = arena_array(arena, n, sizeof *facts->pages);
	facts->room_pages = facts->pages ? n : 0;
	return facts->pages ? ST_OK : ST_NOMEM;
}

enum status facts_add_block(struct arena *arena, struct check_facts *facts, const struct block_fact *block)
{
	struct block_fact *rows =
		arena_grown(arena, facts->blocks, facts->n_blocks, &facts->room_blocks, sizeof *rows);

	if (!rows)
		return ST_NOMEM;
	facts->blocks = rows;
	facts->blocks[facts->n_blocks++] = *block;
	return ST_OK;
}

enum status facts_add_node(struct arena *arena, struct check_facts *facts, const struct node_fact *node)
{
	struct node_fact *rows =
		arena_grown(arena, facts->nodes, facts->n_nodes, &facts->room_nodes, sizeof *rows);

	if (!rows)
		return ST_NOMEM;
	facts->nodes = rows;
	facts->nodes[facts->n_nodes++] = *node;
	return ST_OK;
}

enum status facts_add_page(struct arena *arena, struct check_facts *facts, const struct page_fact *page)
{
	struct page_fact *rows =
		arena_grown(arena, facts->pages, facts->n_pages, &facts->room_pages, sizeof *rows);

	if (!rows)
		return ST_NOMEM;
	facts->pages = rows;
	facts->pages[facts->n_pages++] = *page;
	return ST_OK;
}

/* BIDs are given out one after the other, so a block lies about as far into the array as its BID lies
 * between the first and the last. The distance from there doubles until the two ends hold it.
 */
static void close_in(const struct check_facts *facts, uint64_t key, size_t *low, size_t *high)
{
	const struct block_fact *b = facts->blocks;
	size_t last = facts->n_blocks - 1, at, step = 8;
	double share = (double)(key - b[0].bid) / (double)(b[last].bid - b[0].bid);

	at = (size_t)(share * (double)last);
	at = at < last ? at : last;
	*low = *high = at;
	if (b[at].bid < key)
		while (*high < last && b[*high].bid < key) {
			*low = *high + 1;
			*high = last - *high > step ? *high + step : last;
			step *= 2;
		}
	else
		while (*low > 0 && b[*low].bid >= key) {
			*high = *low;
			*low = *low > step ? *low - step : 0;
			step *= 2;
		}
}

struct block_fact *facts_block(const struct check_facts *facts, struct bid bid)
{
	uint64_t key = bid_clean(bid).v;
	size_t low = 0, high = facts->n_blocks;

	if (high == 0 || key < facts->blocks[0].bid || key > facts->blocks[high - 1].bid)
		return NULL;
	if (facts->blocks[0].bid < facts->blocks[high - 1].bid)
		close_in(facts, key, &low, &high);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (facts->blocks[middle].bid < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < facts->n_blocks && facts->blocks[low].bid == key ? &facts->blocks[low] : NULL;
}

struct node_fact *facts_node(const struct check_facts *facts, struct nid nid)
{
	size_t low = 0, high = facts->n_nodes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (facts->nodes[middle].nid < nid.v)
			low = middle + 1;
		else
			high = middle;
	}
	return low < facts->n_nodes && facts->nodes[low].nid == nid.v ? &facts->nodes[low] : NULL;
}
