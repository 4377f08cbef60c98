//! The likely cause of tasks that do not come up, by the words of AWS and of the container, and what to do about it.

mod known;

use self::known::CAUSES;
use super::Evidence;

/// What the evidence comes to.
pub(super) struct Finding {
    /// What to do about the likeliest cause.
    pub(super) remedy: &'static str,
    /// Which line of the log tells of that cause, the last that does; `None` where the log does not.
    pub(super) line: Option<usize>,
}

/// The likeliest cause that the evidence tells of.
pub(super) fn finding(evidence: &Evidence) -> Finding {
    let aws: Vec<&str> = evidence.of_aws().collect();
    // A JVM that begins says which flags it has, `-XX:+ExitOnOutOfMemoryError` among them: nothing has happened yet.
    let searched = |line: &String| {
        if line.contains("-XX:") {
            String::new()
        } else {
            line.to_lowercase()
        }
    };
    let log: Vec<String> = evidence.log.iter().map(searched).collect();
    for cause in CAUSES {
        let by_aws = cause.aws.iter().any(|words| aws.iter().any(|text| says(text, words)));
        let line = log
            .iter()
            .rposition(|line| cause.log.iter().any(|words| says(line, words)));
        if by_aws || line.is_some() {
            let remedy = cause.remedy;
            return Finding { remedy, line };
        }
    }
    Finding {
        remedy: "Look at the service's events and the tasks' log; where it is a matter of time, give the operation more in \
                 `timeouts`.",
        line: None,
    }
}

/// Whether one line of a text holds the words, in their order.
fn says(text: &str, words: &str) -> bool {
    text.lines().any(|line| {
        let mut rest = line;
        words.split('…').all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    })
}

#[cfg(test)]
mod tests;
