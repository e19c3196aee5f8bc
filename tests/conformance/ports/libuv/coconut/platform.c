// SPDX-License-Identifier: MIT
// What libuv asks each of its platforms, answered for this one.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "uv.h"

#include "unix/internal.h"

static const char *program = ""; // as it was started

__attribute__((constructor)) static void keep_program(int argc, char **argv)
{
    if (argc > 0) {
        program = argv[0];
    }
}

/* Finds the program on PATH as execvp() did; returns 0, or an error of libuv. */
static int search(char path[PATH_MAX])
{
    const char *folders = getenv("PATH");
    while (folders != NULL && *folders != '\0') {
        int length = (int)strcspn(folders, ":");
        char candidate[PATH_MAX];
        int needed = snprintf(candidate, sizeof(candidate), "%.*s/%s", length, folders, program);
        if (needed > 0 && (size_t)needed < sizeof(candidate) && access(candidate, X_OK) == 0 &&
            realpath(candidate, path) != NULL) {
            return 0;
        }
        folders += length;
        folders += *folders == ':';
    }
    return UV_ENOENT;
}

/* A program that was started by a relative path is found while its directory is the first one. */
int uv_exepath(char *buffer, size_t *size)
{
    if (buffer == NULL || size == NULL || *size == 0) {
        return UV_EINVAL;
    }
    char path[PATH_MAX];
    if (strchr(program, '/') == NULL) {
        int error = search(path);
        if (error != 0) {
            return error;
        }
    } else if (realpath(program, path) == NULL) {
        return UV__ERR(errno);
    }
    uv__strscpy(buffer, path, *size); // cut where there is no room, as on the other platforms
    *size = strlen(buffer);
    return 0;
}

int uv_uptime(double *uptime)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
        return UV__ERR(errno);
    }
    *uptime = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
    return 0;
}

/* What memory is free, the files say, which live in it; 0 for unknown. */
uint64_t uv_get_free_memory(void)
{
    struct statvfs files;
    return statvfs("/", &files) == 0 ? (uint64_t)files.f_bavail * files.f_frsize : 0;
}

uint64_t uv_get_total_memory(void)
{
    return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t uv_get_constrained_memory(void)
{
    return 0; // unknown
}

/* Nothing tells how much of its promised memory a process has. */
int uv_resident_set_memory(size_t *rss)
{
    *rss = 0;
    return 0;
}

void uv_loadavg(double avg[3])
{
    memset(avg, 0, 3 * sizeof(avg[0]));
}

int uv_cpu_info(uv_cpu_info_t **cpu_infos, int *count)
{
    int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    uv_cpu_info_t *infos = uv__calloc((size_t)cpus, sizeof(*infos));
    if (infos == NULL) {
        return UV_ENOMEM;
    }
    int i;
    for (i = 0; i < cpus; i++) {
        infos[i].model = uv__strdup("unknown");
        if (infos[i].model == NULL) {
            uv_free_cpu_info(infos, i);
            return UV_ENOMEM;
        }
    }
    *cpu_infos = infos;
    *count = cpus;
    return 0;
}

/* There is no network. */
int uv_interface_addresses(uv_interface_address_t **addresses, int *count)
{
    *addresses = NULL;
    *count = 0;
    return 0;
}

void uv_free_interface_addresses(uv_interface_address_t *addresses, int count)
{
    (void)count;
    uv__free(addresses);
}
