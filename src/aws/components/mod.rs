//! One file per kind of AWS object. A component knows the clients and this room's helpers, and no other component.

mod ecs_service;
mod ecs_task_definition;

pub use ecs_service::{Rollout, Service, ServiceOutput};
pub use ecs_task_definition::{Container, EfsVolume, Logs, Mount, TaskDefinition, TaskDefinitionOutput};
