// Made by `npm run types` from docs/reference/openapi.json. Not to be edited.

export interface Schemas {
  /** What is set of an alarm. What is left out has its default. */
  AlarmSettingsBody: {
    "calendar"?: Schemas['Calendar'] | null
    /** Whether it sounds at all; true unless given. */
    "enabled"?: boolean | null
    /** Its threshold in minutes: 15 to 43200 for `SOURCE_NO_DATA`. */
    "minutesThreshold"?: number | null
    /** How often it is reminded of, in minutes, 15 at least; never unless given. */
    "remindMinutes"?: number | null
  }
  /** How an alarm stands. */
  AlarmState: "OK" | "ALARM" | "INSUFFICIENT_DATA"
  /** An alert. */
  Alert: {
    /** The alarm that raised it. */
    "alarm": string
    /** Who looks after it. */
    "assignee"?: string | null
    /** What nobody sees meanwhile. */
    "blind": string
    /** Why there is an alert. */
    "cause": string
    /** When it was raised. */
    "createdAt": string
    /** What that was concluded from. */
    "evidence": string
    /** Its id. */
    "id": string
    /** When what it tells of was over; null while it lasts. */
    "recoveredAt"?: string | null
    /** What to do. */
    "remedy": string
    /** How grave it is. */
    "severity": string
    /** The log source that it is about; it may be deleted by now. */
    "sourceId"?: string | null
    /** That source's label when the alert was raised. */
    "sourceLabel"?: string | null
    /** Where people have come with it. */
    "status": Schemas['AlertStatus']
    /** What happened, in one line. */
    "title": string
    /** What sort of alert it is. */
    "type": string
    /** When something last happened to it. */
    "updatedAt": string
  }
  /** What is to change of an alert. What is left out stays. */
  AlertChange: {
    /** Who looks after it from now on; null for nobody. */
    "assignee"?: string | null
    "status"?: Schemas['AlertStatus'] | null
  }
  /** A page of alerts. */
  AlertList: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['Alert']>
  }
  /** Where people have come with an alert. */
  AlertStatus: "OPEN" | "TRIAGED" | "RESOLVED" | "CLOSED"
  /** What sort of alert it is. */
  AlertType: "SYSTEM_ERROR" | "RULE"
  /** An API token, without its value. */
  ApiToken: {
    /** Where it may be used from; from everywhere if there is none. */
    "allowedCIDRBlocks": Array<string>
    /** When it was made. */
    "createdAt": string
    /** Who made it. */
    "createdBy": string
    /** From when on it is not taken any more; null if it does not expire. */
    "expiresAt"?: string | null
    /** Its id. */
    "id": string
    /** When it was used last, to the minute. */
    "lastUsedAt"?: string | null
    /** Its name. */
    "name": string
    /** What it lets do. */
    "permissions": Array<Schemas['Permission']>
    /** When it was given another value. */
    "rotatedAt"?: string | null
  }
  /** An API token to make, or what one is to become. */
  ApiTokenForm: {
    /** Where it may be used from; from everywhere if there is none. */
    "allowedCIDRBlocks"?: Array<string>
    /** From when on it is not taken any more; it does not expire unless given. */
    "expiresAt"?: string | null
    /** Its name. */
    "name": string
    /** What it is to let do. */
    "permissions": Array<Schemas['Permission']>
  }
  /** Hours of the week, without holidays. */
  Calendar: {
    /** Days that do not count. */
    "holidays"?: Array<string>
    /** The hours that count. */
    "hours": Schemas['Hours']
    /** Where its clock stands: an IANA name. */
    "timeZone": string
  }
  /** A possible cause. */
  Cause: {
    /** What may be the matter. */
    "text": string
    /** How to find out and mend it. */
    "whatToDo": string
  }
  /** What a check found. */
  CheckPassed: {
    /** When the check began. */
    "checkedAt": string
    /** Whether the log has events. An empty one is unusual: adding a service account is itself an event. */
    "hasEvents": boolean
    /** When the oldest event happened that Asana still has. */
    "oldestEventAt"?: string | null
  }
  /** What connects to Asana's audit log. */
  Connection: {
    /** Where Asana's API is, if it is not Asana's own address: only an address that the server was started with as `--allow-address`. */
    "apiUrl"?: string | null
    /** The Organization Id: what Asana calls the Domain ID. */
    "organizationId": string
    /** The Service Account Token. It is stored encrypted and never shown. */
    "token": string
  }
  /** One notice of an alert for one destination. */
  Delivery: {
    /** The alert. */
    "alertId": string
    /** The tries, the oldest first. */
    "attempts": Array<Schemas['DeliveryAttempt']>
    /** When it was made. */
    "createdAt": string
    /** The destination. */
    "destinationId": string
    /** When it arrived or was given up. */
    "finishedAt"?: string | null
    /** Its id, which every try carries as its idempotency key. */
    "id": string
    /** When it is tried next; null if it is not. */
    "nextAttemptAt"?: string | null
    /** What it tells. */
    "notice": Schemas['DeliveryNotice']
    /** How it stands. */
    "state": Schemas['DeliveryState']
  }
  /** A try of a delivery. */
  DeliveryAttempt: {
    /** When it began. */
    "at": string
    /** What came of it. */
    "outcome": string
    /** What the destination answered with: an HTTP status, an SMTP code. */
    "status"?: number | null
    /** How long it took, in milliseconds. */
    "tookMs": number
  }
  /** The deliveries of an alert. */
  DeliveryList: {
    "results": Array<Schemas['Delivery']>
  }
  /** What a delivery tells. */
  DeliveryNotice: "opened" | "reminded" | "recovered"
  /** How a delivery stands. */
  DeliveryState: "waiting" | "delivered" | "given_up"
  /** A destination. Its secret is never shown. */
  Destination: {
    /** Alerts of these types go there; of all if there is none. */
    "alertTypes": Array<string>
    /** When it was added. */
    "createdAt": string
    /** Whether anything goes there. */
    "enabled": boolean
    /** Whether it has a secret. */
    "hasSecret": boolean
    /** Its id. */
    "id": string
    /** How it is reached. */
    "kind": string
    /** Its name. */
    "name": string
    /** What that needs, without secrets. */
    "settings": Record<string, unknown>
    /** Alerts of these severities go there; of all if there is none. */
    "severities": Array<string>
    /** When it was changed last. */
    "updatedAt": string
  }
  /** A destination to add, or what one is to become. */
  DestinationForm: {
    /** Alerts of these types go there; of all if there is none. */
    "alertTypes"?: Array<Schemas['AlertType']>
    /** Whether anything goes there; true unless given. */
    "enabled"?: boolean | null
    /** How it is reached. */
    "kind": Schemas['DestinationKind']
    /** Its name. */
    "name": string
    /** Its secret. It is stored encrypted and never shown. A change without it leaves the one that is there. */
    "secret"?: string | null
    /** What that needs, without secrets; docs/reference/api.md has a table. */
    "settings"?: Record<string, unknown>
    /** Alerts of these severities go there; of all if there is none. */
    "severities"?: Array<Schemas['Severity']>
  }
  /** How a destination is reached. */
  DestinationKind: "webhook" | "slack_webhook" | "slack_bot" | "pagerduty" | "teams" | "email" | "stdout"
  /** A page of destinations. */
  DestinationList: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['Destination']>
  }
  /** What the check of credentials found. */
  Diagnosis: {
    /** Whether asking again can help without anybody acting. */
    "canPassByItself": boolean
    /** What may be the cause, the likeliest first. */
    "causes": Array<Schemas['Cause']>
    /** What was asked. */
    "endpoint": string
    /** The field to look at: `organizationId` or `token`; null if it is neither. */
    "field"?: string | null
    /** The same in a few sentences. */
    "summary": string
    /** What is the matter, in one line. */
    "title": string
    /** What the vendor said. */
    "vendorMessage"?: string | null
    /** The vendor's name for the request. */
    "vendorRequestId"?: string | null
    /** The HTTP status that the vendor answered with; null if it did not answer. */
    "vendorStatus"?: number | null
  }
  /** What flowed. */
  Flow: {
    /** Bytes of their records, as the vendor sent them. */
    "bytes": number
    /** Events that landed. */
    "events": number
    /** From an event to its landing, on average, in milliseconds; null if none landed. */
    "lagMsAverage"?: number | null
    /** The longest of these; null if none landed. */
    "lagMsMax"?: number | null
    /** Polls that failed. */
    "pollErrors": number
    /** Polls. */
    "polls": number
    /** Records that no schema accepted. */
    "rejects": number
  }
  /** How a log source is, and why. */
  Health: {
    /** What was looked at. */
    "checks": Array<Schemas['HealthCheck']>
    /** How records reach the lake. */
    "landing": Schemas['Landing']
    /** How polls go. */
    "polls": Schemas['Polls']
    /** In one word. */
    "state": Schemas['LogSourceState']
  }
  /** One thing that was looked at. */
  HealthCheck: {
    /** Whether it worked when it was looked at last. */
    "isHealthy": boolean
    /** When it last did not. */
    "lastFailureAt"?: string | null
    /** When it last worked. */
    "lastSuccessAt"?: string | null
    /** What the last look found. */
    "message": string
    /** What it is. */
    "name": string
    /** What the vendor said then. */
    "raw"?: string | null
  }
  /** Hours of each weekday, such as `09:00-17:00`. */
  Hours: {
    "friday"?: Array<string>
    "monday"?: Array<string>
    "saturday"?: Array<string>
    "sunday"?: Array<string>
    "thursday"?: Array<string>
    "tuesday"?: Array<string>
    "wednesday"?: Array<string>
  }
  /** An API token with its value. */
  IssuedApiToken: (Schemas['ApiToken']) & ({
    /** What a client sends. It is shown this once; null if the request was made before under the same `Idempotency-Key`. */
    "value"?: string | null
  })
  /** How records reach the lake. */
  Landing: {
    /** The last record that no schema accepted: when. */
    "lastRejectAt"?: string | null
    /** And why. */
    "lastRejectReason"?: string | null
    /** Since when the oldest record waits that has not landed; null if none waits. */
    "waitingSince"?: string | null
  }
  /** A log source. Its token is never shown. */
  LogSource: {
    /** Where the vendor's API is. */
    "apiUrl"?: string | null
    /** Which connector reads it. */
    "connector": string
    /** When it was added. */
    "createdAt": string
    /** Its id. */
    "id": string
    /** Its name for people; every event carries it as `p_source_label`. */
    "label": string
    /** When the newest event happened that was read. */
    "lastEventAt"?: string | null
    /** When it was polled last. */
    "lastPolledAt"?: string | null
    /** Which schema its records belong to. */
    "logType": string
    /** The organization; null if the settings of the source cannot be understood. */
    "organizationId"?: string | null
    /** Since when it is paused; null if it is not. */
    "pausedAt"?: string | null
    /** How many records were read. */
    "records": number
    /** How it is. */
    "state": Schemas['LogSourceState']
  }
  /** An alarm of a log source. */
  LogSourceAlarm: {
    /** The alert of its last incident. */
    "alertId"?: string | null
    "calendar"?: Schemas['Calendar'] | null
    /** Whether it sounds at all. */
    "enabled": boolean
    /** When it was looked at last. */
    "evaluatedAt"?: string | null
    /** Whether somebody has set it. */
    "isSet": boolean
    /** Its threshold in minutes; null if it has none. */
    "minutesThreshold"?: number | null
    /** The highest threshold that it can have. */
    "minutesThresholdMax"?: number | null
    /** The lowest threshold that it can have. */
    "minutesThresholdMin"?: number | null
    /** How often it is reminded of, in minutes; null if never. */
    "remindMinutes"?: number | null
    /** Since when. */
    "since"?: string | null
    /** The log source. */
    "sourceId": string
    /** How it stands. */
    "state": Schemas['AlarmState']
    /** One sentence about how it stands. */
    "summary": string
    /** What people call it. */
    "title": string
    /** What it watches. */
    "type": string
  }
  /** The alarms of a log source. */
  LogSourceAlarmList: {
    "results": Array<Schemas['LogSourceAlarm']>
  }
  /** What is to change of a log source. */
  LogSourceChange: {
    /** Its new name. */
    "label": string
  }
  /** A page of log sources. */
  LogSourceList: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['LogSource']>
  }
  /** How a log source is. */
  LogSourceState: "unknown" | "healthy" | "failing" | "paused"
  /** What flowed through a log source. */
  MetricsHistory: {
    /** The beginning of the first step. */
    "from": string
    /** How long a step is, in minutes. */
    "intervalMinutes": number
    /** The log source. */
    "sourceId": string
    /** The steps in which something flowed, in order. */
    "steps": Array<Schemas['Step']>
    /** The end of the last step, exclusive. */
    "to": string
    /** All of it. */
    "total": Schemas['Flow']
  }
  /** A comment to add. */
  NewComment: {
    /** Its text. */
    "text": string
  }
  /** New credentials of a log source. */
  NewCredentials: {
    /** Whether Asana is asked first; true unless given. */
    "check"?: boolean | null
    /** The Service Account Token. It is stored encrypted and never shown. */
    "token": string
  }
  /** A log source to add. */
  NewLogSource: {
    /** Where Asana's API is, if it is not Asana's own address: only an address that the server was started with as `--allow-address`. */
    "apiUrl"?: string | null
    /** Whether Asana is asked first; true unless given. */
    "check"?: boolean | null
    /** What to call it. */
    "label": string
    /** Which schema its records belong to; `Asana.Audit` unless given. */
    "logType"?: string | null
    /** The Organization Id: what Asana calls the Domain ID. */
    "organizationId": string
    /** Requests that may be under way at once. */
    "requestsInFlight"?: number | null
    /** Requests a minute to keep to. */
    "requestsPerMinute"?: number | null
    /** From when on to read; all that Asana still has unless given. */
    "startAt"?: string | null
    /** The Service Account Token. It is stored encrypted and never shown. */
    "token": string
  }
  /** What a token lets do; the names are Panther's. */
  Permission: "AlertRead" | "AlertModify" | "DestinationRead" | "DestinationModify" | "LogSourceRead" | "LogSourceModify" | "OrganizationAPITokenRead" | "OrganizationAPITokenModify" | "SummaryRead"
  /** A poll. */
  Poll: {
    /** When it ended. */
    "finishedAt": string
    /** How it ended. */
    "outcome": string
    /** Pages that were read. */
    "pages": number
    /** What went wrong. */
    "problem"?: string | null
    /** Records that were new. */
    "recordsNew": number
    /** When it began. */
    "startedAt": string
  }
  /** How polls go. */
  Polls: {
    /** How many have failed since. */
    "consecutiveFailures": number
    /** When the first of these failed. */
    "failingSince"?: string | null
    "last"?: Schemas['Poll'] | null
    /** When one last ended well. */
    "lastSuccessAt"?: string | null
    /** The newest ones that failed. */
    "problems": Array<Schemas['Poll']>
    /** Until when the vendor is left alone. */
    "waitingUntil"?: string | null
  }
  /** A request that failed (RFC 9457). */
  Problem: {
    /** What kind of problem it is, for programs. It does not change. */
    "code": string
    /** What happened, to which thing. */
    "detail": string
    "diagnosis"?: Schemas['Diagnosis'] | null
    /** What to do about it. */
    "hint"?: string | null
    /** The request, as the server's log names it. */
    "request_id": string
    /** The HTTP status. */
    "status": number
    /** What kind of problem it is, for people. */
    "title": string
    /** A URN that names the kind of problem. */
    "type": string
  }
  /** How grave an alert is. */
  Severity: "INFO" | "LOW" | "MEDIUM" | "HIGH" | "CRITICAL"
  /** What flowed in one step. */
  Step: (Schemas['Flow']) & ({
    /** Its beginning. */
    "at": string
  })
  /** What came of a test. */
  Tested: {
    /** Whether the test message arrived. */
    "isDelivered": boolean
    /** What came of it. */
    "outcome": string
    /** What the destination answered with: an HTTP status, an SMTP code. */
    "status"?: number | null
  }
  /** What happened to an alert, the oldest first. */
  Timeline: {
    "results": Array<Schemas['TimelineEvent']>
  }
  /** Something that happened to an alert. */
  TimelineEvent: {
    /** Who did it: `margay` itself, or an API token by its name. */
    "actor": string
    /** When. */
    "at": string
    /** What. */
    "kind": string
    /** More about it; a comment's own text. */
    "text": string
  }
  /** A page of API tokens. */
  TokenList: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['ApiToken']>
  }
}

export interface Operations {
  get: {
    /** Lists alerts, the newest first. */
    "/alerts": { query?: { "status"?: string; "log-source"?: string; "created-after"?: string; "limit"?: number; "cursor"?: string }; answer: Schemas['AlertList'] }
    /** Shows an alert. */
    "/alerts/{id}": { path: { "id": string }; answer: Schemas['Alert'] }
    /** Lists the deliveries of an alert, the oldest first. */
    "/alerts/{id}/deliveries": { path: { "id": string }; answer: Schemas['DeliveryList'] }
    /** Shows what happened to an alert: the last thousand events. */
    "/alerts/{id}/timeline": { path: { "id": string }; answer: Schemas['Timeline'] }
    /** Lists API tokens, the oldest first. */
    "/api-tokens": { query?: { "limit"?: number; "cursor"?: string }; answer: Schemas['TokenList'] }
    /** Shows an API token. A token may always look at itself. */
    "/api-tokens/{id}": { path: { "id": string }; answer: Schemas['ApiToken'] }
    /** Lists destinations, the oldest first. */
    "/destinations": { query?: { "limit"?: number; "cursor"?: string }; answer: Schemas['DestinationList'] }
    /** Shows a destination. */
    "/destinations/{id}": { path: { "id": string }; answer: Schemas['Destination'] }
    /** Lists the alarms of a log source, those with their defaults among them. */
    "/log-source-alarms/{sourceId}": { path: { "sourceId": string }; answer: Schemas['LogSourceAlarmList'] }
    /** Shows an alarm. */
    "/log-source-alarms/{sourceId}/{type}": { path: { "sourceId": string; "type": string }; answer: Schemas['LogSourceAlarm'] }
    /** Lists log sources, the oldest first. */
    "/log-sources": { query?: { "limit"?: number; "cursor"?: string }; answer: Schemas['LogSourceList'] }
    /** Shows a log source. */
    "/log-sources/{id}": { path: { "id": string }; answer: Schemas['LogSource'] }
    /** Shows what of a log source works. */
    "/log-sources/{id}/health": { path: { "id": string }; answer: Schemas['Health'] }
    /** Shows what flowed through a log source over time. */
    "/metrics-history": { query?: { "source": string; "from"?: string; "to"?: string; "interval"?: number }; answer: Schemas['MetricsHistory'] }
  }
  post: {
    /** Adds a comment to an alert. */
    "/alerts/{id}/comments": { path: { "id": string }; body: Schemas['NewComment']; answer: Schemas['TimelineEvent'] }
    /** Makes an API token. Its value is shown this once. */
    "/api-tokens": { body: Schemas['ApiTokenForm']; answer: Schemas['IssuedApiToken'] }
    /** Gives an API token another value, which is shown this once; the one before is not taken any more. A token may always do that to itself. */
    "/api-tokens/{id}/rotate": { path: { "id": string }; answer: Schemas['IssuedApiToken'] }
    /** Has a delivery that was given up tried again; one that waits is tried now. One that has arrived stays as it is. */
    "/deliveries/{id}/resend": { path: { "id": string }; answer: Schemas['Delivery'] }
    /** Adds a destination. */
    "/destinations": { body: Schemas['DestinationForm']; answer: Schemas['Destination'] }
    /** Sends a test message to a destination, once and at once, even if it is switched off. */
    "/destinations/{id}/test": { path: { "id": string }; answer: Schemas['Tested'] }
    /** Adds a log source that reads Asana's audit log, after asking Asana whether the credentials work. Reading begins at once. */
    "/log-sources": { body: Schemas['NewLogSource']; answer: Schemas['LogSource'] }
    /** Asks Asana whether credentials work. Stores nothing. */
    "/log-sources/check": { body: Schemas['Connection']; answer: Schemas['CheckPassed'] }
    /** Lets a log source not be polled any more, until it is resumed. Pausing a paused one changes nothing. */
    "/log-sources/{id}/pause": { path: { "id": string }; answer: Schemas['LogSource'] }
    /** Lets a paused log source be polled again, from where it stopped. Resuming one that is not paused changes nothing. */
    "/log-sources/{id}/resume": { path: { "id": string }; answer: Schemas['LogSource'] }
  }
  put: {
    /** Changes what an API token lets do; its value stays. */
    "/api-tokens/{id}": { path: { "id": string }; body: Schemas['ApiTokenForm']; answer: Schemas['ApiToken'] }
    /** Changes a destination: all of it but the secret, which stays unless another is given. */
    "/destinations/{id}": { path: { "id": string }; body: Schemas['DestinationForm']; answer: Schemas['Destination'] }
    /** Sets an alarm: all of it, what is left out has its default. */
    "/log-source-alarms/{sourceId}/{type}": { path: { "sourceId": string; "type": string }; body: Schemas['AlarmSettingsBody']; answer: Schemas['LogSourceAlarm'] }
    /** Gives a log source a new token, after asking Asana whether it works. It goes on where it stopped. */
    "/log-sources/{id}/credentials": { path: { "id": string }; body: Schemas['NewCredentials']; answer: Schemas['LogSource'] }
  }
  patch: {
    /** Changes the status of an alert, or who looks after it. */
    "/alerts/{id}": { path: { "id": string }; body: Schemas['AlertChange']; answer: Schemas['Alert'] }
    /** Renames a log source. Events that land from then on carry the new name; those that have landed keep theirs. */
    "/log-sources/{id}": { path: { "id": string }; body: Schemas['LogSourceChange']; answer: Schemas['LogSource'] }
  }
  delete: {
    /** Deletes an API token: it is not taken any more from then on. */
    "/api-tokens/{id}": { path: { "id": string }; answer: undefined }
    /** Deletes a destination with its secret and deliveries. */
    "/destinations/{id}": { path: { "id": string }; answer: undefined }
    /** Gives an alarm its defaults again. It stays on: `enabled` switches it off. */
    "/log-source-alarms/{sourceId}/{type}": { path: { "sourceId": string; "type": string }; answer: undefined }
    /** Deletes a log source with its credentials and journal, once all that was read has landed. Its events stay in the lake. */
    "/log-sources/{id}": { path: { "id": string }; answer: undefined }
  }
}
