/** What the process tells the shell. Source: the table in docs/reference/exit-codes.md. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  needsPerson: 3,
  unavailable: 4,
  authentication: 5,
  busy: 6,
  integrity: 7,
  internal: 70,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
