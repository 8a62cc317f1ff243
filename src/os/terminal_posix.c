/* This file knows the terminal on systems with termios. */
#include "os/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const int descriptors[] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
static const int stopping_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
enum { N_STOPPING = sizeof stopping_signals / sizeof stopping_signals[0], WIDTH_DEFAULT = 80 };

/* A handler can reach nothing else. */
static volatile sig_atomic_t was_stopped;

bool terminal_is(enum terminal_stream stream)
{
	return isatty(descriptors[stream]) == 1;
}

unsigned terminal_width(enum terminal_stream stream)
{
	struct winsize size = { 0 };

	if (ioctl(descriptors[stream], TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return WIDTH_DEFAULT;
	return size.ws_col;
}

bool terminal_has_colour(enum terminal_stream stream)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return terminal_is(stream) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

static void on_signal(int number)
{
	(void)number;
	was_stopped = 1;
}

static enum status read_line(int fd, struct buf *into)
{
	for (;;) {
		char c;
		ssize_t n = read(fd, &c, 1);

		if (was_stopped)
			return ST_CANCEL;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 && into->len ? ST_OK : ST_IO;
		if (c == '\n' || c == '\r')
			return ST_OK;
		buf_add_byte(into, (uint8_t)c);
		if (buf_failed(into))
			return ST_LIMIT;
	}
}

static void tell(int fd, const char *text)
{
	/* A terminal that takes no question gets none; the read will tell. */
	if (write(fd, text, strlen(text)) < 0)
		return;
}

static enum status ask(const char *question, tcflag_t without, struct buf *into)
{
	struct sigaction action = { .sa_handler = on_signal }, before[N_STOPPING];
	struct termios shown, hidden;
	enum status status;
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return ST_IO;
	if (tcgetattr(fd, &shown) != 0) {
		close(fd);
		return ST_IO;
	}
	was_stopped = 0;
	sigemptyset(&action.sa_mask);
	/* No SA_RESTART: the read must end, so that the echo comes back. */
	for (int i = 0; i < N_STOPPING; i++)
		sigaction(stopping_signals[i], &action, &before[i]);
	hidden = shown;
	hidden.c_lflag &= ~without;
	if (tcsetattr(fd, TCSAFLUSH, &hidden) == 0) {
		tell(fd, question);
		status = read_line(fd, into);
		tcsetattr(fd, TCSAFLUSH, &shown);
		if (without)
			tell(fd, "\n");
	} else {
		status = ST_IO;
	}
	for (int i = 0; i < N_STOPPING; i++)
		sigaction(stopping_signals[i], &before[i], NULL);
	close(fd);
	return status;
}

enum status terminal_ask_secret(const char *question, struct buf *into)
{
	return ask(question, ECHO | ECHONL, into);
}

enum status terminal_ask(const char *question, struct buf *into)
{
	return ask(question, 0, into);
}

bool terminal_window_is_ours(void)
{
	return false;
}
