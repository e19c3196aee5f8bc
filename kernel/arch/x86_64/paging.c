// SPDX-License-Identifier: MIT
// Kernel half of the page tables, and address spaces as a whole.
//
// boot.S maps the image with one permission; paging_init() gives each part its own, adds self-map
// and windows, and leaves the boot table with its identity map behind. The kernel's top-level table
// serves when no process's is loaded; its upper half is copied into each new address space.
#include "page_tables.h"
#include "percpu.h"
#include <base/check.h>
#include <base/string.h>
#include <base/types.h>

#define KERNEL_OFFSET ARCH_KERNEL_IMAGE_BASE
#define USER_SLOTS 256u
#define SLOT_PAGE_ARRAY 507u
#define SLOT_KERNEL_HEAP 508u
#define SLOT_IMAGE 511u

#define PAGE_TABLE __section(".bss.page_tables") __aligned(4096)
#define PAGE_TABLE_GAP __section(".bss.page_tables_gap") __aligned(4096)

extern pte_t boot_pml4[512], boot_pdpt_low[512], boot_pd_low[512];
extern pte_t pdpt_image[512], pd_image[512], pt_image[512], pt_windows[512];

pte_t boot_pml4[512] PAGE_TABLE;
pte_t boot_pdpt_low[512] PAGE_TABLE;
pte_t boot_pd_low[512] PAGE_TABLE;
pte_t pdpt_image[512] PAGE_TABLE;
pte_t pd_image[512] PAGE_TABLE;
pte_t pt_image[512] PAGE_TABLE;
pte_t pt_windows[512] PAGE_TABLE;
static pte_t pd_windows[512] __aligned(4096);
static pte_t kernel_pml4[512] PAGE_TABLE_GAP;
static pte_t pdpt_page_array[512] PAGE_TABLE_GAP;
static pte_t pdpt_heap[512] PAGE_TABLE_GAP;

extern char kernel_image_start[], kernel_text_end[], kernel_rodata_end[], kernel_image_end[];
extern char boot_trap_guard[], boot_stack_guard[];

static uint64_t image_physical(const void *address)
{
    return (uint64_t)address - KERNEL_OFFSET;
}

static pte_t table_pte(const pte_t *table)
{
    return image_physical(table) | PTE_PRESENT | PTE_WRITE;
}

static void map_image(void)
{
    memset(pt_image, 0, sizeof(pt_image));
    for (char *page = kernel_image_start; page < kernel_image_end; page += PAGE_SIZE) {
        pte_t pte = image_physical(page) | PTE_PRESENT | PTE_GLOBAL;
        if (page >= kernel_text_end) {
            pte |= PTE_NO_EXECUTE;
        }
        if (page >= kernel_rodata_end) {
            pte |= PTE_WRITE;
        }
        if (page == boot_trap_guard || page == boot_stack_guard) {
            pte = 0;
        }
        pt_image[(uint64_t)page >> 12 & 511] = pte;
    }
}

void paging_init(void)
{
    pd_windows[0] = table_pte(pt_windows);
    pdpt_image[511] = table_pte(pd_windows);
    kernel_pml4[SLOT_PAGE_ARRAY] = table_pte(pdpt_page_array);
    kernel_pml4[SLOT_KERNEL_HEAP] = table_pte(pdpt_heap);
    kernel_pml4[SELF_MAP_SLOT] = table_pte(kernel_pml4) | PTE_NO_EXECUTE;
    kernel_pml4[SLOT_IMAGE] = table_pte(pdpt_image);
    /* Other CPUs start on the boot table; their stacks lie in the heap. */
    boot_pml4[SLOT_KERNEL_HEAP] = kernel_pml4[SLOT_KERNEL_HEAP];
    map_image();
    x86_write_cr3(image_physical(kernel_pml4));
}

paddr_t paging_kernel_root(void)
{
    return paddr(image_physical(kernel_pml4));
}

paddr_t paging_boot_root(void)
{
    return paddr(image_physical(boot_pml4));
}

void paging_drop_boot_root(void)
{
    memset(boot_pml4, 0, sizeof(boot_pml4));
    memset(boot_pdpt_low, 0, sizeof(boot_pdpt_low));
    memset(boot_pd_low, 0, sizeof(boot_pd_low));
}

void arch_kernel_image(paddr_t *start, paddr_t *end)
{
    *start = paddr(image_physical(kernel_image_start));
    *end = paddr(image_physical(kernel_image_end));
}

enum status arch_as_create(struct arch_as *as)
{
    as->active_cpus = 0;
    enum status status = mm_table_page_alloc(&as->root);
    if (status != OK) {
        return status;
    }
    pte_t *root = arch_window_map(3, as->root);
    root[SLOT_PAGE_ARRAY] = kernel_pml4[SLOT_PAGE_ARRAY];
    root[SLOT_KERNEL_HEAP] = kernel_pml4[SLOT_KERNEL_HEAP];
    root[SLOT_IMAGE] = kernel_pml4[SLOT_IMAGE];
    root[SELF_MAP_SLOT] = as->root.v | PTE_PRESENT | PTE_WRITE | PTE_NO_EXECUTE;
    arch_window_unmap(3);
    return OK;
}

/// Frees the tables below a table of level `level` (3: PML4, user half only).
static void free_tables(paddr_t table, unsigned level)
{
    unsigned count = level == 3 ? USER_SLOTS : 512;
    pte_t *entries = arch_window_map(level, table);
    for (unsigned i = 0; i < count; i += 8) {
        pte_t *e = entries + i;
        /* Tables are mostly empty: eight entries at a glance. */
        if ((e[0] | e[1] | e[2] | e[3] | e[4] | e[5] | e[6] | e[7]) == 0) {
            continue;
        }
        for (unsigned k = 0; k < 8; k++) {
            if ((e[k] & PTE_PRESENT) == 0) {
                continue;
            }
            paddr_t lower = paddr(e[k] & PTE_ADDRESS);
            if (level > 1) {
                free_tables(lower, level - 1);
            }
            mm_table_page_free(lower);
        }
    }
    arch_window_unmap(level);
}

void arch_as_destroy(struct arch_as *as)
{
    tlb_detach(as);
    free_tables(as->root, 3);
    mm_table_page_free(as->root);
    as->root = paddr(0);
}

void arch_as_switch(struct arch_as *as)
{
    struct cpu *cpu = cpu_current();
    struct arch_as *old = cpu->active;
    if (old != as) {
        uint64_t bit = 1ull << cpu->id;
        /* The bit is set before the tables are in use and cleared after: a flush that runs at the
         * same time either sees the bit or is seen by the fresh TLB. */
        if (as != NULL) {
            __atomic_fetch_or(&as->active_cpus, bit, __ATOMIC_SEQ_CST);
        }
        cpu->active = as;
        x86_write_cr3(as != NULL ? as->root.v : paging_kernel_root().v);
        if (old != NULL) {
            __atomic_fetch_and(&old->active_cpus, ~bit, __ATOMIC_SEQ_CST);
        }
    }
}

void arch_as_activate(struct arch_as *as)
{
    irqflags_t flags = arch_irq_save();

    arch_as_switch(as);
    arch_irq_restore(flags);
}

struct arch_as *arch_as_active(void)
{
    return cpu_current()->active;
}
