//! Letting what runs in a task save its data and end, before the task is stopped.

use std::future::Future;
use std::time::Duration;

use futures::future::join_all;
use tokio::time::Instant;
use tracing::info;

use super::Aws;
use super::tasks::Addresses;
use engine::{Call, Result};

/// A request that makes what runs in a task save its data and end. It is a POST over plain HTTP, answered once that is
/// done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shutdown {
    /// The port of the task.
    pub port: u16,
    /// The path.
    pub path: &'static str,
    /// How long all of it may take.
    pub limit: Duration,
}

/// Makes the request of each task, at its public address or else at its private one, and waits for the answer. The task is
/// to be stopped whatever comes of this: what was not shut down is a note for the user, never a failure.
pub async fn before_stop(
    call: &Call<'_, Aws>,
    shutdown: Option<Shutdown>,
    running: impl Future<Output = Result<Vec<Addresses>>>,
) {
    let Some(shutdown) = shutdown else { return };
    match running.await {
        Ok(running) => {
            join_all(running.iter().map(|task| one(call, shutdown, task))).await;
        }
        Err(error) => note(call, shutdown, &format!("its tasks could not be listed: {error}")),
    }
}

async fn one(call: &Call<'_, Aws>, shutdown: Shutdown, task: &Addresses) {
    let ends = (Instant::now() + shutdown.limit).min(call.deadline);
    let mut reasons = Vec::new();
    for address in task.public.iter().chain(&task.private) {
        let url = format!("http://{address}:{}{}", shutdown.port, shutdown.path);
        let left = ends.saturating_duration_since(Instant::now());
        match call.world.web.post(&url, left).await {
            Ok(answer) if (200..300).contains(&answer.status) => {
                info!(component = %call.key, %url, "shut down before it is stopped");
                return;
            }
            // One that answers is the one: it is not asked a second time elsewhere.
            Ok(answer) => {
                reasons = vec![format!("POST {url}: HTTP status {}", answer.status)];
                break;
            }
            Err(reason) => reasons.push(format!("POST {url}: {reason}")),
        }
    }
    if reasons.is_empty() {
        reasons.push("its task has no address yet".to_owned());
    }
    note(call, shutdown, &reasons.join("\n"));
}

fn note(call: &Call<'_, Aws>, Shutdown { port, path, .. }: Shutdown, why: &str) {
    call.note(
        "Not shut down before its task was stopped",
        format!(
            "{why}\n\nWhat it had not yet written to its volume may be lost. Where that matters, apply from where the task's \
             port {port} can be reached (inside the VPC, or from an address that is let in), or make the call yourself just \
             before: POST {path}."
        ),
    );
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::testing::{Answer, Stage};

    fn task(public: Option<&str>, private: &str) -> Addresses {
        Addresses {
            public: public.map(str::to_owned),
            private: Some(private.to_owned()),
            ..Addresses::default()
        }
    }

    /// A container that answers every request so, and the requests that it got.
    async fn container(answer: &'static str) -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, requests) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 1024];
                let length = stream.read(&mut request).await.unwrap();
                let text = String::from_utf8_lossy(&request[..length]).into_owned();
                asked.send(text.lines().next().unwrap().to_owned()).unwrap();
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        (port, requests)
    }

    async fn shut_down(port: u16, tasks: Vec<Addresses>) -> Vec<String> {
        let stage = Stage::answering(|_| Answer::Lost);
        let shutdown = Shutdown {
            port,
            path: "/end",
            limit: Duration::from_secs(2),
        };
        before_stop(&stage.call(), Some(shutdown), async { Ok(tasks) }).await;
        stage.notes.list().into_iter().map(|note| note.text).collect()
    }

    #[tokio::test]
    async fn a_task_that_runs_is_asked_to_end_where_it_can_be_reached_and_once() {
        let (port, mut requests) = container("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").await;
        let tasks = vec![task(Some("127.0.0.1"), "127.0.0.1")];
        assert_eq!(shut_down(port, tasks).await, Vec::<String>::new());
        assert_eq!(requests.recv().await.unwrap(), "POST /end HTTP/1.1");
        assert!(requests.try_recv().is_err(), "it was asked twice");
    }

    #[tokio::test]
    async fn one_that_refuses_or_cannot_be_reached_is_a_note_for_the_user() {
        let (port, _requests) = container("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n").await;
        let refused = shut_down(port, vec![task(None, "127.0.0.1")]).await;
        assert!(
            refused[0].starts_with(&format!("POST http://127.0.0.1:{port}/end: HTTP status 500\n")),
            "{refused:?}"
        );
        assert!(refused[0].contains("may be lost"), "{refused:?}");
        let unreachable = shut_down(9, vec![task(None, "127.0.0.1")]).await;
        assert!(unreachable[0].contains("refused"), "{unreachable:?}");
    }

    #[tokio::test]
    async fn where_there_is_nothing_to_shut_down_nobody_is_asked() {
        let stage = Stage::answering(|_| Answer::Lost);
        let tasks = async { panic!("asked for the tasks") };
        before_stop(&stage.call(), None, tasks).await;
        assert!(stage.notes.list().is_empty());
    }
}
