/* This file says that there is no firewall of Windows here. */
#include "os/firewall_state.h"

bool firewall_state_read(struct firewall_state *out)
{
	*out = (struct firewall_state){ 0 };
	return false;
}
