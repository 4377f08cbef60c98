//! What every product's service is known by.

/// The key of the service.
pub const SERVICE: &str = "ecs_service";
/// The key of the task definition.
pub const TASK_DEFINITION: &str = "ecs_task_definition";
