//! How many tasks the hosts have room for, and how a new version can roll out in it.

use super::capacity::{Capacity, Host};
use framework::{Attr, Diagnostic, Path};

/// What a task takes of a host.
#[derive(Debug, Clone, Copy)]
pub struct TaskSize {
    /// CPU units, 1024 to the vCPU.
    pub cpu: i64,
    /// Memory in MiB.
    pub memory: i64,
    /// GPUs.
    pub gpus: i64,
}

/// The part of a host's memory that the operating system leaves to tasks, in percent. Source: Amazon ECS developer guide,
/// *Reserving Amazon ECS Linux container instance memory*: a host registers what its system reports, some percent less
/// than the instance type's figure.
const MEMORY_LEFT: i64 = 94;

/// How many tasks of that size fit on a host; `None` while its figures are unknown.
pub fn tasks_per_host(host: &Host, task: TaskSize) -> Option<i64> {
    let figure = |attr: &Attr<i64>| attr.known().copied();
    let by = |have: i64, take: i64| if take > 0 { have / take } else { i64::MAX };
    let cpu = by(figure(&host.vcpus)? * 1024, task.cpu);
    let memory = by(figure(&host.memory)? * MEMORY_LEFT / 100, task.memory);
    let gpus = by(figure(&host.gpus)?, task.gpus);
    // Each task has a network interface of its own, and the host has one. Source: Amazon ECS developer guide, *Task
    // networking with the awsvpc network mode*.
    let interfaces = figure(&host.network_interfaces)? - 1;
    Some(cpu.min(memory).min(gpus).min(interfaces).max(0))
}

/// How many tasks of that size all hosts have room for; `None` while that is unknown.
pub fn tasks_at_most(capacity: &Capacity, host: &Host, task: TaskSize) -> Option<i64> {
    Some(tasks_per_host(host, task)? * capacity.max_size.known().copied()?)
}

/// Refuses hosts that cannot hold so many tasks of that size; what is unknown passes.
pub fn too_small(capacity: &Capacity, host: &Host, size: TaskSize, desired: i64) -> Option<Diagnostic> {
    let (per_host, hosts) = (tasks_per_host(host, size)?, capacity.max_size.known().copied()?);
    let kind = capacity.instance_type.known().cloned().unwrap_or_default();
    if per_host == 0 {
        let problem = format!(
            "A {kind} has {} vCPU and {} MiB, of which the system leaves some 94 % to tasks; one task takes cpu = {} and memory = \
             {}. Choose a larger instance_type, or a smaller task.",
            host.vcpus.known().copied().unwrap_or_default(),
            host.memory.known().copied().unwrap_or_default(),
            size.cpu,
            size.memory
        );
        return Some(
            Diagnostic::error("No task fits on such a host", problem).at(Path::of(["capacity", "instance_type"])),
        );
    }
    let room = per_host * hosts;
    if room < desired {
        let problem = format!(
            "At most {hosts} hosts of {kind}, with room for {per_host} tasks each, hold {room} tasks; desired_count is {desired}. \
             Raise max_size to {}, or lower desired_count.",
            (desired + per_host - 1) / per_host
        );
        return Some(
            Diagnostic::error("The hosts cannot hold the tasks", problem).at(Path::of(["capacity", "max_size"])),
        );
    }
    None
}

/// The percentages by which a new version of so many tasks rolls out in that room: with new tasks first where they fit,
/// else with just as many old ones going first as room is needed for.
pub fn rolling(desired: i64, room: i64) -> (i64, i64) {
    if desired <= 0 || room >= 2 * desired {
        return (100, 200);
    }
    if room > desired {
        return (100, (100 * room + desired - 1) / desired);
    }
    (100 * (desired - 1) / desired, 100)
}

/// The percentages by which a new version of so many tasks rolls out on those hosts; `None` while that is unknown.
pub fn percentages(capacity: &Capacity, host: &Host, task: TaskSize, desired: i64) -> Option<(i32, i32)> {
    let (minimum, maximum) = rolling(desired, tasks_at_most(capacity, host, task)?);
    Some((
        i32::try_from(minimum).unwrap_or(100),
        i32::try_from(maximum).unwrap_or(200),
    ))
}

/// Whether a new version can roll out with these percentages. Source: Amazon ECS API, `DeploymentConfiguration`: the lower
/// bound is rounded up, the upper one down.
pub fn can_roll(desired: i64, room: i64, minimum_percent: i64, maximum_percent: i64) -> bool {
    if desired <= 0 {
        return true;
    }
    let at_least = (desired * minimum_percent + 99) / 100;
    let at_most = (desired * maximum_percent / 100).min(room);
    // Either one more task fits beside the old ones, or one of the old ones may go first.
    at_most > desired || (at_least < desired && at_most >= 1)
}

/// Refuses another kind of host where none that runs could hold the tasks, and no new one may come beside them: hosts that
/// run keep their kind, and ECS would wait for room until the apply gives up. What is unknown passes.
pub fn stuck(before: &Host, now: &Host, capacity: &Capacity, size: TaskSize, desired: i64) -> Option<Diagnostic> {
    let (old, new) = (before.instance_type.known()?, now.instance_type.known()?);
    let same_programs = before.architecture.known()? == now.architecture.known()?;
    let replaced = capacity.instance_refresh.known() != Some(&false);
    if desired <= 0 || replaced || (same_programs && tasks_per_host(before, size)? > 0) {
        return None;
    }
    let per_host = tasks_per_host(now, size)?.max(1);
    let running = (desired + per_host - 1) / per_host;
    if *capacity.max_size.known()? > running {
        return None;
    }
    let problem = format!(
        "The {old} hosts that run now stay as they are, and cannot hold the new tasks; with max_size = {running} no {new} could \
         start beside them, and the update would hang. Raise max_size to {} (it can be lowered again afterwards), or set \
         instance_refresh = true, which replaces the hosts that run.",
        running + 1
    );
    Some(Diagnostic::error("No room for hosts of another kind", problem).at(Path::of(["capacity", "max_size"])))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn host() -> Host {
        Host {
            vcpus: Attr::Known(4),
            memory: Attr::Known(16384),
            gpus: Attr::Known(0),
            network_interfaces: Attr::Known(4),
            ..Host::default()
        }
    }

    const GUIDE: TaskSize = TaskSize {
        cpu: 1024,
        memory: 14336,
        gpus: 0,
    };

    #[test]
    fn the_guides_host_has_room_for_one_task_of_the_guide() {
        assert_eq!(tasks_per_host(&host(), GUIDE), Some(1));
        assert_eq!(
            tasks_per_host(&host(), TaskSize { memory: 2048, ..GUIDE }),
            Some(3),
            "by interfaces"
        );
        assert_eq!(tasks_per_host(&host(), TaskSize { gpus: 1, ..GUIDE }), Some(0));
        assert_eq!(tasks_per_host(&Host::default(), GUIDE), None);
    }

    #[test]
    fn one_task_on_one_host_goes_before_the_new_one_comes() {
        assert_eq!(rolling(1, 1), (0, 100));
        assert_eq!(rolling(1, 2), (100, 200));
        assert_eq!(rolling(4, 4), (75, 100));
        assert!(!can_roll(1, 1, 100, 200));
    }

    #[test]
    fn another_kind_of_host_needs_room_beside_those_that_run_or_their_replacement() {
        let named = |kind: &str, gpus| Host {
            instance_type: Attr::Known(kind.to_owned()),
            architecture: Attr::Known("X86_64".to_owned()),
            gpus: Attr::Known(gpus),
            ..host()
        };
        let capacity = |max_size| Capacity {
            max_size: Attr::Known(max_size),
            instance_refresh: Attr::Known(false),
            ..Capacity::default()
        };
        let (plain, gpu) = (named("m5zn.xlarge", 0), named("g4dn.xlarge", 1));
        let size = TaskSize { gpus: 1, ..GUIDE };
        let problem = stuck(&plain, &gpu, &capacity(1), size, 1).unwrap();
        assert!(problem.detail.contains("Raise max_size to 2"), "{}", problem.detail);
        assert!(stuck(&plain, &gpu, &capacity(2), size, 1).is_none());
        assert!(stuck(&plain, &gpu, &capacity(1), size, 0).is_none(), "nothing runs");
        assert!(
            stuck(&gpu, &plain, &capacity(1), GUIDE, 1).is_none(),
            "hosts with a GPU hold tasks without"
        );
        let refreshed = Capacity {
            instance_refresh: Attr::Known(true),
            ..capacity(1)
        };
        assert!(stuck(&plain, &gpu, &refreshed, size, 1).is_none());
        let arm = Host {
            architecture: Attr::Known("ARM64".to_owned()),
            ..named("m6g.xlarge", 0)
        };
        assert!(stuck(&plain, &arm, &capacity(1), GUIDE, 1).is_some(), "other programs");
        let imported = Host {
            instance_type: plain.instance_type.clone(),
            ..Host::default()
        };
        assert!(
            stuck(&imported, &plain, &capacity(1), GUIDE, 1).is_none(),
            "of imported hosts no more than the kind is known"
        );
    }

    proptest! {
        #[test]
        fn what_is_chosen_can_roll(desired in 0_i64..200, more in 0_i64..200) {
            let room = desired + more;
            let (minimum, maximum) = rolling(desired, room);
            prop_assert!((0..=100).contains(&minimum) && (100..=200).contains(&maximum));
            prop_assert!(can_roll(desired, room, minimum, maximum), "{minimum} {maximum}");
        }
    }
}
