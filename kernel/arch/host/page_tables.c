// SPDX-License-Identifier: MIT
// Page tables of user address spaces: a tree of tables for 2 MiB each. Every table takes one page
// from mm, as on the machine, so that running out of memory and leaks show in tests. A pointer to
// the tree stands in the page of the top-level table.
#include "paging.h"
#include <arch_impl/host.h>
#include <base/check.h>
#include <base/tree.h>
#include <stdlib.h>

#define ENTRIES 512u
#define TABLE_SPAN (ENTRIES * (uint64_t)PAGE_SIZE)

struct table {
    struct tree_node node;
    uint64_t start; /* first address it is for */
    paddr_t page;
    struct host_entry entries[ENTRIES];
};

pthread_mutex_t host_paging_lock = PTHREAD_MUTEX_INITIALIZER;

static int compare(const struct tree_node *a, const struct tree_node *b)
{
    return tree_entry(a, struct table, node)->start < tree_entry(b, struct table, node)->start ? -1
                                                                                               : 1;
}

static int compare_key(const void *key, const struct tree_node *node)
{
    uint64_t start = *(const uint64_t *)key;
    const struct table *table = tree_entry(node, struct table, node);

    return start < table->start ? -1 : start > table->start;
}

static const struct tree_ops table_ops = {.compare = compare};

static struct tree *tables_of(const struct arch_as *as)
{
    CHECK(as != NULL, "no address space is active");
    return host_memory(as->root);
}

static struct table *find_table(const struct arch_as *as, uint64_t address)
{
    uint64_t start = address & ~(TABLE_SPAN - 1);
    struct tree_node *node = tree_find(tables_of(as), &start, compare_key);

    return node != NULL ? tree_entry(node, struct table, node) : NULL;
}

struct host_entry *host_entry(const struct arch_as *as, uint64_t address)
{
    struct table *table = find_table(as, address);

    return table != NULL ? &table->entries[address % TABLE_SPAN / PAGE_SIZE] : NULL;
}

enum status arch_as_create(struct arch_as *as)
{
    as->active_cpus = 0;
    return mm_table_page_alloc(&as->root);
}

void arch_as_destroy(struct arch_as *as)
{
    struct tree *tables = tables_of(as);
    struct tree_node *node;

    if (host_cpu.active == as) {
        arch_as_activate(NULL);
    }
    CHECK(as->active_cpus == 0, "destroying an active address space");
    while ((node = tree_first(tables)) != NULL) {
        struct table *table = tree_entry(node, struct table, node);

        for (unsigned i = 0; i < ENTRIES; i++) {
            CHECK(table->entries[i].page.v == 0, "destroying an address space that has pages");
        }
        tree_remove(tables, node, &table_ops);
        mm_table_page_free(table->page);
        free(table);
    }
    mm_table_page_free(as->root);
    as->root = paddr(0);
}

void arch_as_switch(struct arch_as *as)
{
    arch_as_activate(as);
}

void arch_as_activate(struct arch_as *as)
{
    struct arch_as *old = host_cpu.active;
    uint64_t bit = (uint64_t)1 << host_cpu.id;

    if (old == as) {
        return;
    }
    if (old != NULL) {
        arch_tlb_flush(old, vaddr(0), SIZE_MAX / PAGE_SIZE);
        __atomic_fetch_and(&old->active_cpus, ~bit, __ATOMIC_SEQ_CST);
    }
    if (as != NULL) {
        __atomic_fetch_or(&as->active_cpus, bit, __ATOMIC_SEQ_CST);
    }
    host_cpu.active = as;
}

struct arch_as *arch_as_active(void)
{
    return host_cpu.active;
}

/// The entry for `address`, with a new table if there is none.
static enum status entry_for(uint64_t address, struct host_entry **out)
{
    struct table *table;
    enum status status;
    paddr_t page;

    *out = host_entry(host_cpu.active, address);
    if (*out != NULL) {
        return OK;
    }
    status = mm_user_table_alloc(&page);
    if (status != OK) {
        return status;
    }
    table = calloc(1, sizeof(*table));
    CHECK(table != NULL, "host memory");
    table->start = address & ~(TABLE_SPAN - 1);
    table->page = page;
    tree_insert(tables_of(host_cpu.active), &table->node, &table_ops);
    *out = host_entry(host_cpu.active, address);
    return OK;
}

static void check_prot(unsigned prot)
{
    unsigned both = ARCH_PROT_WRITE | ARCH_PROT_EXEC;

    CHECK((prot & both) != both, "mapping both writable and executable");
}

enum status arch_pt_map(vaddr_t address, paddr_t page, unsigned prot)
{
    struct host_entry *entry;
    enum status status;

    CHECK(address.v < COCO_USER_END && (address.v & PAGE_MASK) == 0, "bad user address");
    check_prot(prot);
    pthread_mutex_lock(&host_paging_lock);
    status = entry_for(address.v, &entry);
    if (status == OK && entry->page.v != 0) {
        status = ERR_EXIST;
    } else if (status == OK) {
        *entry = (struct host_entry){.page = page, .prot = prot};
    }
    pthread_mutex_unlock(&host_paging_lock);
    return status;
}

paddr_t arch_pt_unmap(vaddr_t address, bool *dirty)
{
    struct host_entry *entry;
    paddr_t page = paddr(0);

    pthread_mutex_lock(&host_paging_lock);
    entry = host_entry(host_cpu.active, address.v);
    if (entry != NULL) {
        page = entry->page;
        *entry = (struct host_entry){.prot = 0};
    }
    pthread_mutex_unlock(&host_paging_lock);
    if (dirty != NULL) {
        *dirty = page.v != 0; /* not tracked: assume the worst */
    }
    return page;
}

bool arch_pt_query(vaddr_t address, paddr_t *page, unsigned *prot)
{
    struct host_entry *entry;
    bool found;

    pthread_mutex_lock(&host_paging_lock);
    entry = host_entry(host_cpu.active, address.v);
    found = entry != NULL && entry->page.v != 0;
    if (found && page != NULL) {
        *page = entry->page;
    }
    if (found && prot != NULL) {
        *prot = entry->prot;
    }
    pthread_mutex_unlock(&host_paging_lock);
    return found;
}

void arch_pt_protect(vaddr_t address, unsigned prot)
{
    struct host_entry *entry;

    check_prot(prot);
    pthread_mutex_lock(&host_paging_lock);
    entry = host_entry(host_cpu.active, address.v);
    if (entry != NULL && entry->page.v != 0) {
        entry->prot = prot;
    }
    pthread_mutex_unlock(&host_paging_lock);
}

/// First page at or above `address` in `table`; the end of the table if there is none.
static uint64_t next_in_table(const struct table *table, uint64_t address)
{
    for (; address < table->start + TABLE_SPAN; address += PAGE_SIZE) {
        if (table->entries[address % TABLE_SPAN / PAGE_SIZE].page.v != 0) {
            break;
        }
    }
    return address;
}

vaddr_t arch_pt_next_mapped(vaddr_t start, vaddr_t end)
{
    uint64_t address = start.v & ~(uint64_t)PAGE_MASK;
    uint64_t key = address & ~(TABLE_SPAN - 1);
    uint64_t found = end.v;
    struct tree_node *node;

    pthread_mutex_lock(&host_paging_lock);
    node = tree_lower_bound(tables_of(host_cpu.active), &key, compare_key);
    for (; node != NULL; node = tree_next(node)) {
        const struct table *table = tree_entry(node, struct table, node);
        uint64_t at = next_in_table(table, address > table->start ? address : table->start);

        if (at < table->start + TABLE_SPAN || at >= end.v) {
            found = at < end.v ? at : end.v;
            break;
        }
    }
    pthread_mutex_unlock(&host_paging_lock);
    return vaddr(found);
}

size_t arch_pt_cut_tables(const struct arch_pt_hole *hole, paddr_t tables[ARCH_PT_CUT_MAX])
{
    struct tree *tree = tables_of(host_cpu.active);
    uint64_t key = hole->start & ~(TABLE_SPAN - 1);
    size_t count = 0;
    struct tree_node *next;

    pthread_mutex_lock(&host_paging_lock);
    for (struct tree_node *node = tree_lower_bound(tree, &key, compare_key); node != NULL;
         node = next) {
        struct table *table = tree_entry(node, struct table, node);
        uint64_t start = table->start;

        next = tree_next(node);
        if (start >= hole->end) {
            break;
        }
        if (start >= hole->low && start + TABLE_SPAN <= hole->high && count < ARCH_PT_CUT_MAX) {
            CHECK(next_in_table(table, start) == start + TABLE_SPAN,
                  "cutting a table that has pages");
            tables[count++] = table->page;
            tree_remove(tree, node, &table_ops);
            free(table);
        }
    }
    pthread_mutex_unlock(&host_paging_lock);
    return count;
}
