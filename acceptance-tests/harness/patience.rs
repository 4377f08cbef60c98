//! Waiting for what AWS does in its own time.

use std::time::{Duration, Instant};

/// Waits until that is so, and fails the test where it takes more than a minute.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
