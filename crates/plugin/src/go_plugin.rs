//! The messages and services of go-plugin, generated from `proto/plugin.proto`.
#![allow(missing_docs, clippy::all, clippy::pedantic, unused_qualifications)]

tonic::include_proto!("plugin");
