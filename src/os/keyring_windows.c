/* This file asks the Credential Manager for a mail password. */
#include "os/keyring.h"

#include "base/wipe.h"

#include <stdio.h>
#include <windows.h>

#include <wincred.h>

enum { TARGET_MAX = 512 };

/* The manager's own dialogue stores UTF-16; programs store UTF-8. An even
 * length with a zero in every second byte of ASCII text tells them apart. */
static void take(const BYTE *blob, DWORD len, struct buf *into)
{
	char utf8[CRED_MAX_CREDENTIAL_BLOB_SIZE * 2];
	int n;

	if (len < 2 || len % 2 != 0 || blob[1] != 0) {
		buf_add(into, view_of(blob, len));
		return;
	}
	n = WideCharToMultiByte(CP_UTF8, 0, (const WCHAR *)(const void *)blob, (int)(len / 2), utf8,
				sizeof utf8, NULL, NULL);
	if (n > 0)
		buf_add(into, view_of(utf8, (size_t)n));
	wipe(utf8, sizeof utf8);
}

bool keyring_find(const char *user, struct buf *into)
{
	char target[TARGET_MAX];
	WCHAR wide[TARGET_MAX];
	PCREDENTIALW credential;

	if (snprintf(target, sizeof target, "postmend:%s", user) >= (int)sizeof target ||
	    !MultiByteToWideChar(CP_UTF8, 0, target, -1, wide, TARGET_MAX) ||
	    !CredReadW(wide, CRED_TYPE_GENERIC, 0, &credential))
		return false;
	take(credential->CredentialBlob, credential->CredentialBlobSize, into);
	SecureZeroMemory(credential->CredentialBlob, credential->CredentialBlobSize);
	CredFree(credential);
	return into->len > 0 && !buf_failed(into);
}
