// SPDX-License-Identifier: MIT
// Directory entries and streams, for newlib's <dirent.h>.
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A directory stream; opaque, made by opendir() and freed by closedir().
typedef struct __dirstream DIR;

struct dirent {
    ino_t d_ino;
    off_t d_off;             /* position behind this entry, for seekdir() */
    unsigned short d_reclen; /* bytes of this structure in use */
    unsigned char d_type;    /* DT_* */
    char d_name[256];        /* NUL-terminated */
};

#define d_fileno d_ino
#define _DIRENT_HAVE_D_TYPE
#define _DIRENT_HAVE_D_RECLEN
#define _DIRENT_HAVE_D_OFF

// Values are the file type bits of st_mode shifted down, as programs expect of IFTODT().
#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_BLK 6
#define DT_REG 8
#define DT_LNK 10
#define DT_SOCK 12
#define IFTODT(mode) (((mode) & 0170000) >> 12)
#define DTTOIF(type) ((type) << 12)

#ifdef __cplusplus
}
#endif
