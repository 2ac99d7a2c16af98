import { type Ref, useState } from 'react'

import type { Member } from '@/api/types'
import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { keys } from '@/realtime/keys'
import { useLive, useMe } from '@/realtime/live-context'
import { Button } from '@/ui/button'
import { Form } from '@/ui/form'
import { type Focusable, TextField } from '@/ui/text-field'
import { toast } from '@/ui/toast-store'
import { useCombobox } from '@/ui/use-combobox'

import { addMember } from './add-member'
import { AloneHint } from './alone-hint'
import { PersonOption } from './person-option'
import { usePeople } from './use-people'

interface Props {
  roomId: number
  members: readonly Member[]
  field?: Ref<Focusable>
}

/** Search as one types: whoever is chosen is added, and the field is ready for the next one. */
export function AddMemberForm({ roomId, members, field }: Props) {
  const t = useTexts()
  const { queries } = useLive()
  const me = useMe()
  const [typed, setTyped] = useState('')
  const [isOpen, setOpen] = useState(false)
  const { people, isAnswer } = usePeople(typed)
  const others = people.filter(({ id }) => id !== me.id)
  const memberIds = new Set(members.map(({ userId }) => userId))

  const submission = useSubmit(async (username: string = typed.trim()) => {
    await addMember(roomId, username)
    toast(t.members.added(username))
    setTyped('')
    await queries.invalidateQueries({ queryKey: keys.members(roomId) })
  })
  const choose = (index: number) => {
    const person = others[index]
    if (person && !memberIds.has(person.id)) submission.submit(person.username)
  }
  const combobox = useCombobox({
    query: typed,
    count: others.length,
    isOpen,
    // Not those of a shorter name, and nobody whom one has not asked for.
    meansFirst: isAnswer && typed.trim() !== '',
    onChoose: choose,
  })
  const { onKeyDown, ...inputProps } = combobox.inputProps
  const isUnknown = submission.failure?.code === 'NOT_FOUND'
  const isAlone = isAnswer && typed.trim() === '' && others.length === 0
  return (
    <Form submission={submission} fields={['username']}>
      <div className="relative">
        <TextField
          ref={field}
          label={t.members.addLabel}
          action={
            <Button
              type="submit"
              look="quiet"
              busy={submission.busy}
              // The field keeps the focus: the next one may follow.
              onMouseDown={(event) => event.preventDefault()}
            >
              {t.members.add}
            </Button>
          }
          name="username"
          value={typed}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onChange={(event) => {
            setTyped(event.target.value)
            setOpen(true)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && isOpen) {
              event.preventDefault()
              setOpen(false)
            } else {
              onKeyDown(event)
            }
          }}
          error={isUnknown ? t.members.notFound : fieldText(t, submission.failure, 'username')}
          {...inputProps}
        />
        <div
          {...combobox.listProps}
          aria-label={t.members.people}
          hidden={!isOpen || others.length === 0}
          className="absolute inset-x-0 top-[4.5rem] z-10 max-h-72 overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-raised"
        >
          {others.map((person, index) => (
            <PersonOption
              key={person.id}
              person={person}
              isMember={memberIds.has(person.id)}
              {...combobox.optionProps(index)}
            />
          ))}
        </div>
      </div>
      <p role="status" className="-mt-2 text-sm text-muted empty:hidden">
        {isOpen && isAnswer && typed.trim() !== '' && others.length === 0 && t.members.noMatch}
      </p>
      {isAlone && <AloneHint />}
    </Form>
  )
}
