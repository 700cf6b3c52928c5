import type { WorkflowClientInterceptor } from '@temporalio/client'
import { labelled, labelOf } from '../domain/sealed.ts'

/** Says in every message of a client what it is for, so that its signature is good for nothing else. */
export const labelling: WorkflowClientInterceptor = {
  startWithDetails: (input, next) =>
    next({ ...input, options: withLabel(input.options, labelOf.start(input.workflowType)) }),
  signal: (input, next) => next({ ...input, args: labelled(input.args, labelOf.signal(input.signalName)) }),
  signalWithStart: (input, next) =>
    next({
      ...input,
      signalArgs: labelled(input.signalArgs, labelOf.signal(input.signalName)),
      options: withLabel(input.options, labelOf.start(input.workflowType)),
    }),
  startUpdate: (input, next) =>
    next({ ...input, args: labelled(input.args, labelOf.update(input.updateName)) }),
}

function withLabel<T extends { readonly args?: unknown[] | Readonly<unknown[]> }>(
  options: T,
  label: string,
): T {
  return { ...options, args: labelled(options.args ?? [], label) }
}
