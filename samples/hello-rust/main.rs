// SPDX-License-Identifier: MIT
//! A Rust program without std, linked against this system's C library: arguments and output through libc, a sort by
//! libc's qsort with a function of Rust's, threads by libc, and system calls by stubs of its own.
#![no_std]
#![no_main]

mod coconut;

use core::ffi::c_void;
use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicU32, Ordering};

#[allow(non_camel_case_types)]
type c_int = i32;

extern "C" {
    fn strlen(text: *const u8) -> usize;
    fn write(descriptor: c_int, bytes: *const c_void, length: usize) -> isize;
    fn abort() -> !;
    fn qsort(base: *mut c_void, count: usize, size: usize, compare: extern "C" fn(*const c_void, *const c_void) -> c_int);
    fn pthread_create(thread: *mut usize, attributes: *const c_void, start: extern "C" fn(*mut c_void) -> *mut c_void,
                      argument: *mut c_void) -> c_int;
    fn pthread_join(thread: usize, result: *mut *mut c_void) -> c_int;
}

/// A descriptor of libc's, as a place to format to.
struct Descriptor(c_int);

impl Write for Descriptor {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let done = unsafe { write(self.0, rest.as_ptr() as *const c_void, rest.len()) };
            if done <= 0 {
                return Err(fmt::Error);
            }
            rest = &rest[done as usize..];
        }
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    // Nothing is left to do about a failure to tell it.
    let _ = writeln!(Descriptor(2), "{}", info);
    unsafe { abort() }
}

/// Debian's core is built to unwind and names this; with panic=abort nothing calls it.
#[no_mangle]
extern "C" fn rust_eh_personality() {}

extern "C" fn ascending(left: *const c_void, right: *const c_void) -> c_int {
    let (left, right) = unsafe { (*(left as *const i32), *(right as *const i32)) };
    left.cmp(&right) as c_int
}

static COUNT: AtomicU32 = AtomicU32::new(0);

extern "C" fn worker(id: *mut c_void) -> *mut c_void {
    unsafe { *(id as *mut i64) = coconut::thread_id() };
    for _ in 0..1000 {
        COUNT.fetch_add(1, Ordering::Relaxed);
    }
    core::ptr::null_mut()
}

/// Runs two threads; are their ids, from the kernel, two others than ours?
fn threads() -> bool {
    let mut ids = [0i64; 2];
    for id in &mut ids {
        let mut thread = 0;
        let failed = unsafe {
            pthread_create(&mut thread, core::ptr::null(), worker, id as *mut i64 as *mut c_void) != 0
                || pthread_join(thread, core::ptr::null_mut()) != 0
        };
        if failed {
            return false;
        }
    }
    ids[0] > 0 && ids[1] > 0 && ids[0] != ids[1] && !ids.contains(&coconut::thread_id())
        && COUNT.load(Ordering::Relaxed) == 2000
}

fn run(name: &str) -> Result<(), fmt::Error> {
    let mut out = Descriptor(1);
    let mut numbers = [5, -3, 9, 0];
    unsafe { qsort(numbers.as_mut_ptr() as *mut c_void, numbers.len(), 4, ascending) };
    writeln!(out, "Hello, {}!", name)?;
    writeln!(out, "sorted by libc: {:?}", numbers)?;
    writeln!(out, "threads: {}", if threads() { "right" } else { "wrong" })?;
    let (begin, end) = (coconut::clock_get(1), coconut::clock_get(1));
    let forward = matches!((begin, end), (Ok(begin), Ok(end)) if 0 < begin && begin <= end);
    writeln!(out, "clock: {}", if forward { "forward" } else { "wrong" })?;
    writeln!(out, "no such clock: {}", if coconut::clock_get(99) == Err(coconut::ENOTFOUND) { "refused" } else { "wrong" })?;
    let usage = coconut::process_usage(coconut::USAGE_PROCESS, 0);
    writeln!(out, "children have used: {:?}", usage.map(|usage| usage.children_user + usage.children_system))
}

/// The word at an address that libc passed to main(), or "?" if it is not UTF-8.
fn word(text: *const u8) -> &'static str {
    let bytes = unsafe { core::slice::from_raw_parts(text, strlen(text)) };
    core::str::from_utf8(bytes).unwrap_or("?")
}

#[no_mangle]
pub extern "C" fn main(count: c_int, words: *const *const u8) -> c_int {
    let name = if count > 1 { word(unsafe { *words.add(1) }) } else { "world" };
    if name == "panic" {
        panic!("as asked");
    }
    if run(name).is_ok() { 0 } else { 1 }
}
