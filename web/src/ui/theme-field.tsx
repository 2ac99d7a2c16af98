import { useTexts } from '@/i18n/language'
import { chooseTheme, theme } from '@/lib/theme'
import { useObservable } from '@/lib/use-observable'

import { SelectField } from './select-field'

export function ThemeField() {
  const t = useTexts()
  return (
    <SelectField
      label={t.common.theme}
      value={useObservable(theme)}
      options={t.common.themes}
      onChange={chooseTheme}
    />
  )
}
