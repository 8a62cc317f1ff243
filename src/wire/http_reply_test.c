/* This file tests the reading of HTTP answers, whole and byte by byte. */
#include "wire/http_reply.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *bytes;
	enum http_progress progress, at_end;
	unsigned status;
	const char *body, *location;
} rows[] = {
	{ "length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", HTTP_PROGRESS_DONE,
	  HTTP_PROGRESS_DONE, 200, "hello", "" },
	{ "length, octets behind", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more",
	  HTTP_PROGRESS_DONE, HTTP_PROGRESS_DONE, 200, "hello", "" },
	{ "length, cut short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", HTTP_PROGRESS_MORE,
	  HTTP_PROGRESS_BAD, 200, "hell", "" },
	{ "until close", "HTTP/1.0 200 OK\r\n\r\nhello", HTTP_PROGRESS_MORE, HTTP_PROGRESS_DONE, 200, "hello",
	  "" },
	{ "no reason phrase", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", HTTP_PROGRESS_DONE,
	  HTTP_PROGRESS_DONE, 200, "", "" },
	{ "lone line feeds", "HTTP/1.1 200 OK\ncontent-length:5\n\nhello", HTTP_PROGRESS_DONE,
	  HTTP_PROGRESS_DONE, 200, "hello", "" },
	{ "chunks",
	  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n1;x=y\r\no\r\n0\r\nTrailer: "
	  "x\r\n\r\n",
	  HTTP_PROGRESS_DONE, HTTP_PROGRESS_DONE, 200, "hello", "" },
	{ "chunk with the wrong end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n",
	  HTTP_PROGRESS_BAD, HTTP_PROGRESS_BAD, 200, "hell", "" },
	{ "chunk size that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
	  HTTP_PROGRESS_BAD, HTTP_PROGRESS_BAD, 200, "", "" },
	{ "chunk size that overflows",
	  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n", HTTP_PROGRESS_LIMIT,
	  HTTP_PROGRESS_LIMIT, 200, "", "" },
	{ "chunks cut short", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n",
	  HTTP_PROGRESS_MORE, HTTP_PROGRESS_BAD, 200, "hell", "" },
	{ "unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", HTTP_PROGRESS_BAD,
	  HTTP_PROGRESS_BAD, 200, "", "" },
	{ "redirect", "HTTP/1.1 302 Found\r\nLocation:  https://x.example/a \r\nContent-Length: 0\r\n\r\n",
	  HTTP_PROGRESS_DONE, HTTP_PROGRESS_DONE, 302, "", "https://x.example/a" },
	{ "interim answer first",
	  "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
	  HTTP_PROGRESS_DONE, HTTP_PROGRESS_DONE, 404, "", "" },
	{ "no content", "HTTP/1.1 204 No Content\r\n\r\n", HTTP_PROGRESS_DONE, HTTP_PROGRESS_DONE, 204, "",
	  "" },
	{ "folded field", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n", HTTP_PROGRESS_DONE,
	  HTTP_PROGRESS_DONE, 200, "", "" },
	{ "two lengths that agree", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
	  HTTP_PROGRESS_DONE, HTTP_PROGRESS_DONE, 200, "x", "" },
	{ "two lengths that differ", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
	  HTTP_PROGRESS_BAD, HTTP_PROGRESS_BAD, 200, "", "" },
	{ "negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", HTTP_PROGRESS_BAD,
	  HTTP_PROGRESS_BAD, 200, "", "" },
	{ "length beyond the cap", "HTTP/1.1 200 OK\r\nContent-Length: 262145\r\n\r\n", HTTP_PROGRESS_LIMIT,
	  HTTP_PROGRESS_LIMIT, 200, "", "" },
	{ "field without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", HTTP_PROGRESS_BAD,
	  HTTP_PROGRESS_BAD, 200, "", "" },
	{ "field with a blank in its name", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n",
	  HTTP_PROGRESS_BAD, HTTP_PROGRESS_BAD, 200, "", "" },
	{ "status of two digits", "HTTP/1.1 20 OK\r\n\r\n", HTTP_PROGRESS_BAD, HTTP_PROGRESS_BAD, 0, "", "" },
	{ "status 999", "HTTP/1.1 999 OK\r\n\r\n", HTTP_PROGRESS_BAD, HTTP_PROGRESS_BAD, 0, "", "" },
	{ "HTTP/2 by text", "HTTP/2 200\r\n\r\n", HTTP_PROGRESS_BAD, HTTP_PROGRESS_BAD, 0, "", "" },
	{ "mail server", "220 mail.example.org ESMTP\r\n", HTTP_PROGRESS_BAD, HTTP_PROGRESS_BAD, 0, "", "" },
	{ "nothing", "", HTTP_PROGRESS_MORE, HTTP_PROGRESS_BAD, 0, "", "" },
};

static void check(size_t row, struct http_reply *reply, const char *how)
{
	if (reply->progress != rows[row].progress)
		fail_msg("%s, %s: progress %d", rows[row].name, how, (int)reply->progress);
	if (http_reply_end(reply) != rows[row].at_end)
		fail_msg("%s, %s: at the end %d", rows[row].name, how, (int)reply->progress);
	assert_int_equal(reply->status, rows[row].status);
	if (!str_is(buf_str(&reply->body), rows[row].body))
		fail_msg("%s, %s: body of %d", rows[row].name, how, (int)reply->body.len);
	assert_true(str_is(buf_str(&reply->location), rows[row].location));
}

static void replies_are_read_whole_and_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t len = strlen(rows[i].bytes);
		struct http_reply reply;

		http_reply_init(&reply);
		http_reply_add(&reply, view_of(rows[i].bytes, len));
		check(i, &reply, "whole");
		http_reply_fini(&reply);
		http_reply_init(&reply);
		for (size_t at = 0; at < len; at++)
			http_reply_add(&reply, view_of(rows[i].bytes + at, 1));
		check(i, &reply, "by byte");
		http_reply_fini(&reply);
	}
}

/* Feeds the same part until the parser has enough; the number of octets that took. */
static size_t feed(struct http_reply *reply, const char *start, const char *again)
{
	size_t fed = 0;

	http_reply_init(reply);
	http_reply_add(reply, view_of(start, strlen(start)));
	while (http_reply_add(reply, view_of(again, strlen(again))) == HTTP_PROGRESS_MORE)
		fed += strlen(again);
	return fed;
}

static void endless_answers_end(void **state)
{
	static const struct {
		const char *start, *again;
		size_t most;
	} endless[] = {
		{ "HTTP/1.1 200 OK\r\n", "X-Filler: 0123456789\r\n", HTTP_HEAD_MAX },
		{ "HTTP/1.1 200 OK\r\nX: ", "0123456789", HTTP_HEAD_MAX },
		{ "", "HTTP/1.1 100 Continue\r\n\r\n", HTTP_HEAD_MAX },
		{ "HTTP/1.1 200 OK\r\n\r\n", "0123456789", HTTP_BODY_MAX },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n",
		  (size_t)8 * HTTP_HEAD_MAX },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n", HTTP_HEAD_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(endless); i++) {
		struct http_reply reply;

		assert_true(feed(&reply, endless[i].start, endless[i].again) <= endless[i].most);
		assert_int_equal(reply.progress, HTTP_PROGRESS_LIMIT);
		http_reply_fini(&reply);
	}
}

static void dates_are_read(void **state)
{
	static const struct {
		const char *text;
		wall_time date;
	} dates[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "Thu, 01 Jan 1970 00:00:01 GMT", 1 },
		{ "Thu, 29 Feb 2024 12:00:00 GMT", 1709208000 },
		{ "Fri, 31 Dec 2027 23:59:60 GMT", 1830297600 },
		{ "Sun, 06 Nov 1994 08:49:37 CET", 0 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 0 },
		{ "Sun, 06 Nox 1994 08:49:37 GMT", 0 },
		{ "Sun, 06 anF 1994 08:49:37 GMT", 0 },
		{ "Sun, 06 Nov 1994 24:49:37 GMT", 0 },
		{ "Sun, 00 Nov 1994 08:49:37 GMT", 0 },
		{ "Sun, -6 Nov 1994 08:49:37 GMT", 0 },
		{ "", 0 },
	};
	struct http_reply reply;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(dates); i++)
		if (http_reply_date(str_of(dates[i].text)) != dates[i].date)
			fail_msg("%s: %ld", dates[i].text, (long)http_reply_date(str_of(dates[i].text)));
	feed(&reply,
	     "HTTP/1.1 204 x\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/xml\r\n\r\n", "x");
	assert_int_equal(reply.date, 784111777);
	assert_true(str_is(buf_str(&reply.content_type), "text/xml"));
	http_reply_fini(&reply);
	feed(&reply,
	     "HTTP/1.1 401 x\r\nWWW-Authenticate: Negotiate\r\nwww-authenticate:NTLM\r\nContent-Length: "
	     "0\r\n\r\n",
	     "x");
	assert_true(str_is(buf_str(&reply.challenge), "Negotiate, NTLM"));
	http_reply_fini(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_read_whole_and_by_byte),
		cmocka_unit_test(endless_answers_end),
		cmocka_unit_test(dates_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
