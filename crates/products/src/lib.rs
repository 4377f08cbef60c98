//! The products: for each, a typed configuration becomes a graph of components, and their outputs come back as
//! attributes. What a vendor says of its product (ports, paths, sizes, health checks) stands here and nowhere else.
//!
//! A product never speaks Terraform's protocol and never calls an AWS SDK: it is written against `framework`, `engine`,
//! `components`, and what `aws` looks up.

mod checks;
pub mod deployer;
pub mod fargate;
pub mod images;
mod parts;
mod product;
mod settings;
pub mod shared;
pub mod throughput;
mod wiring;

pub use checks::{is_deployment_name, is_region};
pub use detector::vendor::PORT;
pub use parts::Part;
pub use product::{Common, Design, Moment, OnCreateFailure, Product, Visit};
pub use settings::{CLUSTER, SETTINGS, SUBNETS};
pub use wiring::{Resolver, input, known_list};

/// Whoever is shown every product.
pub trait Visitor {
    /// Is shown one.
    fn visit<P: Product>(&mut self, product: P);
}

/// Takes the folders in, and shows their products to whoever asks.
macro_rules! products {
    ($($folder:ident: $product:ident;)+) => {
        $(pub mod $folder;)+

        /// Shows every product.
        pub fn visit(visitor: &mut impl Visitor) {
            $(visitor.visit($folder::$product);)+
        }
    };
}

products! {
    container_image: ContainerImageProduct;
    detector: DetectorProduct;
    network: NetworkProduct;
    operator: OperatorProduct;
    privateai: PrivateAiProduct;
}
