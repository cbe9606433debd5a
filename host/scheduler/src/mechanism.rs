//! Mechanisms and sets of them.

use std::collections::HashMap;
use std::fmt;

/// How many mechanisms a robot can have.
pub const MAX_MECHANISMS: usize = 256;

const WORDS: usize = MAX_MECHANISMS / 64;

/// Something that one command at a time may drive, by its position in [`Mechanisms`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MechanismId(u16);

impl MechanismId {
    /// The mechanism at a position in [`Mechanisms`]; `None` past [`MAX_MECHANISMS`].
    pub fn new(index: usize) -> Option<Self> {
        (index < MAX_MECHANISMS).then_some(Self(index as u16))
    }

    /// Position in [`Mechanisms`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The robot's mechanisms, by name. Fixed before the scheduler is made.
#[derive(Debug, Default)]
pub struct Mechanisms {
    names: Vec<String>,
    ids: HashMap<String, MechanismId>,
}

/// Why [`Mechanisms::new`] refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MechanismError {
    /// Two mechanisms have the same name.
    #[error("mechanism `{0}` is declared twice; each needs a name of its own")]
    Duplicate(String),
    /// There are more than [`MAX_MECHANISMS`].
    #[error("a robot can have {MAX_MECHANISMS} mechanisms at most, not {0}")]
    TooMany(usize),
}

impl Mechanisms {
    /// Mechanisms with these names, in this order.
    pub fn new<S: Into<String>>(
        names: impl IntoIterator<Item = S>,
    ) -> Result<Self, MechanismError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.len() > MAX_MECHANISMS {
            return Err(MechanismError::TooMany(names.len()));
        }
        let mut ids = HashMap::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            if ids
                .insert(name.clone(), MechanismId(index as u16))
                .is_some()
            {
                return Err(MechanismError::Duplicate(name.clone()));
            }
        }
        Ok(Self { names, ids })
    }

    /// The mechanism of this name.
    pub fn find(&self, name: &str) -> Option<MechanismId> {
        self.ids.get(name).copied()
    }

    /// The mechanism's name.
    ///
    /// # Panics
    ///
    /// If the id comes from another robot's mechanisms.
    pub fn name(&self, id: MechanismId) -> &str {
        &self.names[id.index()]
    }

    /// All names, in the order of their ids.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// A set of mechanisms, as a bit set.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct MechanismSet([u64; WORDS]);

impl MechanismSet {
    /// The set without mechanisms.
    pub const EMPTY: Self = Self([0; WORDS]);

    /// Adds a mechanism.
    pub fn insert(&mut self, id: MechanismId) {
        self.0[id.index() / 64] |= 1 << (id.index() % 64);
    }

    /// Takes a mechanism out.
    pub fn remove(&mut self, id: MechanismId) {
        self.0[id.index() / 64] &= !(1 << (id.index() % 64));
    }

    /// Whether a mechanism is in the set.
    pub fn contains(&self, id: MechanismId) -> bool {
        self.0[id.index() / 64] & (1 << (id.index() % 64)) != 0
    }

    /// Whether the sets share a mechanism.
    pub fn intersects(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    /// The mechanisms of both sets.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a |= b;
        }
        self
    }

    /// How many mechanisms are in the set.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether the set has no mechanisms.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; WORDS]
    }

    /// The mechanisms in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = MechanismId> + use<> {
        let words = self.0;
        (0..WORDS).flat_map(move |word| {
            let mut bits = words[word];
            std::iter::from_fn(move || {
                (bits != 0).then(|| {
                    let bit = bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    MechanismId((word * 64 + bit) as u16)
                })
            })
        })
    }
}

impl FromIterator<MechanismId> for MechanismSet {
    fn from_iter<I: IntoIterator<Item = MechanismId>>(ids: I) -> Self {
        let mut set = Self::EMPTY;
        for id in ids {
            set.insert(id);
        }
        set
    }
}

impl From<MechanismId> for MechanismSet {
    fn from(id: MechanismId) -> Self {
        Self::from_iter([id])
    }
}

impl fmt::Debug for MechanismSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(MechanismId::index))
            .finish()
    }
}
