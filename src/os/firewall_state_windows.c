/* This file asks Windows' firewall for its state: INetFwPolicy2.
 *
 * COM is loaded when it is asked for: most runs never do, and would start later
 * for it.
 */
#include "os/firewall_state.h"

/* INetFwPolicy2_get_… in C. */
#define COBJMACROS
#include <windows.h>
/* It wants the types of the one before. */
#include <netfw.h>

enum { PROFILES = 3 };

/* netfw.h of MinGW declares them, and no library has them. */
static const GUID class_of_policy = {
	0xE2B3C97F, 0x6AE1, 0x41AC, { 0x81, 0x7A, 0xF6, 0xF9, 0x21, 0x66, 0xD7, 0xDD }
};
static const GUID interface_of_policy = {
	0x98325047, 0xC671, 0x4174, { 0x8D, 0x81, 0xDE, 0xFC, 0xD3, 0xF0, 0x31, 0x86 }
};

typedef HRESULT WINAPI initialize_fn(void *reserved, DWORD model);
typedef HRESULT WINAPI create_fn(const GUID *class, IUnknown *outer, DWORD where, const GUID *face,
				 void **out);
typedef void WINAPI uninitialize_fn(void);

struct com {
	HMODULE module;
	initialize_fn *initialize;
	create_fn *create;
	uninitialize_fn *uninitialize;
};

static bool load(struct com *com)
{
	com->module = LoadLibraryExW(L"ole32.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
	if (!com->module)
		return false;
	com->initialize = (initialize_fn *)(void *)GetProcAddress(com->module, "CoInitializeEx");
	com->create = (create_fn *)(void *)GetProcAddress(com->module, "CoCreateInstance");
	com->uninitialize = (uninitialize_fn *)(void *)GetProcAddress(com->module, "CoUninitialize");
	return com->initialize && com->create && com->uninitialize;
}

static void ask(INetFwPolicy2 *policy, struct firewall_state *out)
{
	LONG in_use = 0;

	if (SUCCEEDED(INetFwPolicy2_get_CurrentProfileTypes(policy, &in_use)))
		out->in_use = (unsigned)in_use & ((1U << PROFILES) - 1);
	for (unsigned i = 0; i < PROFILES; i++) {
		NET_FW_PROFILE_TYPE2 profile = (NET_FW_PROFILE_TYPE2)(1U << i);
		VARIANT_BOOL is_enabled = VARIANT_FALSE;
		NET_FW_ACTION action = NET_FW_ACTION_ALLOW;

		if (SUCCEEDED(INetFwPolicy2_get_FirewallEnabled(policy, profile, &is_enabled))) {
			out->told_enabled |= 1U << i;
			out->enabled |= is_enabled ? 1U << i : 0;
		}
		if (SUCCEEDED(INetFwPolicy2_get_DefaultOutboundAction(policy, profile, &action))) {
			out->told_shut |= 1U << i;
			out->shut |= action == NET_FW_ACTION_BLOCK ? 1U << i : 0;
		}
	}
}

bool firewall_state_read(struct firewall_state *out)
{
	struct com com = { .module = NULL };
	INetFwPolicy2 *policy = NULL;
	HRESULT begun = E_FAIL;

	*out = (struct firewall_state){ 0 };
	if (load(&com))
		begun = com.initialize(NULL, COINIT_APARTMENTTHREADED);
	if (SUCCEEDED(begun) && SUCCEEDED(com.create(&class_of_policy, NULL, CLSCTX_INPROC_SERVER,
						     &interface_of_policy, (void **)&policy)))
		ask(policy, out);
	if (policy)
		INetFwPolicy2_Release(policy);
	if (SUCCEEDED(begun))
		com.uninitialize();
	if (com.module)
		FreeLibrary(com.module);
	return (out->in_use | out->told_enabled | out->told_shut) != 0;
}
