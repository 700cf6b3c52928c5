import { commandsPage } from './commands-page.ts'
import { configPage, policyPage } from './config-page.ts'
import { errorsPage } from './errors-page.ts'
import { exitCodesPage } from './exit-codes-page.ts'

/** The pages of docs/reference that are made from code, by file name. */
export const pages: Readonly<Record<string, () => string>> = {
  'commands.md': commandsPage,
  'config.md': configPage,
  'errors.md': errorsPage,
  'exit-codes.md': exitCodesPage,
  'worker-policy.md': policyPage,
}

/** Where a page lies. */
export function pageFile(name: string): URL {
  return new URL(`../../docs/reference/${name}`, import.meta.url)
}
