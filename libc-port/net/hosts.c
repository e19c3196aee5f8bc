// SPDX-License-Identifier: MIT
// Hosts: `127.0.0.1 localhost`. There is no other place to ask.
#include "hosts.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "database.h"

#define HOSTS "/etc/hosts"

static const char *const builtin[] = {"127.0.0.1 localhost", "::1 localhost", NULL};

static struct coco_database database = {.path = HOSTS, .builtin = builtin};

/// An entry with what it points to.
struct host {
    struct hostent entry;
    struct in6_addr address; // an IPv4 address in its first bytes
    char *addresses[2];
};

static bool parse(char **words, struct host *out)
{
    int family = inet_pton(AF_INET, words[0], &out->address) == 1 ? AF_INET : AF_INET6;
    if (family == AF_INET6 && inet_pton(AF_INET6, words[0], &out->address) != 1) {
        return false;
    }
    out->addresses[0] = (char *)&out->address;
    out->addresses[1] = NULL;
    out->entry = (struct hostent){.h_name = words[1],
                                  .h_aliases = words + 2,
                                  .h_addrtype = family,
                                  .h_length = family == AF_INET ? sizeof(struct in_addr)
                                                                : sizeof(struct in6_addr),
                                  .h_addr_list = out->addresses};
    return true;
}

static bool next_host(struct coco_database *from, struct host *out)
{
    char **words;
    while ((words = __coco_database_next(from)) != NULL) {
        if (parse(words, out)) {
            return true;
        }
    }
    return false;
}

static bool is_called(const struct hostent *entry, const char *name)
{
    bool same = strcasecmp(entry->h_name, name) == 0;
    for (char *const *alias = entry->h_aliases; *alias && !same; alias++) {
        same = strcasecmp(*alias, name) == 0;
    }
    return same;
}

void __coco_hosts_find(const char *name, int family, const void *address,
                       bool (*next)(void *context, const struct hostent *entry), void *context)
{
    struct coco_database hosts = {.path = HOSTS, .builtin = builtin};
    struct host host;
    bool more = true;
    while (more && next_host(&hosts, &host)) {
        const struct hostent *entry = &host.entry;
        if (family != AF_UNSPEC && entry->h_addrtype != family) {
            continue;
        }
        bool same = name ? is_called(entry, name)
                         : memcmp(&host.address, address, (size_t)entry->h_length) == 0;
        more = !same || next(context, entry);
    }
    __coco_database_end(&hosts);
}

void sethostent(int stay)
{
    database.stay = stay != 0;
    __coco_database_begin(&database);
}

void endhostent(void)
{
    __coco_database_end(&database);
}

struct hostent *gethostent(void)
{
    static struct host host;
    return next_host(&database, &host) ? &host.entry : NULL;
}
