//! Nothing. The tests of each room depend on it, so that what they stand on has the same features, and is built once, whether
//! one room is tested or all of them: Cargo takes the features of a crate from those that are built with it.
