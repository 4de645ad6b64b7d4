/** Languages that explanations are written in. Codes and JSON are the same in both. */
export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

/** The language of an environment: `HOOKLINE_LANG`, else `LC_ALL`, `LC_MESSAGES`, `LANG`; English where none says Chinese. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const wanted = environment.HOOKLINE_LANG || environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || ''
  return /^zh/i.test(wanted) ? 'zh' : 'en'
}
