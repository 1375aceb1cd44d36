//! An allocator that counts what it hands out.
#![allow(dead_code, reason = "each program asks for something else")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static BLOCKS: AtomicUsize = AtomicUsize::new(0);

fn took(size: usize) {
    let live = LIVE.fetch_add(size, Ordering::Relaxed) + size;
    PEAK.fetch_max(live, Ordering::Relaxed);
    BLOCKS.fetch_add(1, Ordering::Relaxed);
}

fn gave(size: usize) {
    LIVE.fetch_sub(size, Ordering::Relaxed);
}

// SAFETY: every call goes on to the system's allocator as it came, and what it returns is returned.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) };
        gave(layout.size());
    }

    /// The worst case: the new block stands before the old one goes.
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        took(size);
        let moved = unsafe { System.realloc(block, layout, size) };
        gave(layout.size());
        moved
    }
}

/// The most that lived at once while `work` ran, above what lived before; its result is dropped afterwards.
pub fn peak<T>(work: impl FnOnce() -> T) -> usize {
    let before = LIVE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let result = work();
    let peak = PEAK.load(Ordering::Relaxed) - before;
    drop(result);
    peak
}

/// How many blocks `work` took, those that grew included.
pub fn blocks(work: impl FnOnce()) -> usize {
    let before = BLOCKS.load(Ordering::Relaxed);
    work();
    BLOCKS.load(Ordering::Relaxed) - before
}
