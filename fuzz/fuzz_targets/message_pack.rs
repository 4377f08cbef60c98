#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| provider::fuzz::message_pack(bytes));
