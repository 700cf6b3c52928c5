import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker'
import type { Logger } from 'pino'
import { temporalLogger } from './temporal-logger.ts'

/** The workflow code for a worker: the build's bundle beside the built program, else bundled now from what is there. */
export async function loadWorkflowCode(log: Logger): Promise<WorkflowBundleOption> {
  const built = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url))
  if (existsSync(built)) return { codePath: built }
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const path = (name: string) => fileURLToPath(new URL(`../workflows/${name}.${extension}`, import.meta.url))
  return bundleWorkflowCode({
    workflowsPath: path('index'),
    workflowInterceptorModules: [path('interceptors')],
    logger: temporalLogger(log),
  })
}
