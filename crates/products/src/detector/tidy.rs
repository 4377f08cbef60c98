//! Defaults that do not apply to a configuration.

use super::model::Detector;
use framework::Attr;

/// Takes them out of a proposed plan; what the configuration says stays.
pub fn tidy(config: &Detector, proposed: &mut Detector) {
    // Of a file system of the user's own, nothing but how it is mounted is set here.
    if let (Some(config), Some(proposed)) = (&config.persistence, &mut proposed.persistence)
        && !config.file_system_id.is_null()
    {
        proposed.encrypted = config.encrypted.clone();
        proposed.backup = config.backup.clone();
        proposed.performance_mode = config.performance_mode.clone();
        proposed.throughput_mode = config.throughput_mode.clone();
        proposed.retain_on_destroy = config.retain_on_destroy.clone();
    }
    if config.capacity.is_some() {
        proposed.platform_version = Attr::Null;
    }
    if config.load_balancer.is_none() {
        proposed.health_check_grace_period_seconds = Attr::Null;
    }
}
