/* This file notices Ctrl-C on Windows, and a console that is closed. */
#include "os/interrupt.h"

#include <windows.h>

/* More than Windows leaves a program whose console is closed. */
enum { CLOSING_MS = 30000 };

static volatile LONG came;

/* Called on a thread of its own. Who presses twice does not want to wait: the
 * second one is the system's. Of a console that closes the program ends when
 * this returns, so it waits for the other thread to end it in order. */
static BOOL WINAPI remember(DWORD event)
{
	bool is_first = InterlockedExchange(&came, 1) == 0;

	if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
		Sleep(CLOSING_MS);
	return is_first;
}

void interrupt_watch(void)
{
	(void)SetConsoleCtrlHandler(remember, TRUE);
}

bool interrupt_came(void)
{
	return InterlockedCompareExchange(&came, 0, 0) != 0;
}
