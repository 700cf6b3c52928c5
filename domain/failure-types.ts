/** Type strings of the failures that stand in histories; what a person or a query filters by. */
export const failureTypes = {
  /** The ordinary end of a poll: it is retried at the next interval. */
  noNewRelease: 'NoNewRelease',
  feedFailed: 'FeedFailed',
  /** A workflow whose outcome is `blocked`; its details hold the attempt's status. */
  blocked: 'Blocked',
  /** A workflow whose outcome is `failed`; its details hold the attempt's status. */
  failed: 'Failed',
  /** A move of the maintained branch that was not made; its message says why. */
  refused: 'Refused',
} as const
