/* This file reads Outlook's add-ins from the registry. */
#include "client/addins.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "base/names.h"
#include "client/office.h"
#include "client/registry.h"
#include "client/windows_path.h"

#include <string.h>

enum { FILE_NAME_MIN = 6 };

static const struct name_row views[] = {
	{ MACHINE_VIEW_USER, "user" },
	{ MACHINE_VIEW_ALL, "all-users" },
	{ MACHINE_VIEW_ALL_32, "all-users-32" },
	{ MACHINE_VIEW_CLICK_TO_RUN, "click-to-run" },
	{ MACHINE_VIEW_CLICK_TO_RUN_32, "click-to-run-32" },
};

const char *addins_view_name(enum machine_view view)
{
	return name_of(views, COUNT_OF(views), (int)view);
}

static const struct name_row states[] = {
	{ 0, "off" },
	{ 1, "loaded by hand" },
	{ 2, "switched off" },
	{ 3, "loads at the start" },
	{ 8, "loads when it is asked for" },
	{ 9, "loads when it is asked for" },
	{ 16, "loads once, then when it is asked for" },
};

const char *addins_state_name(const struct machine_addin *addin)
{
	return addin->load.is_set ? name_of(states, COUNT_OF(states), (int)addin->load.number) : "not said";
}

/* Why Outlook had wanted to switch an add-in off that it was told to keep. */
bool addins_note_is_crash(const struct machine_note *note)
{
	enum { CRASH = 3, CRASH_ALLOWED = 9, CRASH_USER = 10 };

	return note->number == CRASH || note->number == CRASH_ALLOWED || note->number == CRASH_USER;
}

const char *addins_note_name(const struct machine_note *note)
{
	static const char *const policies[] = { "a policy keeps it off", "a policy keeps it on",
						"a policy leaves it to the user" };

	switch (note->kind) {
	case MACHINE_NOTE_DISABLED:
		return "disabled after a crash";
	case MACHINE_NOTE_CRASHED:
		return "suspected of a crash";
	case MACHINE_NOTE_KEPT:
		return addins_note_is_crash(note) ? "kept although it crashed Outlook"
						  : "kept although it is slow";
	case MACHINE_NOTE_POLICY:
		return note->number < COUNT_OF(policies) ? policies[note->number] : "a policy names it";
	}
	return "";
}

bool addins_note_is_about(const struct machine_note *note, const struct machine_addin *addin)
{
	struct str text = str_of(note->text),
		   file = addin->file ? windows_path_name(str_of(addin->file)) : STR("");

	return (*addin->prog_id && str_find_nocase(text, str_of(addin->prog_id)) != SIZE_MAX) ||
	       (file.len >= FILE_NAME_MIN && str_find_nocase(text, file) != SIZE_MAX);
}

static void read_one(const struct registry_key *key, const char *prog_id, const char *source,
		     enum machine_view view)
{
	struct machine *m = key->found->machine;
	struct machine_addin *addin = &m->addins[machine_next(&m->n_addins, MACHINE_LIST_MAX)];

	*addin = (struct machine_addin){
		.prog_id = prog_id,
		.source = source,
		.view = view,
		.name = registry_text(key, "FriendlyName"),
		.manifest = registry_text(key, "Manifest"),
		.load = registry_number(key, "LoadBehavior"),
		.place = { .key = key->path },
	};
	if (addin->manifest.text)
		addin->file = windows_path_of(key->found->arena, addin->manifest.text);
}

static void read_below(const struct registry_key *top, const char *source, enum machine_view view)
{
	struct hive_list list = hive_subkeys(top->hive, &top->key);
	struct registry_key key;
	const char *name;

	while (registry_next(top, &list, &key, &name))
		read_one(&key, name, source, view);
}

static struct machine_note *add_note(const struct registry_key *key, enum machine_note_kind kind,
				     const char *source, const char *value)
{
	struct machine *m = key->found->machine;
	struct machine_note *note = &m->notes[machine_next(&m->n_notes, MACHINE_LIST_MAX)];

	*note = (struct machine_note){ .kind = kind, .source = source, .place = registry_place(key, value) };
	return note;
}

/* All text of a value: UTF-16 whose control characters are taken for gaps. */
static const char *text_in(const struct registry_key *key, const char *value)
{
	struct cursor c = cursor_of(registry_bytes(key, value));
	size_t n = 0, room = cursor_left(&c) / 2;
	char *text = arena_alloc(key->found->arena, room + 1);

	while (text && cursor_left(&c) >= 2) {
		uint16_t unit = cursor_u16le(&c);

		if (unit >= 0x20 && unit < 0x7F)
			text[n++] = (char)unit;
		else if (n > 0 && text[n - 1] != ' ')
			text[n++] = ' ';
	}
	return text;
}

/* Values with names of chance; their bytes hold an add-in's file and name as text. */
static void read_blobs(const struct registry_key *top, const char *name, enum machine_note_kind kind,
		       const char *source)
{
	struct registry_key key;
	struct hive_value value;
	struct hive_list list;

	if (!registry_below(top, name, &key))
		return;
	list = hive_values(key.hive, &key.key);
	while (hive_next_value(&list, &value)) {
		const char *called = hive_value_name(key.found->arena, &value), *text;

		if (!called || !*called || value.len == 0)
			continue;
		text = text_in(&key, called);
		if (text && *text)
			add_note(&key, kind, source, called)->text = text;
	}
}

/* Values named after add-ins: a number, or a number as text. */
static void read_numbers(const struct registry_key *top, const char *name, enum machine_note_kind kind,
			 const char *source)
{
	struct registry_key key;
	struct hive_value value;
	struct hive_list list;

	if (!registry_below(top, name, &key))
		return;
	list = hive_values(key.hive, &key.key);
	while (hive_next_value(&list, &value)) {
		const char *called = hive_value_name(key.found->arena, &value);
		struct client_number number;
		struct client_text text;
		struct machine_note *note;
		uint64_t read = 0;
		bool is_text;

		if (!called || !*called)
			continue;
		number = registry_number(&key, called);
		text = registry_text(&key, called);
		is_text = text.text && str_to_u64(str_of(text.text), UINT32_MAX, &read);
		if (!number.is_set && !is_text)
			continue;
		note = add_note(&key, kind, source, called);
		note->text = called;
		note->number = is_text ? (uint32_t)read : number.number;
	}
}

static void read_version(struct client_found *found, const struct hive *hive, const char *source,
			 const char *version)
{
	struct registry_key top;

	if (registry_open(found, hive,
			  arena_printf(found->arena, "Software\\Microsoft\\Office\\%s\\Outlook\\Resiliency",
				       version),
			  &top)) {
		read_blobs(&top, "DisabledItems", MACHINE_NOTE_DISABLED, source);
		read_blobs(&top, "CrashingAddinList", MACHINE_NOTE_CRASHED, source);
		read_numbers(&top, "DoNotDisableAddinList", MACHINE_NOTE_KEPT, source);
	}
	if (registry_open(found, hive,
			  arena_printf(found->arena,
				       "Software\\Policies\\Microsoft\\Office\\%s\\Outlook\\Resiliency",
				       version),
			  &top))
		read_numbers(&top, "AddinList", MACHINE_NOTE_POLICY, source);
}

void addins_read_user(struct client_found *found, const struct hive *hive, const char *source)
{
	struct registry_key top;

	if (registry_open(found, hive, "Software\\Microsoft\\Office\\Outlook\\Addins", &top))
		read_below(&top, source, MACHINE_VIEW_USER);
	for (size_t i = 0; i < OFFICE_VERSIONS; i++)
		read_version(found, hive, source, office_versions[i]);
}

static const struct {
	const char *addins, *classes;
	enum machine_view view;
} places[] = {
	{ "Microsoft\\Office\\Outlook\\Addins", "Classes", MACHINE_VIEW_ALL },
	{ "WOW6432Node\\Microsoft\\Office\\Outlook\\Addins", "Classes\\WOW6432Node", MACHINE_VIEW_ALL_32 },
	{ "Microsoft\\Office\\ClickToRun\\REGISTRY\\MACHINE\\Software\\Microsoft\\Office\\Outlook\\Addins",
	  "Microsoft\\Office\\ClickToRun\\REGISTRY\\MACHINE\\Software\\Classes", MACHINE_VIEW_CLICK_TO_RUN },
	{ "Microsoft\\Office\\ClickToRun\\REGISTRY\\MACHINE\\Software\\Wow6432Node\\Microsoft\\Office\\Outloo"
	  "k"
	  "\\Addins",
	  "Microsoft\\Office\\ClickToRun\\REGISTRY\\MACHINE\\Software\\Classes\\Wow6432Node",
	  MACHINE_VIEW_CLICK_TO_RUN_32 },
};

/* The class behind a name, and the file behind the class; of managed code the
 * runtime is not the file. */
static const char *file_of(struct client_found *found, const struct hive *hive, const char *classes,
			   const char *prog_id)
{
	struct registry_key key;
	struct client_text text;

	if (!registry_open(found, hive, arena_printf(found->arena, "%s\\CLSID", prog_id), &key) &&
	    !registry_open(found, hive, arena_printf(found->arena, "%s\\%s\\CLSID", "Classes", prog_id),
			   &key) &&
	    !registry_open(found, hive, arena_printf(found->arena, "%s\\%s\\CLSID", classes, prog_id), &key))
		return NULL;
	text = registry_text(&key, "");
	if (!text.text || !registry_open(found, hive,
					 arena_printf(found->arena, "%s%sCLSID\\%s\\InprocServer32", classes,
						      *classes ? "\\" : "", text.text),
					 &key))
		return NULL;
	text = registry_text(&key, "");
	if (text.text && str_is_nocase(windows_path_name(str_of(text.text)), "mscoree.dll"))
		text = registry_text(&key, "CodeBase");
	return text.text ? windows_path_of(found->arena, text.text) : NULL;
}

static bool lacks_file(const struct machine_addin *addin, const char *user)
{
	return !addin->file && addin->view == MACHINE_VIEW_USER && strcmp(addin->source, user) == 0;
}

bool addins_want_classes(const struct client_found *found, const char *user)
{
	for (size_t i = 0; i < found->machine->n_addins; i++)
		if (lacks_file(&found->machine->addins[i], user))
			return true;
	return false;
}

void addins_read_classes(struct client_found *found, const struct hive *hive, const char *user)
{
	static const char *const classes[] = { "", "WOW6432Node" };
	struct machine *m = found->machine;

	for (size_t i = 0; i < m->n_addins; i++)
		for (size_t k = 0; lacks_file(&m->addins[i], user) && k < COUNT_OF(classes); k++)
			m->addins[i].file = file_of(found, hive, classes[k], m->addins[i].prog_id);
}

void addins_read_software(struct client_found *found, const struct hive *hive, const char *source)
{
	struct machine *m = found->machine;
	struct registry_key top;

	for (size_t i = 0; i < COUNT_OF(places); i++)
		if (registry_open(found, hive, places[i].addins, &top))
			read_below(&top, source, places[i].view);
	for (size_t i = 0; i < m->n_addins; i++)
		for (size_t k = 0; !m->addins[i].file && k < COUNT_OF(places); k++)
			m->addins[i].file = file_of(found, hive, places[k].classes, m->addins[i].prog_id);
}
