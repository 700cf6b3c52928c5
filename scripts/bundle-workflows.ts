import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'

const dist = new URL('../dist/', import.meta.url)
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('workflows/index.js', dist)),
  workflowInterceptorModules: [fileURLToPath(new URL('workflows/interceptors.js', dist))],
  logger: new DefaultLogger('WARN'),
})
await writeFile(new URL('workflow-bundle.js', dist), code)
