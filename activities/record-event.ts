import { openMirror, recordEvent as writeEvent } from '../git/index.ts'
import { cleanUp } from './clean-up.ts'
import type { ActivityDeps } from './deps.ts'
import type { RecordEventInput } from './record-types.ts'
import type { StepContext } from './step.ts'

/** Writes what a person did to a line into its ledger; done twice, it writes nothing the second time. */
export async function recordEvent(
  { settings, event }: RecordEventInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<void> {
  const mirror = await openMirror({ path: deps.data.mirrorOf(settings.upstream.name), signal: step.signal })
  await writeEvent(mirror, event)
  if (event.kind === 'promotion') await cleanUp(mirror, settings, deps)
}
