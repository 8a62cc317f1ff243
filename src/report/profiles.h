/* This file renders what mail programs have set up on this computer. */
#ifndef POSTMEND_REPORT_PROFILES_H
#define POSTMEND_REPORT_PROFILES_H

#include "client/account.h"
#include "report/json_out.h"
#include "report/page.h"
#include "report/paper.h"

void profiles_text(struct paper *paper, const struct client_found *found);
void profiles_html(struct page *page, const struct client_found *found);

/* "accounts": [ … ], "profiles": [ … ], "unread": [ … ] */
void profiles_json(struct json_out *json, const struct client_found *found);

/* Hides who the users of these accounts are. */
void profiles_redact(struct redactor *redactor, const struct client_found *found);

#endif
