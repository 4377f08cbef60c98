//! Blocks of a set that are the same once their defaults are filled in.

use super::fake::*;
use super::values::*;
use protocol::Value;

#[tokio::test]
async fn blocks_that_differ_only_in_what_they_leave_to_defaults_are_no_mistake_of_the_provider() {
    let block = |weight: Value| peer([("host", "h".into()), ("weight", weight), ("link", Value::Null)]);
    let written = Value::List(vec![block(1.into()), block(Value::Null)]);
    let config = thing([("name", "a".into()), ("peer", written)]);
    let server = server(Script::default).await;
    let reply = server
        .plan(THING, Value::Null, config.clone(), config.clone(), vec![])
        .await;
    assert_eq!(messages(&reply.diagnostics), [""; 0]);
    let Value::List(planned) = at(&reply.state, "peer") else {
        panic!("a set")
    };
    assert!(
        planned.iter().all(|peer| at(peer, "weight") == &1.into()),
        "{planned:?}"
    );
    let made = server
        .apply(THING, Value::Null, reply.state.clone(), config, reply.private)
        .await;
    assert_eq!(messages(&made.diagnostics), [""; 0]);
}
