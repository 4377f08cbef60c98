//! A deployment with every block, and every part there is.

use aws_sdk_ec2::types::{InstanceType, RequestLaunchTemplateData};

use super::view::{ADDRESS, deployment, id_of, parts};
use crate::harness::{Attributes, Sandbox, Wait};
use crate::own;

/// The configuration. It uses a certificate, a web ACL and a topic of the user's, which are made by this.
pub fn whole(sandbox: &mut Sandbox) -> String {
    let certificate = own::certificate(sandbox, "deid");
    let (acl, topic) = (own::web_acl(sandbox, "guards"), sandbox.stand_in.topic());
    sandbox.take_as_found();
    deployment(
        sandbox,
        &format!(
            r#"
  enable_execute_command = true
  permissions_boundary   = "arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess"
  environment            = {{ PAI_LOG_LEVEL = "info" }}
  capacity {{
    max_size                       = 2
    scale_in_protection            = true
    managed_termination_protection = true
    group_metrics                  = true
    instance_warmup                = 60
    notification_topic_arn         = "{topic}"
  }}
  ordered_placement_strategy {{
    type  = "binpack"
    field = "memory"
  }}
  license {{
    content_wo         = "{{\"key\":\"planted-licence-7f3a\"}}"
    content_wo_version = 1
    on                 = "efs"
  }}
  load_balancer {{
    certificate_arn = "{certificate}"
    web_acl_arn     = "{acl}"
    access_logs {{ bucket = "balancer-logs" }}
  }}
  api_gateway {{
    authorization          = "JWT"
    jwt_issuer             = "https://issuer.example.com"
    jwt_audience           = ["deid"]
    jwt_scopes             = ["deid/read"]
    throttling_burst_limit = 20
    throttling_rate_limit  = 10
    tls_server_name        = "deid.example.com"
  }}
  bastion {{ ingress_cidr_blocks = ["203.0.113.4/32"] }}
  autoscaling {{
    max_count         = 2
    cpu_percent       = 70
    memory_percent    = 80
    requests_per_task = 1000
  }}
"#
        ),
    )
}

/// What somebody else has, and the deployment is not to use: a key pair `theirs`, and ...
pub struct Others {
    /// A web ACL.
    pub acl: String,
    /// A launch template.
    pub launch_template: String,
    /// A VPC link.
    pub vpc_link: String,
}

impl Others {
    fn make(sandbox: &Sandbox) -> Self {
        let images = sandbox
            .aws
            .ec2
            .describe_images()
            .owners("amazon")
            .send()
            .wait()
            .unwrap();
        let data = RequestLaunchTemplateData::builder().instance_type(InstanceType::M6gLarge);
        let data = data.image_id(images.images()[0].image_id().unwrap());
        let key = sandbox.aws.ec2.create_key_pair().key_name("theirs");
        key.send().wait().unwrap();
        let template = sandbox.aws.ec2.create_launch_template().launch_template_name("theirs");
        let template = template.launch_template_data(data.build()).send().wait().unwrap();
        let link = sandbox.aws.apigatewayv2.create_vpc_link().name("theirs");
        let link = link.set_subnet_ids(Some(sandbox.vpc.private_subnet_ids.clone()));
        Self {
            acl: own::web_acl(sandbox, "theirs"),
            launch_template: template
                .launch_template()
                .unwrap()
                .launch_template_id()
                .unwrap()
                .to_owned(),
            vpc_link: link.send().wait().unwrap().vpc_link_id().unwrap().to_owned(),
        }
    }
}

/// The whole deployment, standing.
pub struct Whole {
    /// Where it stands.
    pub sandbox: Sandbox,
    /// Its attributes, as they were once it stood.
    pub state: Attributes,
    /// What stands beside it.
    pub others: Others,
}

impl Whole {
    /// Applies it.
    pub fn new() -> Self {
        let mut sandbox = Sandbox::new();
        let others = Others::make(&sandbox);
        let text = whole(&mut sandbox);
        sandbox.apply(&text);
        let state = sandbox.state(ADDRESS);
        Self { sandbox, state, others }
    }

    /// The id of a part.
    pub fn id(&self, key: &str) -> String {
        id_of(&self.state, key)
    }

    /// The ARN of a part.
    pub fn arn(&self, key: &str) -> String {
        parts(&self.state)[key].arn.clone().expect("an ARN")
    }

    /// The id of a part of the HTTP API, without the API's.
    pub fn id_in_api(&self, key: &str) -> String {
        self.id(key).split_once('/').expect("API/ID").1.to_owned()
    }
}
