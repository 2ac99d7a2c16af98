import { chooseLanguage, languages, useLanguage, useTexts } from '@/i18n/language'

import { SelectField } from './select-field'

export function LanguageField({ compact }: { compact?: boolean }) {
  const t = useTexts()
  return (
    <SelectField
      label={t.common.language}
      value={useLanguage()}
      options={languages}
      onChange={chooseLanguage}
      compact={compact}
    />
  )
}
