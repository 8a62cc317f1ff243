/* This file puts the recorded facts into words, for machines and for people. */
#ifndef POSTMEND_REPORT_WORDS_H
#define POSTMEND_REPORT_WORDS_H

#include "base/moment.h"
#include "finding/finding.h"
#include "record/facts.h"

enum { WORDS_TIME_SIZE = 32, WORDS_DURATION_SIZE = 24 };

/* 2026-12-31T23:59:59Z in `text`; years beyond 0-9999 are cut to them. */
const char *words_time(wall_time time, char text[WORDS_TIME_SIZE]);

/* "0.4 ms", "12 ms", "3.2 s" for people. */
const char *words_duration(moment took, char text[WORDS_DURATION_SIZE]);

/* "42 KB", "1.3 GB" for people, in powers of 1000. */
const char *words_bytes(uint64_t bytes, char text[WORDS_DURATION_SIZE]);

/* Words of the JSON. */
const char *words_tls_end(enum tls_end end);
const char *words_tls_verify(enum tls_verify verify);
const char *words_login(enum login_outcome outcome);
const char *words_family(int family);      /* ipv4, ipv6, NULL */
const char *words_dns_type(uint16_t type); /* A, MX …, NULL when not known */
const char *words_subject(enum subject_kind kind);

/* What a step is to a person: "Name found", "Encrypted" … */
const char *words_step(enum step_name name);

#endif
