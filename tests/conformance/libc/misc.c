// SPDX-License-Identifier: MIT
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness.h"

void area_misc(void)
{
    unsigned char a[32] = {0};
    unsigned char b[32] = {0};
    CHECK("misc.getentropy",
          getentropy(a, 32) == 0 && getentropy(b, 32) == 0 && memcmp(a, b, 32) != 0);
    errno = 0;
    CHECK("misc.getentropy-too-much", getentropy(a, 257) == -1 && errno == EIO);
    CHECK("misc.getrandom", getrandom(a, 32, 0) == 32 && getrandom(b, 32, GRND_NONBLOCK) == 32 &&
                                memcmp(a, b, 32) != 0);
    errno = 0;
    CHECK("misc.getrandom-flags", getrandom(a, 1, 0x80) == -1 && errno == EINVAL);
    struct utsname name;
    CHECK("misc.uname", uname(&name) == 0 && strcmp(name.sysname, "COCONUT") == 0 &&
                            strcmp(name.machine, "x86_64") == 0 && name.release[0] != '\0');
    CHECK("misc.sysconf", sysconf(_SC_PAGESIZE) == 4096 && getpagesize() == 4096 &&
                              sysconf(_SC_NPROCESSORS_ONLN) >= 1 && sysconf(_SC_OPEN_MAX) >= 64);
    errno = 0;
    CHECK("misc.sysconf-bad", sysconf(123456) == -1 && errno == EINVAL);
    CHECK("misc.pathconf", pathconf("/tmp", _PC_NAME_MAX) == 255 && fpathconf(1, _PC_PIPE_BUF) > 0);
    CHECK("misc.ids",
          getpid() > 0 && getuid() == 0 && geteuid() == 0 && getgid() == 0 && setuid(0) == 0);
    uid_t ids[3] = {1, 1, 1};
    CHECK("misc.three-ids", getresuid(&ids[0], &ids[1], &ids[2]) == 0 && !ids[0] && !ids[1] &&
                                !ids[2] && setresuid((uid_t)-1, 0, (uid_t)-1) == 0);
    errno = 0;
    CHECK("misc.three-ids-other", setresgid(0, 1, 0) == -1 && errno == EINVAL);
    char host[64];
    CHECK("misc.gethostname", gethostname(host, sizeof(host)) == 0 && strlen(host) > 0);
}
