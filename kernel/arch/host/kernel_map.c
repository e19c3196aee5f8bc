// SPDX-License-Identifier: MIT
// RAM is a memory file; a kernel mapping maps one page of it at the wanted address, so that guard
// pages, freed ranges and two mappings of one page behave as on the machine. Windows are pointers
// into a view of the whole file.
#define _GNU_SOURCE
#include <arch/boot.h>
#include <arch/paging.h>
#include <arch_impl/host.h>
#include <base/check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUCKETS 4096u

/// A page mapped into the kernel's memory.
struct mapping {
    struct mapping *next;
    uint64_t address;
    paddr_t page;
};

static struct {
    int file;
    uint8_t *view;
    uint64_t size;
    pthread_mutex_t lock;
    struct mapping *buckets[BUCKETS];
} machine = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void require(bool good, const char *what)
{
    if (!good) {
        perror(what);
        exit(EXIT_FAILURE);
    }
}

/// Take address space so that nothing else of the process lands there.
static void reserve(uint64_t base, uint64_t size)
{
    void *wanted = vaddr_ptr(vaddr(base));
    void *got = mmap(wanted, size, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

    require(got == wanted, "host arch: reserving kernel addresses");
}

void host_memory_start(uint64_t bytes)
{
    CHECK(machine.view == NULL, "host memory started twice");
    CHECK(bytes / PAGE_SIZE * 16 <= HOST_PAGE_ARRAY_SIZE, "too much host memory");
    machine.file = memfd_create("ram", MFD_CLOEXEC);
    require(machine.file >= 0 && ftruncate(machine.file, (off_t)bytes) == 0,
            "host arch: creating RAM");
    machine.view = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, machine.file, 0);
    require(machine.view != MAP_FAILED, "host arch: mapping RAM");
    machine.size = bytes;
    reserve(HOST_PAGE_ARRAY_BASE, HOST_PAGE_ARRAY_SIZE);
    reserve(HOST_KERNEL_HEAP_BASE, HOST_KERNEL_HEAP_SIZE);
}

void *host_memory(paddr_t address)
{
    CHECK(address.v < machine.size, "access outside of RAM");
    return machine.view + address.v;
}

void *host_memory_save(void)
{
    void *copy;

    if (machine.view == NULL) {
        return NULL;
    }
    copy = malloc(machine.size);
    require(copy != NULL, "host arch: saving RAM");
    return memcpy(copy, machine.view, machine.size);
}

void host_memory_restore(void *copy)
{
    if (copy != NULL) {
        memcpy(machine.view, copy, machine.size);
        free(copy);
    }
}

static struct mapping **find(uint64_t address)
{
    struct mapping **link = &machine.buckets[address / PAGE_SIZE % BUCKETS];

    while (*link != NULL && (*link)->address != address) {
        link = &(*link)->next;
    }
    return link;
}

static bool is_kernel_address(uint64_t address)
{
    return address - HOST_PAGE_ARRAY_BASE < HOST_PAGE_ARRAY_SIZE ||
           address - HOST_KERNEL_HEAP_BASE < HOST_KERNEL_HEAP_SIZE;
}

enum status arch_kernel_map(vaddr_t address, paddr_t page, unsigned prot)
{
    int access = (prot & ARCH_PROT_WRITE) != 0 ? PROT_READ | PROT_WRITE : PROT_READ;
    struct mapping *mapping;
    struct mapping **link;
    enum status status = OK;
    void *got;

    CHECK(is_kernel_address(address.v) && (address.v & PAGE_MASK) == 0, "not a kernel address");
    pthread_mutex_lock(&machine.lock);
    link = find(address.v);
    if (*link != NULL) {
        status = ERR_EXIST;
        goto out;
    }
    mapping = malloc(sizeof(*mapping));
    require(mapping != NULL, "host arch: memory");
    *mapping = (struct mapping){.address = address.v, .page = page};
    *link = mapping;
    got = mmap(vaddr_ptr(address), PAGE_SIZE, access, MAP_SHARED | MAP_FIXED, machine.file,
               (off_t)page.v);
    require(got != MAP_FAILED, "host arch: mapping a page");
out:
    pthread_mutex_unlock(&machine.lock);
    return status;
}

paddr_t arch_kernel_unmap(vaddr_t address)
{
    paddr_t page = paddr(0);
    struct mapping **link;
    void *got;

    pthread_mutex_lock(&machine.lock);
    link = find(address.v);
    if (*link != NULL) {
        struct mapping *mapping = *link;

        page = mapping->page;
        *link = mapping->next;
        free(mapping);
        got = mmap(vaddr_ptr(address), PAGE_SIZE, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        require(got != MAP_FAILED, "host arch: unmapping a page");
    }
    pthread_mutex_unlock(&machine.lock);
    return page;
}

paddr_t arch_kernel_query(vaddr_t address)
{
    struct mapping *mapping;

    pthread_mutex_lock(&machine.lock);
    mapping = *find(address.v & ~(uint64_t)PAGE_MASK);
    pthread_mutex_unlock(&machine.lock);
    return mapping != NULL ? mapping->page : paddr(0);
}

void *arch_window_map(unsigned slot, paddr_t page)
{
    CHECK(slot < ARCH_WINDOW_COUNT && (page.v & PAGE_MASK) == 0 && page.v != 0, "bad window");
    CHECK((host_cpu.windows & 1u << slot) == 0, "window is in use");
    host_cpu.windows |= 1u << slot;
    return host_memory(page);
}

void arch_window_unmap(unsigned slot)
{
    CHECK((host_cpu.windows & 1u << slot) != 0, "window is not in use");
    host_cpu.windows &= ~(1u << slot);
}

bool arch_phys_read(paddr_t from, void *to, size_t len)
{
    if (len > machine.size || from.v > machine.size - len) {
        memset(to, 0, len);
        return false;
    }
    memcpy(to, machine.view + from.v, len);
    return true;
}

void *arch_device_map(paddr_t address, size_t len)
{
    (void)address;
    (void)len;
    return NULL; /* the host has no devices */
}

void arch_kernel_image(paddr_t *start, paddr_t *end)
{
    *start = paddr(0);
    *end = paddr(0);
}
