//! E-mail: one message to all recipients, by a mail server of the operator's.

use std::time::Duration;

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

use super::courier::{Courier, NotSent, SEND_TIMEOUT, Sent};
use super::message::Message;
use super::route::{EmailRoute, SmtpSecurity};

/// How long one step of the conversation may take.
const STEP_TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) async fn send(
    courier: &Courier,
    route: &EmailRoute,
    secret: Option<&SecretString>,
    message: &Message,
) -> Result<Sent, NotSent> {
    let mail = mail(route, message)?;
    let addresses = courier.guard().resolve(&route.host, route.port()).await?;
    let is_allowed = addresses.iter().all(|address| courier.guard().is_allowed(address.ip()));
    if route.security == SmtpSecurity::None && !is_allowed {
        return Err(NotSent::of(
            "mail is not sent without TLS\nhint: set `security` to tls or starttls; a server at an address that was allowed may be used without",
        ));
    }
    let Some(address) = addresses.first() else {
        return Err(NotSent::of("the mail server has no address"));
    };
    // The connection goes to the address that was checked; the certificate is checked against the name.
    let tls = TlsParameters::new(route.host.clone()).map_err(|error| NotSent::of(format!("no TLS: {error}")));
    let tls = match route.security {
        SmtpSecurity::Tls => Tls::Wrapper(tls?),
        SmtpSecurity::Starttls => Tls::Required(tls?),
        SmtpSecurity::None => Tls::None,
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .timeout(Some(STEP_TIMEOUT.min(SEND_TIMEOUT)))
        .tls(tls);
    if let (Some(username), Some(password)) = (&route.username, secret) {
        let password = password.expose_secret().to_owned();
        transport = transport.credentials(Credentials::new(username.clone(), password));
    }
    let transport = transport.build();
    courier
        .where_sockets_live(async move {
            match transport.send(mail).await {
                Ok(response) => Ok(Sent {
                    status: Some(u16::from(response.code())),
                    outcome: format!("SMTP {}", response.code()),
                }),
                Err(error) => Err(NotSent {
                    status: error.status().map(u16::from),
                    outcome: format!("the mail server did not take it: {}", innermost(&error)),
                    retry_not_before: None,
                }),
            }
        })
        .await
}

/// Tells out-of-office replies to stay away (RFC 3834).
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The mail. Its id is the delivery's, so that a mail that comes twice is known as one by whoever sorts by it.
fn mail(route: &EmailRoute, message: &Message) -> Result<Mail, NotSent> {
    let unusable = |error: String| NotSent::of(format!("the mail cannot be written: {error}"));
    let mailbox = |text: &str| text.parse::<Mailbox>().map_err(|error| unusable(error.to_string()));
    let from = mailbox(&route.from)?;
    let domain = from.email.domain().to_owned();
    let mut builder: MessageBuilder = Mail::builder()
        .from(from)
        .subject(format!("[Margay] {}", message.headline()))
        .message_id(Some(format!("<{}@{domain}>", message.delivery)))
        // Mails of one alert stand together.
        .references(format!("<{}@{domain}>", message.alert.id))
        .header(ContentType::TEXT_PLAIN)
        .header(AutoSubmitted);
    for address in &route.to {
        builder = builder.to(mailbox(address)?);
    }
    builder
        .body(message.plain())
        .map_err(|error| unusable(error.to_string()))
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
