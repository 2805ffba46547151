//! The evaluator itself: it says what GitHub says, and nothing where it does not know.

use std::panic::catch_unwind;

use serde_json::{Value, json};

use crate::expression::Contexts;

fn contexts(success: bool) -> Contexts {
    let values = json!({
        "inputs": { "yes": true, "no": false, "lane": "Cargo", "empty": "" },
        "github": { "event_name": "pull_request_target" },
        "steps": { "plan": { "outputs": { "push": "true" } } },
        "needs": { "build": { "outputs": {} } },
    });
    Contexts { values, success }
}

#[test]
fn expressions_have_the_values_that_github_gives() {
    let contexts = contexts(true);
    for (expression, value) in [
        ("inputs.lane", json!("Cargo")),
        ("inputs.lane == 'cargo'", json!(true)),
        ("inputs.lane != 'nix' && inputs.yes", json!(true)),
        ("inputs.empty || 'default'", json!("default")),
        ("!inputs.no && (inputs.no || inputs.lane)", json!("Cargo")),
        ("inputs.yes == 'true'", json!(false)),
        ("steps.plan.outputs.push == 'true'", json!(true)),
        ("steps.none.outputs.digest", Value::Null),
        ("needs.build.outputs.digest == ''", json!(true)),
        ("startsWith(github.event_name, 'Pull_request')", json!(true)),
    ] {
        assert_eq!(
            contexts.value(&format!("${{{{ {expression} }}}}")),
            value,
            "{expression}"
        );
    }
    assert_eq!(
        contexts.text("a ${{ inputs.lane }}, ${{ inputs.yes }}${{ inputs.empty }}"),
        "a Cargo, true"
    );
}

#[test]
fn what_is_unknown_fails() {
    for expression in [
        "inputs.typo",
        "nothing.here",
        "toJSON(inputs)",
        "inputs.lane ++",
        "inputs.lane < 'x'",
    ] {
        let text = format!("${{{{ {expression} }}}}");
        assert!(
            catch_unwind(|| contexts(true).value(&text)).is_err(),
            "{expression}"
        );
    }
}

#[test]
fn after_a_failure_only_what_asks_for_it_runs() {
    for (condition, after_success, after_failure) in [
        ("", true, false),
        ("inputs.yes", true, false),
        ("inputs.no", false, false),
        ("always()", true, true),
        ("${{ !cancelled() && inputs.yes }}", true, true),
        ("failure()", false, true),
    ] {
        assert_eq!(
            contexts(true).condition(condition),
            after_success,
            "{condition}"
        );
        assert_eq!(
            contexts(false).condition(condition),
            after_failure,
            "{condition}"
        );
    }
}
