//! The messages and services of tfplugin5, generated from `proto/tfplugin5.proto`.
#![allow(missing_docs, clippy::all, clippy::pedantic, unused_qualifications)]

use std::fmt;

tonic::include_proto!("tfplugin5");

impl fmt::Debug for DynamicValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DynamicValue({} bytes)", self.msgpack.len() + self.json.len())
    }
}

impl fmt::Debug for RawState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawState({} bytes)", self.json.len())
    }
}
