/* This file puts a file in the place of another as Linux does it. */
#include "os/replace_system.h"

enum { MODE_BITS = 07777 };

static int look_at(const char *path, uv_stat_t *out)
{
	uv_fs_t asked;
	int error = uv_fs_lstat(NULL, &asked, path, NULL);

	*out = asked.statbuf;
	uv_fs_req_cleanup(&asked);
	return error;
}

/* The owner first: changing it may take bits off the mode. */
int replace_take_place(const char *path, const char *beside, const uv_stat_t *old)
{
	uv_stat_t now;
	int error = look_at(beside, &now);

	if (error == 0 && (now.st_uid != old->st_uid || now.st_gid != old->st_gid))
		REPLACE_CALL(error, uv_fs_lchown(NULL, &request, beside, (uv_uid_t)old->st_uid,
						 (uv_gid_t)old->st_gid, NULL));
	if (error == 0)
		REPLACE_CALL(error,
			     uv_fs_chmod(NULL, &request, beside, (int)(old->st_mode & MODE_BITS), NULL));
	if (error == 0)
		REPLACE_CALL(error, uv_fs_rename(NULL, &request, beside, path, NULL));
	return error;
}
