// SPDX-License-Identifier: MIT
// Services: `http 80/tcp www`.
#include "services.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"

#define SERVICES "/etc/services"
#define PORT_MAX 65535

static const char *const builtin[] = {
    "echo 7/tcp",    "echo 7/udp",   "discard 9/tcp", "discard 9/udp", "ftp 21/tcp",  "ssh 22/tcp",
    "telnet 23/tcp", "smtp 25/tcp",  "domain 53/tcp", "domain 53/udp", "http 80/tcp", "ntp 123/udp",
    "imap2 143/tcp", "ldap 389/tcp", "https 443/tcp", "https 443/udp", NULL};

static struct coco_database database = {.path = SERVICES, .builtin = builtin};

void setservent(int stay)
{
    database.stay = stay != 0;
    __coco_database_begin(&database);
}

void endservent(void)
{
    database.stay = false;
    __coco_database_end(&database);
}

static bool parse(char **words, struct servent *out)
{
    char *end;
    unsigned long port = strtoul(words[1], &end, 10);
    if (end == words[1] || *end != '/' || port > PORT_MAX) {
        return false;
    }
    *out = (struct servent){.s_name = words[0],
                            .s_aliases = words + 2,
                            .s_port = htons((uint16_t)port),
                            .s_proto = end + 1};
    return true;
}

static bool next_service(struct coco_database *from, struct servent *out)
{
    char **words;
    while ((words = __coco_database_next(from)) != NULL) {
        if (parse(words, out)) {
            return true;
        }
    }
    return false;
}

// Reads on to a service of that name or port.
static bool search(struct coco_database *from, const char *name, int port, const char *protocol,
                   struct servent *out)
{
    while (next_service(from, out)) {
        bool same =
            name ? strcmp(out->s_name, name) == 0 || __coco_database_has(out->s_aliases, name)
                 : out->s_port == port;
        if (same && (!protocol || strcmp(out->s_proto, protocol) == 0)) {
            return true;
        }
    }
    return false;
}

bool __coco_service_port(const char *name, const char *protocol, int *port)
{
    struct coco_database services = {.path = SERVICES, .builtin = builtin};
    struct servent service;
    bool found = search(&services, name, 0, protocol, &service);
    *port = found ? service.s_port : -1;
    __coco_database_end(&services);
    return found;
}

bool __coco_service_name(int port, const char *protocol, char *out, size_t size)
{
    struct coco_database services = {.path = SERVICES, .builtin = builtin};
    struct servent service;
    bool found = search(&services, NULL, port, protocol, &service);
    strlcpy(out, found ? service.s_name : "", size);
    __coco_database_end(&services);
    return found;
}

static struct servent entry; // what the standard's functions answer with

struct servent *getservent(void)
{
    return next_service(&database, &entry) ? &entry : NULL;
}

static struct servent *find(const char *name, int port, const char *protocol)
{
    __coco_database_begin(&database);
    bool found = search(&database, name, port, protocol, &entry);
    if (!database.stay) {
        __coco_database_end(&database);
    }
    return found ? &entry : NULL;
}

struct servent *getservbyname(const char *name, const char *protocol)
{
    return find(name, 0, protocol);
}

struct servent *getservbyport(int port, const char *protocol)
{
    return find(NULL, port, protocol);
}
