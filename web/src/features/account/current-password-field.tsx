import { useTexts } from '@/i18n/language'
import { TextField } from '@/ui/text-field'

interface Props {
  value: string
  onChange: (value: string) => void
  error: string | null
  focused?: boolean
}

/** Proves that it is oneself who changes something that matters. */
export function CurrentPasswordField({ value, onChange, error, focused }: Props) {
  const t = useTexts()
  return (
    <TextField
      label={t.profile.currentPassword}
      name="currentPassword"
      type="password"
      autoComplete="current-password"
      focused={focused}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  )
}
