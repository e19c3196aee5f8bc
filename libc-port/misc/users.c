// SPDX-License-Identifier: MIT
// The user and the group there are.
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define NAME "root"

static char name[] = NAME;
static char empty[] = "";
static char home[] = "/";
static char *members[] = {NULL};
static struct passwd user = {.pw_name = name,
                             .pw_passwd = empty,
                             .pw_comment = empty,
                             .pw_gecos = empty,
                             .pw_dir = home,
                             .pw_shell = empty};
static struct group group = {.gr_name = name, .gr_passwd = empty, .gr_mem = members};

struct passwd *getpwuid(uid_t uid)
{
    return uid == 0 ? &user : NULL;
}

struct passwd *getpwnam(const char *wanted)
{
    return strcmp(wanted, NAME) == 0 ? &user : NULL;
}

struct group *getgrgid(gid_t gid)
{
    return gid == 0 ? &group : NULL;
}

struct group *getgrnam(const char *wanted)
{
    return strcmp(wanted, NAME) == 0 ? &group : NULL;
}

// The strings are constant, so the caller's buffer is not needed.
int getpwuid_r(uid_t uid, struct passwd *out, char *buffer, size_t size, struct passwd **result)
{
    (void)buffer;
    (void)size;
    *out = user;
    *result = uid == 0 ? out : NULL;
    return 0;
}

int getpwnam_r(const char *wanted, struct passwd *out, char *buffer, size_t size,
               struct passwd **result)
{
    return getpwuid_r(strcmp(wanted, NAME) == 0 ? 0 : 1, out, buffer, size, result);
}

int getgrgid_r(gid_t gid, struct group *out, char *buffer, size_t size, struct group **result)
{
    (void)buffer;
    (void)size;
    *out = group;
    *result = gid == 0 ? out : NULL;
    return 0;
}

int getgrnam_r(const char *wanted, struct group *out, char *buffer, size_t size,
               struct group **result)
{
    return getgrgid_r(strcmp(wanted, NAME) == 0 ? 0 : 1, out, buffer, size, result);
}

char *getlogin(void)
{
    return name;
}

int getlogin_r(char *buffer, size_t size)
{
    return strlcpy(buffer, NAME, size) >= size ? ERANGE : 0;
}

int issetugid(void)
{
    return 0; // no program runs with another's identity
}

// Walking the lists of one.
static int user_given;
static int group_given;

struct passwd *getpwent(void)
{
    return user_given++ == 0 ? &user : NULL;
}

void setpwent(void)
{
    user_given = 0;
}

void endpwent(void)
{
    user_given = 0;
}

struct group *getgrent(void)
{
    return group_given++ == 0 ? &group : NULL;
}

void setgrent(void)
{
    group_given = 0;
}

void endgrent(void)
{
    group_given = 0;
}
