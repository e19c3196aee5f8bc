// SPDX-License-Identifier: MIT
// Databases of netdb.h, with and without files; addresses from names and back.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) < 0 || close(fd) < 0) {
        test_report(false, "netdb.file", path, __LINE__);
    }
}

/* Text of the first address that is found, "!" and the error without one. */
static const char *first(const char *host, const char *service, int flags, int family, int type)
{
    static char text[INET6_ADDRSTRLEN + 8];
    const struct addrinfo hints = {.ai_flags = flags, .ai_family = family, .ai_socktype = type};
    struct addrinfo *list;
    char number[NI_MAXSERV];
    int error = getaddrinfo(host, service, &hints, &list);
    if (error != 0) {
        snprintf(text, sizeof(text), "!%d", -error);
        return text;
    }
    error = getnameinfo(list->ai_addr, list->ai_addrlen, text, sizeof(text), number, sizeof(number),
                        NI_NUMERICHOST | NI_NUMERICSERV);
    strlcat(text, error ? "!" : " ", sizeof(text));
    strlcat(text, number, sizeof(text));
    freeaddrinfo(list);
    return text;
}

static int count(const char *host, const char *service, int flags, int family, int type)
{
    const struct addrinfo hints = {.ai_flags = flags, .ai_family = family, .ai_socktype = type};
    struct addrinfo *list;
    int found = 0;
    if (getaddrinfo(host, service, &hints, &list) != 0) {
        return -1;
    }
    for (const struct addrinfo *at = list; at; at = at->ai_next) {
        found++;
    }
    freeaddrinfo(list);
    return found;
}

#define SAME(got, expected) (strcmp((got), (expected)) == 0)

static void addresses(void)
{
    CHECK("netdb.numbers",
          SAME(first("192.0.2.7", "80", AI_NUMERICHOST, AF_UNSPEC, SOCK_STREAM), "192.0.2.7 80") &&
              SAME(first("2001:db8::1", "443", 0, AF_UNSPEC, SOCK_DGRAM), "2001:db8::1 443"));
    CHECK("netdb.no-host", SAME(first(NULL, "7", 0, AF_INET, SOCK_STREAM), "127.0.0.1 7") &&
                               SAME(first(NULL, "7", 0, AF_INET6, SOCK_STREAM), "::1 7") &&
                               SAME(first(NULL, "7", AI_PASSIVE, AF_INET, 0), "0.0.0.0 7") &&
                               SAME(first(NULL, "7", AI_PASSIVE, AF_INET6, 0), ":: 7"));
    CHECK("netdb.kinds", count("127.0.0.1", "80", 0, 0, 0) == 3 &&
                             count("127.0.0.1", "80", 0, 0, SOCK_DGRAM) == 1 &&
                             count(NULL, "80", 0, 0, SOCK_STREAM) == 2 &&
                             count("127.0.0.1", "ssh", 0, 0, 0) == 1);
    CHECK("netdb.mapped",
          SAME(first("192.0.2.7", "1", AI_V4MAPPED, AF_INET6, SOCK_STREAM), "::ffff:192.0.2.7 1") &&
              SAME(first("192.0.2.7", "1", 0, AF_INET6, SOCK_STREAM), "!2"));
    CHECK("netdb.refusals", SAME(first("no-such-host", "80", 0, 0, 0), "!2") &&
                                SAME(first(NULL, NULL, 0, 0, 0), "!2") &&
                                SAME(first("127.0.0.1", "no-such", 0, 0, 0), "!8") &&
                                SAME(first("127.0.0.1", "65536", 0, 0, 0), "!8") &&
                                SAME(first("127.0.0.1", "ssh", AI_NUMERICSERV, 0, 0), "!2") &&
                                SAME(first("localhost", "1", AI_NUMERICHOST, 0, 0), "!2") &&
                                SAME(first("127.0.0.1", "1", 0, AF_UNIX, 0), "!6") &&
                                SAME(first("127.0.0.1", "1", 0, 0, 99), "!7") &&
                                SAME(first("127.0.0.1", "1", 1 << 30, 0, 0), "!1") &&
                                SAME(first(NULL, "1", AI_CANONNAME, 0, 0), "!1"));
    CHECK("netdb.gai-strerror", !SAME(gai_strerror(EAI_NONAME), gai_strerror(EAI_FAMILY)));
}

static void back_to_names(void)
{
    struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons(22)};
    const struct sockaddr *any = (const struct sockaddr *)&in4;
    char host[64];
    char service[64];
    in4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK("netdb.nameinfo", getnameinfo(any, sizeof(in4), host, 64, service, 64, 0) == 0 &&
                                SAME(host, "localhost") && SAME(service, "ssh"));
    CHECK("netdb.nameinfo-room",
          getnameinfo(any, sizeof(in4), host, 9, NULL, 0, 0) == EAI_OVERFLOW &&
              getnameinfo(any, sizeof(in4), NULL, 0, service, 3, 0) == EAI_OVERFLOW);
    in4.sin_addr.s_addr = htonl(0xc0000207);
    CHECK("netdb.nameinfo-nameless",
          getnameinfo(any, sizeof(in4), host, 64, NULL, 0, 0) == 0 && SAME(host, "192.0.2.7") &&
              getnameinfo(any, sizeof(in4), host, 64, NULL, 0, NI_NAMEREQD) == EAI_NONAME);
    CHECK("netdb.nameinfo-refusals",
          getnameinfo(any, 3, host, 64, NULL, 0, 0) == EAI_FAMILY &&
              getnameinfo(any, sizeof(in4), NULL, 0, NULL, 0, 0) == EAI_NONAME &&
              getnameinfo(any, sizeof(in4), host, 64, NULL, 0, 1 << 30) == EAI_BADFLAGS);
}

static void built_in(void)
{
    const struct servent *service = getservbyname("https", "udp");
    CHECK("netdb.service", service && ntohs((uint16_t)service->s_port) == 443 &&
                               SAME(service->s_proto, "udp") && !getservbyname("ssh", "udp"));
    const struct protoent *protocol = getprotobyname("UDP");
    CHECK("netdb.protocol", protocol && protocol->p_proto == IPPROTO_UDP &&
                                SAME(getprotobynumber(6)->p_name, "tcp") && !getprotobynumber(77));
    const struct netent *network = getnetbyname("loopback");
    CHECK("netdb.network", network && network->n_net == 0x7f000000 &&
                               getnetbyaddr(0x7f000000, AF_INET) && !getnetbyaddr(1, AF_INET));
    int hosts = 0;
    for (sethostent(0); gethostent(); hosts++) {
    }
    endhostent();
    CHECK("netdb.hosts", hosts == 2);
}

static void from_files(void)
{
    bool made = mkdir("/etc", 0755) == 0;
    write_file("/etc/hosts",
               "# all of them\n192.0.2.1\tone uno # first\n\n2001:db8::2 two\nnonsense x\n"
               "192.0.2.3 one\n");
    write_file("/etc/services", "mine 4711/tcp my own\nbad 99999/tcp\nworse x/tcp\n");
    CHECK("netdb.file-host", SAME(first("UNO", "1", 0, 0, SOCK_STREAM), "192.0.2.1 1") &&
                                 SAME(first("uno", "1", 0, 0, SOCK_STREAM), "192.0.2.1 1") &&
                                 SAME(first("TWO", "1", 0, 0, SOCK_STREAM), "2001:db8::2 1") &&
                                 SAME(first("localhost", "1", 0, 0, 0), "!2"));
    CHECK("netdb.file-two-addresses", count("one", "1", 0, 0, SOCK_STREAM) == 2);
    const struct servent *service = getservbyname("own", NULL);
    CHECK("netdb.file-service", service && SAME(service->s_name, "mine") &&
                                    SAME(service->s_aliases[1], "own") && !service->s_aliases[2] &&
                                    !getservbyname("bad", NULL) && !getservbyname("ssh", NULL));
    setservent(1);
    service = getservent();
    CHECK("netdb.file-entries", service && SAME(service->s_name, "mine") && !getservent());
    endservent();
    unlink("/etc/hosts");
    unlink("/etc/services");
    if (made) {
        rmdir("/etc");
    }
}

static void *ask_often(void *result)
{
    for (int i = 0; i < 200; i++) {
        if (count("localhost", "ssh", 0, 0, SOCK_STREAM) != 2) {
            *(bool *)result = false;
        }
    }
    return NULL;
}

static void at_once(void)
{
    pthread_t threads[4];
    bool good = true;
    for (size_t i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, ask_often, &good);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK("netdb.threads", good);
}

static void kinds_of_address(void)
{
    static const struct {
        const char *text;
        unsigned is; // a bit for each macro, in the order below
    } cases[] = {{"::", 1},
                 {"::1", 2},
                 {"::1.2.3.4", 4},
                 {"::ffff:1.2.3.4", 8},
                 {"ff01::1", 16 | 128},
                 {"ff02::1", 16 | 256},
                 {"ff05::1", 16 | 512},
                 {"ff08::1", 16 | 1024},
                 {"ff0e::1", 16 | 2048},
                 {"fe80::1", 32},
                 {"fec0::1", 64},
                 {"2001:db8::1", 0}};
    bool good = true;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct in6_addr address;
        const struct in6_addr *a = &address;
        inet_pton(AF_INET6, cases[i].text, &address);
        const int is[] = {
            IN6_IS_ADDR_UNSPECIFIED(a),  IN6_IS_ADDR_LOOPBACK(a),     IN6_IS_ADDR_V4COMPAT(a),
            IN6_IS_ADDR_V4MAPPED(a),     IN6_IS_ADDR_MULTICAST(a),    IN6_IS_ADDR_LINKLOCAL(a),
            IN6_IS_ADDR_SITELOCAL(a),    IN6_IS_ADDR_MC_NODELOCAL(a), IN6_IS_ADDR_MC_LINKLOCAL(a),
            IN6_IS_ADDR_MC_SITELOCAL(a), IN6_IS_ADDR_MC_ORGLOCAL(a),  IN6_IS_ADDR_MC_GLOBAL(a)};
        for (unsigned bit = 0; bit < sizeof(is) / sizeof(is[0]); bit++) {
            good = good && !is[bit] == !(cases[i].is >> bit & 1);
        }
    }
    CHECK("netdb.in6-kinds", good);
}

void area_netdb(void)
{
    addresses();
    back_to_names();
    built_in();
    from_files();
    at_once();
    kinds_of_address();
}
