// SPDX-License-Identifier: MIT
// Networks: `loopback 127.0.0.0`.
#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#include "database.h"

static const char *const builtin[] = {"loopback 127.0.0.0", NULL};

static struct coco_database database = {.path = "/etc/networks", .builtin = builtin};

void setnetent(int stay)
{
    database.stay = stay != 0;
    __coco_database_begin(&database);
}

void endnetent(void)
{
    database.stay = false;
    __coco_database_end(&database);
}

struct netent *getnetent(void)
{
    static struct netent entry;
    char **words;
    while ((words = __coco_database_next(&database)) != NULL) {
        in_addr_t number = inet_addr(words[1]);
        if (number != INADDR_NONE) {
            entry = (struct netent){.n_name = words[0],
                                    .n_aliases = words + 2,
                                    .n_addrtype = AF_INET,
                                    .n_net = ntohl(number)};
            return &entry;
        }
    }
    return NULL;
}

static struct netent *find(const char *name, uint32_t network)
{
    __coco_database_begin(&database);
    struct netent *entry;
    while ((entry = getnetent()) != NULL) {
        if (name ? strcmp(entry->n_name, name) == 0 || __coco_database_has(entry->n_aliases, name)
                 : entry->n_net == network) {
            break;
        }
    }
    if (!database.stay) {
        __coco_database_end(&database);
    }
    return entry;
}

struct netent *getnetbyname(const char *name)
{
    return find(name, 0);
}

struct netent *getnetbyaddr(uint32_t network, int type)
{
    return type == AF_INET ? find(NULL, network) : NULL;
}
