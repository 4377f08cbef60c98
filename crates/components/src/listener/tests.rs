//! What a user sees of a listener.

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::{ErrorKind, Spec as _};

const BALANCER: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/demo/50dc";
const ARN: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/demo/50dc/f2f7";
const GROUP: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/demo/73e2";

fn https() -> Listener {
    Listener {
        load_balancer: LoadBalancerArn::from(BALANCER).into(),
        port: 443.into(),
        protocol: ListenerProtocol::Https {
            certificate_arn: "arn:aws:acm:us-east-1:123456789012:certificate/1".to_owned(),
            ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06".to_owned(),
        }
        .into(),
        action: ListenerAction::Forward(GROUP.into()).into(),
    }
}

fn redirect() -> Listener {
    Listener {
        port: 80.into(),
        protocol: ListenerProtocol::Http.into(),
        action: ListenerAction::RedirectToHttps { port: 443 }.into(),
        ..https()
    }
}

fn identity() -> Identity {
    Identity {
        id: ARN.to_owned(),
        arn: Some(ARN.to_owned()),
    }
}

fn answer(operation: &str, result: &str) -> Answer {
    Answer::xml(format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
    ))
}

fn listeners(rest: &str) -> String {
    format!(
        "<Listeners><member><ListenerArn>{ARN}</ListenerArn><LoadBalancerArn>{BALANCER}</LoadBalancerArn>{rest}</member></Listeners>"
    )
}

fn as_https() -> String {
    listeners(&format!(
        "<Port>443</Port><Protocol>HTTPS</Protocol><SslPolicy>ELBSecurityPolicy-TLS13-1-2-2021-06</SslPolicy>\
         <Certificates><member><CertificateArn>arn:aws:acm:us-east-1:123456789012:certificate/1</CertificateArn></member>\
         </Certificates><DefaultActions><member><Type>forward</Type><TargetGroupArn>{GROUP}</TargetGroupArn><ForwardConfig>\
         <TargetGroups><member><TargetGroupArn>{GROUP}</TargetGroupArn><Weight>1</Weight></member></TargetGroups>\
         <TargetGroupStickinessConfig><Enabled>false</Enabled></TargetGroupStickinessConfig></ForwardConfig></member></DefaultActions>"
    ))
}

fn as_redirect() -> String {
    listeners(
        "<Port>80</Port><Protocol>HTTP</Protocol><DefaultActions><member><Type>redirect</Type><RedirectConfig>\
         <Protocol>HTTPS</Protocol><Port>443</Port><Host>#{host}</Host><Path>/#{path}</Path><Query>#{query}</Query>\
         <StatusCode>HTTP_301</StatusCode></RedirectConfig></member></DefaultActions>",
    )
}

fn standing(listeners: String) -> Stage {
    Stage::answering(move |asked: &Asked| match asked.operation.as_str() {
        "DescribeListeners" => answer("DescribeListeners", &listeners),
        "DescribeTags" => answer(
            "DescribeTags",
            &format!("<TagDescriptions><member><ResourceArn>{ARN}</ResourceArn><Tags/></member></TagDescriptions>"),
        ),
        operation => answer(operation, &listeners),
    })
}

async fn differences(wanted: &Listener, listeners: String) -> Vec<&'static str> {
    let stage = standing(listeners);
    let observed = Box::pin(wanted.read(&stage.call(), &identity()))
        .await
        .unwrap()
        .unwrap();
    wanted.compare(&observed.spec).different()
}

#[tokio::test]
async fn what_was_made_compares_as_the_same() {
    assert_eq!(differences(&https(), as_https()).await, [""; 0]);
    assert_eq!(differences(&redirect(), as_redirect()).await, [""; 0]);
}

#[tokio::test]
async fn each_setting_that_somebody_changed_shows_by_its_name() {
    for (from, to, field) in [
        ("<Port>443<", "<Port>8443<", "port"),
        ("certificate/1<", "certificate/2<", "protocol"),
        ("2021-06<", "2016-08<", "protocol"),
        ("targetgroup/demo/73e2", "targetgroup/other/73e2", "action"),
        ("<Enabled>false<", "<Enabled>true<", "action"),
    ] {
        assert_eq!(
            differences(&https(), as_https().replace(from, to)).await,
            [field],
            "{from}"
        );
    }
    for (from, to) in [
        ("<Port>443<", "<Port>444<"),
        ("#{host}", "example.com"),
        ("/#{path}", "/"),
        ("#{query}", "q=1"),
        ("HTTP_301", "HTTP_302"),
        ("<Type>redirect<", "<Type>fixed-response<"),
    ] {
        assert_eq!(
            differences(&redirect(), as_redirect().replace(from, to)).await,
            ["action"],
            "{from}"
        );
    }
}

#[tokio::test]
async fn https_brings_its_certificate_and_http_none() {
    let stage = standing(as_https());
    Box::pin(https().create(&stage.call())).await.unwrap();
    Box::pin(redirect().create(&stage.call())).await.unwrap();
    let asked = stage.asked();
    assert!(asked[0].body.contains("certificate%2F1") && asked[0].body.contains("SslPolicy="));
    assert!(!asked[1].body.contains("Certificates") && asked[1].body.contains("RedirectConfig.StatusCode=HTTP_301"));
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_and_whose_listener_it_is_can_be_found() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "CreateListener" => Answer::refused_xml("DuplicateListener", "A listener already exists on this port"),
        "DescribeListeners" => answer("DescribeListeners", &as_https()),
        operation => answer(operation, "<TagDescriptions/>"),
    });
    let error = Box::pin(https().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
    let found = Box::pin(https().find(&stage.call())).await.unwrap();
    assert_eq!(found, Some(identity()));
    assert_eq!(Box::pin(redirect().find(&stage.call())).await, Ok(None));
}

#[tokio::test]
async fn a_certificate_that_is_not_there_says_where_it_must_be() {
    let stage = Stage::answering(|_| Answer::refused_xml("CertificateNotFound", "Certificate 'arn' not found"));
    let error = Box::pin(https().create(&stage.call())).await.unwrap_err();
    assert!(error.remedy.unwrap().contains("own region"));
}

#[tokio::test]
async fn one_that_is_gone_is_read_as_nothing_and_is_deleted() {
    let stage = Stage::answering(|_| Answer::refused_xml("ListenerNotFound", "One or more listeners not found"));
    assert!(
        Box::pin(https().read(&stage.call(), &identity()))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(https().delete(&stage.call(), &identity()).await, Ok(()));
}
