//! Tests of joined reads, on a clock that stands still while nobody waits.

use futures::future::join_all;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::crowd::MEMORY;
use super::*;

type Calls = Arc<Mutex<Vec<(&'static str, Vec<u32>)>>>;

/// A batcher of numbers whose calls take 20 ms and are noted. `refuse` lets a call fail.
fn numbers(
    most: usize,
    refuse: impl Fn(&[u32]) -> Option<Error> + Send + Sync + 'static,
) -> (Batcher<&'static str, u32, u32>, Calls) {
    let calls = Calls::default();
    let noted = Arc::clone(&calls);
    let batcher = Batcher::new(
        most,
        |key, found| key == found,
        move |group, keys: Vec<u32>| {
            locked(&noted).push((group, keys.clone()));
            let answer = refuse(&keys).map_or(Ok(keys), Err);
            async move {
                sleep(Duration::from_millis(20)).await;
                answer
            }
        },
    );
    (batcher, calls)
}

fn refused(kind: ErrorKind) -> Error {
    Error::new(kind, "ec2:DescribeSecurityGroups", "no")
}

#[tokio::test(start_paused = true)]
async fn reads_at_once_are_one_call_and_each_gets_its_own() {
    let (batcher, calls) = numbers(100, |_| None);
    let begun = Instant::now();
    let found = join_all((0..30).map(|n| batcher.get("a", n % 10))).await;
    for (n, found) in (0..30).zip(found) {
        assert_eq!(found, Ok(vec![n % 10]));
    }
    assert_eq!(*locked(&calls), [("a", (0..10).collect())]);
    assert!(begun.elapsed() <= WINDOW + Duration::from_millis(21));
}

#[tokio::test(start_paused = true)]
async fn a_call_takes_as_many_as_the_api_does_of_one_group() {
    let (batcher, calls) = numbers(4, |_| None);
    let reads = (0..9).map(|n| batcher.get("a", n)).chain([batcher.get("b", 1)]);
    join_all(reads).await;
    let mut sizes: Vec<_> = locked(&calls)
        .iter()
        .map(|(group, keys)| (*group, keys.len()))
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [("a", 1), ("a", 4), ("a", 4), ("b", 1)]);
    assert!(locked(&batcher.open).is_empty());
}

/// So many ask one after the other within 15 ms, and again as soon as they are answered.
async fn readers(batcher: &Batcher<&'static str, u32, u32>, readers: u32, rounds: u32) {
    let reader = |n| async move {
        for round in 0..rounds {
            sleep(Duration::from_millis(u64::from(n * 15 / readers))).await;
            assert_eq!(
                batcher.get("a", round * readers + n).await,
                Ok(vec![round * readers + n])
            );
        }
    };
    join_all((0..readers).map(reader)).await;
}

#[tokio::test(start_paused = true)]
async fn those_who_came_together_are_waited_for_the_next_time() {
    let (batcher, calls) = numbers(100, |_| None);
    readers(&batcher, 10, 10).await;
    let sizes: Vec<_> = locked(&calls).iter().map(|(_, keys)| keys.len()).collect();
    let whole = sizes.iter().filter(|size| **size == 10).count();
    assert!(sizes.len() <= 20 && whole >= 7, "{sizes:?}");
}

#[tokio::test(start_paused = true)]
async fn the_few_are_not_waited_for() {
    let (batcher, _) = numbers(100, |_| None);
    let begun = Instant::now();
    readers(&batcher, 7, 10).await;
    // The last comes 13 ms later each time, and is answered in 25.
    assert!(begun.elapsed() < 10 * Duration::from_millis(45));
}

#[tokio::test(start_paused = true)]
async fn a_crowd_that_is_gone_is_soon_forgotten() {
    let (batcher, _) = numbers(100, |_| None);
    join_all((0..10).map(|n| batcher.get("a", n))).await;
    let alone = async || {
        let begun = Instant::now();
        batcher.get("a", 1).await.unwrap();
        begun.elapsed()
    };
    assert!(alone().await >= PATIENCE);
    sleep(MEMORY).await;
    assert!(alone().await <= WINDOW + Duration::from_millis(21));
}

#[tokio::test(start_paused = true)]
async fn who_was_answered_in_time_is_waited_for_until_it_has_understood() {
    let (batcher, calls) = numbers(100, |_| None);
    let other = async {
        sleep(WINDOW).await;
        yield_now().await;
        yield_now().await;
        batcher.get("a", 2).await
    };
    let (first, other) = tokio::join!(batcher.get("a", 1), other);
    assert_eq!((first, other), (Ok(vec![1]), Ok(vec![2])));
    assert_eq!(*locked(&calls), [("a", vec![1, 2])]);
}

#[tokio::test(start_paused = true)]
async fn a_read_is_never_answered_by_a_call_made_before_it() {
    let (batcher, calls) = numbers(100, |_| None);
    let late = async {
        sleep(WINDOW + Duration::from_millis(1)).await;
        batcher.get("a", 1).await
    };
    let (early, late) = tokio::join!(batcher.get("a", 1), late);
    assert_eq!((early, late), (Ok(vec![1]), Ok(vec![1])));
    assert_eq!(locked(&calls).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_of_one_is_told_to_that_one_alone() {
    let (batcher, calls) = numbers(100, |keys| keys.contains(&5).then(|| refused(ErrorKind::NotFound)));
    let found = join_all((0..16).map(|n| batcher.get("a", n))).await;
    for (n, found) in (0..16).zip(found) {
        let expected = if n == 5 {
            Err(refused(ErrorKind::NotFound))
        } else {
            Ok(vec![n])
        };
        assert_eq!(found, expected, "{n}");
    }
    assert_eq!(locked(&calls).len(), 9, "one, and two for each halving");
}

#[tokio::test(start_paused = true)]
async fn who_asks_too_often_already_does_not_ask_more_often() {
    let (batcher, calls) = numbers(100, |_| Some(refused(ErrorKind::Throttled)));
    let found = join_all((0..16).map(|n| batcher.get("a", n))).await;
    assert!(found.iter().all(Result::is_err));
    assert_eq!(locked(&calls).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_call_goes_on_when_the_one_who_began_it_gives_up() {
    let (batcher, calls) = numbers(100, |_| None);
    let impatient = async {
        tokio::select! {
            () = sleep(Duration::from_millis(1)) => {}
            _ = batcher.get("a", 1) => panic!("answered before it was asked"),
        }
    };
    let (answer, ()) = tokio::join!(
        async {
            yield_now().await;
            batcher.get("a", 2).await
        },
        impatient
    );
    assert_eq!(answer, Ok(vec![2]));
    assert_eq!(locked(&calls).len(), 1);
}
