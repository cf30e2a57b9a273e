//! Tokens → expressions.

use super::{Parsed, Parser, target, too_deep};
use crate::builtin::Method;
use crate::limits::NESTING_MAX;
use crate::problem::ScriptProblem;
use crate::syntax::{
    BinaryOperator, Body, COMPARISON, Call, Clause, Comprehension, Conditional, Definition, Expression, ExpressionKind,
    Literal, Name, Slice, Slot, Statement, StatementKind, Target, UnaryOperator,
};
use crate::token::{Place, Token};

/// Makes an expression that stands on top of others of that height.
fn expression(at: Place, height: usize, kind: ExpressionKind) -> Parsed<Expression> {
    if height == NESTING_MAX {
        return Err(too_deep(at));
    }
    Ok(Expression {
        at,
        height: height + 1,
        kind,
    })
}

fn leaf(at: Place, kind: ExpressionKind) -> Expression {
    Expression { at, height: 1, kind }
}

fn tallest<'a>(expressions: impl IntoIterator<Item = &'a Expression>) -> usize {
    expressions
        .into_iter()
        .map(|expression| expression.height)
        .max()
        .unwrap_or(0)
}

impl Parser {
    /// Reads an expression, or several separated by commas, which are a tuple.
    pub(super) fn expressions(&mut self) -> Parsed<Expression> {
        let at = self.here();
        let first = self.test()?;
        if *self.peek() != Token::Sign(",") {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.takes_sign(",") {
            if self.ends_list() {
                break;
            }
            items.push(self.test()?);
        }
        expression(at, tallest(&items), ExpressionKind::Tuple(items))
    }

    fn ends_list(&mut self) -> bool {
        matches!(
            self.peek(),
            Token::Newline | Token::End | Token::Sign(")" | "]" | "}" | "=" | ";" | ":")
        )
    }

    /// Reads an expression.
    pub(super) fn test(&mut self) -> Parsed<Expression> {
        self.nested(|parser| {
            if *parser.peek() == Token::Keyword("lambda") {
                return parser.lambda();
            }
            let at = parser.here();
            let then = parser.disjunction()?;
            if !parser.takes_keyword("if") {
                return Ok(then);
            }
            let condition = parser.disjunction()?;
            parser.expect(&Token::Keyword("else"))?;
            let otherwise = parser.test()?;
            let height = tallest([&then, &condition, &otherwise]);
            let conditional = Conditional {
                condition,
                then,
                otherwise,
            };
            expression(at, height, ExpressionKind::Conditional(Box::new(conditional)))
        })
    }

    fn lambda(&mut self) -> Parsed<Expression> {
        let (_, at) = self.next();
        let parameters = self.parameters(":")?;
        self.expect_sign(":")?;
        let value = self.test()?;
        let height = value.height;
        let body = vec![Statement {
            at: value.at,
            kind: StatementKind::Return(Some(value)),
        }];
        let definition = Definition {
            at,
            name: "lambda".into(),
            parameters,
            body,
        };
        expression(at, height, ExpressionKind::Lambda(Box::new(definition)))
    }

    fn disjunction(&mut self) -> Parsed<Expression> {
        let mut left = self.conjunction()?;
        while self.takes_keyword("or") {
            let right = self.conjunction()?;
            let (at, height) = (left.at, tallest([&left, &right]));
            left = expression(at, height, ExpressionKind::Or(Box::new((left, right))))?;
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Parsed<Expression> {
        let mut left = self.negation()?;
        while self.takes_keyword("and") {
            let right = self.negation()?;
            let (at, height) = (left.at, tallest([&left, &right]));
            left = expression(at, height, ExpressionKind::And(Box::new((left, right))))?;
        }
        Ok(left)
    }

    fn negation(&mut self) -> Parsed<Expression> {
        let at = self.here();
        if !self.takes_keyword("not") {
            return self.binary(COMPARISON);
        }
        let value = self.nested(Self::negation)?;
        expression(at, value.height, ExpressionKind::Not(Box::new(value)))
    }

    /// Reads operators that bind at least that tightly.
    fn binary(&mut self, tightness: u8) -> Parsed<Expression> {
        let mut left = self.unary()?;
        let mut was_comparison = false;
        while let Some(operator) = self.operator(tightness) {
            let at = self.here();
            self.next();
            if operator == BinaryOperator::NotIn {
                self.expect(&Token::Keyword("in"))?;
            }
            let is_comparison = operator.precedence() == COMPARISON;
            if is_comparison && was_comparison {
                return Err(ScriptProblem::new(at, "comparisons do not chain").hinted("write `a < b and b < c`"));
            }
            was_comparison = is_comparison;
            let right = self.nested(|parser| parser.binary(operator.precedence() + 1))?;
            let (at, height) = (left.at, tallest([&left, &right]));
            left = expression(at, height, ExpressionKind::Binary(operator, Box::new((left, right))))?;
        }
        Ok(left)
    }

    /// Returns the operator that comes next, if it binds at least that tightly. It is left.
    fn operator(&mut self, tightness: u8) -> Option<BinaryOperator> {
        let operator = match self.peek() {
            Token::Keyword("in") => BinaryOperator::In,
            Token::Keyword("not") => BinaryOperator::NotIn,
            Token::Sign(sign) => match *sign {
                "==" => BinaryOperator::Equal,
                "!=" => BinaryOperator::NotEqual,
                "<" => BinaryOperator::Less,
                "<=" => BinaryOperator::LessOrEqual,
                ">" => BinaryOperator::Greater,
                ">=" => BinaryOperator::GreaterOrEqual,
                "|" => BinaryOperator::BitOr,
                "^" => BinaryOperator::BitXor,
                "&" => BinaryOperator::BitAnd,
                "<<" => BinaryOperator::ShiftLeft,
                ">>" => BinaryOperator::ShiftRight,
                "+" => BinaryOperator::Add,
                "-" => BinaryOperator::Subtract,
                "*" => BinaryOperator::Multiply,
                "/" => BinaryOperator::Divide,
                "//" => BinaryOperator::FloorDivide,
                "%" => BinaryOperator::Modulo,
                _ => return None,
            },
            _ => return None,
        };
        (operator.precedence() >= tightness).then_some(operator)
    }

    fn unary(&mut self) -> Parsed<Expression> {
        let at = self.here();
        let operator = match self.peek() {
            Token::Sign("+") => UnaryOperator::Plus,
            Token::Sign("-") => UnaryOperator::Minus,
            Token::Sign("~") => UnaryOperator::Invert,
            _ => return self.postfix(),
        };
        self.next();
        let value = self.nested(Self::unary)?;
        expression(at, value.height, ExpressionKind::Unary(operator, Box::new(value)))
    }

    fn postfix(&mut self) -> Parsed<Expression> {
        let mut value = self.primary()?;
        loop {
            let at = self.here();
            value = if self.takes_sign(".") {
                let (name, name_at) = self.name("the name of an attribute")?;
                let method = Method::of_name(&name).ok_or_else(|| unknown_attribute(&name, name_at))?;
                expression(at, value.height, ExpressionKind::Attribute(Box::new(value), method))?
            } else if self.takes_sign("(") {
                let call = self.arguments(value)?;
                self.expect_sign(")")?;
                let parts = call.positional.iter().chain(call.named.iter().map(|(_, value)| value));
                let parts = parts.chain(&call.list).chain(&call.dict).chain([&call.function]);
                expression(at, tallest(parts), ExpressionKind::Call(Box::new(call)))?
            } else if self.takes_sign("[") {
                self.subscript(value, at)?
            } else {
                return Ok(value);
            };
        }
    }

    fn arguments(&mut self, function: Expression) -> Parsed<Call> {
        let mut call = Call {
            function,
            positional: Vec::new(),
            named: Vec::new(),
            list: None,
            dict: None,
        };
        while *self.peek() != Token::Sign(")") {
            let at = self.here();
            if self.takes_sign("**") {
                call.dict = Some(self.test()?);
            } else if call.dict.is_some() {
                return Err(ScriptProblem::new(at, "nothing can follow `**` in a call"));
            } else if self.takes_sign("*") {
                if call.list.is_some() {
                    return Err(ScriptProblem::new(at, "a call has one `*`"));
                }
                call.list = Some(self.test()?);
            } else {
                self.argument(&mut call)?;
            }
            if !self.takes_sign(",") {
                break;
            }
        }
        Ok(call)
    }

    fn argument(&mut self, call: &mut Call) -> Parsed<()> {
        let at = self.here();
        let value = self.test()?;
        if self.takes_sign("=") {
            let ExpressionKind::Name(name) = value.kind else {
                return Err(ScriptProblem::new(at, "the name of an argument is a plain name"));
            };
            if call.named.iter().any(|(other, _)| *other == name.text) {
                return Err(ScriptProblem::new(
                    at,
                    format!("the argument `{}` is given twice", name.text),
                ));
            }
            let value = self.test()?;
            call.named.push((name.text, value));
            return Ok(());
        }
        if !call.named.is_empty() || call.list.is_some() {
            return Err(ScriptProblem::new(
                at,
                "an argument without a name comes before those with one",
            ));
        }
        if *self.peek() == Token::Keyword("for") {
            return Err(ScriptProblem::new(at, "there are no generators in Starlark")
                .hinted("put the comprehension into `[` and `]`"));
        }
        call.positional.push(value);
        Ok(())
    }

    /// Reads what stands between `[` and `]` after a value.
    fn subscript(&mut self, value: Expression, at: Place) -> Parsed<Expression> {
        let start = if *self.peek() == Token::Sign(":") {
            None
        } else {
            Some(self.expressions()?)
        };
        if self.takes_sign("]") {
            let Some(index) = start else {
                return Err(ScriptProblem::new(at, "an index stands between the brackets"));
            };
            let height = tallest([&value, &index]);
            return expression(at, height, ExpressionKind::Index(Box::new((value, index))));
        }
        self.expect_sign(":")?;
        let end = self.slice_part()?;
        let step = if self.takes_sign(":") { self.slice_part()? } else { None };
        self.expect_sign("]")?;
        let height = tallest([&value].into_iter().chain(&start).chain(&end).chain(&step));
        let slice = Slice {
            value,
            start,
            stop: end,
            step,
        };
        expression(at, height, ExpressionKind::Slice(Box::new(slice)))
    }

    fn slice_part(&mut self) -> Parsed<Option<Expression>> {
        if matches!(self.peek(), Token::Sign(":" | "]")) {
            return Ok(None);
        }
        self.test().map(Some)
    }

    fn primary(&mut self) -> Parsed<Expression> {
        let (token, at) = self.next();
        let literal = match token {
            Token::Name(name) => {
                let slot = Slot::Unresolved;
                return Ok(leaf(at, ExpressionKind::Name(Name { text: name, slot })));
            }
            Token::Keyword("None") => Literal::None,
            Token::Keyword("True") => Literal::Boolean(true),
            Token::Keyword("False") => Literal::Boolean(false),
            Token::Integer(integer) => Literal::Integer(integer),
            Token::Float(number) => Literal::Float(number),
            Token::Text(text) => {
                if matches!(self.peek(), Token::Text(_)) {
                    return Err(ScriptProblem::new(self.here(), "strings side by side are not joined")
                        .hinted("put a `+` between them"));
                }
                Literal::Text(text)
            }
            Token::Sign("(") => return self.parenthesis(at),
            Token::Sign("[") => return self.list(at),
            Token::Sign("{") => return self.dict(at),
            other => {
                let message = format!("expected a value, found {}", other.describe());
                return Err(ScriptProblem::new(at, message));
            }
        };
        Ok(leaf(at, ExpressionKind::Literal(literal)))
    }

    fn parenthesis(&mut self, at: Place) -> Parsed<Expression> {
        if self.takes_sign(")") {
            return Ok(leaf(at, ExpressionKind::Tuple(Vec::new())));
        }
        let value = self.expressions()?;
        self.expect_sign(")")?;
        Ok(value)
    }

    fn list(&mut self, at: Place) -> Parsed<Expression> {
        let mut items = Vec::new();
        while !self.takes_sign("]") {
            items.push(self.test()?);
            if items.len() == 1 && *self.peek() == Token::Keyword("for") {
                let Some(item) = items.pop() else { break };
                let comprehension = self.comprehension(at, Body::List(item))?;
                self.expect_sign("]")?;
                return Ok(comprehension);
            }
            if !self.takes_sign(",") {
                self.expect_sign("]")?;
                break;
            }
        }
        expression(at, tallest(&items), ExpressionKind::List(items))
    }

    fn dict(&mut self, at: Place) -> Parsed<Expression> {
        let mut entries = Vec::new();
        while !self.takes_sign("}") {
            let key = self.test()?;
            if entries.is_empty() && matches!(self.peek(), Token::Sign("," | "}")) {
                return Err(ScriptProblem::new(
                    at,
                    "there are no sets; a dict has a `:` after each key",
                ));
            }
            self.expect_sign(":")?;
            let value = self.test()?;
            if entries.is_empty() && *self.peek() == Token::Keyword("for") {
                let comprehension = self.comprehension(at, Body::Dict(key, value))?;
                self.expect_sign("}")?;
                return Ok(comprehension);
            }
            entries.push((key, value));
            if !self.takes_sign(",") {
                self.expect_sign("}")?;
                break;
            }
        }
        let height = tallest(entries.iter().flat_map(|(key, value)| [key, value]));
        expression(at, height, ExpressionKind::Dict(entries))
    }

    fn comprehension(&mut self, at: Place, body: Body) -> Parsed<Expression> {
        let mut height = match &body {
            Body::List(item) => item.height,
            Body::Dict(key, value) => tallest([key, value]),
        };
        let mut clauses = Vec::new();
        loop {
            let clause = if self.takes_keyword("for") {
                let target = self.loop_target()?;
                self.expect(&Token::Keyword("in"))?;
                Clause::For(target, self.disjunction()?)
            } else if self.takes_keyword("if") {
                Clause::If(self.disjunction()?)
            } else {
                break;
            };
            let (Clause::For(_, value) | Clause::If(value)) = &clause;
            height = height.max(value.height);
            clauses.push(clause);
        }
        // Clauses run inside each other.
        if clauses.len() > NESTING_MAX - height.min(NESTING_MAX) {
            return Err(too_deep(at));
        }
        let height = height + clauses.len();
        let comprehension = Comprehension { body, clauses };
        expression(at, height, ExpressionKind::Comprehension(Box::new(comprehension)))
    }

    /// Reads what a loop assigns to.
    pub(super) fn loop_target(&mut self) -> Parsed<Target> {
        let at = self.here();
        let first = target(self.nested(Self::postfix)?)?;
        if *self.peek() != Token::Sign(",") {
            return Ok(first);
        }
        let mut targets = vec![first];
        while self.takes_sign(",") {
            if *self.peek() == Token::Keyword("in") {
                break;
            }
            targets.push(target(self.nested(Self::postfix)?)?);
        }
        Ok(Target::Tuple(targets, at))
    }
}

fn unknown_attribute(name: &str, at: Place) -> ScriptProblem {
    let problem = ScriptProblem::new(at, format!("no value has an attribute `{name}`"));
    match crate::text::did_you_mean(name, Method::names()) {
        Some(hint) => problem.hinted(hint),
        None => problem,
    }
}
