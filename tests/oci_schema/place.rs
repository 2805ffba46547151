//! A value and its place in a document.

use serde_json::{Map, Value};

/// A value, where it stands, and what was found wrong so far.
pub struct Place<'a> {
    pub path: String,
    pub value: &'a Value,
}

pub type Findings = Vec<String>;

impl<'a> Place<'a> {
    pub fn root(value: &'a Value) -> Self {
        Self {
            path: String::new(),
            value,
        }
    }

    pub fn say(&self, findings: &mut Findings, what: impl AsRef<str>) {
        let path = if self.path.is_empty() {
            "document"
        } else {
            &self.path
        };
        findings.push(format!("{path}: {}", what.as_ref()));
    }

    /// A member of this object, if it is there.
    pub fn get(&self, name: &str) -> Option<Place<'a>> {
        let value = self.value.get(name)?;
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Some(Place { path, value })
    }

    /// A member that has to be there.
    pub fn need(&self, name: &str, findings: &mut Findings) -> Option<Place<'a>> {
        let found = self.get(name);
        if found.is_none() {
            self.say(findings, format!("`{name}` is missing"));
        }
        found
    }

    pub fn object(&self, findings: &mut Findings) -> Option<&'a Map<String, Value>> {
        let found = self.value.as_object();
        if found.is_none() {
            self.say(findings, "is not an object");
        }
        found
    }

    pub fn string(&self, findings: &mut Findings) -> Option<&'a str> {
        let found = self.value.as_str();
        if found.is_none() {
            self.say(findings, "is not a string");
        }
        found
    }

    /// The items of an array, each with its place.
    pub fn items(&self, findings: &mut Findings) -> Vec<Place<'a>> {
        let Some(items) = self.value.as_array() else {
            self.say(findings, "is not an array");
            return Vec::new();
        };
        let place = |(index, value)| Place {
            path: format!("{}[{index}]", self.path),
            value,
        };
        items.iter().enumerate().map(place).collect()
    }

    /// An array of strings.
    pub fn strings(&self, findings: &mut Findings) -> Vec<&'a str> {
        let items = self.items(findings);
        items
            .iter()
            .filter_map(|item| item.string(findings))
            .collect()
    }

    /// A string that a grammar must take.
    pub fn matches(&self, is: fn(&str) -> bool, what: &str, findings: &mut Findings) {
        if let Some(text) = self.string(findings)
            && !is(text)
        {
            self.say(findings, format!("`{text}` is not {what}"));
        }
    }

    /// A string that must be this one.
    pub fn equals(&self, wanted: &str, findings: &mut Findings) {
        if let Some(text) = self.string(findings)
            && text != wanted
        {
            self.say(findings, format!("`{text}` is not `{wanted}`"));
        }
    }
}
