import { findTemporalCli } from './temporal-cli.ts'

/**
 * Runs once before all tests: on a machine that has no Temporal CLI yet, providing one takes longer than any test may
 * wait. Where it cannot be provided, the tests that need it fail with the reason.
 */
export async function setup(): Promise<void> {
  const say = (line: string) => process.stderr.write(`${line}\n`)
  try {
    process.env.UNDRIFT_TEMPORAL_CLI = await findTemporalCli({ env: process.env, say })
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
  }
}
