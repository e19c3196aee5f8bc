// SPDX-License-Identifier: MIT
// Protocols: `tcp 6 TCP`.
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"

#define PROTOCOL_MAX 255

static const char *const builtin[] = {"ip 0 IP",    "icmp 1 ICMP",  "tcp 6 TCP",
                                      "udp 17 UDP", "ipv6 41 IPv6", "ipv6-icmp 58 IPv6-ICMP",
                                      NULL};

static struct coco_database database = {.path = "/etc/protocols", .builtin = builtin};

void setprotoent(int stay)
{
    database.stay = stay != 0;
    __coco_database_begin(&database);
}

void endprotoent(void)
{
    database.stay = false;
    __coco_database_end(&database);
}

struct protoent *getprotoent(void)
{
    static struct protoent entry;
    char **words;
    while ((words = __coco_database_next(&database)) != NULL) {
        char *end;
        unsigned long number = strtoul(words[1], &end, 10);
        if (end == words[1] || *end != '\0' || number > PROTOCOL_MAX) {
            continue;
        }
        entry =
            (struct protoent){.p_name = words[0], .p_aliases = words + 2, .p_proto = (int)number};
        return &entry;
    }
    return NULL;
}

static struct protoent *find(const char *name, int number)
{
    __coco_database_begin(&database);
    struct protoent *entry;
    while ((entry = getprotoent()) != NULL) {
        if (name ? strcmp(entry->p_name, name) == 0 || __coco_database_has(entry->p_aliases, name)
                 : entry->p_proto == number) {
            break;
        }
    }
    if (!database.stay) {
        __coco_database_end(&database);
    }
    return entry;
}

struct protoent *getprotobyname(const char *name)
{
    return find(name, 0);
}

struct protoent *getprotobynumber(int number)
{
    return find(NULL, number);
}
