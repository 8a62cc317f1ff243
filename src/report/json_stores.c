/* This file writes the facts about stores as JSON. */
#include "report/json_facts.h"

static void write_counts(struct json_out *json, const struct store_facts *store)
{
	json_uint(json, "nodes", store->nodes);
	json_uint(json, "blocks", store->blocks);
	json_uint(json, "pages", store->pages);
	json_uint(json, "folders", store->folders);
	json_uint(json, "messages", store->messages);
	json_uint(json, "associated", store->associated);
	json_uint(json, "attachments", store->attachments);
}

static void write_store(struct json_out *json, const struct store_facts *store)
{
	json_open(json, NULL, '{');
	json_text(json, "path", store->path);
	if (store->unreadable) {
		json_word(json, "bytes", NULL);
		json_word(json, "format", NULL);
		json_text(json, "error", store->unreadable);
	} else {
		json_uint(json, "bytes", store->bytes);
		json_word(json, "format", store->format);
		if (store->is) {
			json_word(json, "is", store->is);
		} else {
			json_uint(json, "version", store->version);
			json_text(json, "client", store->client);
			json_word(json, "cipher", store->cipher);
			write_counts(json, store);
			json_bool(json, "quick", store->is_quick);
			json_bool(json, "whole", store->is_whole);
		}
	}
	json_close(json, '}');
}

void json_facts_stores(struct json_out *json, const struct store_facts *stores, size_t n)
{
	json_open(json, "stores", '[');
	for (size_t i = 0; i < n; i++)
		write_store(json, &stores[i]);
	json_close(json, ']');
}

void json_facts_exported(struct json_out *json, const struct export_facts *facts)
{
	json_text(json, "output", facts->output);
	json_word(json, "format", facts->format);
	json_uint(json, "messages", facts->messages);
	json_uint(json, "written", facts->written);
	json_uint(json, "incomplete", facts->incomplete);
	json_uint(json, "folders", facts->folders);
}

void json_facts_imported(struct json_out *json, const struct import_facts *facts)
{
	json_text(json, "output", facts->output);
	json_uint(json, "files", facts->files);
	json_uint(json, "skipped", facts->skipped);
	json_uint(json, "messages", facts->messages);
	json_uint(json, "associated", facts->associated);
	json_uint(json, "folders", facts->folders);
	json_uint(json, "defects", facts->defects);
	json_uint(json, "incomplete", facts->incomplete);
	json_uint(json, "bytes", facts->bytes);
}
