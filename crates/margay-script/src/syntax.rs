//! The tree of a script.
//!
//! The parser makes it with names; `resolve` replaces names by slots and moves functions out into a list, so that the
//! evaluator never sees a name.

use num_bigint::BigInt;

use crate::builtin::Method;
use crate::token::Place;
use crate::value::Value;

/// An expression.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) at: Place,
    /// Expressions inside each other from here down, this one included.
    pub(crate) height: usize,
    pub(crate) kind: ExpressionKind,
}

#[derive(Debug)]
pub(crate) enum ExpressionKind {
    Literal(Literal),
    /// A literal whose value is made; only after `resolve`.
    Constant(Value),
    Name(Name),
    List(Vec<Expression>),
    Tuple(Vec<Expression>),
    Dict(Vec<(Expression, Expression)>),
    Comprehension(Box<Comprehension>),
    Conditional(Box<Conditional>),
    And(Box<(Expression, Expression)>),
    Or(Box<(Expression, Expression)>),
    Not(Box<Expression>),
    Unary(UnaryOperator, Box<Expression>),
    Binary(BinaryOperator, Box<(Expression, Expression)>),
    Attribute(Box<Expression>, Method),
    Index(Box<(Expression, Expression)>),
    Slice(Box<Slice>),
    Call(Box<Call>),
    Lambda(Box<Definition>),
    /// A function of the list; only after `resolve`.
    Closure(usize),
}

#[derive(Debug)]
pub(crate) enum Literal {
    None,
    Boolean(bool),
    Integer(BigInt),
    Float(f64),
    Text(Box<str>),
}

/// A use or a binding of a name.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) text: Box<str>,
    pub(crate) slot: Slot,
}

/// Where a name's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Unresolved,
    Local(usize),
    Global(usize),
}

#[derive(Debug)]
pub(crate) struct Conditional {
    pub(crate) condition: Expression,
    pub(crate) then: Expression,
    pub(crate) otherwise: Expression,
}

#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) value: Expression,
    pub(crate) start: Option<Expression>,
    pub(crate) stop: Option<Expression>,
    pub(crate) step: Option<Expression>,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: Expression,
    pub(crate) positional: Vec<Expression>,
    pub(crate) named: Vec<(Box<str>, Expression)>,
    /// `*list`
    pub(crate) list: Option<Expression>,
    /// `**dict`
    pub(crate) dict: Option<Expression>,
}

#[derive(Debug)]
pub(crate) struct Comprehension {
    pub(crate) body: Body,
    /// The first is a `For`.
    pub(crate) clauses: Vec<Clause>,
}

#[derive(Debug)]
pub(crate) enum Body {
    List(Expression),
    Dict(Expression, Expression),
}

#[derive(Debug)]
pub(crate) enum Clause {
    For(Target, Expression),
    If(Expression),
}

/// What a value is assigned to.
#[derive(Debug)]
pub(crate) enum Target {
    Name(Name),
    Tuple(Vec<Target>, Place),
    Index(Box<(Expression, Expression)>),
}

#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) at: Place,
    pub(crate) kind: StatementKind,
}

#[derive(Debug)]
pub(crate) enum StatementKind {
    Expression(Expression),
    Assign(Target, Expression),
    Augment(Target, BinaryOperator, Expression),
    /// Conditions with their blocks, and the block of `else`.
    If(Vec<(Expression, Vec<Statement>)>, Vec<Statement>),
    For(Target, Expression, Vec<Statement>),
    Return(Option<Expression>),
    Break,
    Continue,
    Pass,
    Define(Name, Box<Definition>),
    /// A function of the list; only after `resolve`.
    Bind(Name, usize),
}

/// A `def` or a `lambda`.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) at: Place,
    pub(crate) name: Box<str>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Vec<Statement>,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: Box<str>,
    pub(crate) at: Place,
    pub(crate) kind: ParameterKind,
}

#[derive(Debug)]
pub(crate) enum ParameterKind {
    Plain(Option<Expression>),
    /// After `*`: given by name only.
    Named(Option<Expression>),
    /// `*rest`
    List,
    /// `**rest`
    Dict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnaryOperator {
    Plus,
    Minus,
    Invert,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    BitOr,
    BitXor,
    BitAnd,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
}

impl BinaryOperator {
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::BitOr => "|",
            Self::BitXor => "^",
            Self::BitAnd => "&",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Modulo => "%",
        }
    }

    /// Returns how tightly it binds.
    pub(crate) const fn precedence(self) -> u8 {
        match self {
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::In
            | Self::NotIn => COMPARISON,
            Self::BitOr => 2,
            Self::BitXor => 3,
            Self::BitAnd => 4,
            Self::ShiftLeft | Self::ShiftRight => 5,
            Self::Add | Self::Subtract => 6,
            Self::Multiply | Self::Divide | Self::FloorDivide | Self::Modulo => 7,
        }
    }
}

/// The precedence of comparisons, the one kind of operator that does not chain.
pub(crate) const COMPARISON: u8 = 1;
