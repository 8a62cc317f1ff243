/* This file notices Ctrl-C on Windows. */
#include "os/interrupt.h"

#include <windows.h>

static volatile LONG came;

/* Called on a thread of its own. Who presses twice does not want to wait: the
 * second one is the system's. */
static BOOL WINAPI remember(DWORD event)
{
	return (event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT) && InterlockedExchange(&came, 1) == 0;
}

void interrupt_watch(void)
{
	(void)SetConsoleCtrlHandler(remember, TRUE);
}

bool interrupt_came(void)
{
	return InterlockedCompareExchange(&came, 0, 0) != 0;
}
