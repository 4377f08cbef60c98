//! One file per kind of AWS object. A component knows the clients and this room's helpers, and no other component.
