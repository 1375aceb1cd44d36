//! What the module shows its host: two functions over whole numbers, and the memory.
//!
//! There is no unsafe code here: no raw pointer is read, nothing is transmuted. But an export needs a name of its own choosing, and
//! since that could be the name of another function that the program links, the compiler counts the attribute as unsafe. No other
//! file has it.
//!
//! The one buffer carries both directions. To say something, a host calls [`room`], writes there, and calls [`turn`]; to read the
//! answer, it calls [`room`] with the length that [`turn`] gave. It does so between two calls, when nothing in here refers to the
//! buffer.
#![expect(unsafe_code, reason = "the names of two exports")]

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::machine::Machine;

static MODULE: Mutex<Module> = Mutex::new(Module { machine: Machine::new(), buffer: Vec::new() });

struct Module {
    machine: Machine,
    buffer: Vec<u8>,
}

fn module() -> MutexGuard<'static, Module> {
    MODULE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the buffer `length` bytes long, keeping those that it has, and says where in the memory it is. That holds until the next
/// call of either function.
// SAFETY: no other function is linked by this name.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn room(length: usize) -> usize {
    let buffer = &mut module().buffer;
    buffer.resize(length, 0);
    buffer.as_mut_ptr().expose_provenance()
}

/// Takes the message in the buffer, and puts the answer to it there. Returns the answer's length.
// SAFETY: no other function is linked by this name.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn turn() -> usize {
    let Module { machine, buffer } = &mut *module();
    *buffer = machine.turn(buffer);
    buffer.len()
}
