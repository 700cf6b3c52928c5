/** The releases of every upstream of the bench: in its feed and in its repository alike, newest last. */
export const releasedTags: readonly string[] = Array.from({ length: 10 }, (_, index) => `v1.${index}.0`)
