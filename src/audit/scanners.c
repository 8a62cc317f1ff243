/* This file judges virus scanners that take part in mail, by what they leave in the registry. */
#include "audit/tree.h"

#include "base/checked.h"
#include "client/windows_path.h"
#include "facts/scanner_hooks.h"
#include "facts/scanners.h"
#include "hive/hive.h"

enum { START_NEVER = 4 };

/* Providers of Winsock that come with Windows. */
static const char *const windows_own[] = { "mswsock.dll",  "rsvpsp.dll",  "wshbth.dll",
					   "nlansp_c.dll", "pnrpnsp.dll", "napinsp.dll",
					   "wshqos.dll",   "winrnr.dll",  "msafd.dll" };

static void judge_service(const struct audit_tree *t, const struct machine_service *service)
{
	const struct scanner_hook *hook = scanner_hooks_service(str_of(service->name));
	bool is_gone = service->state == MACHINE_FILE_MISSING;
	struct finding *f;

	if (!hook || service->start.number >= START_NEVER)
		return;
	f = audit_tree_add(t, is_gone ? CODE_SCANNER_DRIVER_GONE : CODE_SCANNER_MAIL_FILTER,
			   arena_printf(t->arena, "%s %s", hook->product, service->name));
	finding_evidence(f, "product", hook->product, NULL, TRUST_OURS);
	finding_evidence(f, "service", service->name, NULL, TRUST_PEER);
	if (service->image.text)
		finding_evidence(f, "file", service->image.text, is_gone ? "a file" : NULL, TRUST_PEER);
	if (!is_gone)
		finding_evidence(f, "switch", hook->where, NULL, TRUST_OURS);
	audit_tree_place(t, f, service->source, &service->start.place);
	if (is_gone)
		audit_tree_want(t, f,
				(struct wanted){ .what = WANTED_VALUE,
						 .source = service->source,
						 .place = service->start.place,
						 .type = HIVE_DWORD,
						 .number = START_NEVER });
}

static void judge_addin(const struct audit_tree *t, const struct machine_addin *addin)
{
	const struct scanner_hook *hook = scanner_hooks_addin(str_of(addin->prog_id));
	struct finding *f;

	if (!hook)
		hook = scanner_hooks_addin(str_of(addin->name.text));
	if (!hook)
		hook = scanner_hooks_addin(str_of(addin->file));
	if (!hook || !audit_tree_loads(addin))
		return;
	f = audit_tree_add(t, CODE_SCANNER_ADDIN_LOADS,
			   arena_printf(t->arena, "%s add-in %s", hook->product, addin->prog_id));
	finding_evidence(f, "product", hook->product, NULL, TRUST_OURS);
	finding_evidence(f, "switch", hook->where, NULL, TRUST_OURS);
	audit_tree_place(t, f, addin->source, &addin->load.place);
}

static void judge_root(const struct audit_tree *t, const struct machine_root *root)
{
	const char *name = arena_text(t->arena, root->common_name);
	const struct scanner *scanner = scanners_find(name, arena_text(t->arena, root->organisation));
	struct finding *f;

	if (!scanner || scanner->kind != SCANNER_ANTIVIRUS)
		return;
	f = audit_tree_add(t, CODE_SCANNER_CERTIFICATE_TRUSTED,
			   arena_printf(t->arena, "certificate of %s", scanner->product));
	finding_evidence(f, "certificate", name, NULL, TRUST_PEER);
	if (scanner->where)
		finding_evidence(f, "switch", scanner->where, NULL, TRUST_OURS);
	audit_tree_place(t, f, root->source, &root->place);
}

static bool is_windows_own(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(windows_own); i++)
		if (str_is_nocase(name, windows_own[i]))
			return true;
	return false;
}

static void judge_layer(const struct audit_tree *t, const struct machine_layer *layer)
{
	struct str name = windows_path_name(str_of(layer->file));
	bool is_gone = layer->state == MACHINE_FILE_MISSING;
	struct finding *f;

	if (name.len == 0 || (!is_gone && is_windows_own(name)))
		return;
	f = audit_tree_add(t, is_gone ? CODE_SCANNER_WINSOCK_BROKEN : CODE_SCANNER_WINSOCK_LAYER,
			   arena_printf(t->arena, "Winsock layer %.*s", (int)name.len, name.at));
	if (f->n_evidence > 0)
		return;
	finding_evidence(f, "file", layer->file, is_gone ? "a file" : NULL, TRUST_PEER);
	audit_tree_place(t, f, layer->source, &layer->place);
}

void audit_tree_scanners(const struct audit_tree *t)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < m->n_services; i++)
		judge_service(t, &m->services[i]);
	for (size_t i = 0; i < m->n_addins; i++)
		judge_addin(t, &m->addins[i]);
	for (size_t i = 0; i < m->n_roots; i++)
		judge_root(t, &m->roots[i]);
	for (size_t i = 0; i < m->n_layers; i++)
		judge_layer(t, &m->layers[i]);
}
