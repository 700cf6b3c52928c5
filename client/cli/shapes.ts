/** The shapes of `--json`, as `--help` shows them. Source of the reference in docs. */
export const attemptRowShape =
  '{ "id", "fork", "line", "tag", "phase", "outcome": null | "…", "needs": null | "conflict" | "checks-red" | "approval" | …,\n' +
  '  "startedAt", "updatedAt" }'

export const statusShape = `{ "version": 1,
  "upstreams": [ { "name", "phase": "polling" | "dispatching" | "degraded" | "stopped",
                   "lastPollAt", "nextPollAt", "lastRelease", "failures" } ],
  "attempts": [ { "id", "fork", "line", "tag",
                  "phase": "fetching" | "rebasing" | "verifying" | "waiting" | "pushing" | "ended",
                  "outcome": null | "completed" | "changed" | "blocked" | "failed" | "skipped" | "superseded",
                  "needs": null | "conflict" | "checks-red" | "approval" | …,
                  "startedAt", "updatedAt" } ] }`
