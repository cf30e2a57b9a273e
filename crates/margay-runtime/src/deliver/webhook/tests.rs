use expect_test::expect;
use margay_store::{Alert, AlertStatus, AlertText};

use super::*;
use crate::deliver::settled::Settled;

pub(crate) fn message(notice: DeliveryNotice) -> Message {
    Message {
        delivery: "019ab000-0000-7000-8000-000000000001".parse().unwrap(),
        notice,
        alert: Alert {
            id: "019ab000-0000-7000-8000-000000000002".parse().unwrap(),
            kind: "SOURCE_NO_DATA".to_owned(),
            alert_type: "SYSTEM_ERROR".to_owned(),
            severity: "CRITICAL".to_owned(),
            source_id: Some("019ab000-0000-7000-8000-000000000003".parse().unwrap()),
            source_label: Some("Our <Asana> & co".to_owned()),
            text: AlertText {
                title: "Our <Asana> & co: no events for 1 d".to_owned(),
                cause: "Asana answers, and has had no event for 1 d.".to_owned(),
                evidence: "The newest event is of <!channel>.".to_owned(),
                blind: "Nothing is missing.".to_owned(),
                remedy: "Do *something* there.".to_owned(),
            },
            status: AlertStatus::Open,
            assignee: None,
            opened_at: "2026-11-24T12:00:00Z".parse().unwrap(),
            updated_at: "2026-11-24T12:00:00Z".parse().unwrap(),
            recovered_at: None,
        },
        name: "No events".to_owned(),
        link: Some("http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002".to_owned()),
        resent_at: None,
        sent_at: "2026-11-24T12:00:05Z".parse().unwrap(),
        settled: Settled::default(),
    }
}

#[test]
fn a_body_has_the_thirteen_fields() {
    let body = body(&message(DeliveryNotice::Opened));
    let mut fields: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "alertContext",
            "alertId",
            "createdAt",
            "description",
            "id",
            "link",
            "name",
            "runbook",
            "severity",
            "tags",
            "title",
            "type",
            "version"
        ]
    );
    expect![[r#"
        {
          "alertContext": {
            "blind": "Nothing is missing.",
            "cause": "Asana answers, and has had no event for 1 d.",
            "evidence": "The newest event is of <!channel>.",
            "isRecovered": false,
            "notice": "opened",
            "recoveredAt": null,
            "resentAt": null,
            "sourceId": "019ab000-0000-7000-8000-000000000003",
            "sourceLabel": "Our <Asana> & co",
            "status": "OPEN"
          },
          "alertId": "019ab000-0000-7000-8000-000000000002",
          "createdAt": "2026-11-24T12:00:00Z",
          "description": "Asana answers, and has had no event for 1 d. The newest event is of <!channel>.",
          "id": "SOURCE_NO_DATA",
          "link": "http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002",
          "name": "No events",
          "runbook": "Do *something* there.",
          "severity": "CRITICAL",
          "tags": [],
          "title": "Our <Asana> & co: no events for 1 d",
          "type": "SYSTEM_ERROR",
          "version": "1"
        }
    "#]]
    .assert_eq(&format!("{body:#}\n"));
}

#[test]
fn the_signature_is_the_one_of_the_specification() {
    // The example of the specification's reference libraries.
    let secret: SecretString = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into();
    let body = r#"{"test": 2432232314}"#;
    let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body);
    assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn every_try_carries_the_key_of_its_delivery() {
    let message = message(DeliveryNotice::Opened);
    let unsigned = headers(&message, "{}", None);
    let id = message.delivery.to_string();
    assert_eq!(
        unsigned,
        [
            ("idempotency-key", id.clone()),
            ("webhook-id", id),
            ("webhook-timestamp", "1795521605".to_owned())
        ]
    );
    let plain: SecretString = "a plain secret".into();
    assert!(headers(&message, "{}", Some(&plain))[3].1.starts_with("v1,"));
}

#[test]
#[expect(clippy::too_many_lines, reason = "what is expected is long")]
fn other_forms_keep_text_text() {
    let text = |notice| {
        let message = message(notice);
        format!(
            "slack {:#}\nteams {:#}\npagerduty {:#}\nmail\n{}",
            super::super::slack::body(&message, Some("#security")),
            super::super::teams::body(&message),
            super::super::pagerduty::body(&message, &"the-integration-key".into()),
            message.plain(),
        )
    };
    expect![[r##"
        slack {
          "blocks": [
            {
              "text": {
                "emoji": false,
                "text": "Our <Asana> & co: no events for 1 d",
                "type": "plain_text"
              },
              "type": "header"
            },
            {
              "text": {
                "text": "*Cause*\nAsana answers, and has had no event for 1 d.",
                "type": "mrkdwn"
              },
              "type": "section"
            },
            {
              "text": {
                "text": "*Evidence*\nThe newest event is of &lt;!channel&gt;.",
                "type": "mrkdwn"
              },
              "type": "section"
            },
            {
              "text": {
                "text": "*Blind meanwhile*\nNothing is missing.",
                "type": "mrkdwn"
              },
              "type": "section"
            },
            {
              "text": {
                "text": "*What to do*\nDo *something* there.",
                "type": "mrkdwn"
              },
              "type": "section"
            },
            {
              "elements": [
                {
                  "text": "CRITICAL · since 2026-11-24 12:00 UTC · <http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002|open the alert>",
                  "type": "mrkdwn"
                }
              ],
              "type": "context"
            }
          ],
          "channel": "#security",
          "text": "Our &lt;Asana&gt; &amp; co: no events for 1 d",
          "unfurl_links": false
        }
        teams {
          "attachments": [
            {
              "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "actions": [
                  {
                    "title": "Open the alert",
                    "type": "Action.OpenUrl",
                    "url": "http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002"
                  }
                ],
                "body": [
                  {
                    "size": "Medium",
                    "text": "Our \\<Asana\\> & co: no events for 1 d",
                    "type": "TextBlock",
                    "weight": "Bolder",
                    "wrap": true
                  },
                  {
                    "text": "**Cause** Asana answers, and has had no event for 1 d.",
                    "type": "TextBlock",
                    "wrap": true
                  },
                  {
                    "text": "**Evidence** The newest event is of \\<\\!channel\\>.",
                    "type": "TextBlock",
                    "wrap": true
                  },
                  {
                    "text": "**Blind meanwhile** Nothing is missing.",
                    "type": "TextBlock",
                    "wrap": true
                  },
                  {
                    "text": "**What to do** Do \\*something\\* there.",
                    "type": "TextBlock",
                    "wrap": true
                  },
                  {
                    "facts": [
                      {
                        "title": "Severity",
                        "value": "CRITICAL"
                      },
                      {
                        "title": "Since",
                        "value": "2026-11-24 12:00 UTC"
                      }
                    ],
                    "type": "FactSet"
                  }
                ],
                "type": "AdaptiveCard",
                "version": "1.4"
              },
              "contentType": "application/vnd.microsoft.card.adaptive"
            }
          ],
          "type": "message"
        }
        pagerduty {
          "client": "Margay",
          "client_url": "http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002",
          "dedup_key": "019ab000-0000-7000-8000-000000000002",
          "event_action": "trigger",
          "links": [
            {
              "href": "http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002",
              "text": "open the alert"
            }
          ],
          "payload": {
            "class": "SYSTEM_ERROR",
            "component": "SOURCE_NO_DATA",
            "custom_details": {
              "blind": "Nothing is missing.",
              "cause": "Asana answers, and has had no event for 1 d.",
              "evidence": "The newest event is of <!channel>.",
              "remedy": "Do *something* there."
            },
            "severity": "critical",
            "source": "Our <Asana> & co",
            "summary": "Our <Asana> & co: no events for 1 d",
            "timestamp": "2026-11-24T12:00:00Z"
          },
          "routing_key": "the-integration-key"
        }
        mail
        Our <Asana> & co: no events for 1 d

        Cause: Asana answers, and has had no event for 1 d.
        Evidence: The newest event is of <!channel>.
        Blind meanwhile: Nothing is missing.
        What to do: Do *something* there.

        Severity: CRITICAL
        Since: 2026-11-24 12:00:00 UTC
        Alert: http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002
    "##]].assert_eq(&text(DeliveryNotice::Opened));
    expect![[r##"
        slack {
          "blocks": [
            {
              "text": {
                "emoji": false,
                "text": "Over: Our <Asana> & co: no events for 1 d",
                "type": "plain_text"
              },
              "type": "header"
            },
            {
              "text": {
                "text": "*What it was*\nAsana answers, and has had no event for 1 d.",
                "type": "mrkdwn"
              },
              "type": "section"
            },
            {
              "elements": [
                {
                  "text": "CRITICAL · since 2026-11-24 12:00 UTC · <http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002|open the alert>",
                  "type": "mrkdwn"
                }
              ],
              "type": "context"
            }
          ],
          "channel": "#security",
          "text": "Over: Our &lt;Asana&gt; &amp; co: no events for 1 d",
          "unfurl_links": false
        }
        teams {
          "attachments": [
            {
              "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "actions": [
                  {
                    "title": "Open the alert",
                    "type": "Action.OpenUrl",
                    "url": "http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002"
                  }
                ],
                "body": [
                  {
                    "size": "Medium",
                    "text": "Over: Our \\<Asana\\> & co: no events for 1 d",
                    "type": "TextBlock",
                    "weight": "Bolder",
                    "wrap": true
                  },
                  {
                    "text": "**What it was** Asana answers, and has had no event for 1 d.",
                    "type": "TextBlock",
                    "wrap": true
                  },
                  {
                    "facts": [
                      {
                        "title": "Severity",
                        "value": "CRITICAL"
                      },
                      {
                        "title": "Since",
                        "value": "2026-11-24 12:00 UTC"
                      }
                    ],
                    "type": "FactSet"
                  }
                ],
                "type": "AdaptiveCard",
                "version": "1.4"
              },
              "contentType": "application/vnd.microsoft.card.adaptive"
            }
          ],
          "type": "message"
        }
        pagerduty {
          "client": "Margay",
          "client_url": "http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002",
          "dedup_key": "019ab000-0000-7000-8000-000000000002",
          "event_action": "resolve",
          "links": [
            {
              "href": "http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002",
              "text": "open the alert"
            }
          ],
          "payload": {
            "class": "SYSTEM_ERROR",
            "component": "SOURCE_NO_DATA",
            "custom_details": {
              "blind": "Nothing is missing.",
              "cause": "Asana answers, and has had no event for 1 d.",
              "evidence": "The newest event is of <!channel>.",
              "remedy": "Do *something* there."
            },
            "severity": "critical",
            "source": "Our <Asana> & co",
            "summary": "Over: Our <Asana> & co: no events for 1 d",
            "timestamp": "2026-11-24T12:00:00Z"
          },
          "routing_key": "the-integration-key"
        }
        mail
        Over: Our <Asana> & co: no events for 1 d

        What it was: Asana answers, and has had no event for 1 d.

        Severity: CRITICAL
        Since: 2026-11-24 12:00:00 UTC
        Alert: http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002
    "##]].assert_eq(&text(DeliveryNotice::Recovered));
}

#[test]
fn no_form_has_a_link_that_is_not_known() {
    let unlinked = Message {
        link: None,
        ..message(DeliveryNotice::Opened)
    };
    assert_eq!(body(&unlinked)["link"], Value::Null);
    let event = super::super::pagerduty::body(&unlinked, &"the-integration-key".into());
    assert!(
        event.get("links").is_none() && event.get("client_url").is_none(),
        "{event}"
    );
    let card = super::super::teams::body(&unlinked);
    assert_eq!(card["attachments"][0]["content"]["actions"], json!([]));
    let slack = super::super::slack::body(&unlinked, None).to_string();
    assert!(slack.contains("since 2026-11-24 12:00 UTC\""), "{slack}");
    let plain = unlinked.plain();
    assert!(plain.ends_with("Since: 2026-11-24 12:00:00 UTC\n"), "{plain}");
}

#[test]
fn slack_says_what_it_refuses_with_a_200() {
    use super::super::slack::answer_of_method;
    assert_eq!(answer_of_method(r#"{"ok":true}"#), Ok(()));
    assert_eq!(
        answer_of_method(r#"{"ok":false,"error":"channel_not_found"}"#),
        Err("Slack refused the message: channel_not_found".to_owned())
    );
    assert!(answer_of_method("<html>").is_err());
}

#[test]
fn what_is_sent_again_says_so_and_how_the_alert_stands() {
    let mut over = message(DeliveryNotice::Recovered);
    over.resent_at = Some("2026-11-25T09:00:00Z".parse().unwrap());
    over.alert.recovered_at = Some("2026-11-24T18:30:00Z".parse().unwrap());
    let event = super::super::pagerduty::body(&over, &"the-integration-key".into());
    assert_eq!(event["event_action"], "resolve", "nobody is called for what is over");
    assert_eq!(body(&over)["alertContext"]["resentAt"], "2026-11-25T09:00:00Z");
    let lasting = Message {
        notice: DeliveryNotice::Opened,
        alert: message(DeliveryNotice::Opened).alert,
        ..over.clone()
    };
    expect![[r#"
        Sent again: Over: Our <Asana> & co: no events for 1 d

        Sent again: It had been given up, and was sent again at 2026-11-25 09:00 UTC. It is over since 2026-11-24 18:30 UTC.
        What it was: Asana answers, and has had no event for 1 d.
        Evidence: The newest event is of <!channel>.

        Severity: CRITICAL
        Since: 2026-11-24 12:00:00 UTC
        Alert: http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002
        ----
        Sent again: Our <Asana> & co: no events for 1 d

        Sent again: It had been given up, and was sent again at 2026-11-25 09:00 UTC. It lasted then.
        Cause: Asana answers, and has had no event for 1 d.
        Evidence: The newest event is of <!channel>.
        Blind meanwhile: Nothing is missing.
        What to do: Do *something* there.

        Severity: CRITICAL
        Since: 2026-11-24 12:00:00 UTC
        Alert: http://127.0.0.1:8470/alerts/019ab000-0000-7000-8000-000000000002
    "#]]
    .assert_eq(&format!("{}----\n{}", over.plain(), lasting.plain()));
}
