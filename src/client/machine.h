/* This file holds what the registry of one computer says about Windows, Office and whatever sits in Outlook's
 * way. Each entry knows its hive and place. Texts are hostile and live as long as the arena of what was
 * found. Nothing is judged. */
#ifndef POSTMEND_CLIENT_MACHINE_H
#define POSTMEND_CLIENT_MACHINE_H

#include "client/place.h"
#include "client/windows_rule.h"

enum { MACHINE_LIST_MAX = 4096, MACHINE_ROWS_MAX = 16384 };

/* Whether a file that the registry names is on the disk; missing only where its folder is there. */
enum machine_file { MACHINE_FILE_UNKNOWN, MACHINE_FILE_PRESENT, MACHINE_FILE_MISSING };

/* Where an add-in is registered; "32": for 32-bit Outlook on 64-bit Windows. */
enum machine_view {
	MACHINE_VIEW_USER,
	MACHINE_VIEW_ALL,
	MACHINE_VIEW_ALL_32,
	MACHINE_VIEW_CLICK_TO_RUN,
	MACHINE_VIEW_CLICK_TO_RUN_32,
};

struct machine_addin {
	const char *prog_id, *source;
	enum machine_view view;
	struct client_text name, manifest;
	struct client_number load, load_ms; /* LoadBehavior; by the event log: of the last start */
	const char *file, *load_log;        /* of its code, "C:\…", and the event log; NULL: not known */
	enum machine_file state;
	struct client_place place; /* of the key */
};

/* What Outlook noted about an add-in, or was told about it. */
enum machine_note_kind {
	MACHINE_NOTE_DISABLED, /* DisabledItems: switched off after a crash */
	MACHINE_NOTE_CRASHED,  /* CrashingAddinList */
	MACHINE_NOTE_KEPT,     /* DoNotDisableAddinList: why it had been switched off is `number` */
	MACHINE_NOTE_POLICY,   /* AddinList: 0 always off, 1 always on, 2 the user decides */
};

struct machine_note {
	enum machine_note_kind kind;
	const char *source, *text; /* the add-in's ProgID, or what the value's bytes say as text */
	uint32_t number;
	struct client_place place;
};

struct machine_service {
	const char *name, *source;
	struct client_text image;
	struct client_number start; /* 0 to 2 by itself, 3 when asked for, 4 never */
	const char *file;
	enum machine_file state;
};

/* A layer or provider of the Winsock catalogue. */
struct machine_layer {
	const char *source, *file;
	enum machine_file state;
	struct client_place place;
};

/* A root certificate that this computer or user trusts. */
struct machine_root {
	const char *source;
	struct str common_name, organisation; /* of its subject */
	struct client_place place;
};

struct machine_rule {
	struct windows_rule rule;
	const char *source, *text;
	bool is_policy;
	struct client_place place;
};

/* What a firewall's profile does where no rule speaks. */
struct machine_zone {
	enum windows_rule_profile profile;
	bool is_policy;
	const char *source;
	struct client_number enabled, outbound;
};

enum machine_office_kind { MACHINE_OFFICE_CLICK_TO_RUN, MACHINE_OFFICE_MSI };

struct machine_office {
	enum machine_office_kind kind;
	const char *source, *version; /* "16.0.6568.2025"; NULL where the program's file has to tell */
	unsigned major;
	const char *folder; /* of OUTLOOK.EXE, "C:\…"; NULL: not known */
	const char *mso;    /* version of MSO.DLL, once it was looked up */
	struct client_place place;
};

struct machine_patch {
	uint32_t kb;
	const char *source, *text;
	struct client_place place;
};

/* A value by which mail programs are steered. */
enum machine_setting_kind {
	MACHINE_SEND_IMMEDIATELY,
	MACHINE_SEND_IMMEDIATELY_POLICY,
	MACHINE_INTERNET_OFFLINE, /* Windows' own switch, which Outlook Express obeys */
	MACHINE_MODERN_LOGIN,     /* EnableADAL */
	MACHINE_STORE_MAX,        /* MaxLargeFileSize, MiB */
	MACHINE_STORE_MAX_POLICY,
	MACHINE_STORE_WARN, /* WarnLargeFileSize, MiB */
	MACHINE_STORE_WARN_POLICY,
	MACHINE_PROFILE_DEFAULT,
	MACHINE_THUNDERBIRD_START, /* offline.startup_state */
	MACHINE_THUNDERBIRD_LINE,  /* network.online */
};

struct machine_setting {
	enum machine_setting_kind kind;
	const char *source, *version; /* of Office, "16.0"; NULL */
	struct client_number number;
	struct client_text text;
};

struct machine {
	struct machine_addin *addins;
	struct machine_note *notes;
	struct machine_service *services;
	struct machine_layer *layers;
	struct machine_root *roots;
	struct machine_rule *rules;
	struct machine_zone *zones;
	struct machine_office *offices;
	struct machine_patch *patches;
	struct machine_setting *settings;
	size_t n_addins, n_notes, n_services, n_layers, n_roots, n_rules, n_zones, n_offices, n_patches,
		n_settings;
	uint32_t windows_build, windows_revision; /* 0: not known */
	const char *windows_source;
	struct client_place windows_place;
};

/* NULL when memory ended. */
struct machine *machine_new(struct arena *arena);

/* The index of the next one of a list, which counts from now on; a full list gives its spare. */
size_t machine_next(size_t *n, size_t max);

#endif
