// SPDX-License-Identifier: MIT
// The one user and group, the identity of a process, accounting, and the lists of <netdb.h>.
#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utmpx.h>

#include "harness.h"

static bool is_root(const struct passwd *user)
{
    return user && strcmp(user->pw_name, "root") == 0 && user->pw_uid == 0 && user->pw_gid == 0 &&
           user->pw_dir[0] == '/' && user->pw_shell;
}

static bool is_group(const struct group *group)
{
    return group && strcmp(group->gr_name, "root") == 0 && group->gr_gid == 0 && group->gr_mem;
}

static void users(void)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char buffer[1024];
    errno = 0;
    CHECK("accounts.getpwuid", is_root(getpwuid(0)) && !getpwuid(12345) && errno == 0);
    CHECK("accounts.getpwnam", is_root(getpwnam("root")) && !getpwnam("nobody-here") && errno == 0);
    CHECK("accounts.getpwuid_r", getpwuid_r(0, &entry, buffer, sizeof(buffer), &found) == 0 &&
                                     found == &entry && is_root(found));
    CHECK("accounts.getpwuid_r-unknown",
          getpwuid_r(12345, &entry, buffer, sizeof(buffer), &found) == 0 && !found);
    CHECK("accounts.getpwnam_r",
          getpwnam_r("root", &entry, buffer, sizeof(buffer), &found) == 0 && is_root(found) &&
              getpwnam_r("none", &entry, buffer, sizeof(buffer), &found) == 0 && !found);
    setpwent();
    CHECK("accounts.getpwent", is_root(getpwent()) && !getpwent() && !getpwent());
    setpwent();
    CHECK("accounts.setpwent", is_root(getpwent()));
    endpwent();
    CHECK("accounts.endpwent", is_root(getpwent()));
    endpwent();
}

static void groups(void)
{
    struct group entry;
    struct group *found = NULL;
    char buffer[1024];
    errno = 0;
    CHECK("accounts.getgrgid", is_group(getgrgid(0)) && !getgrgid(12345) && errno == 0);
    CHECK("accounts.getgrnam", is_group(getgrnam("root")) && !getgrnam("none") && errno == 0);
    CHECK("accounts.getgrgid_r",
          getgrgid_r(0, &entry, buffer, sizeof(buffer), &found) == 0 && found == &entry &&
              is_group(found) && getgrgid_r(12345, &entry, buffer, sizeof(buffer), &found) == 0 &&
              !found);
    CHECK("accounts.getgrnam_r",
          getgrnam_r("root", &entry, buffer, sizeof(buffer), &found) == 0 && is_group(found) &&
              getgrnam_r("none", &entry, buffer, sizeof(buffer), &found) == 0 && !found);
    setgrent();
    CHECK("accounts.getgrent", is_group(getgrent()) && !getgrent());
    endgrent();
    CHECK("accounts.endgrent", is_group(getgrent()));
    endgrent();
}

static void identity(void)
{
    char name[LOGIN_NAME_MAX + 1];
    gid_t list[NGROUPS_MAX + 1];
    CHECK("accounts.getlogin", strcmp(getlogin(), "root") == 0 &&
                                   getlogin_r(name, sizeof(name)) == 0 && !strcmp(name, "root"));
    CHECK("accounts.getlogin_r-small", getlogin_r(name, 3) == ERANGE && getlogin_r(name, 5) == 0);
    CHECK("accounts.ids", getuid() == 0 && geteuid() == 0 && getgid() == 0 && getegid() == 0);
    uid_t uids[3] = {9, 9, 9};
    gid_t gids[3] = {9, 9, 9};
    CHECK("accounts.getresuid",
          getresuid(&uids[0], &uids[1], &uids[2]) == 0 && uids[0] + uids[1] + uids[2] == 0 &&
              getresgid(&gids[0], &gids[1], &gids[2]) == 0 && gids[0] + gids[1] + gids[2] == 0);
    int count = getgroups(0, NULL);
    CHECK("accounts.getgroups",
          count >= 0 && count <= NGROUPS_MAX + 1 && getgroups(NGROUPS_MAX, list) == count);
    errno = 0;
    CHECK("accounts.getgroups-small", count == 0 || (getgroups(-1, list) == -1 && errno == EINVAL));
    CHECK("accounts.same-identity", setuid(0) == 0 && seteuid(0) == 0 && setgid(0) == 0 &&
                                        setegid(0) == 0 && setreuid((uid_t)-1, 0) == 0 &&
                                        setregid(0, (gid_t)-1) == 0);
    errno = 0;
    CHECK("accounts.other-user", setuid(1000) == -1 && (errno == EPERM || errno == EINVAL));
    errno = 0;
    CHECK("accounts.other-group", setegid(1000) == -1 && (errno == EPERM || errno == EINVAL));
    CHECK("accounts.still-root", getuid() == 0 && geteuid() == 0 && getegid() == 0);
}

static void accounting(void)
{
    struct utmpx wanted = {.ut_type = USER_PROCESS, .ut_line = "tty1"};
    setutxent();
    CHECK("accounts.utmpx", !getutxent() && !getutxid(&wanted) && !getutxline(&wanted));
    endutxent();
    errno = 0;
    CHECK("accounts.pututxline", !pututxline(&wanted) && errno != 0);
}

static void lists(void)
{
    int protocols = 0;
    bool tcp = false;
    setprotoent(1);
    for (const struct protoent *entry; (entry = getprotoent());) {
        tcp = tcp || (strcmp(entry->p_name, "tcp") == 0 && entry->p_proto == 6);
        protocols++;
    }
    endprotoent();
    CHECK("accounts.getprotoent", protocols >= 2 && tcp && !getprotobyname("none") &&
                                      getprotobynumber(17) && !getprotobynumber(254));
    setnetent(0);
    const struct netent *loopback = getnetent();
    CHECK("accounts.getnetent", loopback && strcmp(loopback->n_name, "loopback") == 0 &&
                                    loopback->n_addrtype == AF_INET &&
                                    loopback->n_net == 0x7f000000 && !getnetent());
    endnetent();
    const struct servent *service = getservbyname("https", "tcp");
    const struct servent *found = service ? getservbyport(service->s_port, "tcp") : NULL;
    CHECK("accounts.getservbyport", found && found->s_port == htons(443) &&
                                        strcmp(found->s_name, "https") == 0 &&
                                        !getservbyport(htons(1), "none"));
}

void area_accounts(void)
{
    users();
    groups();
    identity();
    accounting();
    lists();
}
