// SPDX-License-Identifier: MIT
// Clock, one-shot timer, wall clock.
//
// Time is the time-stamp counter, scaled. Its rate, and the APIC timer's, are measured against the
// programmable interval timer, whose rate is known: the count starts when arch_init() runs and ends
// when the interrupt controller is set up, so that the boot's own work fills the time.
#include "percpu.h"
#include <abi/types.h>
#include <arch/io.h>
#include <arch/spinlock.h>
#include <arch/timer.h>
#include <base/log.h>
#include <base/tick_scale.h>

#define PIT_HZ 1193182ull
#define PIT_CHANNEL2 0x42
#define PIT_COMMAND 0x43
#define PIT_GATE 0x61
#define PIT_TICKS_MIN 1194u /* 1 ms */
#define PIT_TICKS_REDO 11932u
#define PIT_REDO_TRIES 10u
#define PIT_SHORT_TRIES 200u /* which a CPU that gets little time manages sooner */

#define NS_PER_SECOND 1000000000ull
#define APIC_COUNT_MAX 0xffffffffu

#define SAMPLE_TRIES 5u
#define WALL_CLOCK_PATIENCE_NS (5 * NS_PER_SECOND)
#define WALL_CLOCK_TRIES 10000000u /* where time stands still */

struct sample {
    uint64_t tsc;
    uint64_t width; /* of the TSC, in which the count was latched */
    uint32_t pit;
    bool wrapped; /* the interval timer ran out: no measure */
};

static struct sample calibration_start;
static uint64_t tsc_hz;
static bool tsc_measured;         /* its rate is no guess */
static struct tick_scale to_time; /* of the TSC */
static uint64_t ns_to_tsc;        /* 32.32 fixed point */
static uint64_t ns_to_apic;       /* 32.32; 0 in deadline mode */
static int64_t wall_base;         /* atomic */

static struct spinlock wall_lock;    /* setting the wall clock, and the clock page; a leaf */
static struct coco_clock_page *page; /* what user mode sees; NULL before there is one */

static uint64_t scale(uint64_t value, uint64_t factor)
{
    return (uint64_t)((unsigned __int128)value * factor >> 32);
}

static struct sample sample_once(void)
{
    struct sample s;
    uint64_t before = arch_ticks();
    /* Read back: latch status and count of channel 2. */
    arch_port_write8(PIT_COMMAND, 0xc8);
    s.tsc = arch_ticks();
    s.width = s.tsc - before;
    uint8_t status = arch_port_read8(PIT_CHANNEL2);
    uint32_t low = arch_port_read8(PIT_CHANNEL2);
    uint32_t count = low | (uint32_t)arch_port_read8(PIT_CHANNEL2) << 8;
    s.pit = (0x10000u - count) & 0xffff; /* ticks since the start; 65536 reads as 0 */
    s.wrapped = (status & 0x80) != 0;
    return s;
}

/* A host may hold this CPU up between the two counters, which go on: the sample that took least. */
static struct sample sample_take(void)
{
    struct sample best = sample_once();
    for (unsigned i = 1; i < SAMPLE_TRIES; i++) {
        struct sample s = sample_once();
        if (s.width < best.width) {
            best = s;
        }
    }
    return best;
}

void time_calibrate_begin(void)
{
    to_time.base = arch_boot_ticks();
    arch_port_write8(PIT_GATE, (arch_port_read8(PIT_GATE) & 0xfc) | 1);
    arch_port_write8(PIT_COMMAND, 0xb0); /* channel 2, mode 0: counts down once from 65536 */
    arch_port_write8(PIT_CHANNEL2, 0);
    arch_port_write8(PIT_CHANNEL2, 0);
    calibration_start = sample_take();
}

static uint8_t cmos_read(uint8_t index)
{
    arch_port_write8(0x70, index);
    return arch_port_read8(0x71);
}

struct wall_time {
    uint32_t second, minute, hour, day, month, year;
};

static void cmos_read_time(struct wall_time *t)
{
    t->second = cmos_read(0x00);
    t->minute = cmos_read(0x02);
    t->hour = cmos_read(0x04);
    t->day = cmos_read(0x07);
    t->month = cmos_read(0x08);
    t->year = cmos_read(0x09);
}

static uint32_t from_bcd(uint32_t value)
{
    return (value >> 4) * 10 + (value & 15);
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
static int64_t days_from_date(int64_t year, uint32_t month, uint32_t day)
{
    /* Years start in March, so that the leap day is the last one. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (int64_t)((month + 9) % 12) + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

/// Reads the registers while they are not updated. That takes a fraction of a millisecond; where
/// the host is busy, as long as it takes to get to the update that the clock already announces.
static bool cmos_read_steady(struct wall_time *t)
{
    uint64_t end = arch_time_ns() + WALL_CLOCK_PATIENCE_NS;
    for (unsigned attempt = 0; attempt < WALL_CLOCK_TRIES && arch_time_ns() < end; attempt++) {
        if ((cmos_read(0x0a) & 0x80) != 0) {
            arch_spin_wait(); /* being updated */
            continue;
        }
        cmos_read_time(t);
        if (cmos_read(0x00) == t->second) {
            return true;
        }
    }
    return false;
}

/// Reads the battery clock: seconds since 1970, or 0 when it holds no date.
static int64_t wall_clock_read(void)
{
    struct wall_time t = {.month = 0};
    uint8_t format = cmos_read(0x0b);
    bool steady = cmos_read_steady(&t);
    bool afternoon = (format & 2) == 0 && (t.hour & 0x80) != 0;
    t.hour &= 0x7f;
    if ((format & 4) == 0) {
        t = (struct wall_time){from_bcd(t.second), from_bcd(t.minute), from_bcd(t.hour),
                               from_bcd(t.day),    from_bcd(t.month),  from_bcd(t.year)};
    }
    if ((format & 2) == 0) {
        t.hour = t.hour % 12 + (afternoon ? 12 : 0);
    }
    if (!steady || t.month < 1 || t.month > 12 || t.day < 1 || t.day > 31 || t.hour > 23 ||
        t.minute > 59 || t.second > 60 || t.year > 99) {
        klog(LOG_WARN, "the battery clock holds no valid date; the wall clock starts at 1970");
        return 0;
    }
    int64_t year = 2000 + (int64_t)t.year;
    return days_from_date(year, t.month, t.day) * 86400 + t.hour * 3600 + t.minute * 60 + t.second;
}

/// Counts of the APIC timer, TSC and interval timer between two samples, as rates.
static void rates_set(const struct sample *end, uint32_t apic_ticks)
{
    uint64_t pit_ticks = end->wrapped ? 0 : end->pit - calibration_start.pit;
    uint64_t tsc_ticks = end->tsc - calibration_start.tsc;
    tsc_hz = pit_ticks == 0 ? 0 : tsc_ticks * PIT_HZ / pit_ticks;
    tsc_measured = tsc_hz >= TICK_SCALE_HZ_MIN;
    if (!tsc_measured) {
        tsc_hz = NS_PER_SECOND;
        klog(LOG_WARN, "the time-stamp counter cannot be measured; assuming 1 GHz");
    }
    uint64_t apic_hz = pit_ticks == 0 ? NS_PER_SECOND : (uint64_t)apic_ticks * PIT_HZ / pit_ticks;
    to_time = tick_scale_make(to_time.base, tsc_hz);
    ns_to_tsc = ((tsc_hz / 1000) << 32) / 1000000;
    ns_to_apic = cpu_features.tsc_deadline ? 0 : ((apic_hz / 1000) << 32) / 1000000;
}

void time_calibrate_end(void)
{
    /* The APIC timer starts late; it is measured over its own stretch, in TSC ticks. */
    apic_timer_setup(false);
    irqflags_t flags = arch_irq_save();
    uint64_t apic_start = arch_ticks();
    apic_timer_count(APIC_COUNT_MAX);
    struct sample now = sample_take();
    uint32_t target = PIT_TICKS_MIN;
    while (!now.wrapped && now.pit - calibration_start.pit < target) {
        now = sample_take();
    }
    for (unsigned attempt = 0; now.wrapped && attempt < PIT_REDO_TRIES + PIT_SHORT_TRIES;
         attempt++) {
        time_calibrate_begin();
        target = attempt < PIT_REDO_TRIES ? PIT_TICKS_REDO : PIT_TICKS_MIN;
        do {
            now = sample_take();
        } while (!now.wrapped && now.pit - calibration_start.pit < target);
    }
    uint32_t apic_ticks = APIC_COUNT_MAX - apic_timer_current();
    uint64_t apic_time = arch_ticks() - apic_start;
    apic_timer_count(0);
    /* The same rate over the whole stretch. */
    uint64_t whole = now.tsc - calibration_start.tsc;
    uint64_t scaled = apic_ticks * whole / (apic_time + 1);
    rates_set(&now, scaled > APIC_COUNT_MAX ? APIC_COUNT_MAX : (uint32_t)scaled);
    wall_base = wall_clock_read() * (int64_t)NS_PER_SECOND - (int64_t)arch_time_ns();
    arch_irq_restore(flags);
}

void time_enable_timer(void)
{
    apic_timer_setup(cpu_features.tsc_deadline);
}

void time_delay_us(unsigned us)
{
    uint64_t end = arch_time_ns() + us * 1000ull;
    while (arch_time_ns() < end) {
        arch_spin_wait();
    }
}

/* The count is not read before what stands in front is done: whoever learns of a time, here or from
 * the clock page, never reads an earlier one afterwards. */
static uint64_t ticks_in_order(void)
{
    __asm__ volatile("lfence" : : : "memory");
    return arch_ticks();
}

uint64_t arch_time_ns(void)
{
    return tick_scale_ns(&to_time, ticks_in_order());
}

void arch_timer_arm(uint64_t deadline_ns)
{
    if (cpu_features.tsc_deadline) {
        uint64_t deadline = 0; /* 0 turns it off */
        if (deadline_ns != ARCH_TIMER_NEVER) {
            uint64_t ticks = scale(deadline_ns, ns_to_tsc);
            deadline =
                __builtin_add_overflow(ticks, to_time.base, &deadline) ? UINT64_MAX : deadline;
        }
        x86_write_msr(MSR_TSC_DEADLINE, deadline);
        return;
    }
    uint32_t count = 0;
    if (deadline_ns != ARCH_TIMER_NEVER) {
        uint64_t now = arch_time_ns();
        uint64_t rest = deadline_ns > now ? deadline_ns - now : 0;
        /* Far deadlines are cut to two seconds: the callee of timer_interrupt() arms again. */
        uint64_t ticks = scale(rest < 2 * NS_PER_SECOND ? rest : 2 * NS_PER_SECOND, ns_to_apic);
        count = ticks == 0 ? 1 : ticks > APIC_COUNT_MAX ? APIC_COUNT_MAX : (uint32_t)ticks;
    }
    apic_timer_count(count);
}

uint64_t arch_tsc_hz(void)
{
    return tsc_hz;
}

int64_t arch_wall_base_ns(void)
{
    return __atomic_load_n(&wall_base, __ATOMIC_RELAXED);
}

/* What the clock page says of the wall clock, between two steps of its sequence. Locked. */
static void page_set_wall_base(int64_t base)
{
    uint32_t sequence = page->sequence;

    __atomic_store_n(&page->sequence, sequence + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    __atomic_store_n(&wall_base, base, __ATOMIC_RELAXED);
    __atomic_store_n(&page->realtime_offset, base, __ATOMIC_RELAXED);
    __atomic_store_n(&page->sequence, sequence + 2, __ATOMIC_RELEASE);
}

void arch_wall_base_set(int64_t base)
{
    irqflags_t flags = spin_lock_irqsave(&wall_lock);

    if (page != NULL) {
        page_set_wall_base(base); /* who sees the call's new time waits for the page's */
    } else {
        __atomic_store_n(&wall_base, base, __ATOMIC_RELAXED);
    }
    spin_unlock_irqrestore(&wall_lock, flags);
}

void arch_time_publish(struct coco_clock_page *to)
{
    irqflags_t flags = spin_lock_irqsave(&wall_lock);

    *to = (struct coco_clock_page){
        .version = COCO_CLOCK_PAGE_VERSION,
        .flags = tsc_measured ? COCO_CLOCK_PAGE_TICKS : 0,
        .shift = TICK_SCALE_SHIFT,
        .tick_base = to_time.base,
        .multiplier = to_time.multiplier,
        .realtime_offset = arch_wall_base_ns(),
    };
    page = to;
    spin_unlock_irqrestore(&wall_lock, flags);
}
