//! Tokens → statements.

use crate::limits::{NESTING_MAX, SOURCE_BYTES_MAX};
use crate::problem::ScriptProblem;
use crate::syntax::{
    BinaryOperator, Definition, Expression, ExpressionKind, Name, Parameter, ParameterKind, Slot, Statement,
    StatementKind, Target,
};
use crate::token::{Place, Token, tokenise};

mod expression;
#[cfg(test)]
mod tests;

/// What parsing returns.
type Parsed<T> = Result<T, ScriptProblem>;

/// Reads a script.
pub(crate) fn parse(source: &str) -> Parsed<Vec<Statement>> {
    if source.len() > SOURCE_BYTES_MAX {
        let message = format!(
            "a script has at most {SOURCE_BYTES_MAX} bytes, this one has {}",
            source.len()
        );
        return Err(ScriptProblem::new(Place { line: 1, column: 1 }, message));
    }
    let mut parser = Parser {
        tokens: tokenise(source)?.into_iter().peekable(),
        depth: 0,
        function_depth: 0,
        loop_depth: 0,
    };
    let mut statements = Vec::new();
    while !parser.takes(&Token::End) {
        parser.statement(&mut statements)?;
    }
    Ok(statements)
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<(Token, Place)>>,
    /// Calls of ours inside each other.
    depth: usize,
    function_depth: usize,
    loop_depth: usize,
}

impl Parser {
    fn peek(&mut self) -> &Token {
        self.tokens.peek().map_or(&Token::End, |(token, _)| token)
    }

    fn here(&mut self) -> Place {
        self.tokens.peek().map(|(_, at)| *at).unwrap_or_default()
    }

    fn next(&mut self) -> (Token, Place) {
        self.tokens.next().unwrap_or((Token::End, Place::default()))
    }

    /// Passes a token if it comes next.
    fn takes(&mut self, wanted: &Token) -> bool {
        self.tokens.next_if(|(token, _)| token == wanted).is_some()
    }

    fn takes_sign(&mut self, sign: &'static str) -> bool {
        self.takes(&Token::Sign(sign))
    }

    fn takes_keyword(&mut self, word: &'static str) -> bool {
        self.takes(&Token::Keyword(word))
    }

    fn expect(&mut self, wanted: &Token) -> Parsed<()> {
        if self.takes(wanted) {
            return Ok(());
        }
        let found = self.peek().describe();
        Err(ScriptProblem::new(
            self.here(),
            format!("expected {}, found {found}", wanted.describe()),
        ))
    }

    fn expect_sign(&mut self, sign: &'static str) -> Parsed<()> {
        self.expect(&Token::Sign(sign))
    }

    fn name(&mut self, what: &str) -> Parsed<(Box<str>, Place)> {
        match self.next() {
            (Token::Name(name), at) => Ok((name, at)),
            (token, at) => {
                let message = format!("expected {what}, found {}", token.describe());
                Err(ScriptProblem::new(at, message))
            }
        }
    }

    /// Parses something that may hold more of its kind.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == NESTING_MAX {
            return Err(too_deep(self.here()));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn statement(&mut self, out: &mut Vec<Statement>) -> Parsed<()> {
        let at = self.here();
        let kind = match self.peek() {
            Token::Keyword("def") => self.nested(Self::definition)?,
            Token::Keyword("if") => self.nested(Self::conditional)?,
            Token::Keyword("for") => self.nested(Self::repetition)?,
            Token::Keyword("while") => {
                return Err(ScriptProblem::new(at, "there is no `while` in Starlark")
                    .hinted("use `for` over a range and `break`"));
            }
            Token::Indent => return Err(ScriptProblem::new(at, "this line is indented, but starts no block")),
            _ => return self.simple_line(out),
        };
        out.push(Statement { at, kind });
        Ok(())
    }

    /// Reads statements that are separated by semicolons, to the end of their line.
    fn simple_line(&mut self, out: &mut Vec<Statement>) -> Parsed<()> {
        loop {
            let at = self.here();
            let kind = self.simple()?;
            out.push(Statement { at, kind });
            if self.takes(&Token::Newline) || *self.peek() == Token::End {
                return Ok(());
            }
            if !self.takes_sign(";") {
                return self.expect(&Token::Newline);
            }
            if self.takes(&Token::Newline) {
                return Ok(());
            }
        }
    }

    fn simple(&mut self) -> Parsed<StatementKind> {
        let at = self.here();
        match self.peek() {
            Token::Keyword("pass") => {
                self.next();
                Ok(StatementKind::Pass)
            }
            Token::Keyword(word @ ("break" | "continue")) => {
                let word = *word;
                self.next();
                if self.loop_depth == 0 {
                    return Err(ScriptProblem::new(at, format!("`{word}` stands in no loop")));
                }
                Ok(if word == "break" {
                    StatementKind::Break
                } else {
                    StatementKind::Continue
                })
            }
            Token::Keyword("return") => {
                self.next();
                if self.function_depth == 0 {
                    return Err(ScriptProblem::new(at, "`return` stands in no function"));
                }
                let is_bare = matches!(self.peek(), Token::Newline | Token::End | Token::Sign(";"));
                let value = if is_bare { None } else { Some(self.expressions()?) };
                Ok(StatementKind::Return(value))
            }
            Token::Keyword("load") => Err(ScriptProblem::new(at, "a script cannot load another")
                .hinted("`json` and `base64` are there without it")),
            _ => self.assignment(),
        }
    }

    fn assignment(&mut self) -> Parsed<StatementKind> {
        let left = self.expressions()?;
        if self.takes_sign("=") {
            let target = target(left)?;
            return Ok(StatementKind::Assign(target, self.expressions()?));
        }
        let Some(operator) = self.augmentation() else {
            return Ok(StatementKind::Expression(left));
        };
        let at = left.at;
        let target = target(left)?;
        if matches!(target, Target::Tuple(..)) {
            return Err(ScriptProblem::new(
                at,
                "only a name or an element can be changed in place",
            ));
        }
        Ok(StatementKind::Augment(target, operator, self.expressions()?))
    }

    fn augmentation(&mut self) -> Option<BinaryOperator> {
        let Token::Sign(sign) = self.peek() else { return None };
        let operator = match *sign {
            "+=" => BinaryOperator::Add,
            "-=" => BinaryOperator::Subtract,
            "*=" => BinaryOperator::Multiply,
            "/=" => BinaryOperator::Divide,
            "//=" => BinaryOperator::FloorDivide,
            "%=" => BinaryOperator::Modulo,
            "&=" => BinaryOperator::BitAnd,
            "|=" => BinaryOperator::BitOr,
            "^=" => BinaryOperator::BitXor,
            "<<=" => BinaryOperator::ShiftLeft,
            ">>=" => BinaryOperator::ShiftRight,
            _ => return None,
        };
        self.next();
        Some(operator)
    }

    fn conditional(&mut self) -> Parsed<StatementKind> {
        let mut branches = Vec::new();
        loop {
            self.next();
            let condition = self.test()?;
            branches.push((condition, self.block()?));
            if *self.peek() != Token::Keyword("elif") {
                break;
            }
        }
        let otherwise = if self.takes_keyword("else") {
            self.block()?
        } else {
            Vec::new()
        };
        Ok(StatementKind::If(branches, otherwise))
    }

    fn repetition(&mut self) -> Parsed<StatementKind> {
        self.next();
        let target = self.loop_target()?;
        self.expect(&Token::Keyword("in"))?;
        let values = self.expressions()?;
        self.loop_depth += 1;
        let block = self.block();
        self.loop_depth -= 1;
        Ok(StatementKind::For(target, values, block?))
    }

    fn definition(&mut self) -> Parsed<StatementKind> {
        self.next();
        let (name, at) = self.name("the function's name")?;
        self.expect_sign("(")?;
        let parameters = self.parameters(")")?;
        self.expect_sign(")")?;
        if *self.peek() == Token::Sign("->") {
            return Err(ScriptProblem::new(self.here(), "type annotations are not supported"));
        }
        let loop_depth = std::mem::replace(&mut self.loop_depth, 0);
        self.function_depth += 1;
        let body = self.block();
        self.function_depth -= 1;
        self.loop_depth = loop_depth;
        let definition = Definition {
            at,
            name: name.clone(),
            parameters,
            body: body?,
        };
        let slot = Slot::Unresolved;
        Ok(StatementKind::Define(Name { text: name, slot }, Box::new(definition)))
    }

    /// Reads parameters up to the sign that ends them, which is left.
    fn parameters(&mut self, end: &'static str) -> Parsed<Vec<Parameter>> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let (mut has_star, mut has_default) = (false, false);
        while *self.peek() != Token::Sign(end) {
            let at = self.here();
            if matches!(parameters.last(), Some(last) if matches!(last.kind, ParameterKind::Dict)) {
                return Err(ScriptProblem::new(at, "nothing can follow the `**` parameter"));
            }
            if self.takes_sign("*") {
                if std::mem::replace(&mut has_star, true) {
                    return Err(ScriptProblem::new(at, "a function has one `*` parameter"));
                }
                if *self.peek() != Token::Sign(",") {
                    let (name, at) = self.name("a parameter")?;
                    let kind = ParameterKind::List;
                    parameters.push(Parameter { name, at, kind });
                }
            } else if self.takes_sign("**") {
                let (name, at) = self.name("a parameter")?;
                let kind = ParameterKind::Dict;
                parameters.push(Parameter { name, at, kind });
            } else {
                let (name, at) = self.name("a parameter")?;
                let default = if self.takes_sign("=") { Some(self.test()?) } else { None };
                if default.is_none() && has_default && !has_star {
                    return Err(ScriptProblem::new(
                        at,
                        "a parameter without a default follows one with it",
                    ));
                }
                has_default |= default.is_some();
                let kind = if has_star {
                    ParameterKind::Named(default)
                } else {
                    ParameterKind::Plain(default)
                };
                parameters.push(Parameter { name, at, kind });
            }
            if end == ")" && *self.peek() == Token::Sign(":") {
                return Err(ScriptProblem::new(self.here(), "type annotations are not supported"));
            }
            if !self.takes_sign(",") {
                break;
            }
        }
        for (index, parameter) in parameters.iter().enumerate() {
            if parameters[..index].iter().any(|other| other.name == parameter.name) {
                let message = format!("`{}` is already a parameter", parameter.name);
                return Err(ScriptProblem::new(parameter.at, message));
            }
        }
        Ok(parameters)
    }

    /// Reads a colon and the block after it: the rest of the line, or indented lines.
    fn block(&mut self) -> Parsed<Vec<Statement>> {
        self.expect_sign(":")?;
        let mut statements = Vec::new();
        if !self.takes(&Token::Newline) {
            self.simple_line(&mut statements)?;
            return Ok(statements);
        }
        if !self.takes(&Token::Indent) {
            let at = self.here();
            return Err(ScriptProblem::new(at, "an indented block comes after the colon").hinted("`pass` does nothing"));
        }
        while !self.takes(&Token::Outdent) {
            self.statement(&mut statements)?;
        }
        Ok(statements)
    }
}

fn too_deep(at: Place) -> ScriptProblem {
    ScriptProblem::new(
        at,
        format!("more than {NESTING_MAX} expressions or blocks inside each other"),
    )
    .hinted("give parts of it a name, or a function")
}

/// Turns what was read as an expression into a target.
fn target(expression: Expression) -> Parsed<Target> {
    let at = expression.at;
    match expression.kind {
        ExpressionKind::Name(name) => Ok(Target::Name(name)),
        ExpressionKind::Tuple(items) | ExpressionKind::List(items) if !items.is_empty() => {
            let targets = items.into_iter().map(target).collect::<Parsed<_>>()?;
            Ok(Target::Tuple(targets, at))
        }
        ExpressionKind::Index(parts) => Ok(Target::Index(parts)),
        ExpressionKind::Attribute(..) => Err(ScriptProblem::new(at, "an attribute cannot be assigned to")),
        _ => Err(ScriptProblem::new(at, "this cannot be assigned to")),
    }
}
