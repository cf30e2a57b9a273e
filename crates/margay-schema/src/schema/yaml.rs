//! YAML text → a tree in which every node knows its line and column.
//!
//! Only what schemas and their tests need: mappings with scalar keys, sequences, scalars, anchors and aliases. Tags are
//! refused, since nothing here has use for them. An alias shares the node it names, and its cost is counted each time,
//! so a few lines of aliases cannot grow into a tree that takes minutes to walk. How much is taken depends on the kind of
//! file; see [`Bounds`].

use std::collections::HashMap;
use std::rc::Rc;

use serde_saphyr::granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, Span, options};

use super::problem::Problems;
use crate::limits::{SCHEMA_BYTES_MAX, YAML_COST_MAX, YAML_DEPTH_MAX, YAML_KEY_COUNT_MAX, YAML_NODE_COST};

/// How much YAML a kind of file may hold.
#[derive(Debug)]
pub(crate) struct Bounds {
    /// What the file is, for messages.
    pub(crate) file: &'static str,
    /// Bytes of the file.
    pub(crate) bytes_max: usize,
    /// The sum over its nodes; see [`YAML_COST_MAX`].
    pub(crate) cost_max: usize,
    /// Containers inside each other.
    pub(crate) depth_max: usize,
    /// Keys of one mapping.
    pub(crate) key_count_max: usize,
    /// YAML documents.
    pub(crate) document_count_max: usize,
}

const SCHEMA: Bounds = Bounds {
    file: "a schema",
    bytes_max: SCHEMA_BYTES_MAX,
    cost_max: YAML_COST_MAX,
    depth_max: YAML_DEPTH_MAX,
    key_count_max: YAML_KEY_COUNT_MAX,
    document_count_max: 1,
};

/// A place in the file, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl From<Marker> for Position {
    fn from(marker: Marker) -> Self {
        Self {
            line: marker.line(),
            column: marker.col() + 1,
        }
    }
}

/// A node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) at: Position,
    pub(crate) tree: Tree,
    /// Where the text of a block that starts with `|` has its first character; each of its lines is one of the file's.
    pub(crate) block_at: Option<Position>,
    /// What this node and all below it cost; see [`YAML_COST_MAX`].
    cost: usize,
    /// Levels of nodes from here down, itself included.
    height: usize,
}

/// What a node holds.
#[derive(Debug)]
pub(crate) enum Tree {
    /// Text without quotes, which may mean null, a boolean or a number.
    Plain(String),
    /// Text in quotes, or a block of text.
    Quoted(String),
    Sequence(Vec<Rc<Node>>),
    /// In the file's order, each key once.
    Mapping(Vec<Entry>),
}

/// A key of a mapping, and its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_at: Position,
    pub(crate) value: Rc<Node>,
}

impl Node {
    /// Returns what the node is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.tree {
            Tree::Plain(_) if self.is_null() => "nothing",
            Tree::Plain(_) | Tree::Quoted(_) => "text",
            Tree::Sequence(_) => "a list",
            Tree::Mapping(_) => "a mapping",
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.tree, Tree::Plain(text) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Returns the text of a scalar that is not null.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.tree {
            Tree::Plain(text) | Tree::Quoted(text) if !self.is_null() => Some(text),
            _ => None,
        }
    }
}

/// Reads a schema's document. Reports what is no YAML, or more of it than we take.
pub(super) fn parse(text: &str, problems: &mut Problems) -> Option<Rc<Node>> {
    parse_documents(text, &SCHEMA, problems)?.pop()
}

/// Reads the documents of a file: at least one. Reports what is no YAML, or more of it than `bounds` allow.
pub(crate) fn parse_documents(text: &str, bounds: &'static Bounds, problems: &mut Problems) -> Option<Vec<Rc<Node>>> {
    if text.len() > bounds.bytes_max {
        let message = format!(
            "{} has at most {} bytes, this one has {}",
            bounds.file,
            bounds.bytes_max,
            text.len()
        );
        problems.add(Position::default(), "", message);
        return None;
    }
    let options = options! {
        emit_comments: false,
        flow_nesting_limit: bounds.depth_max,
        block_nesting_limit: bounds.depth_max,
    };
    let mut builder = Builder::new(bounds);
    for event in Parser::new_from_str_with_options(text, options) {
        let read = match event {
            Ok((event, span)) => {
                let block_at = block_at(&event, &span);
                builder.read(event, span.start.into(), block_at, problems)
            }
            Err(error) => {
                let message = match error.kind() {
                    ErrorKind::RecursionLimitExceeded => too_deep(),
                    kind => format!("this is not YAML: {kind}"),
                };
                problems.add((*error.marker()).into(), "", message);
                return None;
            }
        };
        if let Err(refusal) = read {
            problems.add(refusal.at, "", refusal.message);
            return None;
        }
    }
    if builder.roots.is_empty() {
        problems.add(Position::default(), "", "the file is empty");
        return None;
    }
    Some(builder.roots)
}

/// Returns where the text of a block that starts with `|` begins. Its span starts at its first line that is not empty.
fn block_at(event: &Event<'_>, span: &Span) -> Option<Position> {
    let Event::Scalar(text, ScalarStyle::Literal, ..) = event else {
        return None;
    };
    let empty_lines = text.bytes().take_while(|byte| *byte == b'\n').count();
    Some(Position {
        line: span.start.line().checked_sub(empty_lines)?,
        column: span.indent? + 1,
    })
}

fn too_deep() -> String {
    format!("more than {YAML_DEPTH_MAX} lists and mappings inside each other")
}

/// Why reading stops.
struct Refusal {
    at: Position,
    message: String,
}

impl Refusal {
    fn new(at: Position, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }
}

/// Builds the trees from the parser's events.
struct Builder {
    bounds: &'static Bounds,
    open: Vec<Open>,
    /// Of this document only: an alias does not reach into another.
    anchored: HashMap<usize, Rc<Node>>,
    /// One for each document.
    roots: Vec<Rc<Node>>,
    cost: usize,
}

/// A container whose end has not come yet.
struct Open {
    at: Position,
    anchor: usize,
    cost: usize,
    height: usize,
    items: Items,
}

enum Items {
    Sequence(Vec<Rc<Node>>),
    /// The members so far, and the key whose value comes next. A key that is a list or a mapping is reported and left
    /// out with its value.
    Mapping(Vec<Entry>, Option<PendingKey>),
}

enum PendingKey {
    Named(String, Position),
    Unusable,
}

impl Builder {
    fn new(bounds: &'static Bounds) -> Self {
        Self {
            bounds,
            open: Vec::new(),
            anchored: HashMap::new(),
            roots: Vec::new(),
            cost: 0,
        }
    }

    fn read(
        &mut self,
        event: Event<'_>,
        at: Position,
        block_at: Option<Position>,
        problems: &mut Problems,
    ) -> Result<(), Refusal> {
        let node_tag = match &event {
            Event::Scalar(_, _, _, tag) | Event::SequenceStart(_, _, tag) | Event::MappingStart(_, _, tag) => tag,
            _ => &None,
        };
        if node_tag.is_some() {
            problems.add(at, "", "YAML tags are not supported");
        }
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let cost = YAML_NODE_COST + text.len();
                self.charge(at, cost)?;
                let text = text.into_owned();
                let tree = if style == ScalarStyle::Plain {
                    Tree::Plain(text)
                } else {
                    Tree::Quoted(text)
                };
                self.add(
                    Node {
                        at,
                        tree,
                        block_at,
                        cost,
                        height: 1,
                    },
                    anchor,
                    problems,
                )
            }
            Event::SequenceStart(_, anchor, _) => self.enter(at, anchor, Items::Sequence(Vec::new())),
            Event::MappingStart(_, anchor, _) => self.enter(at, anchor, Items::Mapping(Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.leave(problems),
            Event::Alias(anchor) => {
                let Some(node) = self.anchored.get(&anchor).cloned() else {
                    return Err(Refusal::new(at, "an alias stands inside the node it names"));
                };
                self.charge(at, node.cost)?;
                self.add_shared(node, at, problems)
            }
            Event::DocumentStart(..) => self.begin_document(at),
            _ => Ok(()),
        }
    }

    fn begin_document(&mut self, at: Position) -> Result<(), Refusal> {
        let Bounds {
            file,
            document_count_max,
            ..
        } = self.bounds;
        self.anchored.clear();
        match (self.roots.len() == *document_count_max, document_count_max) {
            (false, _) => Ok(()),
            (true, 1) => Err(Refusal::new(
                at,
                format!("{file} file holds one YAML document, this is the second"),
            )),
            (true, _) => Err(Refusal::new(
                at,
                format!("{file} holds at most {document_count_max} YAML documents"),
            )),
        }
    }

    fn charge(&mut self, at: Position, cost: usize) -> Result<(), Refusal> {
        self.cost += cost;
        if self.cost > self.bounds.cost_max {
            return Err(Refusal::new(at, "the file is too large, or its aliases make it so"));
        }
        Ok(())
    }

    fn enter(&mut self, at: Position, anchor: usize, items: Items) -> Result<(), Refusal> {
        self.charge(at, YAML_NODE_COST)?;
        self.open.push(Open {
            at,
            anchor,
            cost: YAML_NODE_COST,
            height: 1,
            items,
        });
        Ok(())
    }

    fn leave(&mut self, problems: &mut Problems) -> Result<(), Refusal> {
        let Some(Open {
            at,
            anchor,
            cost,
            height,
            items,
        }) = self.open.pop()
        else {
            return Ok(());
        };
        let tree = match items {
            Items::Sequence(items) => Tree::Sequence(items),
            Items::Mapping(entries, _) => Tree::Mapping(entries),
        };
        let node = Node {
            at,
            tree,
            block_at: None,
            cost,
            height,
        };
        self.add(node, anchor, problems)
    }

    fn add(&mut self, node: Node, anchor: usize, problems: &mut Problems) -> Result<(), Refusal> {
        let (at, node) = (node.at, Rc::new(node));
        if anchor != 0 {
            self.anchored.insert(anchor, Rc::clone(&node));
        }
        self.add_shared(node, at, problems)
    }

    /// Puts a node where it belongs: into the container open last, or at the root.
    fn add_shared(&mut self, node: Rc<Node>, at: Position, problems: &mut Problems) -> Result<(), Refusal> {
        let Bounds {
            depth_max,
            key_count_max,
            ..
        } = *self.bounds;
        if self.open.len() + node.height > depth_max {
            return Err(Refusal::new(
                at,
                format!("more than {depth_max} lists and mappings inside each other"),
            ));
        }
        let Some(open) = self.open.last_mut() else {
            self.roots.push(node);
            return Ok(());
        };
        open.cost += node.cost;
        open.height = open.height.max(node.height + 1);
        match &mut open.items {
            Items::Sequence(items) => items.push(node),
            Items::Mapping(_, key @ None) => *key = Some(key_of(&node, at, problems)),
            Items::Mapping(entries, key) => {
                if let Some(PendingKey::Named(key, key_at)) = key.take() {
                    if entries.len() == key_count_max {
                        let message = format!("a mapping has at most {key_count_max} keys");
                        return Err(Refusal::new(key_at, message));
                    }
                    if let Some(first) = entries.iter().find(|entry| entry.key == key) {
                        let message = format!("`{key}` is already given in line {}", first.key_at.line);
                        problems.add(key_at, "", message);
                    } else {
                        entries.push(Entry {
                            key,
                            key_at,
                            value: node,
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

fn key_of(node: &Node, at: Position, problems: &mut Problems) -> PendingKey {
    match &node.tree {
        Tree::Plain(text) | Tree::Quoted(text) => PendingKey::Named(text.clone(), at),
        Tree::Sequence(_) | Tree::Mapping(_) => {
            problems.add(at, "", "a key is text, not a list or a mapping");
            PendingKey::Unusable
        }
    }
}
