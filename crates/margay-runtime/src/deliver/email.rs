//! E-mail: one message to all recipients, by a mail server of the operator's. A mailbox that is refused keeps it from no other.

use std::net::SocketAddr;
use std::time::Duration;

use lettre::Message as Mail;
use lettre::address::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::{ExposeSecret, SecretString};

use super::courier::{Courier, NotSent, SEND_TIMEOUT, Sent};
use super::message::Message;
use super::redaction::Redaction;
use super::route::{EmailRoute, SmtpSecurity};
use super::settled::Settled;

#[cfg(test)]
mod tests;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long the server may take to say goodbye.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);
/// So much is told of why a mailbox was refused: there may be many.
const REASON_CHARS_KEPT: usize = 100;

pub(crate) async fn send(
    courier: &Courier,
    route: &EmailRoute,
    secret: Option<&SecretString>,
    message: &Message,
    redaction: &Redaction,
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
    let wanted = message.settled.left_of(mail.envelope().to());
    if wanted.is_empty() {
        return Ok(Sent {
            status: None,
            outcome: "everybody has it whom it goes to by now".to_owned(),
        });
    }
    let credentials = match (&route.username, secret) {
        (Some(username), Some(password)) => {
            Some(Credentials::new(username.clone(), password.expose_secret().to_owned()))
        }
        _ => None,
    };
    let talk = Talk {
        address: *address,
        // The connection goes to the address that was checked; the certificate is checked against the name.
        tls: TlsParameters::new(route.host.clone()).map_err(|error| NotSent::of(format!("no TLS: {error}")))?,
        security: route.security,
        credentials,
        mail,
        wanted,
    };
    let answers = async move { talk.hold().await.map_err(|error| not_taken(&error)) };
    let answers = courier.where_sockets_live(answers).await?;
    answers.concluded(&message.settled, redaction)
}

/// A conversation with a mail server.
struct Talk {
    address: SocketAddr,
    tls: TlsParameters,
    security: SmtpSecurity,
    credentials: Option<Credentials>,
    mail: Mail,
    wanted: Vec<Address>,
}

/// What the server said about each mailbox.
#[derive(Debug, Default)]
struct Answers {
    took: Vec<Address>,
    refused: Vec<(Address, SmtpError)>,
    /// Refused for now.
    later: Vec<(Address, SmtpError)>,
    /// What the mail was taken with.
    status: Option<u16>,
}

impl Talk {
    /// Sends the mail to all mailboxes that the server takes it for.
    ///
    /// An error means that nobody has it.
    async fn hold(self) -> Result<Answers, SmtpError> {
        let hello = ClientId::default();
        let wrapper = (self.security == SmtpSecurity::Tls).then(|| self.tls.clone());
        let timeout = Some(CONNECT_TIMEOUT.min(SEND_TIMEOUT));
        let mut connection = AsyncSmtpConnection::connect_tokio1(self.address, timeout, &hello, wrapper, None).await?;
        if self.security == SmtpSecurity::Starttls {
            // Without it there is an error, and nothing is sent.
            connection.starttls(self.tls.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        let answers = self.offer(&mut connection).await;
        // What matters has been said: a server that does not answer QUIT changes nothing.
        tokio::time::timeout(QUIT_TIMEOUT, connection.abort()).await.ok();
        answers
    }

    async fn offer(&self, connection: &mut AsyncSmtpConnection) -> Result<Answers, SmtpError> {
        let content = self.mail.formatted();
        let from = self.mail.envelope().from().cloned();
        let is_plain = |address: &Address| address.to_string().is_ascii();
        let mut options = Vec::new();
        let info = connection.server_info();
        if !self.wanted.iter().chain(&from).all(is_plain) && info.supports_feature(Extension::SmtpUtfEight) {
            options.push(MailParameter::SmtpUtfEight);
        }
        if !content.is_ascii() && info.supports_feature(Extension::EightBitMime) {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        connection.command(MailFrom::new(from, options)).await?;
        let mut answers = Answers::default();
        for address in &self.wanted {
            match connection.command(Rcpt::new(address.clone(), Vec::new())).await {
                Ok(_) => answers.took.push(address.clone()),
                Err(error) if error.is_permanent() => answers.refused.push((address.clone(), error)),
                Err(error) if error.is_transient() => answers.later.push((address.clone(), error)),
                Err(error) => return Err(error),
            }
        }
        if answers.took.is_empty() {
            return Ok(answers);
        }
        connection.command(Data).await?;
        let taken = connection.message(&content).await?;
        answers.status = Some(u16::from(taken.code()));
        Ok(answers)
    }
}

impl Answers {
    /// Who is refused for good keeps the mail from nobody, and is named. Who is refused for now is tried again, alone. If all are
    /// refused for good, it did not arrive.
    fn concluded(self, before: &Settled, redaction: &Redaction) -> Result<Sent, NotSent> {
        let named = |list: &[(Address, SmtpError)]| {
            let named = list.iter().map(|(address, error)| {
                let status = error.status().map(|code| format!("{code} ")).unwrap_or_default();
                let reason = redaction.of_text(&innermost(error));
                let reason: String = reason.chars().take(REASON_CHARS_KEPT).collect();
                format!("{address} ({status}{})", reason.escape_debug())
            });
            named.collect::<Vec<_>>().join(", ")
        };
        let mut parts = Vec::new();
        if let Some(status) = self.status {
            parts.push(format!("SMTP {status}"));
        }
        if !self.refused.is_empty() {
            parts.push(format!("refused for {}", named(&self.refused)));
        }
        if !self.later.is_empty() {
            parts.push(format!("not taken yet for {}", named(&self.later)));
        }
        let outcome = parts.join("; ");
        let settled = before.with(&self.took, self.refused.iter().map(|(address, _)| address));
        if self.later.is_empty() && settled.is_taken() {
            return Ok(Sent {
                status: self.status,
                outcome,
            });
        }
        let outcome = match self.status {
            Some(_) => outcome,
            None => format!("the mail server did not take it: {outcome}"),
        };
        let said = self.later.first().or(self.refused.first());
        Err(NotSent {
            status: said.and_then(|(_, error)| error.status()).map(u16::from),
            outcome,
            retry_not_before: None,
            settled: Some(settled),
        })
    }
}

fn not_taken(error: &SmtpError) -> NotSent {
    NotSent {
        status: error.status().map(u16::from),
        ..NotSent::of(format!("the mail server did not take it: {}", innermost(error)))
    }
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
