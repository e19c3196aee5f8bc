// SPDX-License-Identifier: MIT
// There is one file system, in memory.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"

static int ask(struct statvfs *out)
{
    struct coco_file_system found;
    if (__coco_ret(coco_file_system(&found)) < 0) {
        return -1;
    }
    memset(out, 0, sizeof(*out));
    out->f_bsize = found.block_size;
    out->f_frsize = found.block_size;
    out->f_blocks = (fsblkcnt_t)found.blocks;
    out->f_bfree = (fsblkcnt_t)found.blocks_free;
    out->f_bavail = out->f_bfree;
    out->f_files = (fsfilcnt_t)found.files;
    out->f_ffree = (fsfilcnt_t)found.files_free;
    out->f_favail = out->f_ffree;
    out->f_fsid = 1; // as st_dev
    out->f_flag = ST_NOSUID;
    out->f_namemax = found.name_max;
    return 0;
}

int statvfs(const char *restrict path, struct statvfs *restrict out)
{
    struct stat state;
    return stat(path, &state) < 0 ? -1 : ask(out);
}

int fstatvfs(int fd, struct statvfs *out)
{
    return __coco_fd_marks(fd) < 0 ? -1 : ask(out);
}
