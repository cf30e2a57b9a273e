// Made by `npm run types` from docs/reference/openapi.json. Not to be edited.

export interface Schemas {
  /** An alarm. */
  Alarm: {
    /** The alert of its last incident. */
    "alertId"?: string | null
    "calendar"?: Schemas['Calendar'] | null
    /** Whether it sounds at all. */
    "enabled": boolean
    /** When the state or the sentence was written last. It is looked at every 15 seconds, and what says the same is not written again. */
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
    /** How it stands. */
    "state": Schemas['AlarmState']
    /** One sentence about how it stood when it was written. It is written with each change of the state; while that stays, another sentence is written an hour later at the earliest. */
    "summary": string
    /** What people call it. */
    "title": string
    /** What it watches. */
    "type": string
  }
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
    /** How many alerts are open, whatever was asked for. */
    "openCount": number
    "results": Array<Schemas['Alert']>
  }
  /** Where people have come with an alert. */
  AlertStatus: "OPEN" | "TRIAGED" | "RESOLVED" | "CLOSED"
  /** What sort of alert it is. */
  AlertType: "SYSTEM_ERROR" | "RULE"
  /** What is to change of which alerts: of those with these ids, or of all that a filter wants. */
  AlertsChange: {
    /** Who looks after them from now on; null for nobody. */
    "assignee"?: string | null
    "filter"?: Schemas['AlertsWanted'] | null
    /** The alerts; those that are not there are passed over. */
    "ids"?: Array<string> | null
    "status"?: Schemas['AlertStatus'] | null
  }
  /** What came of it. */
  AlertsChanged: {
    /** Alerts that are otherwise than before. */
    "changed": number
    /** Whether there are more: 500 are changed at once. The same request again goes on with them. */
    "hasMore": boolean
  }
  /** Which alerts are wanted: those that all of this is true of. An empty one wants all. */
  AlertsWanted: {
    /** Only raised at or after this time. */
    "createdAfter"?: string | null
    /** Only about this log source. */
    "logSource"?: string | null
    /** Only with one of these severities. */
    "severity"?: Array<Schemas['Severity']>
    /** Only with one of these statuses. */
    "status"?: Array<Schemas['AlertStatus']>
    /** Only of one of these types. */
    "type"?: Array<Schemas['AlertType']>
  }
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
  /** An audit that ended. */
  Audit: {
    /** Events that both have, with other content. */
    "different": number
    /** Events that were compared. */
    "eventsChecked": number
    /** Events that we have and the vendor has not. */
    "extra": number
    /** When it ended. */
    "finishedAt": string
    /** The first moment of event time that it was about. */
    "from": string
    /** Events that the vendor has and we had not. */
    "missing": number
    /** How it ended, in a few words. */
    "outcome": string
    /** Missing events that were repaired then. */
    "repaired": number
    /** Requests that were made. */
    "requests": number
    /** How much of it was to be read, in percent. */
    "samplePercent": number
    /** When it was begun. */
    "startedAt": string
    /** The first moment after it. */
    "to": string
    /** Windows that were read. */
    "windows": number
    /** Windows of which they were drawn. */
    "windowsTotal": number
  }
  /** Who did something. */
  AuditActor: {
    /** The id of the user or token. */
    "id"?: string | null
    "kind": Schemas['AuditActorKind']
    /** The user's address, the token's name, or what the operating system calls who ran the command. Empty for nobody. */
    "name": string
  }
  /** What somebody is who does something: nobody is a sign-in that failed. */
  AuditActorKind: "user" | "api_token" | "command_line" | "nobody"
  /** Something that was done, or refused. */
  AuditEntry: {
    /** What: the name of the operation in the API's document. */
    "action": string
    /** Who. */
    "actor": Schemas['AuditActor']
    /** From where; null for the command line, or when the proxy does not tell. */
    "address"?: string | null
    /** The object afterwards, without secrets; null if there is none any more. */
    "after"?: Record<string, unknown> | null
    /** When. */
    "at": string
    /** The object before, without secrets; null if there was none. */
    "before"?: Record<string, unknown> | null
    /** Its id, which its row in the table `margay_audit` has too. */
    "id": string
    "object"?: Schemas['AuditObject'] | null
    /** Whether it was done. */
    "outcome": Schemas['AuditOutcome']
    /** The code of the problem, if it was refused. */
    "problem"?: string | null
    /** The id of the request, as its answer and the server's log have it. */
    "requestId"?: string | null
    /** The HTTP status of the answer; null for a change, which was done before there was one, and for commands. */
    "status"?: number | null
  }
  /** The audits of a log source. */
  AuditList: {
    "problem"?: Schemas['AuditProblem'] | null
    /** Those that ended, the newest first; the last 100 are kept. */
    "results": Array<Schemas['Audit']>
    "running"?: Schemas['RunningAudit'] | null
  }
  /** A page of the audit log. */
  AuditLog: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['AuditEntry']>
  }
  /** What it was done to. */
  AuditObject: {
    /** Its id, or its name if it has none. */
    "id": string
    /** What it is. */
    "kind": string
    /** What it was called then. */
    "name"?: string | null
  }
  /** Whether something was done. */
  AuditOutcome: "succeeded" | "failed"
  /** Why an audit did not end. */
  AuditProblem: {
    /** When. */
    "at": string
    /** Why. */
    "detail": string
  }
  /** A backfill and how far it has come. */
  Backfill: {
    /** When. */
    "begunAt": string
    /** When its last window was read; null while windows wait. */
    "finishedAt"?: string | null
    /** Its first moment of event time. */
    "from": string
    /** Its number. */
    "number": number
    /** Pages that were read. */
    "pages": number
    /** Why it was begun: `initial`, `hole` or `asked`. */
    "reason": string
    /** Records that were there before. */
    "recordsKnown": number
    /** Records that were new. */
    "recordsNew": number
    /** The first moment after it. */
    "to": string
    /** Those that were read to their end. */
    "windowsDone": number
    /** Its windows. */
    "windowsTotal": number
  }
  /** What was asked for. */
  BackfillAsked: {
    /** Its first moment of event time. */
    "from": string
    /** The first moment after it. */
    "to": string
    /** Windows that will be read. */
    "windows": number
  }
  /** The backfills of a log source. */
  BackfillList: {
    "results": Array<Schemas['Backfill']>
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
  /** What the values of a column are. */
  ColumnType: "null" | "boolean" | "integer" | "float" | "decimal" | "text" | "timestamp" | "json"
  /** What connects to Asana's audit log. */
  Connection: {
    /** Where Asana's API is, if it is not Asana's own address: only an address that the server was started with as `--allow-api-address`. */
    "apiUrl"?: string | null
    /** The Organization Id: what Asana calls the Domain ID. */
    "organizationId": string
    /** The Service Account Token. It is stored encrypted and never shown. */
    "token": string
  }
  /** What of a log is proven complete. */
  Coverage: {
    /** Whether nothing is missing up to there. */
    "isComplete": boolean
    /** Up to when something is proven; null if nothing is. */
    "provenThrough"?: string | null
    /** What happened before cannot become visible late any more. */
    "settledThrough"?: string | null
    /** From when on it is to be complete; null if from its beginning. */
    "since"?: string | null
    /** Event time in order. */
    "stretches": Array<Schemas['Stretch']>
  }
  /** The metadata database. */
  Database: {
    /** Bytes on the disk. */
    "bytes": number
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
  /** The first user. */
  FirstUser: {
    /** The code that the server has printed. */
    "code": string
    /** The e-mail address. */
    "email": string
    /** The password: at least 12 characters. */
    "password": string
  }
  /** What flowed. */
  Flow: {
    /** Bytes of their records, as the vendor sent them. */
    "bytes": number
    /** Events that landed. */
    "events": number
    /** From an event to its landing, in milliseconds, on average over the events from after the log source was added; null if none of these landed, or if it was before these were counted. */
    "lagMsAverage"?: number | null
    /** The longest of these; null if none of them landed. */
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
  /** When a look at a thing found otherwise than the look before. */
  HealthChange: {
    /** When. */
    "at": string
    /** Whether it worked from then on. */
    "isHealthy": boolean
    /** What was found. */
    "message": string
    /** What was looked at. */
    "name": string
    /** What the vendor said, as it said it. */
    "raw"?: string | null
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
  /** A page of changes of a log source's health. */
  HealthHistory: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['HealthChange']>
  }
  /** The story of a log source. */
  History: {
    "results": Array<Schemas['Note']>
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
  /** What the journal keeps. */
  Journal: {
    /** Bytes of these, compressed. */
    "bytes": number
    /** Entries that are kept, as of a minute ago at most. */
    "entries": number
    /** Entries that have not landed yet. */
    "notLanded": number
  }
  /** How records reach the lake. */
  Landing: {
    /** The last record that no schema accepted: when. */
    "lastRejectAt"?: string | null
    /** And why. */
    "lastRejectReason"?: string | null
    /** Since when the oldest record waits that has not landed; null if none waits. */
    "waitingSince"?: string | null
  }
  /** What flowed through a log source in the last 24 hours of the clock, of which the last one is not over. */
  LastDay: {
    /** Bytes of their records, as the vendor sent them. */
    "bytes": number
    /** Events that landed. */
    "events": number
    /** Events that landed in each of these hours, the oldest first. */
    "hourly": Array<number>
  }
  /** A log source. Its token is never shown. */
  LogSource: {
    /** Where the vendor's API is. */
    "apiUrl"?: string | null
    /** Which connector reads it. */
    "connector": string
    /** When it was added. */
    "createdAt": string
    /** After how many minutes of silence its alarm sounds, null if that is switched off; only in a list that was asked with `include=lastDay`. */
    "dropOffMinutes"?: number | null
    /** How long that is now: its own interval or the server's, in which parts of a second count as a whole one. */
    "effectivePollIntervalSeconds": number
    /** Its id. */
    "id": string
    /** Its name for people; every event carries it as `p_source_label`. */
    "label": string
    "lastDay"?: Schemas['LastDay'] | null
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
    /** How long to wait between its polls; null if it is polled as often as the server's other sources. */
    "pollIntervalSeconds"?: number | null
    /** How many records were read. */
    "records": number
    /** How it is. */
    "state": Schemas['LogSourceState']
  }
  /** An alarm of a log source. */
  LogSourceAlarm: (Schemas['Alarm']) & ({
    /** The log source. */
    "sourceId": string
  })
  /** The alarms of a log source. */
  LogSourceAlarmList: {
    "results": Array<Schemas['LogSourceAlarm']>
  }
  /** What is to change of a log source: at least one thing. */
  LogSourceChange: {
    /** Its new name. Events that land from then on carry it; those that have landed keep theirs. */
    "label"?: string | null
    /** How long to wait between its polls; null to poll it as often as the server's other sources. It holds at once. */
    "pollIntervalSeconds"?: number | null
  }
  /** A page of log sources. */
  LogSourceList: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['LogSource']>
  }
  /** How a log source is. */
  LogSourceState: "unknown" | "healthy" | "failing" | "paused"
  /** What somebody signs in with. */
  Login: {
    /** The e-mail address. */
    "email": string
    /** The password. */
    "password": string
  }
  /** Who asks. */
  Me: {
    /** Which console the server has. */
    "build": string
    /** The id of the user or the token. */
    "id": string
    /** What they are. */
    "kind": Schemas['MeKind']
    /** How timelines call them: an e-mail address, or a token's name. */
    "name": string
    /** What they may do. */
    "permissions": Array<string>
    /** The role of a user; null for a token. */
    "role"?: string | null
    /** The server's version. */
    "version": string
  }
  /** What somebody who asks is. */
  MeKind: "user" | "token"
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
  /** An audit to begin. */
  NewAudit: {
    /** From when on; from the beginning of what can be compared unless given. */
    "from"?: string | null
    /** How many requests it may make; 500 unless given. */
    "requestsMax"?: number | null
    /** How much of it, in percent; 5 unless given. */
    "samplePercent"?: number | null
    /** Until when, exclusive; up to what is settled unless given. */
    "to"?: string | null
  }
  /** Event time to read again. */
  NewBackfill: {
    /** From when on. The vendor has 90 days, and it begins there if this is earlier. */
    "from": string
    /** Until when, exclusive; now unless given. */
    "to"?: string | null
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
    /** Where Asana's API is, if it is not Asana's own address: only an address that the server was started with as `--allow-api-address`. */
    "apiUrl"?: string | null
    /** Whether Asana is asked first; true unless given. */
    "check"?: boolean | null
    /** What to call it. */
    "label": string
    /** Which schema its records belong to; `Asana.Audit` unless given. */
    "logType"?: string | null
    /** The Organization Id: what Asana calls the Domain ID. */
    "organizationId": string
    /** How long to wait between its polls; as the server does unless given. */
    "pollIntervalSeconds"?: number | null
    /** Requests that may be under way at once. */
    "requestsInFlight"?: number | null
    /** Requests a minute to keep to. */
    "requestsPerMinute"?: number | null
    /** From when on to read; all that Asana still has unless given. */
    "startAt"?: string | null
    /** The Service Account Token. It is stored encrypted and never shown. */
    "token": string
  }
  /** Another password. */
  NewPassword: {
    /** The one before. */
    "current": string
    /** The new one: at least 12 characters. */
    "new": string
  }
  /** A query to run. */
  NewQuery: {
    "purpose"?: Schemas['QueryPurpose'] | null
    /** One statement that reads. */
    "sql": string
    /** How long it may run, in seconds; 60 unless given. */
    "timeoutSeconds"?: number | null
  }
  /** A schema to add. */
  NewSchema: {
    /** Whether keys that the language does not know are passed over; false unless given. */
    "isLenient"?: boolean | null
    /** Its text, YAML. Its name begins with `Custom.`. */
    "yaml": string
  }
  /** Something that happened. */
  Note: {
    /** How many times. */
    "count": number
    /** When it happened first. */
    "firstAt": string
    /** What it is about. */
    "kind": string
    /** When it happened last, without anything else between. */
    "lastAt": string
    /** What happened. */
    "text": string
  }
  /** Another password of a user. */
  PasswordForm: {
    /** At least 12 characters. */
    "password": string
  }
  /** What a token lets do; the names are Panther's. */
  Permission: "AlertRead" | "AlertModify" | "DestinationRead" | "DestinationModify" | "LogSourceRead" | "LogSourceModify" | "OrganizationAPITokenRead" | "OrganizationAPITokenModify" | "SummaryRead" | "AuditLogRead" | "DataAnalyticsRead" | "DataAnalyticsModify" | "UserRead" | "UserModify"
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
    /** The column in that line, counted from 1. */
    "column"?: number | null
    /** What happened, to which thing. */
    "detail": string
    "diagnosis"?: Schemas['Diagnosis'] | null
    /** Everything that is wrong with a schema, if it is one. */
    "errors"?: Array<Schemas['SchemaProblem']>
    /** What to do about it. */
    "hint"?: string | null
    /** The line of the statement or schema that is wrong, counted from 1, if it is known. */
    "line"?: number | null
    /** The request, as the server's log names it. */
    "request_id": string
    /** The HTTP status. */
    "status": number
    /** What kind of problem it is, for people. */
    "title": string
    /** A URN that names the kind of problem. */
    "type": string
  }
  /** A query and how it stands. */
  Query: {
    /** About how many bytes of memory these take. */
    "bytes": number
    /** The columns of its rows; null until it is planned. */
    "columns"?: Array<Schemas['QueryColumn']> | null
    /** Which limit cut the rows: `rows` (50,000) or `bytes` (32 MiB); null if they are all. */
    "cutBy"?: string | null
    /** How long it took, or has been at work, in milliseconds. */
    "durationMs": number
    /** When it ended. */
    "endedAt"?: string | null
    /** Its id. */
    "id": string
    /** How long its plan took, in milliseconds. */
    "planningMs"?: number | null
    "problem"?: Schemas['QueryProblem'] | null
    /** What it is for. */
    "purpose": Schemas['QueryPurpose']
    /** Until when its rows can be read; null while it runs, and once they are forgotten. */
    "resultsUntil"?: string | null
    /** Rows that have come so far. */
    "rowCount": number
    /** The statement. */
    "sql": string
    /** When it was begun. */
    "startedAt": string
    /** How it stands. */
    "state": Schemas['QueryState']
    /** How long it may run. */
    "timeoutSeconds": number
  }
  /** A column of an answer. */
  QueryColumn: {
    /** Its name. */
    "name": string
    /** What its values are. `integer` and `decimal` are strings of digits, so that no client rounds them; `float` is a number, or one of the strings `NaN`, `inf`, `-inf`; `timestamp` is RFC 3339, UTC; `json` is a string that holds JSON. */
    "type": Schemas['ColumnType']
  }
  /** Queries of one token. */
  QueryList: {
    "results": Array<Schemas['Query']>
  }
  /** What a query failed on. */
  QueryProblem: {
    /** What kind of failure it is, for programs. */
    "code": string
    /** The column in that line. */
    "column"?: number | null
    /** What happened. */
    "detail": string
    /** What to do about it. */
    "hint"?: string | null
    /** The line of the statement, counted from 1, if it is known. */
    "line"?: number | null
  }
  /** What a query is for. */
  QueryPurpose: "search" | "aid"
  /** Rows of a query. */
  QueryResults: {
    /** The columns; none until it is planned. */
    "columns": Array<Schemas['QueryColumn']>
    /** The cursor of the next rows; null after the last. While the query runs there may be none yet: ask again. */
    "next"?: string | null
    /** The rows, each with a value for each column. */
    "rows": Array<Array<unknown>>
    /** How the query stands. */
    "state": Schemas['QueryState']
  }
  /** How a query stands. */
  QueryState: "running" | "succeeded" | "failed" | "cancelled"
  /** A record as the vendor sent it. */
  RawRecord: {
    /** Its text, unchanged. */
    "raw": string
    /** When it was read from the vendor. */
    "readAt": string
  }
  /** What an alarm would have done in the last 14 days, or in as much of them as was read. */
  Rehearsal: {
    /** How often it would have sounded. */
    "alarms": number
    /** From when on the log was looked at. */
    "from": string
    /** Whether all of that time has been read, but for what is lost for good. Until then there may be events that are not here yet, and the longest silence and the suggestion say little. */
    "isComplete": boolean
    /** The longest silence that counts, in minutes. */
    "longestSilenceMinutes": number
    /** The threshold that was tried. */
    "minutesThreshold": number
    /** The threshold that leaves half as much room again, rounded up to what people say, in minutes. */
    "minutesThresholdSuggested": number
    /** Until when, exclusive. */
    "to": string
  }
  /** Why a record does not fit. */
  RejectProblem: {
    /** What the schema asks for. */
    "expected": string
    /** What stands there; never the value. */
    "found": string
    /** Where; empty for the record as a whole. */
    "path": string
  }
  /** What somebody may do; the names are Panther's. */
  Role: "Admin" | "Analyst" | "AnalystReadOnly"
  /** An audit that is under way. */
  RunningAudit: {
    /** When it was begun. */
    "startedAt": string
    /** Windows that were compared. */
    "windowsDone": number
    /** Windows that are to be; 0 until they are drawn. */
    "windowsTotal": number
  }
  /** A sample that fits. */
  SampleEvent: {
    /** What it becomes. */
    "event": Record<string, unknown>
    /** The line that it begins in, counted from 1. */
    "line": number
  }
  /** A sample that could not be used. */
  SampleRefusal: {
    /** The line that it begins in, counted from 1. */
    "line": number
    /** Why. */
    "problem": string
  }
  /** A sample that does not fit. */
  SampleReject: {
    /** The line that it begins in, counted from 1. */
    "line": number
    /** Why. */
    "problems": Array<Schemas['RejectProblem']>
    /** How many more reasons there are. */
    "problemsOmitted": number
  }
  /** A saved search. */
  SavedSearch: {
    /** When. */
    "createdAt": string
    /** Who saved it first: a user by their address, or an API token by its name. */
    "createdBy": string
    /** Its id. */
    "id": string
    /** Its name. */
    "name": string
    /** The statement. */
    "sql": string
    /** When it was changed last. */
    "updatedAt": string
    /** How the console shows it: what follows `/search?` there. */
    "view": string
  }
  /** A search to save, or what a saved one is to become. */
  SavedSearchForm: {
    /** Its name, which no other has, whatever the case of its letters. */
    "name": string
    /** The statement, 64 KiB at most. It is not looked at: a query of it says what is wrong with it. */
    "sql": string
    /** How the console shows it, 8 KiB at most: what follows `/search?` there. It is not looked at. */
    "view": string
  }
  /** A page of saved searches. */
  SavedSearchList: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['SavedSearch']>
  }
  /** A log schema with its text. */
  Schema: (Schemas['SchemaSummary']) & ({
    /** When it was added; null if it is built in. */
    "createdAt"?: string | null
    /** Its fields in order, each followed by the fields within it; none if the text cannot be read. */
    "fields": Array<Schemas['SchemaField']>
    /** Where the vendor describes it. */
    "referenceUrl"?: string | null
    /** The version that is shown. */
    "shownVersion": number
    /** Labels of the log sources that use it. */
    "sources": Array<string>
    /** Its texts, the newest first; none if it is built in. */
    "versions": Array<Schemas['SchemaVersionBody']>
    /** Its text, YAML. */
    "yaml": string
  })
  /** A text that replaces a schema's. */
  SchemaChange: {
    /** Whether keys that the language does not know are passed over; false unless given. */
    "isLenient"?: boolean | null
    /** The revision that its author has read. The change is refused if there is another by now. */
    "revision": number
    /** The text, YAML, of the same name. */
    "yaml": string
  }
  /** A difference from the schema that is there. */
  SchemaChangeBody: {
    /** What to do about it. */
    "hint"?: string | null
    /** What would change. */
    "message": string
    /** The field. */
    "path": string
    /** `allowed`, `warning` or `refused`. */
    "verdict": string
  }
  /** A field. */
  SchemaField: {
    /** What its column holds. */
    "columnType": Schemas['ColumnType']
    /** What it means. */
    "description"?: string | null
    /** The scanners that look for indicators in it. */
    "indicators": Array<string>
    /** Whether it may become the event's time. */
    "isEventTime": boolean
    /** Whether a record without it is rejected. */
    "isRequired": boolean
    /** Names joined by dots; `[]` is an array's element. */
    "path": string
    /** Its type, as the schema says it. */
    "type": string
  }
  /** Where a schema comes from. */
  SchemaKind: "built_in" | "custom"
  /** A page of schemas. */
  SchemaList: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['SchemaSummary']>
  }
  /** What was decided of a field. */
  SchemaNote: {
    /** The field; empty for the schema as a whole. */
    "path": string
    /** What, and why. */
    "text": string
  }
  /** Something in a text. */
  SchemaProblem: {
    /** The column, counted from 1. */
    "column": number
    /** What to do about it. */
    "hint"?: string | null
    /** The line, counted from 1; 0 is the text as a whole. */
    "line": number
    /** What is the matter. */
    "message": string
    /** The key: names joined by dots. */
    "path": string
    /** `error` or `warning`. */
    "severity": string
  }
  /** Samples to make a schema of. */
  SchemaSamples: {
    /** The name that the schema is to have. */
    "name": string
    /** The records, as a file would have them: JSON objects. */
    "samples": string
    /** How they are cut into records: `Auto`, `JSON`, `NDJSON`, `JsonArray` or `JsonArray:path.to.array`; `Auto` unless given. */
    "streamType"?: string | null
  }
  /** Whether log sources can use a schema. */
  SchemaState: "active" | "archived" | "broken"
  /** A suggested schema. */
  SchemaSuggestion: {
    /** Whether there were more than 20,000, or looking at them took too long: then the rest was not looked at. */
    "isCut": boolean
    /** What was decided, and why. */
    "notes": Array<Schemas['SchemaNote']>
    /** The first 100 of these. */
    "refusals": Array<Schemas['SampleRefusal']>
    /** Records that could not be used. */
    "refused": number
    /** Records that it was made of. */
    "sampleCount": number
    "trial"?: Schemas['SchemaTrialResult'] | null
    /** Its text. */
    "yaml": string
  }
  /** A log schema, without its text. */
  SchemaSummary: {
    /** What it is of. */
    "description"?: string | null
    /** Its fields, without those within them; null if it is broken. */
    "fieldCount"?: number | null
    /** Where it comes from. */
    "kind": Schemas['SchemaKind']
    /** Its name: the log type. */
    "name": string
    /** Why it is broken. */
    "problem"?: string | null
    /** Counts every change; null if it is built in. */
    "revision"?: number | null
    /** Log sources that use it. */
    "sourceCount": number
    /** Whether log sources can use it. */
    "state": Schemas['SchemaState']
    /** The table that its events are in. */
    "table": string
    /** When it was changed last; null if it is built in. */
    "updatedAt"?: string | null
    /** The number of the text that is in force: what events carry as `p_schema_version`. */
    "version": number
  }
  /** A text to look at. */
  SchemaText: {
    /** Whether keys that the language does not know are passed over; false unless given. */
    "isLenient"?: boolean | null
    /** The text, YAML. */
    "yaml": string
  }
  /** A schema to try, and samples to try it on. */
  SchemaTrial: {
    /** Whether keys of the text that the language does not know are passed over; false unless given. */
    "isLenient"?: boolean | null
    /** The name of a schema that is there. */
    "name"?: string | null
    /** The records, as a file would have them. */
    "samples": string
    /** How they are cut into records: `Auto`, `JSON`, `NDJSON`, `JsonArray`, `JsonArray:path.to.array`, `Lines` or `CSV`; `Auto` unless given. */
    "streamType"?: string | null
    /** A text, YAML; or `name`. */
    "yaml"?: string | null
  }
  /** What a schema makes of samples. */
  SchemaTrialResult: {
    /** The first 100 that fit. */
    "events": Array<Schemas['SampleEvent']>
    /** Whether there were more than 20,000, or looking at them took too long: then the rest was not looked at. */
    "isCut": boolean
    /** Records that fit. */
    "matched": number
    /** Why the samples could not be read to their end. */
    "problem"?: string | null
    /** The first 100 that do not. */
    "rejects": Array<Schemas['SampleReject']>
    /** Records that do not. */
    "unmatched": number
    /** Records that fit and have something that no field takes. */
    "withUnmapped": number
  }
  /** What was found in a text. */
  SchemaValidation: {
    /** What it would change of the schema that is there; none if there is none. */
    "changes": Array<Schemas['SchemaChangeBody']>
    /** Its fields. */
    "fields": Array<Schemas['SchemaField']>
    /** Whether it is a schema in order, and could be added or replace the one that is there. */
    "isValid": boolean
    /** The name in it; null if it cannot be read. */
    "name"?: string | null
    /** What is wrong, and what is probably not meant. */
    "problems": Array<Schemas['SchemaProblem']>
    /** The revision of the schema that is there; null if there is none. */
    "revision"?: number | null
  }
  /** A text that a schema has or had. */
  SchemaVersionBody: {
    /** How long it is. */
    "bytes": number
    /** When it came into force. */
    "savedAt": string
    /** Its number. */
    "version": number
  }
  /** Where a user is signed in. */
  Session: {
    /** Where they signed in from. */
    "address": string
    /** What their browser called itself. */
    "agent": string
    /** When they signed in. */
    "begunAt": string
    /** Its id. */
    "id": string
    /** Whether it is the one that asks. */
    "isCurrent": boolean
    /** When it was used last, to the minute. */
    "lastUsedAt": string
  }
  /** The sessions of a user. */
  SessionList: {
    "results": Array<Schemas['Session']>
  }
  /** Whether the first user is to be made. */
  Setup: {
    /** Whether nobody can sign in yet. */
    "needed": boolean
  }
  /** How grave an alert is. */
  Severity: "INFO" | "LOW" | "MEDIUM" | "HIGH" | "CRITICAL"
  /** What flowed in one step. */
  Step: (Schemas['Flow']) & ({
    /** Its beginning. */
    "at": string
  })
  /** One stretch of event time. */
  Stretch: {
    /** By what it is proven, or known to be lost; null if it is not. */
    "evidence"?: string | null
    /** When it was proven first. */
    "firstProvenAt"?: string | null
    /** Its first moment. */
    "from": string
    /** When it was proven last. */
    "lastProvenAt"?: string | null
    /** How it stands. */
    "state": Schemas['StretchState']
    /** The first moment after it. */
    "to": string
  }
  /** How a stretch of event time stands. */
  StretchState: "complete" | "lost" | "to_be_read" | "hole"
  /** The server. */
  System: {
    /** Which build of the console it has. */
    "build": string
    /** Its data directory. */
    "dataDir": string
    /** The metadata database, which has the journal too. */
    "database": Schemas['Database']
    /** Bytes that are free on the disk of the data directory; null if that cannot be told. */
    "freeBytes"?: number | null
    /** The journal. */
    "journal": Schemas['Journal']
    /** The lake. */
    "lake": Schemas['SystemLake']
    /** How long it waits between the polls of a log source that has no interval of its own; parts of a second count as a whole one. */
    "pollIntervalSeconds": number
    /** The URL that people reach it by, if it was told one. */
    "publicUrl"?: string | null
    /** Since when it runs. */
    "startedAt": string
    /** Whether it speaks TLS itself. */
    "tls": boolean
    /** Its version. */
    "version": string
  }
  /** The alarms of the server. */
  SystemAlarmList: {
    "results": Array<Schemas['Alarm']>
  }
  /** The lake. */
  SystemLake: {
    /** How many tables it has. */
    "tables": number
  }
  /** A table of the lake. */
  Table: {
    /** Its columns in order, each followed by the fields within it. */
    "columns": Array<Schemas['TableColumn']>
    /** The database that it is in. */
    "database": string
    /** The log type whose events it has; null if it is no log type's, or of a schema that is not known any more. */
    "logType"?: string | null
    /** Its name there. */
    "name": string
  }
  /** A column, or a field within one. */
  TableColumn: {
    /** As a statement writes it. Names with capital letters need double quotes there. */
    "name": string
    /** What its values are. */
    "type": Schemas['ColumnType']
  }
  /** The tables. */
  TableList: {
    "results": Array<Schemas['Table']>
  }
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
  /** Somebody who may sign in. */
  User: {
    /** When they were added. */
    "createdAt": string
    /** Who added them. */
    "createdBy": string
    /** The e-mail address. */
    "email": string
    /** Whether they may sign in. */
    "enabled": boolean
    /** The id. */
    "id": string
    /** When they signed in last. */
    "lastLoginAt"?: string | null
    /** What they may do. */
    "role": Schemas['Role']
  }
  /** What is to change of a user. What is left out stays. */
  UserChange: {
    /** Whether they may sign in; who may not is signed out. */
    "enabled"?: boolean | null
    "role"?: Schemas['Role'] | null
  }
  /** A user to add. */
  UserForm: {
    /** The e-mail address. */
    "email": string
    /** What they sign in with first: at least 12 characters. */
    "password": string
    /** What they may do. */
    "role": Schemas['Role']
  }
  /** A page of users. */
  UserList: {
    /** The cursor of the next page; null on the last one. */
    "next"?: string | null
    "results": Array<Schemas['User']>
  }
}

export interface Operations {
  get: {
    /** Lists alerts, the newest first. */
    "/alerts": { query?: { "status"?: string; "severity"?: string; "type"?: string; "log-source"?: string; "created-after"?: string; "limit"?: number; "cursor"?: string }; answer: Schemas['AlertList'] }
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
    /** Lists what was done, the newest first. The newest 100,000 entries are here, and all of them are in the table `margay_audit`. */
    "/audit-log": { query?: { "limit"?: number; "cursor"?: string; "actor"?: string; "action"?: string; "object"?: string; "outcome"?: Schemas['AuditOutcome']; "since"?: string; "until"?: string }; answer: Schemas['AuditLog'] }
    /** Shows one entry of the audit log. */
    "/audit-log/{id}": { path: { "id": string }; answer: Schemas['AuditEntry'] }
    /** Lists destinations, the oldest first. */
    "/destinations": { query?: { "limit"?: number; "cursor"?: string }; answer: Schemas['DestinationList'] }
    /** Shows a destination. */
    "/destinations/{id}": { path: { "id": string }; answer: Schemas['Destination'] }
    /** Lists the alarms of a log source, those with their defaults among them. */
    "/log-source-alarms/{sourceId}": { path: { "sourceId": string }; answer: Schemas['LogSourceAlarmList'] }
    /** Shows an alarm. */
    "/log-source-alarms/{sourceId}/{type}": { path: { "sourceId": string; "type": string }; answer: Schemas['LogSourceAlarm'] }
    /** Lists log sources, the oldest first. */
    "/log-sources": { query?: { "limit"?: number; "cursor"?: string; "include"?: "lastDay" }; answer: Schemas['LogSourceList'] }
    /** Shows a log source. */
    "/log-sources/{id}": { path: { "id": string }; answer: Schemas['LogSource'] }
    /** Lists the audits of a log source, and the one that is under way. */
    "/log-sources/{id}/audits": { path: { "id": string }; answer: Schemas['AuditList'] }
    /** Lists the backfills of a log source, the newest first. */
    "/log-sources/{id}/backfills": { path: { "id": string }; answer: Schemas['BackfillList'] }
    /** Shows what of a log is proven complete, and what is missing. */
    "/log-sources/{id}/coverage": { path: { "id": string }; answer: Schemas['Coverage'] }
    /** Shows what of a log source works. */
    "/log-sources/{id}/health": { path: { "id": string }; answer: Schemas['Health'] }
    /** Lists when what works of a log source changed, the newest first. The last 2,000 changes are kept. */
    "/log-sources/{id}/health/history": { path: { "id": string }; query?: { "limit"?: number; "cursor"?: string }; answer: Schemas['HealthHistory'] }
    /** Tells the story of a log source, the newest first. The last 1,000 notes are kept. */
    "/log-sources/{id}/history": { path: { "id": string }; query?: { "limit"?: number }; answer: Schemas['History'] }
    /** Says who asks. */
    "/me": { answer: Schemas['Me'] }
    /** Lists where one is signed in. */
    "/me/sessions": { answer: Schemas['SessionList'] }
    /** Shows what flowed through a log source over time. */
    "/metrics-history": { query?: { "source": string; "from"?: string; "to"?: string; "interval"?: number }; answer: Schemas['MetricsHistory'] }
    /** Lists the searches that this token began, the newest first, as far as the server remembers them: 50, and none after a restart. */
    "/queries": { query?: { "include"?: "aids" }; answer: Schemas['QueryList'] }
    /** Shows how a query stands. */
    "/queries/{id}": { path: { "id": string }; answer: Schemas['Query'] }
    /** Writes all rows of a query that has ended, as a file. */
    "/queries/{id}/export": { path: { "id": string }; query?: { "format": "csv" | "ndjson" }; answer: undefined }
    /** Reads rows of a query, also while it runs. */
    "/queries/{id}/results": { path: { "id": string }; query?: { "limit"?: number; "cursor"?: string }; answer: Schemas['QueryResults'] }
    /** Lists saved searches, the oldest first. */
    "/saved-searches": { query?: { "limit"?: number; "cursor"?: string }; answer: Schemas['SavedSearchList'] }
    /** Shows a saved search. */
    "/saved-searches/{id}": { path: { "id": string }; answer: Schemas['SavedSearch'] }
    /** Lists the schemas by name. */
    "/schemas": { query?: { "includeArchived"?: boolean; "limit"?: number; "cursor"?: string }; answer: Schemas['SchemaList'] }
    /** Shows a schema with its text. */
    "/schemas/{name}": { path: { "name": string }; query?: { "version"?: number }; answer: Schemas['Schema'] }
    /** Says whether the first user is to be made. */
    "/setup": { answer: Schemas['Setup'] }
    /** Shows the server: its version, its data directory, how full it is. */
    "/system": { answer: Schemas['System'] }
    /** Lists the alarms of the server itself, those with their defaults among them. */
    "/system-alarms": { answer: Schemas['SystemAlarmList'] }
    /** Shows an alarm of the server. */
    "/system-alarms/{type}": { path: { "type": string }; answer: Schemas['Alarm'] }
    /** Lists the tables with their columns. They have Panther's names too: `panther_logs.public.asana_audit`. */
    "/tables": { answer: Schemas['TableList'] }
    /** Shows the record that became a row, as the vendor sent it. Records are kept for 30 days after they landed; those that fitted no schema, for good. */
    "/tables/{table}/rows/{rowId}/raw": { path: { "table": string; "rowId": string }; query?: { "eventTime"?: string }; answer: Schemas['RawRecord'] }
    /** Lists users, the oldest first. */
    "/users": { query?: { "limit"?: number; "cursor"?: string }; answer: Schemas['UserList'] }
    /** Shows a user. */
    "/users/{id}": { path: { "id": string }; answer: Schemas['User'] }
  }
  post: {
    /** Adds a comment to an alert. */
    "/alerts/{id}/comments": { path: { "id": string }; body: Schemas['NewComment']; answer: Schemas['TimelineEvent'] }
    /** Makes an API token. Its value is shown this once. */
    "/api-tokens": { body: Schemas['ApiTokenForm']; answer: Schemas['IssuedApiToken'] }
    /** Gives an API token another value, which is shown this once; the one before is not taken any more. A token may always do that to itself. */
    "/api-tokens/{id}/rotate": { path: { "id": string }; answer: Schemas['IssuedApiToken'] }
    /** Has a delivery that was given up sent again; one that waits is tried now. One that has arrived stays as it is. */
    "/deliveries/{id}/resend": { path: { "id": string }; answer: Schemas['Delivery'] }
    /** Adds a destination. */
    "/destinations": { body: Schemas['DestinationForm']; answer: Schemas['Destination'] }
    /** Sends a test message to a destination, once and at once, even if it is switched off. */
    "/destinations/{id}/test": { path: { "id": string }; answer: Schemas['Tested'] }
    /** Says how often the silence alarm would have sounded in the last 14 days with these settings, and suggests a threshold. Keeps nothing. */
    "/log-source-alarms/{sourceId}/{type}/rehearsal": { path: { "sourceId": string; "type": string }; body: Schemas['AlarmSettingsBody']; answer: Schemas['Rehearsal'] }
    /** Adds a log source that reads Asana's audit log, after asking Asana whether the credentials work. Reading begins at once. */
    "/log-sources": { body: Schemas['NewLogSource']; answer: Schemas['LogSource'] }
    /** Asks Asana whether credentials work. Stores nothing. */
    "/log-sources/check": { body: Schemas['Connection']; answer: Schemas['CheckPassed'] }
    /** Begins an audit: hours of the log are read again and compared with the lake. What is missing is read again. */
    "/log-sources/{id}/audits": { path: { "id": string }; body: Schemas['NewAudit']; answer: Schemas['RunningAudit'] }
    /** Has event time read again, window by window, beside the live tail. What is there already is not doubled. */
    "/log-sources/{id}/backfills": { path: { "id": string }; body: Schemas['NewBackfill']; answer: Schemas['BackfillAsked'] }
    /** Asks Asana whether the credentials that a log source has still work. Changes nothing, and takes a few requests; none while Asana wants a pause. */
    "/log-sources/{id}/check": { path: { "id": string }; answer: Schemas['CheckPassed'] }
    /** Lets a log source not be polled any more, until it is resumed. Pausing a paused one changes nothing. */
    "/log-sources/{id}/pause": { path: { "id": string }; answer: Schemas['LogSource'] }
    /** Lets a paused log source be polled again, from where it stopped. Resuming one that is not paused changes nothing. */
    "/log-sources/{id}/resume": { path: { "id": string }; answer: Schemas['LogSource'] }
    /** Begins a query. A statement that cannot be planned is refused with the place of what is wrong; everything else is told by the query. */
    "/queries": { body: Schemas['NewQuery']; answer: Schemas['Query'] }
    /** Stops a query. One that has ended stays as it is. */
    "/queries/{id}/cancel": { path: { "id": string }; answer: Schemas['Query'] }
    /** Saves a search for everybody. */
    "/saved-searches": { body: Schemas['SavedSearchForm']; answer: Schemas['SavedSearch'] }
    /** Adds a custom schema. Log sources can use it at once. */
    "/schemas": { body: Schemas['NewSchema']; answer: Schemas['Schema'] }
    /** Suggests a schema for samples, and tries it on them. Stores nothing. */
    "/schemas/infer": { body: Schemas['SchemaSamples']; answer: Schemas['SchemaSuggestion'] }
    /** Tries a schema on samples. Stores nothing. */
    "/schemas/test": { body: Schemas['SchemaTrial']; answer: Schemas['SchemaTrialResult'] }
    /** Looks at a schema's text: whether it is in order, and whether it could be added or replace the schema of its name. Stores nothing. */
    "/schemas/validate": { body: Schemas['SchemaText']; answer: Schemas['SchemaValidation'] }
    /** Archives a custom schema that no log source uses. Its events stay in the lake, its name stays taken. */
    "/schemas/{name}/archive": { path: { "name": string }; query?: { "revision"?: number }; answer: Schemas['Schema'] }
    /** Takes a custom schema out of the archive. */
    "/schemas/{name}/restore": { path: { "name": string }; query?: { "revision"?: number }; answer: Schemas['Schema'] }
    /** Logs a user in. */
    "/session": { body: Schemas['Login']; answer: undefined }
    /** Makes the first user, an administrator, and logs them in. The server prints the code when it starts and there is no user. */
    "/setup": { body: Schemas['FirstUser']; answer: undefined }
    /** Adds a user. */
    "/users": { body: Schemas['UserForm']; answer: Schemas['User'] }
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
    /** Gives oneself another password. Every other session is over then. */
    "/me/password": { body: Schemas['NewPassword']; answer: undefined }
    /** Changes a saved search: all of it but who saved it first. */
    "/saved-searches/{id}": { path: { "id": string }; body: Schemas['SavedSearchForm']; answer: Schemas['SavedSearch'] }
    /** Gives a custom schema another text, which is in force at once. Rows that are there stay as they are; `margay replay` makes them anew. A field is neither renamed nor deleted, nor does it change its type. */
    "/schemas/{name}": { path: { "name": string }; body: Schemas['SchemaChange']; answer: Schemas['Schema'] }
    /** Sets an alarm of the server: all of it, what is left out has its default. */
    "/system-alarms/{type}": { path: { "type": string }; body: Schemas['AlarmSettingsBody']; answer: Schemas['Alarm'] }
    /** Gives a user another password, and logs them out everywhere. */
    "/users/{id}/password": { path: { "id": string }; body: Schemas['PasswordForm']; answer: undefined }
  }
  patch: {
    /** Changes the status of alerts, or who looks after them: all at once, the newest 500 that are not so already. */
    "/alerts": { body: Schemas['AlertsChange']; answer: Schemas['AlertsChanged'] }
    /** Changes the status of an alert, or who looks after it. */
    "/alerts/{id}": { path: { "id": string }; body: Schemas['AlertChange']; answer: Schemas['Alert'] }
    /** Changes what a log source is called, or how often it is polled: all that is given, or nothing. */
    "/log-sources/{id}": { path: { "id": string }; body: Schemas['LogSourceChange']; answer: Schemas['LogSource'] }
    /** Changes what a user may do, or whether they may sign in. It holds for their next request. */
    "/users/{id}": { path: { "id": string }; body: Schemas['UserChange']; answer: Schemas['User'] }
  }
  delete: {
    /** Deletes an API token: it is not taken any more from then on. */
    "/api-tokens/{id}": { path: { "id": string }; answer: undefined }
    /** Deletes a destination with its secret and deliveries. */
    "/destinations/{id}": { path: { "id": string }; answer: undefined }
    /** Gives an alarm its defaults again. It stays on: `enabled` switches it off. */
    "/log-source-alarms/{sourceId}/{type}": { path: { "sourceId": string; "type": string }; answer: undefined }
    /** Deletes a log source with its credentials and journal, once all that was read has landed. Its events stay in the lake, unless they are to be deleted too. */
    "/log-sources/{id}": { path: { "id": string }; query?: { "data"?: "keep" | "delete" }; answer: undefined }
    /** Signs oneself out somewhere. Where one is not signed in any more, nothing happens. */
    "/me/sessions/{id}": { path: { "id": string }; answer: undefined }
    /** Deletes a saved search. */
    "/saved-searches/{id}": { path: { "id": string }; answer: undefined }
    /** Signs out. */
    "/session": { answer: undefined }
    /** Gives an alarm of the server its defaults again. It stays on: `enabled` switches it off. */
    "/system-alarms/{type}": { path: { "type": string }; answer: undefined }
    /** Deletes a user, who is signed out everywhere. */
    "/users/{id}": { path: { "id": string }; answer: undefined }
  }
}
