#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cashlink_fuzz::intent_encoding(input);
});
