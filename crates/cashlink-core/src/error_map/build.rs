//! What each piece of a body means: which path a value has, and when an object is a message with its code or an OAuth
//! error.
//!
//! A container's frame is opened when its bracket is read, but the nodes of a path are made when the first leaf appears
//! below them: millions of empty items cost nothing, and a long key is stored once (T22).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::path::{Segment, list_index};
use super::{ErrorMap, Form, Key, Leaf, Limits, Node, OAuthText, ROOT, Text};

/// Most error maps fit into this many bytes of text and this many entries; a longer one grows.
const TEXT_AT_ONCE: usize = 512;
const ENTRIES_AT_ONCE: usize = 8;

/// An [`ErrorMap`] in the making.
pub(super) struct Builder<'de> {
    map: ErrorMap,
    limits: Limits,
    /// The containers around what is being read.
    open: Vec<Frame<'de>>,
    /// The innermost object, as long as it may turn out to be a message with its code.
    pair: Option<Pair<'de>>,
    oauth: OAuthLeaves,
}

struct Frame<'de> {
    at: At<'de>,
    node: Option<usize>,
}

/// The place of a value in the container around it.
pub(super) enum At<'de> {
    Root,
    /// What `non_field_errors` names: the container itself.
    Same,
    /// The outermost object's `detail`: a leaf is general, anything else a field.
    Detail,
    /// A string member of the outermost object that OAuth may mean.
    OAuth(OAuthMember),
    /// `message` or `code`, as long as the object has had nothing else.
    Part(Part),
    Key(Cow<'de, str>),
    /// A leaf in a list belongs to the list, a container in it to its position.
    Item(usize),
}

impl At<'_> {
    /// What the place adds to the path of a leaf.
    fn of_leaf(&self) -> Option<Segment<'_>> {
        match self {
            Self::Root | Self::Same | Self::Detail | Self::Item(_) => None,
            Self::OAuth(member) => Some(Segment::Field(Cow::Borrowed(member.name()))),
            Self::Part(part) => Some(Segment::Field(Cow::Borrowed(part.name()))),
            Self::Key(key) => Some(Segment::Field(Cow::Borrowed(key))),
        }
    }

    /// What the place adds to the path of a container.
    fn of_container(&self) -> Option<Segment<'_>> {
        match self {
            Self::Item(index) => Some(Segment::Index(*index)),
            Self::Detail => Some(Segment::Field(Cow::Borrowed("detail"))),
            _ => self.of_leaf(),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Message,
    Code,
}

impl Part {
    fn of(key: &str) -> Option<Self> {
        match key {
            "message" => Some(Self::Message),
            "code" => Some(Self::Code),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Code => "code",
        }
    }
}

/// The members of an object that so far has only the strings `message` and `code`, each at most once, in their order.
#[derive(Default)]
struct Pair<'de> {
    first: Option<(Part, Cow<'de, str>)>,
    second: Option<Cow<'de, str>>,
}

impl<'de> Pair<'de> {
    fn lacks(&self, part: Part) -> bool {
        self.first.as_ref().is_none_or(|(first, _)| *first != part) && self.second.is_none()
    }

    fn put(&mut self, part: Part, text: Cow<'de, str>) {
        match self.first {
            None => self.first = Some((part, text)),
            Some(_) => self.second = Some(text),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum OAuthMember {
    Error,
    Description,
    Uri,
}

impl OAuthMember {
    fn of(key: &str) -> Option<Self> {
        match key {
            "error" => Some(Self::Error),
            "error_description" => Some(Self::Description),
            "error_uri" => Some(Self::Uri),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Description => "error_description",
            Self::Uri => "error_uri",
        }
    }
}

/// The leaves that the members became, by number. What they mean is known when the object ends.
#[derive(Default)]
struct OAuthLeaves {
    error: Option<usize>,
    description: Option<usize>,
    uri: Option<usize>,
}

impl OAuthLeaves {
    fn slot(&mut self, member: OAuthMember) -> &mut Option<usize> {
        match member {
            OAuthMember::Error => &mut self.error,
            OAuthMember::Description => &mut self.description,
            OAuthMember::Uri => &mut self.uri,
        }
    }
}

impl<'de> Builder<'de> {
    pub(super) fn new(limits: Limits) -> Self {
        let map = ErrorMap::new(Form::Text);
        Self { map, limits, open: Vec::new(), pair: None, oauth: OAuthLeaves::default() }
    }

    /// The value was read to its end.
    pub(super) fn finish(mut self) -> ErrorMap {
        self.name_oauth_error();
        self.map
    }

    /// A list begins.
    pub(super) fn open_list(&mut self, at: At<'de>) {
        self.open(at, Form::List);
    }

    /// An object begins.
    pub(super) fn open_object(&mut self, at: At<'de>) {
        self.open(at, Form::Fields);
        self.pair = Some(Pair::default());
    }

    /// The innermost container is below the deepest level that is kept: its content is to be [`cut`](Self::cut).
    pub(super) fn is_too_deep(&self) -> bool {
        self.open.len() > self.limits.depth
    }

    /// Something is left out.
    pub(super) fn cut(&mut self) {
        self.map.cut = true;
    }

    /// The place of the next member of the innermost object.
    pub(super) fn place(&mut self, key: Cow<'de, str>) -> At<'de> {
        if let (Some(part), Some(pair)) = (Part::of(&key), &self.pair) {
            if pair.lacks(part) {
                return At::Part(part);
            }
        }
        self.end_pair();
        let outermost = self.open.len() == 1;
        match (&*key, OAuthMember::of(&key)) {
            ("non_field_errors", _) => At::Same,
            ("detail", _) if outermost => At::Detail,
            (_, Some(member)) if outermost => At::OAuth(member),
            _ => At::Key(key),
        }
    }

    fn open(&mut self, at: At<'de>, form: Form) {
        self.end_pair();
        if matches!(at, At::Root) {
            self.map.form = form;
        }
        self.open.push(Frame { at, node: None });
    }

    /// The innermost list ends.
    pub(super) fn close_list(&mut self) {
        self.close();
    }

    fn close(&mut self) -> At<'de> {
        self.open.pop().map_or(At::Root, |frame| frame.at)
    }

    /// The innermost object ends: either it was a message with its code, or its members are what they seem.
    pub(super) fn close_object(&mut self) {
        let (message, code) = match self.pair.take() {
            Some(Pair { first: Some((Part::Message, first)), second: Some(second) }) => (first, second),
            Some(Pair { first: Some((Part::Code, first)), second: Some(second) }) => (second, first),
            pair => {
                self.pair = pair;
                self.end_pair();
                self.close();
                return;
            }
        };
        let at = self.close();
        if matches!(at, At::Root) {
            self.map.form = Form::Detail;
        }
        self.leaf(&at, &message, Some(&code));
    }

    /// The innermost object isn't a message with its code: what was held back becomes ordinary fields.
    fn end_pair(&mut self) {
        let Some(Pair { first: Some((part, text)), second }) = self.pair.take() else { return };
        self.leaf(&At::Part(part), &text, None);
        if let Some(text) = second {
            let other = if part == Part::Message { Part::Code } else { Part::Message };
            self.leaf(&At::Part(other), &text, None);
        }
    }

    /// A string; `hold` gives it in a form that outlives the reading of the next value.
    pub(super) fn string(&mut self, at: At<'de>, text: &str, hold: impl FnOnce() -> Cow<'de, str>) {
        match (&at, &mut self.pair) {
            (At::Part(part), Some(pair)) => pair.put(*part, hold()),
            (At::OAuth(member), _) => {
                let leaf = self.leaf(&at, text, None);
                let slot = self.oauth.slot(*member);
                *slot = slot.or(leaf);
            }
            _ => self.scalar(&at, text),
        }
    }

    /// Any other scalar but null, as text.
    pub(super) fn scalar(&mut self, at: &At<'de>, text: &str) {
        self.end_pair();
        self.leaf(at, text, None);
    }

    /// Nothing, but it was a value.
    pub(super) fn null(&mut self) {
        self.end_pair();
    }

    /// Adds an entry and gives its number, unless there are too many.
    fn leaf(&mut self, at: &At<'de>, message: &str, code: Option<&str>) -> Option<usize> {
        let number = self.map.leaves.len();
        if number >= self.limits.leaves {
            self.map.cut = true;
            return None;
        }
        if number == 0 {
            self.map.text.reserve(TEXT_AT_ONCE);
            self.map.nodes.reserve(ENTRIES_AT_ONCE);
            self.map.leaves.reserve(ENTRIES_AT_ONCE);
        }
        if let At::Detail = at {
            self.map.form = Form::Detail;
        }
        let around = self.node();
        let node = at.of_leaf().map_or(around, |segment| self.map.node(around, segment));
        let message = self.map.keep(message);
        let code = code.map(|code| self.map.keep(code));
        self.map.leaves.push(Leaf { node, message, code });
        Some(number)
    }

    /// The node of the innermost container. Those that lack on the way to it are made now.
    fn node(&mut self) -> usize {
        let made = self.open.iter().rposition(|frame| frame.node.is_some());
        let mut node = made.and_then(|place| self.open.get(place)?.node).unwrap_or(ROOT);
        for frame in self.open.iter_mut().skip(made.map_or(0, |place| place.saturating_add(1))) {
            if let Some(segment) = frame.at.of_container() {
                node = self.map.node(node, segment);
            }
            frame.node = Some(node);
        }
        node
    }

    /// What the outermost object's `error` was: an OAuth error code, which takes the description as its message, or a
    /// sentence, which is a general message.
    fn name_oauth_error(&mut self) {
        let OAuthLeaves { error, description, uri } = self.oauth;
        let map = &mut self.map;
        let message = |leaf: Option<usize>| Some(map.leaves.get(leaf?)?.message.clone());
        let Some(code) = message(error) else { return };
        let (described, documented) = (message(description), message(uri));
        let is_code = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        let is_oauth = is_code(map.text(&code));
        map.form = if is_oauth { Form::OAuth } else { Form::Detail };
        if let Some(leaf) = error.and_then(|number| map.leaves.get_mut(number)) {
            leaf.node = ROOT;
            if is_oauth {
                leaf.code = Some(code.clone());
                leaf.message = described.clone().unwrap_or(leaf.message.clone());
            }
        }
        if is_oauth {
            let mut numbers = 0_usize..;
            map.leaves
                .retain(|_| numbers.next().is_some_and(|number| ![description, uri].contains(&Some(number))));
            map.oauth = Some(OAuthText { code, description: described, uri: documented });
        }
    }
}

impl ErrorMap {
    fn keep(&mut self, text: &str) -> Text {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    fn node(&mut self, parent: usize, segment: Segment<'_>) -> usize {
        let key = match segment {
            Segment::Index(index) => Key::Index(index),
            Segment::Field(name) => {
                list_index(&name).map_or_else(|| Key::Field(self.keep(&name)), Key::Index)
            }
        };
        let node = self.nodes.len();
        self.nodes.push(Node { parent, key });
        node
    }
}
