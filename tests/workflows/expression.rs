//! The expressions of workflows, as far as our files use them. What is unknown fails the test.

use serde_json::{Value, json};

/// What an expression may name, and how the job stands.
pub struct Contexts {
    /// An object for each context: `github`, `inputs`, …
    pub values: Value,
    /// Whether all before has succeeded.
    pub success: bool,
}

impl Contexts {
    /// A text with its `${{ … }}` replaced. One expression alone keeps its type.
    pub fn value(&self, text: &str) -> Value {
        let whole = text.trim();
        if whole.starts_with("${{") && whole.find("}}") == Some(whole.len() - 2) {
            return self.evaluate(&whole[3..whole.len() - 2]);
        }
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("${{") {
            let (expression, after) = behind.split_once("}}").expect("`${{` has its `}}`");
            result.push_str(before);
            result.push_str(&to_text(&self.evaluate(expression)));
            rest = after;
        }
        Value::String(result + rest)
    }

    pub fn text(&self, text: &str) -> String {
        to_text(&self.value(text))
    }

    /// Whether a step or job with this `if` runs; without a function of the status it does only
    /// where all before has succeeded.
    pub fn condition(&self, text: &str) -> bool {
        let expression = text.trim().trim_start_matches("${{").trim_end_matches("}}");
        let says_status = ["always()", "cancelled()", "failure()", "success()"]
            .iter()
            .any(|function| expression.contains(function));
        if !says_status && !self.success {
            return false;
        }
        expression.trim().is_empty() || is_true(&self.evaluate(expression))
    }

    fn evaluate(&self, expression: &str) -> Value {
        let mut parser = Parser {
            rest: expression,
            contexts: self,
        };
        let value = parser.or();
        parser.skip_space();
        assert!(parser.rest.is_empty(), "`{expression}` is not understood");
        value
    }

    fn name(&self, path: &str) -> Value {
        let mut parts = path.split('.');
        let context = parts.next().unwrap();
        let mut value = self
            .values
            .get(context)
            .unwrap_or_else(|| panic!("there is no context `{context}`"));
        for part in parts {
            // GitHub gives null for what is not there, and a typing error passes silently.
            let must_be_there = ["github", "inputs", "job", "matrix", "needs"].contains(&context);
            let found = value.get(part);
            assert!(
                found.is_some() || !must_be_there || value.is_null() || path.contains(".outputs."),
                "`{path}` is nothing"
            );
            value = found.unwrap_or(&Value::Null);
        }
        value.clone()
    }

    fn function(&self, name: &str, arguments: &[Value]) -> Value {
        match (name, arguments) {
            ("always", []) => json!(true),
            ("cancelled", []) => json!(false),
            ("success", []) => json!(self.success),
            ("failure", []) => json!(!self.success),
            ("startsWith", [text, start]) => {
                let lower = |value| to_text(value).to_lowercase();
                json!(lower(text).starts_with(&lower(start)))
            }
            _ => panic!(
                "there is no function `{name}` of {} arguments",
                arguments.len()
            ),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    contexts: &'a Contexts,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn or(&mut self) -> Value {
        let mut value = self.and();
        while self.take("||") {
            let other = self.and();
            value = if is_true(&value) { value } else { other };
        }
        value
    }

    fn and(&mut self) -> Value {
        let mut value = self.comparison();
        while self.take("&&") {
            let other = self.comparison();
            value = if is_true(&value) { other } else { value };
        }
        value
    }

    fn comparison(&mut self) -> Value {
        let value = self.operand();
        if self.take("==") {
            return json!(are_equal(&value, &self.operand()));
        }
        if self.take("!=") {
            return json!(!are_equal(&value, &self.operand()));
        }
        value
    }

    fn operand(&mut self) -> Value {
        self.skip_space();
        // Not the `!=` of a comparison, which has an operand before it.
        if self.take("!") {
            return json!(!is_true(&self.operand()));
        }
        if self.take("(") {
            let value = self.or();
            assert!(
                self.take(")"),
                "a parenthesis is not closed: `{}`",
                self.rest
            );
            return value;
        }
        if self.take("'") {
            let (text, rest) = self.rest.split_once('\'').expect("a text has its end");
            self.rest = rest;
            return json!(text);
        }
        let is_part = |c: char| c.is_alphanumeric() || "._-".contains(c);
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        assert!(!word.is_empty(), "`{}` is not understood", self.rest);
        self.rest = rest;
        if self.take("(") {
            let mut arguments = Vec::new();
            while !self.take(")") {
                arguments.push(self.or());
                self.take(",");
            }
            return self.contexts.function(word, &arguments);
        }
        match word {
            "true" => json!(true),
            "false" => json!(false),
            _ => self.contexts.name(word),
        }
    }
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value != "" && value != 0
}

/// As GitHub compares: texts without regard to case, other types as numbers.
fn are_equal(one: &Value, other: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Null => Some(0.0),
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::String(text) if text.is_empty() => Some(0.0),
        Value::String(text) => text.parse().ok(),
        value => value.as_f64(),
    };
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.eq_ignore_ascii_case(other),
        _ => number(one).is_some() && number(one) == number(other),
    }
}

fn to_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
