import { waitingReasons } from '../../domain/watch.ts'

/** The shapes of `--json`, as `--help` shows them and the reference in docs repeats them. */
const phases = '"fetching" | "rebasing" | "verifying" | "waiting" | "pushing" | "ended"'
const outcomes =
  'null | "needs_intervention" | "completed" | "changed" | "blocked" | "failed" | "skipped" | "superseded"'
const needs =
  'null | "conflict" | "checks-red" | "approval" | "push-refused" | "candidate-moved" | "branch-moved" |\n' +
  '           "credentials" | "remote-moved" | "tag-moved" | "tag-signature" | "signature-tool-missing" |\n' +
  '           "sandbox-missing" |\n' +
  '           "suspect-merge" | "landed-with-changes" | "withdrawn" | "too-heavy" | "unsigned" | "step-failed"'

const row = `"id", "fork", "line", "tag",
  "phase": ${phases},
  "outcome": ${outcomes},
  "needs": ${needs},
  "startedAt", "updatedAt", "retrying": { "message", "tries": null | 1, "nextAt": null | "…" } while a step that failed is tried again`

const intervention =
  '{ "kind", "question", "evidence": ["…"], "options": [ { "name", "effect", "commands": ["…"] } ] }'

export const attemptShape = `{ "version": 1, ${row},
  "reason", "upstream", "release": null | { "tag", "tagObject", "commit" },
  "objection": null | { "kind": "withdrawn" | "pre-release", "why" } of the feed, "signer": null | "…", "base", "onto", "stackHead",
  "standsOn": null | the newest release that the maintained branch (\`stackHead\`) stands on, "head",
  "patches": [ { "oid", "subject", "verdict": null | "…", "newOid": null | "…", "reason",
                 "cause": "…" of a landed or dropped one, "resolution": "…" where one settled it } ],
  "leftOut": null | { "count", "newest": { "oid", "subject" } } of upstream's own commits in the branch that the release lacks,
  "checks": [ { "command", "exitCode": null | 0, "ended": null | "…", "milliseconds", "log", "tail" } ],
  "conflict": null | { "patch": { "oid", "subject" }, "lastGood", "paths": [ { "path", "kind" } ] },
  "intervention": null | ${intervention},
  "candidates": [ { "kind", "ref", "remote", "repo", "sha", "url", "pushed" } ],
  "decisions": [ { "name", "by", "at", "signedBy": null | "the key's id", "drop": [ "…" ] where patches were dropped,
                   "letGo": { "need", "tagObject", "before": null | "…" } where it let an alarm go } ], "promotion": null | { "by", "at", "branch", "from", "to", "backups": [ { "remote", "ref" } ] },
  "webUi": null | "…" }`

export const statusShape = `{ "version": 1,
  "upstreams": [ { "name", "phase": "polling" | "dispatching" | "degraded" | "stopped",
                   "needs": null | "tag-moved" | "feed-gone" | "feed-moved",
                   "lastPollAt", "nextPollAt", "lastSuccessAt", "lastRelease", "failures",
                   "failure": null | { "reason", "message", "since" },
                   "lines": [ { "line": "<fork>/<line>", "lastRelease": null | "…",
                                "because": "baseline" | "sent" | "run" | "set" | "gone" | "rules", "note": null | "…" } ],
                   "waiting": [ { "tag", "line", "reason": ${waitingReasons.map((reason) => `"${reason}"`).join(' | ')},
                                  "detail", "until": null | "…", "publishedAt", "url", "since", "security" } ],
                   "holds": [ { "fork": null | "…", "line": null | "…", "by", "at", "until": null | "…", "reason", "signedBy": null | "the key's id" } ],
                   "alarms": [ { "tag", "before": { "tag", "tagObject", "commit" }, "after": null | such a one, "at",
                                 "evidence": ["…"] once a worker has compared them } ],
                   "questions": [ { "kind": "feed-gone" | "feed-moved", "since", "url", "to" where it has moved } ],
                   "silence": [ { "kind": "no-poll" | "no-release", "since", "seconds", "expectSeconds" of no-release } ],
                   "skippedAtFirst": null | 9999, entries of the feed that were left alone at first contact } ],
  "attempts": [ { the row of \`show\`: ${row} } ] }`

export const inboxShape = `{ "version": 1,
  "attempts": [ { the row of \`status\`, "reason", "intervention": null of a blocked one | ${intervention} } ],
  "candidates": [ { the row of \`status\`, "candidates": as in \`show\` } ] that were offered and not promoted,
  "upstreams": [ { the row of \`status\`, "lastFailure" } ] }`

export const keyShape = `{ "version": 1, "data", "keys": [ { "kind": "installation" | "verify", "id", "key" } ] }`

export const trustShape = `{ "version": 1, "data", "kind", "id", "change": "added" | "known" }`

export const validateShape = `{ "version": 1, "file", "valid": true | false,
  "problems": [ { "kind", "file", "line", "column", "path", "message", "found", "expected", "hint", "frame" } ] }`

export const importShape = `{ "version": 1, "out": null | "…", "config": "the YAML",
  "upstreams": [ { "name", "source" } ], "unmatched": [ { "source": null | "…", "field", "why" } ] }`

export const applyShape = `{ "version": 1, "config",
  "watches": [ { "upstream", "change": "new" | "changed" | "unchanged" | "not-in-config" | "removed", "forks" } ] }`

export const upShape = `{ "version": 1, "address", "uiUrl", "pid", "workers", "data", "config": null | "…", "watches": as in apply }`

export const runShape = `the object of \`show\`; for several forks { "version": 1, "attempts": [ … ] };
with --detach { "version": 1, "attempts": [ { "id", "how": "started" | "joined" | "already-done", "webUi" } ] }`

export const holdShape =
  '{ "version": 1, "upstream", "fork": null | "…", "line": null | "…", "until": null | "…", "answer" }'

export const releaseShape =
  '{ "version": 1, "upstream", "fork", "line", "accepted": [ { "tag", "tagObject": null | "…" } ], "answer" }'

export const lineShape = '{ "version": 1, "upstream", "fork", "line", "tag", "answer" }'

export const pollShape = '{ "version": 1, "upstream", "polled": true }'

export const webhookShape = '{ "version": 1, "address", "pid", "upstreams": [ "…" ] }'

export const resolveShape = `{ "version": 1, "attempt", "path", "paths": [ { "path", "kind", "choice": null | "…" } ], "patch": { "oid", "subject" } }
with --continue: the object of \`show\`; while paths are unsettled
{ "version": 1, "attempt", "path", "unsettled": [ { "path", "why" } ] } and exit code 3`

export const decisionShape = `{ "version": 1, "attempt", "decision", "answer" }; with --wait the object of \`show\``

export const promoteShape =
  '{ "version": 1, "attempt", "branch", "from", "to", "backups": [ { "remote", "ref" } ], "by", "at" }'

export const exportShape = `one object a line, each with "version": 1:
{ "kind": "watch", …the row of \`status\`, "configDigest", "lastFailure" }
{ "kind": "attempt", "complete": true | false, …the object of \`show\` }`

export const planShape = `{ "version": 1, "base", "head", "onto",
  "result": { "kind": "done" | "question", "head", "tree" } | { "kind": "conflict", "at", "lastGood" },
  "patches": [ { "oid", "subject", "author": { "name", "email" }, "verdict": null | "…", "newOid": null | "…", "landedAs": [ "…" ],
                 "cause": null | "exact" | "squashed" | "contained" | "marker" | "policy" | "excluded" | "upstream-pr" | "person",
                 "reason", "paths": [ "…" ], "encodedPaths": true where a path is not UTF-8, "folded": [ "…" ],
                 "suggestion": null | "reverted-upstream" | { "kind": "landed-with-changes", "as": [ "…" ] },
                 "conflict": null | { "paths": [ { "path", "kind" } ], "causedBy": null | "…",
                   "notSearched": [ "causedBy", "suggestion" ] where --explain left no time for them: then null says nothing }, "lost": [ "signature" ] where something is } ],
  "merges": [ "…" ], "upstreamCommits": [ { "oid", "subject" } ] of the branch, upstream's own and not in the target: they are left out,
  "suspects": [ { "oid", "path", "lost": [ "line" ], "kind": "lost" | "back" | "twice" | "left-out" } ],
  "pending": [ { "pattern", "command", "patch" } ] where an attempt makes generated files again, which gives the result another id,
  "rangeDiff": "…" with --range-diff, where all patches settle }`

export const releasesShape = `{ "version": 1, "newest": null | "<tag>",
  "releases": [ { "tag", "version": null | "…", "prerelease": true | false, "status": "newest" | "eligible" | "skipped",
                  "reason": null | "prefix" | "match" | "ignore" | "range" | "pre-release" | "not a version" | "no commit" |
                            "older" (than what the lines stand on, by the watch),
                  of an upstream also "state": null | "sent" | "waiting" | "held" | "alarm" | "baseline" | "left-out" (older, or
                  passed over by \`step\`), "detail": null | "…",
                  "evidence": ["…"] of an alarm } ] }`

export const logShape = `{ "version": 1,
  "entries": [ { "commit": the ledger's, "attempt", "fork", "line", "tag", "outcome": as in \`show\`, "reason", "at",
                 "base", "onto", "stackHead", "head", "tree": each null | "…", "verdicts": { "unchanged": 3, … },
                 "patches": [ { "oid", "subject", "verdict": null | "…", "newOid": null | "…", "reason" } ],
                 "checks": [ { "command", "exitCode": null | 0, "ended": null | "…", "milliseconds" } ],
                 "release": { "tagObject", "signer": "…" where one is asked for } where it was fetched,
                 "resolutions": [ { "oid", "by", "at" } ], "candidates": [ { "ref", "remote", "sha", "pushed" } ],
                 "decisions": [ { "name", "by", "at", "signedBy": null | "the key's id", "drop": [ "…" ] where patches were dropped,
                   "letGo": { "need", "tagObject", "before": null | "…" } where it let an alarm go } ] } ] }
where somebody promoted or set a line, also "events": [ { "commit", "kind": "promotion" | "line-set", "fork", "line", "tag", "by", "at",
  "attempt", "branch", "from", "to", "backups" of a promotion, "reason", "before" of a line that was set } ]
with --patch: the attempts that met the patch, with that patch alone in "patches"
with --range-diff: each entry has "rangeDiff": null | "…"`

const settledSide = 'null | { "mode", "oid" }'

export const resolutionsShape = `{ "version": 1,
  "resolutions": [ { "key", "upstream", "oid", "by", "at", "attempt": null | "…", "patch": { "oid", "subject" },
                     "paths": [ { "path", "kind" } ] } ] }
show: { "version": 1, such a row, "paths": [ { "path", "kind", "base", "ours", "theirs", "settled": each ${settledSide} } ],
        "more": [ { "path", "before", "after": each ${settledSide} } ] }
revoke: { "version": 1, "key", "revoked": true, "by", "at" }`
