//! Prints an error with all its causes on one line, for logs and stored problems.

use std::error::Error;
use std::fmt;

/// Displays `what failed: why: why`, leaving out a cause that repeats what was said.
pub struct ErrorChain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        formatter.write_str(&said)?;
        let mut cause = self.0.source();
        while let Some(current) = cause {
            let text = current.to_string();
            if !said.contains(&text) {
                write!(formatter, ": {text}")?;
                said.push_str(&text);
            }
            cause = current.source();
        }
        Ok(())
    }
}
