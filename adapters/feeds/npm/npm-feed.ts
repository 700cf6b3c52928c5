import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { text } from '../http/read-each.ts'
import type { Feed } from '../types.ts'

const schema = z.object({
  name: z.string(),
  versions: z.record(z.string(), z.object({ deprecated: z.unknown() }).nullish().catch(null)),
  /** Only in the full document. */
  time: z.record(z.string(), text).nullish().catch(null),
})

/** Source: npm's registry API, "Package metadata"; the abbreviated document is a tenth of the full one. */
const format: JsonFormat = {
  kind: 'npm',
  accept: 'application/vnd.npm.install-v1+json, application/json;q=0.8',
  read: (value, { tagPrefix = '' }) => {
    const { name, versions, time } = schema.parse(value)
    const isDeprecated = (version: string) => Boolean(versions[version]?.deprecated)
    const names = Object.keys(versions)
    // Where every version is, it is the package that is, and not one release rather than another.
    const isPackage = names.every(isDeprecated)
    // The registry lists them in the order of their publication.
    return names.reverse().map((version) => ({
      tag: `${tagPrefix}${version}`,
      title: `${name} ${version}`,
      publishedAt: time?.[version] ?? null,
      url: null,
      prerelease: /^\d+\.\d+\.\d+-/.test(version),
      ...(isDeprecated(version) && !isPackage ? { problem: 'was deprecated' } : {}),
    }))
  },
}

/** The versions of a package on an npm registry: `https://registry.npmjs.org/<package>`. */
export function createNpmFeed(): Feed {
  return createJsonFeed(format)
}
