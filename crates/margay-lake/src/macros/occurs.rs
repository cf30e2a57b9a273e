//! The `p_occurs_…` macros: conditions on the time of an event.
//!
//! | call | rows with |
//! |---|---|
//! | `p_occurs_since('1 d' [, alias [, column]])` | time ≥ now − 1 day |
//! | `p_occurs_between(start, end [, alias [, column]])` | start ≤ time ≤ end |
//! | `p_occurs_around(time, '1 h' [, alias [, column]])` | time − 1 hour ≤ time ≤ time + 1 hour |
//! | `p_occurs_after(time [, alias [, column]])` | time ≥ given |
//! | `p_occurs_before(time [, alias [, column]])` | time < given |
//!
//! A time is a text (UTC if it has no zone) or any expression that gives a timestamp. On the event's own time, which is the
//! column unless another is named, the same bounds go on `p_event_date` too: whole days of files are then never opened.

use deltalake::datafusion::sql::sqlparser::ast::{Expr, Ident, UnaryOperator, Value, ValueWithSpan};
use deltalake::datafusion::sql::sqlparser::dialect::GenericDialect;
use deltalake::datafusion::sql::sqlparser::parser::Parser;
use jiff::{SignedDuration, Timestamp};

use super::{MacroError, length, moment};
use crate::columns::{EVENT_DATE, EVENT_TIME};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occurs {
    Since,
    Between,
    Around,
    After,
    Before,
}

impl Occurs {
    /// Returns the macro of this name, which is in lower case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "p_occurs_since" => Self::Since,
            "p_occurs_between" => Self::Between,
            "p_occurs_around" => Self::Around,
            "p_occurs_after" => Self::After,
            "p_occurs_before" => Self::Before,
            _ => return None,
        })
    }

    /// Returns the condition that the call stands for.
    pub(crate) fn expand(self, arguments: &[Expr], now: Timestamp) -> Result<Expr, MacroError> {
        let own = match self {
            Self::Since | Self::After | Self::Before => 1,
            Self::Between | Self::Around => 2,
        };
        if arguments.len() < own || arguments.len() > own + 2 {
            return Err(self.misuse(&format!("it was given {} arguments", arguments.len())));
        }
        let column = Column::named(self, &arguments[own..])?;
        let condition = match self {
            Self::Since => {
                let from = shift(now, -self.length(&arguments[0])?);
                column.compare(">=", &Moment::At(from))
            }
            Self::After => column.compare(">=", &self.moment(&arguments[0])?),
            Self::Before => column.compare("<", &self.moment(&arguments[0])?),
            Self::Between => {
                let (from, to) = (self.moment(&arguments[0])?, self.moment(&arguments[1])?);
                format!("{} AND {}", column.compare(">=", &from), column.compare("<=", &to))
            }
            Self::Around => {
                let (middle, length) = (self.moment(&arguments[0])?, self.length(&arguments[1])?);
                let (from, to) = (middle.shifted(-length), middle.shifted(length));
                format!("{} AND {}", column.compare(">=", &from), column.compare("<=", &to))
            }
        };
        parse(&format!("({condition})")).ok_or_else(|| self.misuse("an argument is not a plain expression"))
    }

    /// Returns the error of a call that means nothing, with the right form as hint.
    pub(crate) fn misuse(self, what: &str) -> MacroError {
        let (name, form) = match self {
            Self::Since => ("p_occurs_since", "p_occurs_since('1 d' [, alias [, column]])"),
            Self::Between => (
                "p_occurs_between",
                "p_occurs_between('2026-01-01', '2026-01-31 12:00:00' [, alias [, column]])",
            ),
            Self::Around => (
                "p_occurs_around",
                "p_occurs_around('2026-01-31 12:00:00', '1 h' [, alias [, column]])",
            ),
            Self::After => (
                "p_occurs_after",
                "p_occurs_after('2026-01-31 12:00:00' [, alias [, column]])",
            ),
            Self::Before => (
                "p_occurs_before",
                "p_occurs_before('2026-01-31 12:00:00' [, alias [, column]])",
            ),
        };
        MacroError {
            message: format!("{name}: {what}"),
            hint: format!("call it like {form}"),
        }
    }

    fn length(self, argument: &Expr) -> Result<SignedDuration, MacroError> {
        let text = text_of(argument).or_else(|| number_of(argument));
        let text = text.ok_or_else(|| self.misuse(&format!("`{argument}` is no length of time")))?;
        length::parse(&text).map_err(|what| self.misuse(&what))
    }

    fn moment(self, argument: &Expr) -> Result<Moment, MacroError> {
        match text_of(argument) {
            Some(text) => moment::parse(&text).map(Moment::At).map_err(|what| self.misuse(&what)),
            None if is_number(argument) => Err(self.misuse(&format!("`{argument}` is a number, not a time"))),
            None => Ok(Moment::Computed(format!("arrow_cast({argument}, '{TYPE}')"))),
        }
    }
}

/// The type of the lake's times. A comparison with exactly this type reaches the files' statistics.
const TYPE: &str = r#"Timestamp(Microsecond, Some("UTC"))"#;

/// One end of a range of time.
enum Moment {
    At(Timestamp),
    /// An expression of the type [`TYPE`].
    Computed(String),
}

impl Moment {
    fn shifted(&self, by: SignedDuration) -> Self {
        match self {
            Self::At(time) => Self::At(shift(*time, by)),
            Self::Computed(expression) => {
                let sign = if by.is_negative() { '-' } else { '+' };
                let seconds = by.as_secs().unsigned_abs();
                Self::Computed(format!(
                    "arrow_cast({expression} {sign} INTERVAL '{seconds} seconds', '{TYPE}')"
                ))
            }
        }
    }

    fn time(&self) -> String {
        match self {
            Self::At(time) => format!("arrow_cast('{time:.6}', '{TYPE}')"),
            Self::Computed(expression) => expression.clone(),
        }
    }

    fn date(&self) -> String {
        match self {
            Self::At(time) => format!("CAST('{}' AS DATE)", time.strftime("%Y-%m-%d")),
            Self::Computed(expression) => format!("CAST({expression} AS DATE)"),
        }
    }
}

/// The column that a macro compares, and the day beside it.
struct Column {
    alias: Option<Ident>,
    name: Ident,
}

impl Column {
    fn named(occurs: Occurs, arguments: &[Expr]) -> Result<Self, MacroError> {
        let name_at = |at: usize| {
            arguments
                .get(at)
                .map(|argument| name_of(argument).ok_or_else(|| occurs.misuse(&format!("`{argument}` is no name"))))
                .transpose()
        };
        // An empty alias stands for none, so that a column can be named without one.
        let alias = name_at(0)?.filter(|alias| !alias.value.is_empty());
        let name = name_at(1)?.unwrap_or_else(|| Ident::new(EVENT_TIME));
        Ok(Self { alias, name })
    }

    fn compare(&self, operator: &str, moment: &Moment) -> String {
        let condition = format!("{} {operator} {}", self.qualified(&self.name), moment.time());
        if self.name.value.eq_ignore_ascii_case(EVENT_TIME) {
            let date = self.qualified(&Ident::new(EVENT_DATE));
            // The day of an excluded end may still hold earlier times.
            let operator = if operator == "<" { "<=" } else { operator };
            format!("{condition} AND {date} {operator} {}", moment.date())
        } else {
            condition
        }
    }

    fn qualified(&self, name: &Ident) -> String {
        match &self.alias {
            Some(alias) => format!("{alias}.{name}"),
            None => name.to_string(),
        }
    }
}

/// Moves a time; beyond the ends of time it stays there.
fn shift(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(time)
}

fn text_of(argument: &Expr) -> Option<String> {
    match argument {
        Expr::Value(ValueWithSpan {
            value: Value::SingleQuotedString(text),
            ..
        }) => Some(text.clone()),
        _ => None,
    }
}

fn number_of(argument: &Expr) -> Option<String> {
    match argument {
        Expr::Value(ValueWithSpan {
            value: Value::Number(number, _),
            ..
        }) => Some(number.clone()),
        _ => None,
    }
}

fn is_number(argument: &Expr) -> bool {
    match argument {
        Expr::UnaryOp {
            op: UnaryOperator::Minus | UnaryOperator::Plus,
            expr,
        } => is_number(expr),
        argument => number_of(argument).is_some(),
    }
}

/// Returns the name that an argument is: an identifier, or a text that could be one.
fn name_of(argument: &Expr) -> Option<Ident> {
    match argument {
        Expr::Identifier(name) => Some(name.clone()),
        other => {
            let text = text_of(other)?;
            let is_name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            is_name.then(|| Ident::new(text))
        }
    }
}

fn parse(expression: &str) -> Option<Expr> {
    Parser::new(&GenericDialect {})
        .try_with_sql(expression)
        .ok()?
        .parse_expr()
        .ok()
}
