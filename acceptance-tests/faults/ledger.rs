//! What was found, kept in `target/faults`: a run that was broken off goes on where it stopped, and a table tells the whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;

use serde_json::{from_str, to_string};

use super::fault::KINDS;
use super::judge::{Case, Verdict};
use super::world::target_dir;

/// What is known of the cases of one scenario.
pub struct Ledger {
    folder: PathBuf,
    name: &'static str,
    known: Mutex<BTreeMap<Case, Verdict>>,
    file: Mutex<File>,
}

impl Ledger {
    /// The scenario's ledger, which a sample does not touch. What another build of the provider or of the harness found is
    /// forgotten.
    pub fn open(name: &'static str, of_all: bool) -> Self {
        let folder = target_dir().join(if of_all { "faults" } else { "faults/sample" });
        fs::create_dir_all(&folder).expect("the folder of the ledgers");
        let path = folder.join(format!("{name}.jsonl"));
        let build = build();
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut lines = text.lines();
        let same = lines.next() == Some(build.as_str());
        let known: BTreeMap<Case, Verdict> = lines.filter(|_| same).filter_map(|line| from_str(line).ok()).collect();
        let mut file = File::create(&path).expect("a ledger");
        writeln!(file, "{build}").expect("a ledger");
        let ledger = Self {
            folder,
            name,
            known: Mutex::default(),
            file: Mutex::new(file),
        };
        for (case, verdict) in known {
            // What was wrong is looked at again.
            if !matches!(verdict, Verdict::Wrong(_)) {
                ledger.enter(case, verdict);
            }
        }
        ledger
    }

    /// Whether a case was run by this build, and found right.
    pub fn knows(&self, case: &Case) -> bool {
        self.known.lock().unwrap().contains_key(case)
    }

    /// Enters a case.
    pub fn enter(&self, case: Case, verdict: Verdict) {
        let line = to_string(&(&case, &verdict)).expect("JSON");
        writeln!(self.file.lock().unwrap(), "{line}").expect("a ledger");
        self.known.lock().unwrap().insert(case, verdict);
    }

    /// The cases that came to what they must not.
    pub fn wrong(&self) -> Vec<String> {
        let known = self.known.lock().unwrap();
        let wrong = known.iter().filter_map(|(case, verdict)| match verdict {
            Verdict::Wrong(why) => Some(format!("{case}\n  {}", why.replace('\n', "\n  "))),
            _ => None,
        });
        wrong.collect()
    }

    /// Writes the table, calls × faults → outcome, and answers how many cases came to what.
    pub fn close(&self) -> BTreeMap<&'static str, usize> {
        let known = self.known.lock().unwrap();
        let mut rows: BTreeMap<(String, String), BTreeMap<&str, BTreeSet<&'static str>>> = BTreeMap::new();
        let mut tally = BTreeMap::new();
        for (case, verdict) in known.iter() {
            let row = rows
                .entry((format!("{:?}", case.operation), case.call.clone()))
                .or_default();
            row.entry(case.fault.kind()).or_default().insert(verdict.word());
            *tally.entry(verdict.word()).or_default() += 1;
        }
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let head = ["Operation", "Call"].into_iter().chain(KINDS);
        let head = head.map(str::to_owned);
        let rule = vec!["---".to_owned(); 2 + KINDS.len()];
        let mut table = format!("# {}\n\n{tally:?}\n\n{}{}", self.name, line(head.collect()), line(rule));
        for ((operation, call), cells) in rows {
            let words = KINDS.iter().map(|fault| {
                let words = cells.get(fault).into_iter().flatten().copied();
                words.collect::<Vec<_>>().join(", ")
            });
            table += &line([operation, call].into_iter().chain(words).collect());
        }
        fs::write(self.folder.join(format!("{}.md", self.name)), table).expect("a table");
        tally
    }
}

/// Tells one build from another: the harness is linked with the provider, and reads the stand-in's sources.
fn build() -> String {
    let executable = std::env::current_exe().expect("this executable");
    let stand_in = concat!(env!("CARGO_MANIFEST_DIR"), "/acceptance-tests/stand-in/stand_in");
    let sources = fs::read_dir(stand_in)
        .expect("the stand-in")
        .filter_map(|entry| Some(entry.ok()?.path()));
    let changed = sources
        .chain([executable])
        .filter_map(|path| fs::metadata(path).ok()?.modified().ok());
    format!("{:?}", changed.max())
}
