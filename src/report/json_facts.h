/* This file writes the facts of a report as JSON. */
#ifndef POSTMEND_REPORT_JSON_FACTS_H
#define POSTMEND_REPORT_JSON_FACTS_H

#include "diagnose/diagnose.h"
#include "record/export_facts.h"
#include "record/import_facts.h"
#include "record/mend_facts.h"
#include "record/store_facts.h"
#include "report/json_out.h"

/* "endpoints": [ … ], one entry for each address tried. */
void json_facts_endpoints(struct json_out *json, const struct case_facts *facts);

/* "exchange": [ … ], what its services answered. */
void json_facts_exchange(struct json_out *json, const struct case_facts *facts);

/* "elsewhere": [ … ], the same endpoints from other points of view. */
void json_facts_elsewhere(struct json_out *json, const struct case_facts *facts);

/* "letters": [ … ] and "removed". */
void json_facts_trip(struct json_out *json, const struct trip_facts *trip);

/* "dns": [ … ] */
void json_facts_dns(struct json_out *json, const struct dns_facts *const *dns, size_t n);

/* The members of a settings object: "servers" and what stands beside it. */
void json_facts_settings(struct json_out *json, const struct settings_facts *settings);

/* "stores": [ … ] */
void json_facts_stores(struct json_out *json, const struct store_facts *stores, size_t n);

/* The members of a mended store's facts. */
void json_facts_mend(struct json_out *json, const struct mend_facts *mend);

/* The members of "store export". */
void json_facts_exported(struct json_out *json, const struct export_facts *facts);
void json_facts_imported(struct json_out *json, const struct import_facts *facts);

/* "path": { … } */
void json_facts_path(struct json_out *json, const struct path_facts *path);

#endif
