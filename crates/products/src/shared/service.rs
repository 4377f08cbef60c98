//! What every product's service has.

use components::{CircuitBreaker, Rollout};

/// The key of the service.
pub const SERVICE: &str = "ecs_service";
/// The key of the task definition.
pub const TASK_DEFINITION: &str = "ecs_task_definition";

/// A rollout with these percentages, which goes back to the version before where the new one does not come up.
pub fn rolling_back(minimum_healthy_percent: i32, maximum_percent: i32) -> Rollout {
    Rollout {
        minimum_healthy_percent,
        maximum_percent,
        circuit_breaker: CircuitBreaker {
            enable: true,
            rollback: true,
        },
    }
}
