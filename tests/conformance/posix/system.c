// SPDX-License-Identifier: MIT
#include "driver.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 1024
#define DEPTH_MAX 8

/* Remove everything in the folder but the entry `keep`. What cannot be removed stays: a test that
 * makes that happen is none of the driver's business. */
static void empty(const char *folder, const char *keep, int depth)
{
    DIR *directory = depth < DEPTH_MAX ? opendir(folder) : NULL;

    if (directory == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        char path[PATH_SIZE];
        struct stat state;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            (keep != NULL && strcmp(entry->d_name, keep) == 0)) {
            continue;
        }
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (lstat(path, &state) == 0 && S_ISDIR(state.st_mode)) {
            empty(path, NULL, depth + 1);
            rmdir(path);
        } else {
            unlink(path);
        }
    }
    closedir(directory);
}

void remove_leftovers(void)
{
    empty("/tmp", NULL, 0);
    empty("/pts", "conformance", 0);
    empty("/dev/shm", NULL, 0);
    empty("/dev/mqueue", NULL, 0);
}

#ifdef __linux__

#include <fcntl.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>

#define DEBUG_EXIT_PORT 0xf4
#define DEBUG_EXIT_OK 0x10

int prepare_system(void)
{
    mkdir("/driver", 0755);
    if (mount("dev", "/dev", "devtmpfs", 0, NULL) != 0 ||
        mount("tmp", "/tmp", "tmpfs", 0, NULL) != 0 ||
        mount("proc", "/proc", "proc", 0, NULL) != 0 ||
        mount("sys", "/sys", "sysfs", 0, NULL) != 0 || mkdir("/dev/shm", 01777) != 0 ||
        mount("shm", "/dev/shm", "tmpfs", 0, NULL) != 0 || mkdir("/dev/mqueue", 0755) != 0 ||
        mount("mqueue", "/dev/mqueue", "mqueue", 0, NULL) != 0) {
        return -1;
    }
    int console = open("/dev/console", O_RDWR);

    return console < 0 || dup2(console, 0) < 0 || dup2(console, 1) < 0 || dup2(console, 2) < 0 ? -1
                                                                                               : 0;
}

void leave_system(void)
{
    sync();
    if (ioperm(DEBUG_EXIT_PORT, 4, 1) == 0) {
        outl(DEBUG_EXIT_OK, DEBUG_EXIT_PORT);
    }
    for (;;) {
        reboot(RB_POWER_OFF);
    }
}

#else

int prepare_system(void)
{
    return 0;
}

void leave_system(void)
{
}

#endif
