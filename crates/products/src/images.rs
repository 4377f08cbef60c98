//! Where the products' images are.

use super::checks;
use super::detector::vendor;
/// The name of an image, as a registry takes it.
pub use registry::ImageReference;

/// A product by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    /// thatDot Anomaly Detector.
    Detector,
}

/// Why there is no address to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unaddressed {
    /// The product is not one of ours; what to know of it.
    Product(String),
    /// That is no version.
    Version(String),
    /// A deployment in that region cannot pull the image.
    Region(String),
}

impl Image {
    /// The words that products are known by.
    const WORDS: [(&'static str, Self); 1] = [("detector", Self::Detector)];

    /// The product of that word.
    ///
    /// # Errors
    /// Where there is none, with those that there are.
    pub fn from_word(word: &str) -> Result<Self, Unaddressed> {
        let known = Self::WORDS.iter().find(|(known, _)| *known == word);
        known.map(|(_, image)| *image).ok_or_else(|| {
            Unaddressed::Product(if word == "privateai" {
                "Private AI's image (deid:VERSION) has no address of its own: the vendor's guide has it copied into an ECR \
                 repository of yours, where its address is ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:VERSION"
                    .to_owned()
            } else {
                let words: Vec<String> = Self::WORDS.iter().map(|(word, _)| format!("{word:?}")).collect();
                format!("there is no product {word:?}; there is {}", words.join(", "))
            })
        })
    }

    /// The address that a deployment in a region pulls that version from.
    ///
    /// # Errors
    /// Where the version is no image tag, the region no region, or one that cannot pull from the vendor's registry.
    pub fn uri(self, version: &str, region: &str) -> Result<String, Unaddressed> {
        if !is_tag(version) {
            return Err(Unaddressed::Version(format!(
                "{version:?} is no image tag: up to 128 letters, digits, underscores, hyphens and points, the first one no \
                 hyphen or point"
            )));
        }
        if !checks::is_region(region) {
            return Err(Unaddressed::Region(format!(
                "{region:?} is no AWS region; one is us-east-1"
            )));
        }
        // Credentials of one partition are worth nothing in another one.
        if ["cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"]
            .iter()
            .any(|start| region.starts_with(start))
        {
            return Err(Unaddressed::Region(format!(
                "the AWS Marketplace's registry, where the image is, cannot be reached with credentials of {region}, which \
                 is in another partition of AWS; copy the image to a registry of your own there"
            )));
        }
        match self {
            Self::Detector => Ok(format!("{}:{version}", vendor::repository())),
        }
    }
}

/// Source: OCI distribution specification, *Pulling manifests*: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (1..=128).contains(&text.len()) && text.starts_with(word) && text.chars().all(|c| word(c) || c == '.' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_image_has_the_guides_address_in_every_region() {
        for region in ["us-east-1", "ap-southeast-2", "eu-central-1"] {
            assert_eq!(Image::Detector.uri("v0.9-latest", region), Ok(vendor::IMAGE.to_owned()));
        }
    }

    #[test]
    fn what_has_no_address_is_told() {
        let uri = |version, region| Image::Detector.uri(version, region).unwrap_err();
        assert!(matches!(uri("v1 ", "us-east-1"), Unaddressed::Version(_)));
        assert!(matches!(uri("-v1", "us-east-1"), Unaddressed::Version(_)));
        for region in ["useast1", "us-east", "US-EAST-1", "us-gov-west-1", "cn-north-1", ""] {
            assert!(matches!(uri("v1", region), Unaddressed::Region(_)), "{region}");
        }
        let product = |word| Image::from_word(word).unwrap_err();
        assert!(matches!(product("novelty"), Unaddressed::Product(text) if text.contains("\"detector\"")));
        assert!(matches!(product("privateai"), Unaddressed::Product(text) if text.contains("deid:VERSION")));
    }
}
