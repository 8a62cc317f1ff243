/* This file leaves pages to the user: a terminal here may be one of another computer. */
#include "os/browser.h"

bool browser_open(const char *path)
{
	(void)path;
	return false;
}
