//! Bytes as a list of choices: what a schedule or a server does next.

use arbitrary::Unstructured;

/// The choices that an input makes, one byte each. A digit is its own number, so that a seed can be written by hand; white space
/// between them counts for nothing. Where there are no more, everything is the first of its kind, which is the innocent one: so what
/// they drive comes to an end.
pub(crate) struct Choices<'a>(Unstructured<'a>);

impl<'a> Choices<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self(Unstructured::new(input))
    }

    /// Whether there are no more.
    pub(crate) fn are_over(&self) -> bool {
        self.0.is_empty()
    }

    /// A number below this one, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        while !self.are_over() {
            match self.0.arbitrary::<u8>() {
                Ok(byte) if !byte.is_ascii_whitespace() => return usize::from(byte.wrapping_sub(b'0')) % end,
                _ => {}
            }
        }
        0
    }

    /// One of these, of which there is at least one.
    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Yes or no; no, where there are no more.
    pub(crate) fn yes(&mut self) -> bool {
        self.below(2) == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_is_its_number_and_what_is_over_is_the_first() {
        let mut choices = Choices::new(b"3 1\n9");
        assert_eq!((choices.below(10), choices.yes(), choices.below(4)), (3, true, 1));
        assert!(choices.are_over());
        assert_eq!((choices.below(10), choices.of(&['a', 'b'])), (0, 'a'));
    }
}
