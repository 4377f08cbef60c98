//! `image_uri`: where a product's image is.

use framework::{Function, FunctionError, Parameter, Signature, Type};
use products::images::{Image, Unaddressed};

/// The function.
#[derive(Debug, Clone, Copy)]
pub struct ImageUri;

impl Function for ImageUri {
    type Arguments = (String, String, String);
    type Result = String;

    fn name(&self) -> &'static str {
        "image_uri"
    }

    fn signature(&self) -> Signature {
        Signature::new(
            "The address of a product's container image",
            "The address that a deployment in a region pulls a version of a product's image from. The one product with an \
             address of its own is `detector`: the image of the vendor's guide, in the AWS Marketplace's registry. That \
             registry is in us-east-1 alone, and every other region pulls from there, so that the address is the same for \
             all of them; a region of another partition (China, GovCloud) cannot pull from it and is refused. Private AI's \
             image is copied into a repository of your own, as its guide has it.",
            vec![
                Parameter::new("product", Type::String, "The product: `detector`."),
                Parameter::new(
                    "version",
                    Type::String,
                    "The version, as the image's tag has it: `v0.9-latest`.",
                ),
                Parameter::new(
                    "region",
                    Type::String,
                    "The region that the deployment is in: `eu-central-1`.",
                ),
            ],
            Type::String,
        )
    }

    fn call(&self, (product, version, region): (String, String, String)) -> Result<String, FunctionError> {
        let image = Image::from_word(&product).and_then(|image| image.uri(&version, &region));
        image.map_err(|why| match why {
            Unaddressed::Product(text) => FunctionError::of_argument(0, text),
            Unaddressed::Version(text) => FunctionError::of_argument(1, text),
            Unaddressed::Region(text) => FunctionError::of_argument(2, text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_names_its_argument() {
        let argument = |product: &str, version: &str, region: &str| {
            let arguments = (product.to_owned(), version.to_owned(), region.to_owned());
            ImageUri.call(arguments).unwrap_err().argument
        };
        assert_eq!(argument("other", "v1", "us-east-1"), Some(0));
        assert_eq!(argument("detector", "a b", "us-east-1"), Some(1));
        assert_eq!(argument("detector", "v1", "nowhere"), Some(2));
    }
}
