import { effectiveLimits } from '../domain/limits.ts'
import type { UpstreamSettings } from '../domain/settings.ts'
import { type Mirror, openMirror } from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import type { StepContext } from './step.ts'
import type { StepInput } from './types.ts'

/** The upstream's mirror for one step: within the limits of the config, and telling the step what it waits for. */
export function openStepMirror(
  {
    settings,
    lifted = [],
  }: Pick<StepInput, 'lifted'> & { readonly settings: { upstream: UpstreamSettings } },
  deps: ActivityDeps,
  step: StepContext,
): Promise<Mirror> {
  const { upstream } = settings
  return openMirror({
    path: deps.data.mirrorOf(upstream.name),
    signal: step.signal,
    limits: effectiveLimits(upstream.limits, lifted),
    waits: (what) => step.report({ done: 0, total: 1, what }),
  })
}
