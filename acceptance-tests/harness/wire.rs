//! The wire between the provider and a registry: it tells what went over it, and can break.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A TCP proxy in front of a server on this machine. It serves until the test process ends.
pub struct Wire {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The request lines so far, as `PUT /v2/…`.
    requests: Vec<String>,
    /// How many bytes went to the server, and came from it.
    bytes: [u64; 2],
    /// After how many more bytes it breaks.
    breaks_after: Option<u64>,
    /// Whether it stays broken.
    for_good: bool,
    broken: bool,
    /// After how many more bytes nothing moves any more.
    stalls_after: Option<u64>,
    stalled: bool,
}

impl Wire {
    /// A wire to the server at that address.
    pub fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let state: Arc<Mutex<State>> = Arc::default();
        let (server, shared) = (server.to_owned(), state.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if lock(&shared).broken {
                    continue;
                }
                let Ok(upstream) = TcpStream::connect(&server) else {
                    continue;
                };
                join(&client, &upstream, &shared);
            }
        });
        Self { address, state }
    }

    /// Where it answers: `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Breaks once, after so many more bytes in either direction.
    pub fn breaks_once_after(&self, bytes: u64) {
        let mut state = lock(&self.state);
        (state.breaks_after, state.for_good) = (Some(bytes), false);
    }

    /// Breaks after so many more bytes, and stays broken until it is mended.
    pub fn breaks_for_good_after(&self, bytes: u64) {
        let mut state = lock(&self.state);
        (state.breaks_after, state.for_good) = (Some(bytes), true);
    }

    /// Carries nothing any more after so many more bytes, without breaking, until it is mended.
    pub fn stalls_after(&self, bytes: u64) {
        lock(&self.state).stalls_after = Some(bytes);
    }

    /// Waits until nothing moves any more.
    pub fn until_stalled(&self) {
        let patience = Instant::now() + Duration::from_mins(1);
        while !lock(&self.state).stalled {
            assert!(Instant::now() < patience, "never so much was sent");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Mends it.
    pub fn mend(&self) {
        let mut state = lock(&self.state);
        (state.breaks_after, state.broken) = (None, false);
        (state.stalls_after, state.stalled) = (None, false);
    }

    /// Whether it has broken since it was last told to.
    pub fn has_broken(&self) -> bool {
        lock(&self.state).breaks_after.is_none()
    }

    /// The requests so far that begin with that, as `PUT /v2/name/manifests/`.
    pub fn requests(&self, beginning: &str) -> Vec<String> {
        let state = lock(&self.state);
        let found = state.requests.iter().filter(|request| request.starts_with(beginning));
        found.cloned().collect()
    }

    /// How many bytes were sent to the server so far.
    pub fn bytes_sent(&self) -> u64 {
        lock(&self.state).bytes[0]
    }

    /// How many bytes came from the server so far.
    pub fn bytes_received(&self) -> u64 {
        lock(&self.state).bytes[1]
    }

    /// Forgets what went over it so far.
    pub fn forget(&self) {
        let mut state = lock(&self.state);
        state.requests.clear();
        state.bytes = [0, 0];
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries both directions of one connection.
fn join(client: &TcpStream, server: &TcpStream, state: &Arc<Mutex<State>>) {
    let ends = |a: &TcpStream, b: &TcpStream| Some((a.try_clone().ok()?, b.try_clone().ok()?));
    for (direction, pair) in [ends(client, server), ends(server, client)].into_iter().enumerate() {
        let Some((from, to)) = pair else { return };
        let state = state.clone();
        thread::spawn(move || carry(direction, from, to, &state));
    }
}

fn carry(direction: usize, mut from: TcpStream, mut to: TcpStream, state: &Mutex<State>) {
    let mut piece = vec![0; 16 * 1024];
    let mut tail = Vec::new();
    while let Ok(count @ 1..) = from.read(&mut piece) {
        while lock(state).stalled {
            thread::sleep(Duration::from_millis(10));
        }
        let passes = {
            let mut state = lock(state);
            if direction == 0 {
                tail.extend_from_slice(&piece[..count]);
                read_requests(&mut tail, &mut state.requests);
            }
            let passes = state.pass(count as u64);
            state.bytes[direction] += passes;
            passes
        };
        let passes = usize::try_from(passes).unwrap_or(count);
        if to.write_all(&piece[..passes]).is_err() || passes < count {
            break;
        }
    }
    // The other end may be gone already.
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

impl State {
    /// How many of these bytes get through.
    fn pass(&mut self, count: u64) -> u64 {
        if self.broken {
            return 0;
        }
        if let Some(left) = self.stalls_after {
            self.stalled = left < count;
            self.stalls_after = left.checked_sub(count);
        }
        match self.breaks_after {
            Some(left) if left < count => {
                self.breaks_after = None;
                self.broken = self.for_good;
                left
            }
            Some(left) => {
                self.breaks_after = Some(left - count);
                count
            }
            None => count,
        }
    }
}

/// Takes the request lines out of what a client sent; layers of tests hold nothing that looks like one.
fn read_requests(sent: &mut Vec<u8>, requests: &mut Vec<String>) {
    const MARK: &[u8] = b" HTTP/1.1\r\n";
    while let Some(end) = sent.windows(MARK.len()).position(|window| window == MARK) {
        let start = sent[..end]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let line = String::from_utf8_lossy(&sent[start..end]).into_owned();
        // After a layer without a line's end, the request follows at once.
        let verb = ["GET /", "HEAD /", "POST /", "PUT /", "PATCH /", "DELETE /"]
            .iter()
            .filter_map(|verb| line.rfind(verb))
            .max();
        if let Some(at) = verb {
            requests.push(line[at..].to_owned());
        }
        sent.drain(..end + MARK.len());
    }
    let keep = sent.len().saturating_sub(8 * 1024);
    sent.drain(..keep);
}
