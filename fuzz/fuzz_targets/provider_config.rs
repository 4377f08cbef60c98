#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| thatdot::fuzz::provider_config(bytes));
