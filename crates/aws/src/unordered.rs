//! Lists whose order means nothing, but is kept.

/// A list that equals every list of the same elements. AWS keeps the order in which it was told, and so do we: an import
/// can then show the user's own.
#[derive(Debug, Clone)]
pub struct Unordered<T>(Vec<T>);

impl<T> Unordered<T> {
    /// The elements, in the order they were given.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<'a, T> IntoIterator for &'a Unordered<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: PartialEq> Unordered<T> {
    /// Whether the element is in it.
    pub fn contains(&self, element: &T) -> bool {
        self.0.contains(element)
    }
}

impl<T> Default for Unordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> PartialEq for Unordered<T> {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |list: &Self| {
            let mut elements: Vec<usize> = (0..list.0.len()).collect();
            elements.sort_by(|a, b| list.0[*a].cmp(&list.0[*b]));
            elements
        };
        let (mine, theirs) = (sorted(self), sorted(other));
        mine.len() == theirs.len() && mine.iter().zip(&theirs).all(|(a, b)| self.0[*a] == other.0[*b])
    }
}

impl<T: Ord> Eq for Unordered<T> {}

impl<T> FromIterator<T> for Unordered<T> {
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(elements: &[u8]) -> Unordered<u8> {
        elements.iter().copied().collect()
    }

    #[test]
    fn order_means_nothing_and_number_does() {
        assert_eq!(list(&[1, 2, 3]), list(&[3, 1, 2]));
        assert_ne!(list(&[1, 2, 2]), list(&[1, 1, 2]));
        assert_ne!(list(&[1, 2]), list(&[1, 2, 2]));
    }
}
