//! What is drawn by chance: names that nothing else has, and pauses that others do not make as well.
//!
//! All of it comes from the generator that the SDK draws its own pauses from, one for each thread, so that a test can
//! [foretell] what a thread draws.

use std::time::Duration;

use uuid::{Builder, Uuid};

thread_local! {
    // By itself a generator begins from the time since the machine started, which machines that start alike may share.
    static BEGUN: () = {
        let (high, low) = Uuid::new_v4().as_u64_pair();
        fastrand::seed(high ^ low);
    };
}

/// A fresh UUID, of version 4.
pub fn uuid() -> Uuid {
    BEGUN.with(|()| Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid())
}

/// A client token, by which AWS knows a request that is sent again.
pub fn client_token() -> String {
    uuid().to_string()
}

/// A pause that is shorter by up to such a part of it, so that those who wait for the same do not ask all at once.
pub fn shortened(full: Duration, part: f64) -> Duration {
    full.mul_f64(1.0 - BEGUN.with(|()| fastrand::f64()) * part)
}

/// From now on, what this thread draws depends on `seed` alone. For tests that repeat what was done before.
pub fn foretell(seed: u64) {
    BEGUN.with(|()| fastrand::seed(seed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_foretold_is_drawn_again() {
        let drawn = |seed| {
            foretell(seed);
            (uuid(), shortened(Duration::from_secs(8), 0.5))
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }

    #[test]
    fn two_threads_draw_differently() {
        let other = std::thread::spawn(uuid).join();
        assert_ne!(other.ok(), Some(uuid()));
    }

    #[test]
    fn a_pause_keeps_what_may_not_go() {
        for seed in 0..100 {
            foretell(seed);
            let pause = shortened(Duration::from_secs(10), 0.2);
            assert!((8.0..=10.0).contains(&pause.as_secs_f64()), "{pause:?}");
        }
    }
}
