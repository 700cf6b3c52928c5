import type { z } from 'zod'
import type { Path } from './source-map.ts'

/** The schemas that a value at this path may follow: several for a union, none where nothing may stand. */
export function schemasAt(path: Path, root: z.ZodType): readonly z.core.$ZodTypes[] {
  return path.reduce<readonly z.core.$ZodTypes[]>(
    (schemas, segment) => schemas.flatMap((schema) => step(schema, segment)).flatMap(bare),
    bare(root),
  )
}

/** The keys that a mapping at this path may have. */
export function knownKeys(path: Path, root: z.ZodType): readonly string[] {
  return schemasAt(path, root).flatMap(({ _zod: { def } }) =>
    def.type === 'object' ? Object.keys(def.shape) : [],
  )
}

function step(schema: z.core.$ZodTypes, segment: PropertyKey): readonly z.core.$ZodType[] {
  const { def } = schema._zod
  switch (def.type) {
    case 'object': {
      const inner = def.shape[String(segment)]
      return inner ? [inner] : []
    }
    case 'record':
      return [def.valueType]
    case 'array':
      return [def.element]
    default:
      return []
  }
}

/** Takes off what fills in defaults, and lays the alternatives of a union side by side. */
function bare(schema: z.core.$ZodType): readonly z.core.$ZodTypes[] {
  const known = schema as z.core.$ZodTypes
  const { def } = known._zod
  switch (def.type) {
    case 'union':
      return def.options.flatMap(bare)
    case 'optional':
    case 'default':
    case 'prefault':
      return bare(def.innerType)
    default:
      return [known]
  }
}
