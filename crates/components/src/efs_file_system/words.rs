//! EFS's closed sets of words (Amazon EFS API, `CreateFileSystem` and `LifecyclePolicy`).

use aws::choice;

choice! {
    /// How a file system trades latency for parallelism.
    pub enum PerformanceMode {
        /// The lowest latency.
        GeneralPurpose = "generalPurpose",
        /// More operations at once, each slower.
        MaxIo = "maxIO",
    }
}

choice! {
    /// How a file system's throughput is measured out.
    pub enum ThroughputMode {
        /// By its size, with credits.
        Bursting = "bursting",
        /// By use.
        Elastic = "elastic",
    }
}

choice! {
    /// After how long files that nobody reads move to cheaper storage.
    pub enum TransitionToIa {
        /// A day.
        After1Day = "AFTER_1_DAY",
        /// A week.
        After7Days = "AFTER_7_DAYS",
        /// Two weeks.
        After14Days = "AFTER_14_DAYS",
        /// 30 days.
        After30Days = "AFTER_30_DAYS",
        /// 60 days.
        After60Days = "AFTER_60_DAYS",
        /// 90 days.
        After90Days = "AFTER_90_DAYS",
        /// 180 days.
        After180Days = "AFTER_180_DAYS",
        /// 270 days.
        After270Days = "AFTER_270_DAYS",
        /// 365 days.
        After365Days = "AFTER_365_DAYS",
    }
}
