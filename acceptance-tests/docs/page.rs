//! Pages in the layout of the Terraform registry.

use std::path::Path;

use super::reference;
use super::schema::{Function, Schema};

/// A name without the provider's in front, as the registry's files are called.
pub fn short(name: &str) -> &str {
    name.strip_prefix("thatdot_").unwrap_or(name)
}

/// A file of `examples/`, in a fence.
fn example(path: &str, language: &str) -> String {
    let text = std::fs::read_to_string(root().join("examples").join(path))
        .unwrap_or_else(|error| panic!("examples/{path}, which the documentation shows, cannot be read: {error}"));
    format!("```{language}\n{}\n```", text.trim_end())
}

/// Where the project is.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a page begins with. The first page must not be of a subcategory, by the rules of HashiCorp's tfplugindocs.
fn front(title: &str, subcategory: &str, description: &str) -> String {
    let plain = description.replace(['`', '*'], "");
    format!("---\npage_title: \"{title}\"\n{subcategory}description: |-\n  {plain}\n---")
}

/// None is named, as the layout has it.
const NO_SUBCATEGORY: &str = "subcategory: \"\"\n";

fn joined<const N: usize>(parts: [String; N]) -> String {
    parts.join("\n\n") + "\n"
}

fn usage(path: &str) -> String {
    format!("## Example Usage\n\n{}", example(path, "terraform"))
}

/// The page of a resource, with a section on what it expands into.
pub fn resource(name: &str, schema: &Schema, expansion: &str) -> String {
    let folder = format!("resources/{name}");
    joined([
        front(
            &format!("{name} Resource - thatdot"),
            NO_SUBCATEGORY,
            &schema.block.description,
        ),
        format!("# {name} (Resource)"),
        schema.block.description.clone(),
        usage(&format!("{folder}/resource.tf")),
        expansion.to_owned(),
        reference::section(&schema.block),
        import(&folder),
    ])
}

fn import(folder: &str) -> String {
    let block = example(&format!("{folder}/import-by-string-id.tf"), "terraform");
    let command = example(&format!("{folder}/import.sh"), "shell");
    format!(
        "## Import\n\nBy an [`import` block](https://developer.hashicorp.com/terraform/language/import) (Terraform 1.5 and \
         later), whose plan shows what it finds before anything is taken over:\n\n{block}\n\nOr by the \
         [`terraform import` command](https://developer.hashicorp.com/terraform/cli/commands/import):\n\n{command}"
    )
}

/// The page of a data source.
pub fn data_source(name: &str, schema: &Schema) -> String {
    joined([
        front(
            &format!("{name} Data Source - thatdot"),
            NO_SUBCATEGORY,
            &schema.block.description,
        ),
        format!("# {name} (Data Source)"),
        schema.block.description.clone(),
        usage(&format!("data-sources/{name}/data-source.tf")),
        reference::section(&schema.block),
    ])
}

/// The page of a function.
pub fn function(name: &str, function: &Function) -> String {
    let parameters: Vec<String> = function
        .parameters
        .iter()
        .map(|parameter| format!("{} {}", parameter.name, parameter.ty.constraint()))
        .collect();
    let arguments: Vec<String> = function
        .parameters
        .iter()
        .enumerate()
        .map(|(index, parameter)| {
            let (name, ty) = (&parameter.name, parameter.ty.words());
            format!("{}. `{name}` ({ty}) {}", index + 1, parameter.description)
        })
        .collect();
    let returned = function.return_type.object().map_or(String::new(), |attributes| {
        let lines: Vec<String> = attributes
            .iter()
            .map(|(name, ty)| format!("- `{name}` ({})", ty.words()))
            .collect();
        format!(
            "\n\n## Return Type\n\nAn object with these attributes:\n\n{}",
            lines.join("\n")
        )
    });
    joined([
        front(&format!("{name} function - thatdot"), NO_SUBCATEGORY, &function.summary),
        format!("# function: {name}"),
        function.description.clone(),
        "Provider functions need Terraform 1.8, or OpenTofu 1.7.".to_owned(),
        usage(&format!("functions/{name}/function.tf")),
        format!(
            "## Signature\n\n```text\n{name}({}) {}\n```",
            parameters.join(", "),
            function.return_type.constraint()
        ),
        format!("## Arguments\n\n{}{returned}", arguments.join("\n")),
    ])
}

/// The provider's own page: words written by hand, an example, and the schema.
pub fn index(words: &str, schema: &Schema) -> String {
    let description = &schema.block.description;
    joined([
        front("thatdot Provider", "", description),
        "# thatdot Provider".to_owned(),
        description.clone(),
        usage("provider/provider.tf"),
        words.trim().to_owned(),
        reference::section(&schema.block),
    ])
}
