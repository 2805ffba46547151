//! The jobs of a workflow: their order, and the legs of a matrix.

use serde_json::{Value, json};

use crate::document::entries;

/// The names of the jobs that a job needs.
pub fn needs_of(job: &Value) -> Vec<&str> {
    match &job["needs"] {
        Value::String(name) => vec![name],
        names => names
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect(),
    }
}

/// Jobs in an order in which each comes behind those that it needs.
pub fn in_order(jobs: &Value) -> Vec<(&String, &Value)> {
    let mut left: Vec<_> = entries(jobs).collect();
    let mut ordered: Vec<(&String, &Value)> = Vec::new();
    while !left.is_empty() {
        let is_ready = |(_, job): &(&String, &Value)| {
            needs_of(job)
                .iter()
                .all(|name| ordered.iter().any(|(done, _)| done == name))
        };
        let next = left.iter().position(is_ready);
        ordered.push(left.remove(next.expect("jobs that are needed are there, and in no circle")));
    }
    ordered
}

/// Each leg of a matrix; one without values where there is none.
pub fn matrix(declared: &Value) -> Vec<Value> {
    if let Some(legs) = declared["include"].as_array() {
        return legs.clone();
    }
    let mut legs = vec![json!({})];
    for (name, values) in entries(declared) {
        let values = values
            .as_array()
            .expect("the values of a matrix are a list");
        legs = legs
            .iter()
            .flat_map(|leg| {
                values.iter().map(move |value| {
                    let mut leg = leg.clone();
                    leg[name.as_str()] = value.clone();
                    leg
                })
            })
            .collect();
    }
    legs
}
