//! Logs as Terraform takes them: a line of JSON on stderr for each event, in the form of Go's hclog.

use std::fmt;
use std::io::{self, Write};

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::environment::Environment;

/// hclog reads no other form of time.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// What the names of all our crates begin with.
const OURS: &str = "thatdot_";

/// Crates that move bytes: what they have to say below a warning is noise.
const TRANSPORT: [&str; 8] = [
    "h2",
    "hyper",
    "hyper_util",
    "tonic",
    "tower",
    "rustls",
    "tokio_util",
    "mio",
];

/// What is worth a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Threshold(LevelFilter);

impl Threshold {
    /// As the user asked: `TF_LOG_PROVIDER_X` for the provider `x`, else `TF_LOG_PROVIDER`, else `TF_LOG`. Nothing when
    /// none is set, as Terraform would throw it away.
    pub(super) fn of(environment: &Environment, provider: &str) -> Self {
        let own = format!("TF_LOG_PROVIDER_{}", provider.to_uppercase().replace('-', "_"));
        let of = |name: &str| {
            environment
                .log
                .iter()
                .find(|(variable, _)| variable == name)
                .map(|(_, value)| value)
        };
        let level = of(&own).or_else(|| of("TF_LOG_PROVIDER")).or_else(|| of("TF_LOG"));
        Self(
            level.map_or(LevelFilter::OFF, |level| match level.to_ascii_uppercase().as_str() {
                "OFF" => LevelFilter::OFF,
                "ERROR" => LevelFilter::ERROR,
                "WARN" => LevelFilter::WARN,
                "INFO" => LevelFilter::INFO,
                "DEBUG" => LevelFilter::DEBUG,
                // `JSON` asks for a form, and everything else is a misspelt level: Terraform takes both for TRACE.
                _ => LevelFilter::TRACE,
            }),
        )
    }

    /// Other people's crates say no more than DEBUG: at TRACE they write whole requests, with what is secret in them.
    fn targets(self) -> Targets {
        let Self(level) = self;
        let transport = TRANSPORT.map(|target| (target, level.min(LevelFilter::WARN)));
        Targets::new()
            .with_default(level.min(LevelFilter::DEBUG))
            .with_target(OURS, level)
            .with_targets(transport)
    }
}

/// From now on, what this process logs goes to stderr.
pub(super) fn start(threshold: Threshold) {
    if threshold.0 != LevelFilter::OFF {
        let layer = HcLog {
            write: |line: &[u8]| io::stderr().lock().write_all(line),
        }
        .with_filter(threshold.targets());
        // Fails where something else was there first, which then takes the log.
        _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
    }
}

/// Writes events as hclog's JSON.
struct HcLog<W> {
    write: W,
}

/// The fields of a span, kept with it.
struct Fields(Map<String, Value>);

impl<S, W> Layer<S> for HcLog<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) -> io::Result<()> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Collector::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(Fields(fields.0));
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        let mut fields = Collector::default();
        record.record(&mut fields);
        if let Some(span) = context.span(id)
            && let Some(Fields(known)) = span.extensions_mut().get_mut()
        {
            known.extend(fields.0);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut entry = Map::new();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(Fields(fields)) = span.extensions().get() {
                entry.extend(fields.clone());
            }
        }
        let mut fields = Collector::default();
        event.record(&mut fields);
        let message = fields.0.remove("message");
        entry.extend(fields.0);

        let message = message.map_or_else(String::new, |message| match message {
            Value::String(text) => text,
            other => other.to_string(),
        });
        let now = OffsetDateTime::now_utc().format(TIMESTAMP).unwrap_or_default();
        entry.insert("@level".to_owned(), level(*event.metadata().level()).into());
        entry.insert("@message".to_owned(), message.into());
        entry.insert("@timestamp".to_owned(), now.into());
        entry.insert("@module".to_owned(), event.metadata().target().into());
        let mut line = Value::Object(entry).to_string();
        line.push('\n');
        // A log that nobody takes is no reason to fail.
        _ = (self.write)(line.as_bytes());
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// Collects fields. hclog's own keys start with `@`, and the host fails on a wrong type in them, so none else may.
#[derive(Default)]
struct Collector(Map<String, Value>);

impl Collector {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0
            .insert(field.name().trim_start_matches('@').to_owned(), value.into());
    }
}

impl Visit for Collector {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    fn threshold(log: &[(&str, &str)]) -> LevelFilter {
        let log = log
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Threshold::of(
            &Environment {
                log,
                ..Environment::default()
            },
            "my-x",
        )
        .0
    }

    #[test]
    fn the_nearest_variable_decides() {
        assert_eq!(threshold(&[]), LevelFilter::OFF);
        assert_eq!(threshold(&[("TF_LOG_CORE", "trace")]), LevelFilter::OFF);
        assert_eq!(threshold(&[("TF_LOG", "info")]), LevelFilter::INFO);
        assert_eq!(threshold(&[("TF_LOG", "JSON")]), LevelFilter::TRACE);
        assert_eq!(
            threshold(&[("TF_LOG", "trace"), ("TF_LOG_PROVIDER", "off")]),
            LevelFilter::OFF
        );
        assert_eq!(
            threshold(&[("TF_LOG_PROVIDER", "warn"), ("TF_LOG_PROVIDER_MY_X", "debug")]),
            LevelFilter::DEBUG
        );
    }

    /// What is logged in `run`, line by line.
    fn logged(level: LevelFilter, run: impl FnOnce()) -> Vec<Map<String, Value>> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let write = move |line: &[u8]| {
            assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
            sink.lock().unwrap().push(serde_json::from_slice(line).unwrap());
            Ok(())
        };
        let layer = HcLog { write }.with_filter(Threshold(level).targets());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), run);
        Arc::into_inner(lines).unwrap().into_inner().unwrap()
    }

    #[test]
    fn an_event_is_a_line_that_hclog_reads() {
        let lines = logged(LevelFilter::TRACE, || {
            let span = tracing::info_span!("rpc", tf_rpc = "Stop", tf_type = tracing::field::Empty);
            let _entered = span.enter();
            span.record("tf_type", "x_y");
            tracing::warn!(count = 3, "@level" = "odd", "two\nlines");
        });
        let [line] = lines.as_slice() else {
            panic!("one line expected: {lines:?}")
        };
        assert_eq!(line["@level"], "warn");
        assert_eq!(line["@message"], "two\nlines");
        assert_eq!(line["@module"], module_path!());
        assert_eq!(line["level"], "odd");
        assert_eq!(
            (&line["tf_rpc"], &line["tf_type"], &line["count"]),
            (&"Stop".into(), &"x_y".into(), &3.into())
        );
        let timestamp = line["@timestamp"].as_str().unwrap();
        assert_eq!(timestamp.len(), "2006-01-02T15:04:05.000000Z".len(), "{timestamp}");
    }

    #[test]
    fn other_crates_never_trace_and_transport_only_warns() {
        let lines = logged(LevelFilter::TRACE, || {
            tracing::trace!("1");
            tracing::trace!(target: "aws_sigv4", "2");
            tracing::debug!(target: "aws_sigv4", "3");
            tracing::info!(target: "h2::codec", "4");
            tracing::warn!(target: "h2::codec", "5");
        });
        let messages: Vec<_> = lines.iter().map(|line| line["@message"].as_str().unwrap()).collect();
        assert_eq!(messages, ["1", "3", "5"]);
        assert!(logged(LevelFilter::ERROR, || tracing::warn!("6")).is_empty());
    }
}
