//! Values held against schemas of the OpenAPI document: as much of JSON Schema as the document uses, and stricter,
//! since a field that is not documented is an error.

use std::collections::BTreeSet;

use serde_json::Value;

pub struct Schemas(Value);

impl Schemas {
    pub fn of(document: &Value) -> Self {
        Self(document["components"]["schemas"].clone())
    }

    pub fn component(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or_else(|| panic!("the document has no {name}"))
    }

    /// What is wrong with `value`, if anything.
    pub fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        self.matches(schema, value)?;
        let Value::Object(fields) = value else { return Ok(()) };
        let mut known = BTreeSet::new();
        self.collect_fields(schema, value, &mut known);
        match fields.keys().find(|name| !known.is_empty() && !known.contains(*name)) {
            Some(extra) => Err(format!("{extra} is not documented: {value}")),
            None => Ok(()),
        }
    }

    fn matches(&self, schema: &Value, value: &Value) -> Result<(), String> {
        if let Some(target) = self.target(schema) {
            return self.check(target, value);
        }
        for part in list(schema, "allOf") {
            self.matches(self.target(part).unwrap_or(part), value)?;
        }
        for name in ["oneOf", "anyOf"] {
            let choices = list(schema, name);
            let refused: Vec<_> =
                choices.iter().filter_map(|choice| self.check(choice, value).err()).collect();
            if !choices.is_empty() && refused.len() == choices.len() {
                return Err(format!("{value} is none of the {name}: {refused:?}"));
            }
        }
        let types = &schema["type"];
        let is_of = |kind: &Value| kind.as_str().is_some_and(|kind| is_of_type(value, kind));
        let fits =
            types.as_array().map_or_else(|| types.is_null() || is_of(types), |types| types.iter().any(is_of));
        if !fits {
            return Err(format!("{value} is not of type {types}"));
        }
        if schema.get("enum").is_some() && !list(schema, "enum").contains(value) {
            return Err(format!("{value} is not one of {}", schema["enum"]));
        }
        let bound = |name: &str| schema[name].as_i64();
        let number = value.as_i64();
        let is_within = number.zip(bound("minimum")).is_none_or(|(number, least)| number >= least)
            && number.zip(bound("maximum")).is_none_or(|(number, most)| number <= most);
        if !is_within {
            return Err(format!("{value} is out of bounds: {schema}"));
        }
        self.match_parts(schema, value)
    }

    fn match_parts(&self, schema: &Value, value: &Value) -> Result<(), String> {
        for item in value.as_array().into_iter().flatten().filter(|_| schema["items"].is_object()) {
            self.check(&schema["items"], item)?;
        }
        let Value::Object(fields) = value else { return Ok(()) };
        for name in list(schema, "required").iter().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return Err(format!("{name} is missing: {value}"));
            }
        }
        let documented = schema["properties"].as_object().into_iter().flatten();
        for (name, schema) in documented {
            let Some(value) = fields.get(name) else { continue };
            self.check(schema, value).map_err(|why| format!("{name}: {why}"))?;
        }
        Ok(())
    }

    /// The fields that an object of this schema may have, those of its matching choices included.
    fn collect_fields(&self, schema: &Value, value: &Value, known: &mut BTreeSet<String>) {
        if let Some(target) = self.target(schema) {
            return self.collect_fields(target, value, known);
        }
        known.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
        for part in list(schema, "allOf") {
            self.collect_fields(part, value, known);
        }
        for choice in list(schema, "oneOf").iter().chain(list(schema, "anyOf")) {
            if self.check(choice, value).is_ok() {
                self.collect_fields(choice, value, known);
            }
        }
    }

    fn target(&self, schema: &Value) -> Option<&Value> {
        let reference = schema["$ref"].as_str()?;
        Some(self.component(reference.rsplit('/').next()?))
    }
}

fn list<'a>(schema: &'a Value, name: &str) -> &'a [Value] {
    schema[name].as_array().map_or(&[], Vec::as_slice)
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("no such type: {kind}"),
    }
}
