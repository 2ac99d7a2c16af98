//! What was found, a line each: `problem  mail          smtp.example.org: Connection refused. …`

use crate::commands;

/// How a thing is, and what to do about it.
pub enum Finding {
    Ok(String),
    /// It works, but not as it should.
    Warning(String),
    /// It does not work.
    Problem(String),
}

pub fn ok(text: impl Into<String>) -> Finding {
    Finding::Ok(text.into())
}

pub fn warning(text: impl Into<String>) -> Finding {
    Finding::Warning(text.into())
}

pub fn problem(text: impl Into<String>) -> Finding {
    Finding::Problem(text.into())
}

#[derive(Default)]
pub struct Report {
    looked_at: Vec<String>,
    warnings: usize,
    problems: usize,
}

impl Report {
    pub fn add(&mut self, what: &str, finding: Finding) -> Result<(), String> {
        let (state, text) = match finding {
            Finding::Ok(text) => ("ok", text),
            Finding::Warning(text) => {
                self.warnings += 1;
                ("warning", text)
            }
            Finding::Problem(text) => {
                self.problems += 1;
                ("problem", text)
            }
        };
        self.looked_at.push(what.to_owned());
        // What others say may have several lines.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        commands::say(format_args!("{state:8} {what:14} {text}"))
    }

    /// One line each, or one that says that there is nothing to say.
    pub fn add_all(&mut self, what: &str, findings: Vec<Finding>, otherwise: &str) -> Result<(), String> {
        if findings.is_empty() {
            return self.add(what, ok(otherwise));
        }
        findings.into_iter().try_for_each(|finding| self.add(what, finding))
    }

    pub fn has(&self, what: &str) -> bool {
        self.looked_at.iter().any(|known| known == what)
    }

    /// An error where there are problems: it is the last line, and makes the exit code.
    pub fn end(self) -> Result<(), String> {
        let count = |number: usize, what: &str| match number {
            1 => format!("1 {what}"),
            _ => format!("{number} {what}s"),
        };
        let (problems, warnings) = (count(self.problems, "problem"), count(self.warnings, "warning"));
        match (self.problems, self.warnings) {
            (0, 0) => commands::say("All is well."),
            (0, _) => commands::say(format_args!("No problem, {warnings}.")),
            _ => Err(format!("{problems}, {warnings}")),
        }
    }
}
