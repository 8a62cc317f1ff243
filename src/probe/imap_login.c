/* This file sends IMAP's LOGIN command (RFC 9051 section 6.2.3). */
#include "probe/imap_login.h"

#include "base/buf.h"

/* quoted = DQUOTE *( TEXT-CHAR but quoted-specials / "\" quoted-specials ) DQUOTE */
static bool fits_quoted(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] >= 0x7f)
			return false;
	return true;
}

static void add_quoted(struct buf *to, struct view text)
{
	buf_add_byte(to, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			buf_add_byte(to, '\\');
		buf_add_byte(to, text.at[i]);
	}
	buf_add_byte(to, '"');
}

/* A literal is announced and sent when the server asks for it (RFC 9051 section 4.3). */
static void add_literal(struct buf *to, struct view text)
{
	buf_printf(to, "{%u}", (unsigned)text.len); /* at most SECRET_LEN_MAX */
}

static struct view login_part(const struct probe *p, unsigned round)
{
	return round == 0 ? str_view(str_of(p->account.user)) : secret_bytes(p->account.password);
}

/* LOGIN "user" "password" in one line when both fit into quoted strings; else
 * both travel as literals, each after a continuation. */
void imap_login_send(struct probe *p)
{
	struct view user = login_part(p, 0), password = login_part(p, 1);
	struct buf line;

	buf_init(&line, 4 * SECRET_LEN_MAX);
	if (p->round > 0)
		buf_add(&line, login_part(p, p->round - 1));
	else
		buf_printf(&line, "P%u LOGIN ", p->tag);
	if (p->round == 0 && fits_quoted(user) && fits_quoted(password)) {
		add_quoted(&line, user);
		buf_add_byte(&line, ' ');
		add_quoted(&line, password);
		p->round = 2;
	} else if (p->round < 2) {
		buf_add_text(&line, p->round == 0 ? "" : " ");
		add_literal(&line, login_part(p, p->round));
	}
	if (buf_failed(&line))
		engine_limit(p, "a user name or password of more than a command may have");
	else
		engine_send_secret(p, buf_str(&line));
	p->round++;
	buf_wipe_fini(&line);
}
