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

/* Room for one more element: the array doubles, and the old one stays in the
 * arena, so that all generations together take at most twice the last. */
static enum status grow(struct arena *arena, void **array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *moved;

	if (n < *room)
		return ST_OK;
	moved = arena_array(arena, more, size);
	if (!moved)
		return ST_NOMEM;
	if (n)
		memcpy(moved, *array, n * size);
	*array = moved;
	*room = more;
	return ST_OK;
}

enum status facts_add_block(struct arena *arena, struct check_facts *facts, const struct block_fact *block)
{
	void *array = facts->blocks;
	enum status st = grow(arena, &array, facts->n_blocks, &facts->room_blocks, sizeof *block);

	facts->blocks = array;
	if (st == ST_OK)
		facts->blocks[facts->n_blocks++] = *block;
	return st;
}

enum status facts_add_node(struct arena *arena, struct check_facts *facts, const struct node_fact *node)
{
	void *array = facts->nodes;
	enum status st = grow(arena, &array, facts->n_nodes, &facts->room_nodes, sizeof *node);

	facts->nodes = array;
	if (st == ST_OK)
		facts->nodes[facts->n_nodes++] = *node;
	return st;
}

enum status facts_add_page(struct arena *arena, struct check_facts *facts, const struct page_fact *page)
{
	void *array = facts->pages;
	enum status st = grow(arena, &array, facts->n_pages, &facts->room_pages, sizeof *page);

	facts->pages = array;
	if (st == ST_OK)
		facts->pages[facts->n_pages++] = *page;
	return st;
}

struct block_fact *facts_block(const struct check_facts *facts, struct bid bid)
{
	uint64_t key = bid_clean(bid).v;
	size_t low = 0, high = facts->n_blocks;

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
